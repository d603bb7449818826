"""A claim: who says what about thefts, how much, how surely, and in which words.

A claim may be wrong, and two claims may contradict each other; the record keeps both. Claimant and publisher are
different: a newspaper publishes what a UN panel claims. A claim that a program read out of a text is *proposed* until a
person has accepted it, and proposed claims count nowhere.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from qiyafa.model.label import Tlp
from qiyafa.model.period import ALWAYS, Period


class Bound(StrEnum):
    """How a quantity is meant."""

    EXACT = "exact"
    ABOUT = "about"
    """Near it on either side."""
    AT_LEAST = "at least"
    MORE_THAN = "more than"
    UP_TO = "up to"
    ALMOST = "almost"
    """Near it, and below."""
    MAJORITY = "majority"
    """A share above one half; no quantity, only lower and upper."""
    ORDER = "order of magnitude"
    """`hundreds of millions`: no quantity, only lower and upper."""


class Modality(StrEnum):
    """How surely the claimant says it."""

    STATED = "stated"
    SUSPECTED = "suspected"
    POSSIBLE = "possible"


class Measure(StrEnum):
    """What is measured. The unit says how: money, a count, a share of the same measure, a change of it."""

    STOLEN = "stolen"
    """Taken from the victims, whether returned later or not."""
    LOSSES = "losses"
    """Lost to all thieves and frauds of a period together."""
    PROCEEDS = "proceeds"
    """Earned by the thieves, from any kind of crime that the claimant counts."""
    ATTEMPTED = "attempted"
    BLOCKED = "blocked"
    EXECUTED = "executed"
    FROZEN = "frozen"
    RECOVERED = "recovered"
    OUTSTANDING = "outstanding"
    """Gone and not recovered, as of the claim."""
    LAUNDERED = "laundered"
    INCIDENTS = "incidents"
    COUNTRIES = "countries"
    VICTIMS = "victims"
    DESIGNATIONS = "designations"
    BEGINNING = "beginning"
    """When something began or happened; unit `year`."""
    MEETING = "meeting"
    """Which one in a row; unit `ordinal`."""
    OTHER = "other"


class ClaimState(StrEnum):
    """Whether a claim counts."""

    PROPOSED = "proposed"
    """Read by rules, seen by nobody yet: counts for nothing."""
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    """It counted until `known_to`; kept, and recalled from those who received it."""


@dataclass(frozen=True, slots=True)
class Quote:
    """The words that say it, and where they stand."""

    words: str
    """The text between `start` and `end`, unchanged. Hostile text."""
    start: int | None = None
    end: int | None = None
    """Unicode code points from the beginning of the document's text; None if it is quoted from elsewhere."""
    document_sha256: str = ""
    """Of the document's text in UTF-8, in hexadecimal."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What part of the world a claim speaks of; an empty field means: not narrowed."""

    actor: str = ""
    """Id of an actor, e.g. `dprk`, `lazarus`; empty: anybody."""
    incident: str = ""
    """Id of the incident if it speaks of one."""
    asset: str = ""
    chain: str = ""
    country: str = ""
    """ISO 3166-1 alpha-2 of the victims."""
    victim_kind: str = ""
    method: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement with one quantity."""

    id: str
    """Deterministic for the casebook and for claims that are read; lower case, digits, hyphens."""
    claimant: str
    """Who says it, e.g. `UN Panel of Experts`; empty if the text names nobody."""
    publisher: str
    """Who printed it."""
    source: str
    """Id of the `Source`."""
    subject: str
    """What it is about, in words, e.g. `North Korean thefts`."""
    measure: Measure
    unit: str
    """`USD` or another ISO 4217 code, an asset symbol, or `incidents`, `countries`, `people`, `organisations`,
    `designees`, `share`, `ratio` (a change: -0.5 is half less), `year`, `ordinal`, `qualitative`, or `country` for the
    seat of a company, without a quantity."""
    quantity: Decimal | None
    """Exact; None for an order of magnitude, a majority and what has no number."""
    bound: Bound = Bound.EXACT
    lower: Decimal | None = None
    upper: Decimal | None = None
    """What the words allow at the least and at the most; None: no limit on that side."""
    modality: Modality = Modality.STATED
    period: Period = ALWAYS
    """The days that the quantity covers, not the day of the statement."""
    cumulative: bool | None = None
    """Whether it runs up to the statement from the beginning; None if the words do not say."""
    statement_date: date | None = None
    edition: str = ""
    """Of the claimant's own series; two editions of one series may differ, and both are kept."""
    supersedes: str = ""
    """Id of the claim that this one revises."""
    scope: Scope = field(default_factory=Scope)
    quote: Quote | None = None
    basis: str = ""
    """How money was valued: a `model.incident.Basis`; empty if not said."""
    state: ClaimState = ClaimState.ACCEPTED
    known_from: datetime | None = None
    known_to: datetime | None = None
    tlp: Tlp = Tlp.CLEAR
    note: str = ""
