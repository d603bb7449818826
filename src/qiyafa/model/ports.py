"""What one part needs of another, said by shape. Adapters fit these; nothing inherits from them."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Protocol

from qiyafa.model.address import AddressReading, Identity
from qiyafa.model.designation import Designation, ListCoverage
from qiyafa.model.label import Label


class AddressFormats(Protocol):
    """How the addresses of one chain are written. Implemented in `chains/`, handed in by wiring."""

    def canonical(self, text: str) -> str:
        """Return the one spelling the ledger keeps. Raises InvalidInput if the text is no address of this chain."""

    def shown(self, address: str) -> str:
        """Return the spelling people expect to read (on Ethereum with EIP-55's checksum)."""


class AddressReader(Protocol):
    """What any text may be as an address, on any chain. Implemented in `chains/formats`, handed in by wiring."""

    def read(self, text: str, chain: str | None = None) -> AddressReading:
        """Return every address that a text may spell; on one chain (CAIP-2, name or ticker) alone if it is given.

        Never fails for a text: what no format knows is read as verbatim. Raises InvalidInput for an unknown chain.
        """

    def spellings(self, identity: Identity) -> tuple[str, ...]:
        """Return every spelling of an address that some chain accepts, the usual one first."""

    def canonical(self, identity: Identity, chain: str) -> str | None:
        """Return the spelling that a ledger of the chain (CAIP-2) keeps, or None if the chain has no such address."""


class LabelBook(Protocol):
    """The labels of addresses. Implemented in `stores/labels.py`."""

    def of(self, identities: Sequence[Identity], at: datetime, known_at: datetime | None = None) -> list[Label]:
        """Return the labels of any of these addresses that hold at a moment, by `rank`, disputed ones included."""

    def each(self, at: datetime, known_at: datetime | None = None) -> Iterator[Label]:
        """Yield every label that holds at a moment, in the order of their ids."""

    def version(self) -> str:
        """Return a digest that changes with every change of the store, and with nothing else."""


class DesignationBook(Protocol):
    """The official lists. Implemented in `stores/lists.py`."""

    def of(self, identities: Sequence[Identity]) -> list[Designation]:
        """Return every designation of any of these addresses, past, present and future, in a fixed order."""

    def each(self) -> Iterator[Designation]:
        """Yield every designation in a fixed order."""

    def coverage(self, day: date) -> list[ListCoverage]:
        """Return, for every list that was ever imported, whether and by which version it answers for a day."""

    def version(self) -> str:
        """Return a digest that changes with every change of the store, and with nothing else."""


class Progress(Protocol):
    """Told how far a long work is."""

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Take the catalogue key of the stage and how much of it is done; total 0 means unknown."""


def silent(stage: str, done: int, total: int) -> None:
    """Ignore progress."""
