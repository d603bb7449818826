"""What a report is made of: the answer, its flows in sums small enough to draw, and how to write its units.

Amounts are whole base units. Nothing here depends on how many transfers the trace walked over.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from qiyafa.model.asset import AssetUnit
from qiyafa.model.case import Case
from qiyafa.model.finding import Fate, Taking, TraceAnswer


@dataclass(frozen=True, slots=True)
class Edge:
    """All stolen units of one theft that went from one address to another and met the same fate."""

    source: str
    target: str
    """Empty for a fee."""
    asset: str
    theft: str
    fate: Fate
    units: int
    transfers: int
    first_time: str | None
    """ISO 8601 in UTC."""
    last_time: str | None
    hop: int
    """The fewest hops from the theft to the target over this edge; the theft's own addresses are at hop 0."""


@dataclass(frozen=True, slots=True)
class Moment:
    """How the places of stolen units changed at one moment. All but `time` and `asset` are signed units."""

    asset: str
    time: int | None
    """Seconds since 1970 UTC; None where the ledger has no time."""
    at_theft: int
    """At the addresses where the units were first stolen units."""
    elsewhere: int
    """At any other address that is not a stop."""
    stopped: int
    spent: int
    """Paid in fees, or untraced."""


@dataclass(frozen=True, slots=True)
class FlowSummary:
    """The flows of one method in sums: edges by addresses, moments by time."""

    edges: tuple[Edge, ...]
    moments: tuple[Moment, ...]
    """By asset and time, ascending."""
    transfers: int
    """Flows that were summed up."""


@dataclass(frozen=True, slots=True)
class ReportContent:
    """Everything a report shows. The same content gives the same bytes."""

    answer: TraceAnswer
    case: Case
    main_method: str
    """The method that headline, holders and charts follow: a key of `answer.methods`, unless that is empty."""
    flows: FlowSummary
    """Of the main method."""
    claims: tuple[Taking, ...]
    """Of the main method: where the stolen units come from."""
    assets: Mapping[str, AssetUnit]
    """By CAIP-19; an asset that is missing is written in base units."""
    names: Mapping[str, str]
    """By address: a short name or role."""
    command: str
    """What makes this report again, as typed."""
