"""What a verdict is judged on: everything that was asked about one address, and what could not be asked."""

from dataclasses import dataclass, field
from datetime import date, datetime

from qiyafa.model.address import AddressReading, Identity
from qiyafa.model.category import Category
from qiyafa.model.designation import Designation, ListCoverage
from qiyafa.model.exposure import Exposure, Poisoning
from qiyafa.model.label import Label, Tlp
from qiyafa.model.verdict import LedgerCoverage


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is the same for every address of one question."""

    as_of: datetime
    """UTC."""
    lists: tuple[ListCoverage, ...]
    """Every list that was ever imported, answering or not."""
    labels_version: str
    """Empty if there is no label store."""
    ledger_chains: tuple[str, ...] | None
    """The chains of the ledger that was asked; None if exposure was not asked for."""
    lists_known_at: datetime | None = None
    """Set if the question was what was known at a moment; lists answer as they are known now, and it is said so."""
    labels_up_to: Tlp = Tlp.RED
    """Stricter labels were not asked, since whoever is answered may not know them."""

    @property
    def day(self) -> date:
        """The day that lists are asked about."""
        return self.as_of.date()


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another address of the screened address's cluster that a list or a label speaks of."""

    chain: str
    address: str
    designations: tuple[Designation, ...]
    labels: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class ClusterFacts:
    """What is known of the cluster of an address on one chain."""

    chain: str
    size: int
    left_out: int
    """Members that were not looked at."""
    lacks_exposure: bool = False
    """Whether only lists and labels were asked of its members."""


@dataclass(frozen=True, slots=True)
class LedgerFacts:
    """What the ledger could say of the address on one chain."""

    coverage: LedgerCoverage
    head_time: datetime | None
    """UTC."""
    incomplete_sources: int = 0
    """Labelled or listed addresses in the exposure whose own history is cut off or missing."""
    untraceable: tuple[str, ...] = ()
    """Assets of which the address moved too much to be traced."""
    lacks: tuple[str, ...] = ()
    """Kinds of transfers that no source of the ledger gives: of `fees` (with failures), `internal`, `tokens`."""
    lacks_poisonings: bool = False
    """Whether nobody looked for transfers that were sent to be mistaken."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was found about one address."""

    address: str
    """As given."""
    reading: AddressReading
    """On the chain that was asked for, or on every chain."""
    chain_of: dict[Identity, str]
    """The most usual chain of each identity."""
    circumstances: Circumstances
    unknown_chain: str = ""
    """The chain as it was asked for, if Qiyafa knows none of that name."""
    designations: tuple[Designation, ...] = ()
    labels: tuple[Label, ...] = ()
    """Those that hold at the moment, by rank."""
    exposures: tuple[Exposure, ...] = ()
    """By category. What rules weigh: see `weighed`."""
    weighed: dict[frozenset[Category], tuple[Exposure, ...]] = field(default_factory=dict)
    """For each set of categories that a rule names, the exposures traced from its sources alone."""
    poisonings: tuple[Poisoning, ...] = ()
    neighbours: tuple[Neighbour, ...] = ()
    clusters: tuple[ClusterFacts, ...] = ()
    ledgers: tuple[LedgerFacts, ...] = ()
    """Those of the candidate chains that the ledger holds."""
