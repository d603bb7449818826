"""Ask a screening pack: a signed file that answers in this process, without network or database.

`open_pack` is made to be used from a firm's own program; docs/packs.md shows how. Whatever cannot be answered (an
expired pack, a damaged page, a wrong clock) is `unavailable` with a sentence, never an exception and never clear.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Final, Self

import numpy as np

from qiyafa.chains.formats import FORMATS
from qiyafa.model.address import Identity
from qiyafa.model.columns import U8
from qiyafa.model.errors import Conflict, InvalidInput
from qiyafa.model.verdict import Outcome
from qiyafa.stores.pack import Pack
from qiyafa.stores.pack_evidence import OUTCOMES, PackEvidence
from qiyafa.stores.pack_header import PackContents, PackNote
from qiyafa.stores.pack_keys import keys_of
from qiyafa.stores.pack_record import PackRecord, outcome_of, read_record
from qiyafa.stores.pack_signing import read_public_key
from qiyafa.text import text

_CLOCKS_DIFFER: Final = timedelta(days=1)
"""A pack made so far in the future is still used: clocks and time zones differ."""
_UNAVAILABLE: Final = OUTCOMES.index(Outcome.UNAVAILABLE)

Found = tuple[Identity, bytes, tuple[PackEvidence, ...]]
"""An identity, its slot and its evidence; the pages that they came from were checked."""


@dataclass(frozen=True)
class PackVerdict:
    """What a pack answers for one address."""

    address: str
    """As given."""
    chain: str | None
    """As asked for."""
    outcome: Outcome
    as_of: datetime
    """The moment that the pack speaks of, in UTC."""
    valid_until: datetime
    not_covered: tuple[PackNote, ...]
    """What was not asked when the pack was built, or why there is no answer now. Unknown is not clean."""
    _found: tuple[Found, ...]
    _chains: tuple[str, ...]

    @cached_property
    def records(self) -> tuple[PackRecord, ...]:
        """Everything that the pack says of the address: categories, exposures, evidence."""
        return tuple(read_record(slot, identity, self._chains, evidence) for identity, slot, evidence in self._found)

    @property
    def sentences(self) -> list[str]:
        """Return what was not covered, in words."""
        return [text(note.key, **dict(note.fields)) for note in self.not_covered]


@dataclass(frozen=True, slots=True)
class _Question:
    """An address as it is looked up."""

    identities: tuple[Identity, ...]
    chains: frozenset[int] | None
    """Numbers of the chains that records may be limited to, 0 among them; None: every chain."""
    is_readable: bool
    """Whether the text is an address of the chain."""
    unknown_chain: str = ""


class ScreeningPack:
    """An open pack, and the clock that says whether it still holds. Any number of threads may ask it."""

    def __init__(self, pack: Pack, now: Callable[[], datetime]) -> None:
        self.pack = pack
        self._now = now
        self._begins = self.contents.as_of - _CLOCKS_DIFFER
        self._ends = self.contents.valid_until
        self._chains = self.contents.chain_numbers

    @property
    def contents(self) -> PackContents:
        """What the pack was made from, and until when it holds."""
        return self.pack.header.contents

    def screen(self, address: str, chain: str | None = None) -> PackVerdict:
        """Return the verdict on an address, on one chain (CAIP-2, name or ticker) if it is given, else the gravest."""
        trouble = self._trouble()
        if trouble is not None:
            return self._verdict(address, chain, _UNAVAILABLE, (trouble,))
        question = self._question(address, chain)
        try:
            found = self._find(question)
        except Conflict as error:
            note = PackNote(error.key, tuple(error.fields.items()))
            return self._verdict(address, chain, _UNAVAILABLE, (note,))
        knows_no_format = not (question.is_readable or question.unknown_chain)
        answer = self.contents.unreadable if knows_no_format else self.contents.absent
        numbers = [outcome_of(slot)[0] for _, slot, _ in found]
        if not found or not question.is_readable:
            numbers.append(OUTCOMES.index(answer.outcome))
        notes = answer.notes
        if question.unknown_chain:
            numbers.append(_UNAVAILABLE)
            notes = (PackNote("screen.reason.unknown_chain", (("chain", question.unknown_chain),)), *notes)
        return self._verdict(address, chain, max(numbers), notes, found)

    def keys(self, identities: Iterable[Identity]) -> U8:
        """Return the packed keys of identities (see `FORMATS.read`), rows of 34 bytes for `screen_many`."""
        return keys_of(identities, self.contents.format_numbers)

    def screen_many(self, keys: U8) -> U8:
        """Return for each packed key the number of its outcome in `OUTCOMES`, on whatever chain that is gravest.

        They should be keys of addresses; a text of no known format is for `screen`. A text may spell several
        identities: its outcome is the gravest of those that are found, else of all. This is the quickest way to
        screen millions of addresses.
        """
        from qiyafa.stores.pack_kernels import ABSENT, UNTRUSTED

        if self._trouble() is not None:
            return np.full(len(keys), _UNAVAILABLE, np.uint8)
        outcomes = self.pack.find_many(keys).outcomes
        outcomes[outcomes == UNTRUSTED] = _UNAVAILABLE
        outcomes[outcomes == ABSENT] = OUTCOMES.index(self.contents.absent.outcome)
        return outcomes

    def close(self) -> None:
        """Let go of the file."""
        self.pack.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _trouble(self) -> PackNote | None:
        now = self._now()
        if now >= self._ends:
            return PackNote("pack.answer.expired", (("until", f"{self._ends:%Y-%m-%d %H:%M}"),))
        if now < self._begins:
            return PackNote("pack.answer.clock", (("as_of", f"{self.contents.as_of:%Y-%m-%d %H:%M}"),))
        return None

    def _question(self, address: str, chain: str | None) -> _Question:
        """Read the text as a screening does: a listed address under a wrong chain is still listed."""
        try:
            reading = FORMATS.read(address, chain)
            chains = None if chain is None else FORMATS.chains(chain)
        except InvalidInput:
            identities = FORMATS.read(address).identities
            return _Question(identities, frozenset({0}), is_readable=False, unknown_chain=chain or "")
        identities = reading.identities
        if chain is not None and not reading.is_known_format:
            identities += FORMATS.read(address).identities
        limits = None if chains is None else frozenset((0, *(self._chains.get(one, 0) for one in chains)))
        return _Question(identities, limits, is_readable=reading.is_known_format)

    def _find(self, question: _Question) -> tuple[Found, ...]:
        found: list[Found] = []
        for identity in dict.fromkeys(question.identities):
            for slot in self.pack.find(identity):
                if question.chains is None or outcome_of(slot)[1] in question.chains:
                    found.append((identity, slot, self.pack.evidence(slot)))
        return tuple(found)

    def _verdict(
        self,
        address: str,
        chain: str | None,
        number: int,
        notes: tuple[PackNote, ...],
        found: tuple[Found, ...] = (),
    ) -> PackVerdict:
        contents = self.contents
        return PackVerdict(
            address, chain, OUTCOMES[number], contents.as_of, contents.valid_until, notes, found, contents.chains
        )


def open_pack(path: Path | str, trusted_key: str, *, now: Callable[[], datetime] | None = None) -> ScreeningPack:
    """Open a pack that the owner of a key signed; `trusted_key` is `ed25519:` and 64 hex digits.

    `now` gives the time, in UTC, by which the pack expires; this machine's clock by default. Raises NotFound if there
    is no file, InvalidInput if the key is none, Conflict if the file is no pack, damaged, cut off, of a newer format
    or signed by somebody else.
    """
    return ScreeningPack(Pack.open(Path(path), read_public_key(trusted_key)), now or _utc_now)


def _utc_now() -> datetime:
    return datetime.now(UTC)
