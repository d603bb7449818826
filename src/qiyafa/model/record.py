"""The record as a whole: what stands in it, how it is changed, and what is asked of it.

Nothing is ever erased. Every change adds a revision that says when it became known, by whom and why; the revisions that
were known at a moment are the record as of that moment.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final, Protocol

from qiyafa.model.actor import Actor
from qiyafa.model.attribution import Attribution
from qiyafa.model.claim import Claim, Measure
from qiyafa.model.errors import Problem
from qiyafa.model.incident import Incident, IncidentStatus
from qiyafa.model.period import ALWAYS, Period
from qiyafa.model.source import Source

Entry = Source | Actor | Incident | Claim | Attribution


class EntryKind(StrEnum):
    """What sort of thing an entry of the record is."""

    SOURCE = "source"
    ACTOR = "actor"
    INCIDENT = "incident"
    CLAIM = "claim"
    ATTRIBUTION = "attribution"


ENTRY_KINDS: Final[Mapping[type, EntryKind]] = {
    Source: EntryKind.SOURCE,
    Actor: EntryKind.ACTOR,
    Incident: EntryKind.INCIDENT,
    Claim: EntryKind.CLAIM,
    Attribution: EntryKind.ATTRIBUTION,
}


@dataclass(frozen=True, slots=True)
class Revision:
    """One change of one entry."""

    kind: EntryKind
    id: str
    number: int
    """Counted from 1 for each entry."""
    entry: Entry
    """As it is from this revision on."""
    known_from: datetime
    author: str
    """Who changed it; `casebook <version>` for what ships with Qiyafa."""
    reason: str
    """Empty for a first revision that needs none."""
    withdrawn: bool = False
    aside: bool = False
    """Whether it never stood: what a newer casebook says of an entry that somebody has changed."""


class Dimension(StrEnum):
    """By what a statistic is grouped."""

    YEAR = "year"
    ACTOR = "actor"
    ASSET = "asset"
    CHAIN = "chain"
    VICTIM_KIND = "victim kind"
    COUNTRY = "country"
    METHOD = "method"


_COUNTED: Final = frozenset(
    {"incidents", "countries", "country", "people", "designees", "organisations", "year", "ordinal", "qualitative"}
)
_MONEY: Final = frozenset(
    "AED AUD BHD BRL CAD CHF CNY DKK EGP EUR GBP HKD IDR ILS INR IQD IRR JOD JPY KPW KRW KWD LBP LKR MXN MYR NGN NOK "  # noqa: SIM905 - a list to be read
    "NZD OMR PHP PKR PLN QAR RUB SAR SEK SGD THB TND TRY TWD UAH USD VND ZAR".split()
)
"""ISO 4217 codes that claims use; a symbol of three letters may as well be an asset's, of which a cent is a lot."""


def unit_scale(unit: str) -> int:
    """Return how many parts of a unit a statistic counts in: whole counts, hundredths of money, else millionths."""
    if unit in _COUNTED:
        return 1
    return 100 if unit in _MONEY else 1_000_000


def scaled(quantity: Decimal, unit: str) -> int | None:
    """Return a quantity in the parts of its unit, or None if it is no whole number of them or needs over 63 bits."""
    parts = quantity * unit_scale(unit)
    whole = int(parts)
    return whole if whole == parts and abs(whole) < 1 << 63 else None


@dataclass(frozen=True, slots=True)
class IncidentTally:
    """A question about the registry's own incidents: how many, and how much was executed in USD."""

    by: Dimension
    actor: str = ""
    """Only incidents linked to this actor or to one whose parent it is; empty: all."""
    period: Period = ALWAYS
    """Only incidents whose theft lies in it."""
    known_at: datetime | None = None
    status: IncidentStatus = IncidentStatus.SUSPECTED
    """Only incidents that are laid to the actor (or to any) at least so firmly. Suspected: all."""


@dataclass(frozen=True, slots=True)
class IncidentTallyRow:
    """One group of incidents. An incident in several groups (two chains) is counted in each, so groups may overlap."""

    group: str
    """The year, the actor's id, …; empty where the incidents do not say."""
    incidents: int
    priced: int
    """Those with an executed amount in USD."""
    total: int
    """Cents of the first executed USD amount of each."""
    median: Decimal | None
    """Cents; of the priced ones."""
    least: int | None
    most: int | None


@dataclass(frozen=True, slots=True)
class ClaimTally:
    """A question about what others claim: every accepted claim of one measure and unit."""

    measure: Measure
    unit: str
    actor: str = ""
    """Only claims on this very actor; empty: on any, or on nobody named."""
    period: Period = ALWAYS
    known_at: datetime | None = None
    whole: bool = False
    """Only claims that no scope but the actor narrows: not those on one incident, asset, chain, country …"""


@dataclass(frozen=True, slots=True)
class ClaimTallyRow:
    """What one source and edition says of one period; several claims of it are an interval, never a sum."""

    period: Period
    claimant: str
    source: str
    edition: str
    claims: int
    least: int | None
    """In parts of the unit (`unit_scale`); the least and most of quantity, or of lower and upper without one."""
    most: int | None
    first_claim: str
    """Id of the first of them by id."""


@dataclass(frozen=True, slots=True)
class RecordContent:
    """Entries that belong together, such as the casebook that ships with Qiyafa. They refer to nothing outside."""

    version: str
    """A date and a digest of the content: it changes with every change of an entry, and with nothing else."""
    sources: tuple[Source, ...] = ()
    actors: tuple[Actor, ...] = ()
    incidents: tuple[Incident, ...] = ()
    claims: tuple[Claim, ...] = ()
    attributions: tuple[Attribution, ...] = ()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Every entry; what others refer to comes before them."""
        return (*self.sources, *self.actors, *self.incidents, *self.claims, *self.attributions)


@dataclass(frozen=True, slots=True)
class EntriesRead:
    """What a file of entries holds."""

    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...]
    """What was left out, and why."""
    levelled: frozenset[tuple[EntryKind, str]] = frozenset()
    """Which entries the file itself gives a level of the Traffic Light Protocol; the others keep a stricter one that
    stands in the record already."""


class RecordBook(Protocol):
    """The record, to be read. Implemented in `stores/record.py` for SQLite and PostgreSQL."""

    def version(self) -> str:
        """Return a digest that changes with every change of the record, and with nothing else."""

    def casebook_version(self) -> str:
        """Return the version of the built-in casebook that it holds."""

    def get(self, kind: EntryKind, id: str, known_at: datetime | None = None) -> Entry | None:
        """Return an entry as it stands, or as it stood at a moment; None if it is not there or was withdrawn."""

    def sources(self, known_at: datetime | None = None) -> Mapping[str, Source]:
        """Return every source by id, withdrawn ones too, with the moment in `known_to`."""

    def actors(self) -> Mapping[str, Actor]:
        """Return every actor by id."""

    def incidents(self, known_at: datetime | None = None) -> Iterator[Incident]:
        """Yield the incidents that stand, by id."""

    def claims(self, known_at: datetime | None = None) -> Iterator[Claim]:
        """Yield the accepted claims that stand, by id."""

    def proposed(self) -> Iterator[Claim]:
        """Yield the claims that wait for a person, by id."""

    def attributions(self, known_at: datetime | None = None) -> Iterator[Attribution]:
        """Yield the attributions that stand, by id."""

    def history(self, kind: EntryKind, id: str) -> list[Revision]:
        """Return every revision of an entry, oldest first; empty if there never was one."""

    def incident_tally(self, question: IncidentTally) -> list[IncidentTallyRow]:
        """Answer a statistic of incidents, sorted by group. Merged and part-of incidents are not counted again."""

    def claim_tally(self, question: ClaimTally) -> list[ClaimTallyRow]:
        """Answer a statistic of claims, sorted by period, claimant, source and edition."""
