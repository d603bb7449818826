"""An incident: what happened, to whom, how much of it, by whom, and according to which source.

Nothing stands in an incident without the source that says it, and sources that disagree stand side by side. Money that
was attempted, blocked, executed, frozen, recovered and that is still outstanding are six different amounts.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from qiyafa.model.case import Theft
from qiyafa.model.claim import Bound
from qiyafa.model.label import Tlp
from qiyafa.model.period import Period


class IncidentKind(StrEnum):
    """What sort of event it was."""

    THEFT = "theft"
    """Cryptoassets were stolen."""
    PAYMENT_HEIST = "payment heist"
    """Money was moved through a payment system, e.g. by SWIFT messages."""
    INTRUSION = "intrusion"
    """Nothing was stolen that has a price: a leak, destruction, espionage."""
    EXTORTION = "extortion"
    FRAUD = "fraud"


class IncidentStatus(StrEnum):
    """How far it is established who did it."""

    SUSPECTED = "suspected"
    """Somebody names the actor as a suspect."""
    ATTRIBUTED = "attributed"
    """Somebody with evidence of their own names the actor."""
    CONFIRMED = "confirmed"
    """A court, a prosecutor, a police force or a government office names the actor."""


def firm_statuses(least: IncidentStatus) -> frozenset[IncidentStatus]:
    """Return the statuses that are at least as firm as one."""
    order = list(IncidentStatus)
    return frozenset(order[order.index(least) :])


class AmountKind(StrEnum):
    """Which of the amounts of an incident."""

    ATTEMPTED = "attempted"
    BLOCKED = "blocked"
    EXECUTED = "executed"
    """What left the victim: the loss before anything came back."""
    FROZEN = "frozen"
    RECOVERED = "recovered"
    OUTSTANDING = "outstanding"


class Basis(StrEnum):
    """How an amount of money was come by."""

    AT_THEFT = "at theft"
    AT_CASH_OUT = "at cash-out"
    NOTIONAL_MINT = "notional mint"
    """Tokens minted by the thief, times a price at which they could never have been sold."""
    AT_REPORT = "at report"
    """Prices of the day of the report."""
    FIAT = "fiat"
    """It was money to begin with."""
    NOT_SAID = "not said"


class DateKind(StrEnum):
    """Which moment of an incident."""

    THEFT = "theft"
    """When it happened."""
    DISCLOSURE = "disclosure"
    ACCUSATION = "accusation"
    """When somebody first named the actor."""
    CONFIRMATION = "confirmation"


class LinkKind(StrEnum):
    """What an incident is tied to."""

    LABEL = "label"
    """An incident name that labels carry (`Label.incident`)."""
    DESIGNATION = "designation"
    """An entry of an official list, e.g. `ofac/…`."""
    CASE = "case"
    """A case file that traces it."""


class RelationKind(StrEnum):
    """How two records of incidents relate, so that counts of different sources can be compared."""

    PART_OF = "part of"
    """This one is counted inside the other by some sources."""
    SAME_AS = "same as"
    """Two names of one event; counted once, under the other's id."""
    COUNTED_WITH = "counted with"
    """Some sources count both as one. They are two, and each is counted itself."""


@dataclass(frozen=True, slots=True)
class Victim:
    """Who lost it."""

    name: str
    kind: str
    """`exchange`, `bridge`, `defi`, `wallet`, `custodian`, `payment processor`, `bank`, `fund`, `game`, `gambling`,
    `individual`, `company`, `government`, `project` …"""
    country: str
    """ISO 3166-1 alpha-2; empty if not known."""
    source: str


@dataclass(frozen=True, slots=True)
class Amount:
    """One amount as one source gives it."""

    kind: AmountKind
    value: Decimal
    """Whole and exact as stated, e.g. 234337668.89; never negative."""
    currency: str
    """ISO 4217."""
    source: str
    bound: Bound = Bound.EXACT
    basis: Basis = Basis.NOT_SAID
    as_of: Period | None = None
    """When it was so (what is outstanding changes)."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class StolenAsset:
    """How much of one asset, as one source gives it."""

    symbol: str
    quantity: Decimal | None
    """In whole coins, as stated; None if only the value is given."""
    value: Decimal | None
    currency: str
    """Of the value; empty without one."""
    source: str
    asset: str = ""
    """CAIP-19, if known."""
    price_time: Period | None = None
    basis: Basis = Basis.NOT_SAID


@dataclass(frozen=True, slots=True)
class IncidentDate:
    """When something of an incident took place."""

    kind: DateKind
    period: Period
    """A day, a month or a year, as exact as the source is."""
    source: str


@dataclass(frozen=True, slots=True)
class ActorLink:
    """Who is said to have done it, by whom, and since when."""

    actor: str
    """Id of an actor: `dprk` for a state-run group of North Korea that is not told more exactly, `lazarus`, …"""
    status: IncidentStatus
    source: str
    since: Period | None = None


@dataclass(frozen=True, slots=True)
class StatedText:
    """One word or sentence of one source: a method of theft, a chain."""

    value: str
    source: str


@dataclass(frozen=True, slots=True)
class TheftLink:
    """Where the theft stands on a ledger, as a case file names it."""

    theft: Theft
    source: str


@dataclass(frozen=True, slots=True)
class Link:
    """What it is tied to elsewhere in Qiyafa."""

    kind: LinkKind
    target: str
    source: str


@dataclass(frozen=True, slots=True)
class Relation:
    """How this record relates to another incident."""

    kind: RelationKind
    incident: str
    source: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Incident:
    """One event of the world with everything that is said about it."""

    id: str
    """Lower case, digits, hyphens; the year of the theft last, e.g. `bybit-2025`."""
    title: str
    kind: IncidentKind
    title_source: str
    """Id of the source of title and kind."""
    dates: tuple[IncidentDate, ...] = ()
    victims: tuple[Victim, ...] = ()
    amounts: tuple[Amount, ...] = ()
    """The first executed amount in USD is the one that statistics of the registry use; the others are its spread."""
    assets: tuple[StolenAsset, ...] = ()
    actors: tuple[ActorLink, ...] = ()
    methods: tuple[StatedText, ...] = ()
    """`private key`, `social engineering`, `supply chain`, `it worker`, `contract flaw`, `payment system`, …"""
    chains: tuple[StatedText, ...] = ()
    """CAIP-2."""
    thefts: tuple[TheftLink, ...] = ()
    links: tuple[Link, ...] = ()
    relations: tuple[Relation, ...] = ()
    summary: tuple[StatedText, ...] = ()
    """Sentences of ours, each with the source it rests on."""
    known_from: datetime | None = None
    known_to: datetime | None = None
    """Set if it was withdrawn."""
    tlp: Tlp = Tlp.CLEAR
