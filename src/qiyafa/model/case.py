"""A case: what was stolen, and where a trace of it stops."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TransferRef:
    """A transfer, named by its transaction and its position in it."""

    transaction_hash: str
    position: int


@dataclass(frozen=True, slots=True)
class OutputRef:
    """An output, named by the transaction that created it and its index in it."""

    transaction_hash: str
    index: int | None = None
    """None means every output of the transaction."""


@dataclass(frozen=True, slots=True)
class Theft:
    """What was stolen: an address from a block on, a list of transfers, or of outputs. Each theft is one colour."""

    id: str
    chain: str
    address: str | None = None
    """All it holds at the start of `from_block`, unseen balance included, and all it receives later."""
    from_block: int = 0
    transfers: tuple[TransferRef, ...] = ()
    outputs: tuple[OutputRef, ...] = ()
    asset: str | None = None
    """CAIP-19; None means every asset."""


@dataclass(frozen=True, slots=True)
class Stop:
    """An address whose owner mixes its customers' money: the trace ends there."""

    chain: str
    address: str
    reason: str


@dataclass(frozen=True, slots=True)
class Case:
    """An investigator's question: thefts to follow and stops to respect."""

    id: str
    title: str
    thefts: tuple[Theft, ...]
    stops: tuple[Stop, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """How far a trace goes. None means no limit."""

    until_block: int | None = None
    """Holdings as of the end of this block."""
    until_time: int | None = None
    """Holdings as of this moment, seconds since 1970 UTC, included."""
    max_hops: int | None = None
    min_units: int | None = None


NO_LIMITS = Limits()
"""Follow everything, to the end of the ledger."""
