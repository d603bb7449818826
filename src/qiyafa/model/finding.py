"""The answer of a trace, in words: who holds how much, how it flowed, and what was not covered.

Amounts are whole base units; addresses are in their canonical spelling.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from qiyafa.model.category import Category
from qiyafa.model.ledger import CoverageStatus


class Status(StrEnum):
    """Where stolen units of a holding are."""

    HELD = "held"
    STOPPED = "stopped"


class Fate(StrEnum):
    """What became of the stolen units of one transfer."""

    MOVED = "moved"
    """They arrived and went on."""
    STOPPED = "stopped"
    FEE = "fee"
    BEYOND_HOPS = "beyond_hops"
    BELOW_UNITS = "below_units"
    UNTRACEABLE = "untraceable"
    """They arrived where the turnover exceeds 38 digits."""
    INPUT_UNKNOWN = "input_value_unknown"
    """They went into a transaction that also spends an output of unknown value."""


@dataclass(frozen=True, slots=True)
class Totals:
    """`stolen = held + stopped + fees + untraced`, to the unit."""

    stolen: int
    held: int
    stopped: int
    fees: int
    untraced: int


@dataclass(frozen=True, slots=True)
class Holding:
    """Stolen units that rest at one address."""

    chain: str
    address: str
    asset: str
    units: int
    status: Status
    theft: str
    """Id of the theft."""
    reason: str
    """Why the trace stopped here; empty while held."""
    first_received: str | None
    last_received: str | None
    """ISO 8601 in UTC; None if no dated transfer brought them (the thief's own opening balance)."""
    transfers: int
    """Arrivals that carried stolen units of this theft."""
    coverage: CoverageStatus


@dataclass(frozen=True, slots=True)
class Flow:
    """One transfer that carried stolen units."""

    chain: str
    transaction_hash: str
    position: int
    block_number: int | None
    time: str | None
    kind: str
    source: str
    target: str
    asset: str
    theft: str
    stolen_units: int
    units: int
    """All units of the transfer."""
    fate: Fate


@dataclass(frozen=True, slots=True)
class Taking:
    """Units that took a theft's colour: where the stolen amount comes from."""

    chain: str
    address: str
    asset: str
    theft: str
    units: int
    transaction_hash: str
    """The transfer that brought them; empty for what the address already held."""
    time: str | None


@dataclass(frozen=True, slots=True)
class MethodAnswer:
    """What one conserving method answers."""

    method: str
    totals: dict[str, Totals]
    """By asset."""
    theft_totals: dict[str, dict[str, Totals]]
    """By theft id, then by asset."""
    untraced_reasons: dict[str, int]
    """Units by fate, over all assets; only fates that are untraced."""
    holdings: Sequence[Holding]
    """Largest first."""


@dataclass(frozen=True, slots=True)
class PoisonAnswer:
    """Everything a stolen unit may have touched. Screening only; never an amount."""

    touched: tuple[str, ...]
    theft_touched: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Interval:
    """The least and the most that any conserving method gives one holder."""

    chain: str
    address: str
    asset: str
    min: int
    max: int


@dataclass(frozen=True, slots=True)
class Gap:
    """Something the answer does not cover."""

    kind: str
    """One word a program can rely on: `history`, `internal_transfers`, `fees`, `lossy`, `order` ..."""
    detail: str
    """A sentence."""
    address: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True)
class HolderLabel:
    """Who a holder is by the label that is named first."""

    id: str
    name: str
    entity: str
    """Empty if only a category is known."""
    category: Category
    source: str


@dataclass(frozen=True, slots=True)
class LedgerState:
    """Which ledger an answer rests on."""

    manifest_sha256: str
    head: dict[str, dict[str, str | int | None]]
    """By chain: block number, hash and time of the last block."""
    path: str = ""


@dataclass(frozen=True, slots=True)
class TraceAnswer:
    """The answer to a case."""

    case_id: str
    title: str
    ledger: LedgerState
    engine: str
    limits: dict[str, int]
    """Only the limits that were set."""
    methods: dict[str, MethodAnswer]
    poison: PoisonAnswer | None
    intervals: Sequence[Interval]
    gaps: tuple[Gap, ...]
    versions: dict[str, str] = field(default_factory=dict)
    """Program, case file hash, libraries that matter, the label store if labels were used."""
    labels: dict[tuple[str, str], HolderLabel] = field(default_factory=dict)
    """By chain and address: who holders are, as far as labels were used and know."""


class LegKind(StrEnum):
    """Why stolen units came to an address or left it."""

    TRANSFER = "transfer"
    CLAIM = "claim"
    """They were stolen here: the theft owns the address."""
    FEE = "fee"
    UNTRACED = "untraced"


@dataclass(frozen=True, slots=True)
class Leg:
    """All stolen units that went between an address and one other."""

    kind: LegKind
    address: str
    """The other side; empty for a claim or a fee."""
    units: int
    transfers: int
    first_time: str | None
    last_time: str | None
    on_the_way: bool
    """Some of it lies on a way to the explained address."""


@dataclass(frozen=True, slots=True)
class ExplainedAddress:
    """The stolen books of one address: `inflows - outflows = holding`, to the unit."""

    chain: str
    address: str
    asset: str
    hops: int
    """Fewest transfers from here to the explained address."""
    inflows: tuple[Leg, ...]
    """Largest first."""
    outflows: tuple[Leg, ...]
    """Largest first."""
    holding: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """How stolen units got to an address under one method."""

    case_id: str
    method: str
    address: str
    steps: tuple[ExplainedAddress, ...]
    """The address itself first, then hop by hop back to the thefts, largest first. Empty: no stolen unit came here."""
    arrivals: tuple[Flow, ...]
    """Every transfer that brought stolen units to the address."""
    ledger: LedgerState
    gaps: tuple[Gap, ...] = ()
    labels: str = ""
    """Version of the label store whose services stopped the trace; empty if none was used."""


@dataclass(frozen=True, slots=True)
class PathTransfer:
    """One transfer of a path."""

    transaction_hash: str
    position: int
    block_number: int | None
    time: str | None
    source: str
    target: str
    units: int


@dataclass(frozen=True, slots=True)
class LedgerPath:
    """Consecutive transfers of one asset, each after the one before."""

    chain: str
    asset: str
    units: int
    """The most that can have gone all the way: the smallest transfer on it."""
    transfers: tuple[PathTransfer, ...]


@dataclass(frozen=True, slots=True)
class PathsAnswer:
    """The paths from one address to another, the one that carries most first. None is an answer too."""

    source: str
    target: str
    paths: tuple[LedgerPath, ...]
    ledger: LedgerState
    gaps: tuple[Gap, ...] = ()
