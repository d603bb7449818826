"""Who did it, as an argument: competing hypotheses, the evidence for and against each, and where it comes from.

Three statements are kept apart, because each may be sure while the next is not: an address belongs to an incident, an
incident is by an actor, an actor is run by a state.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from qiyafa.model.label import Tlp


class StatementKind(StrEnum):
    """Which of the three statements a hypothesis makes."""

    ADDRESS_IN_INCIDENT = "address belongs to incident"
    INCIDENT_BY_ACTOR = "incident by actor"
    ACTOR_IS_STATE = "actor is run by a state"


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One possible answer. The hypotheses of one statement and subject exclude each other."""

    id: str
    statement: StatementKind
    subject: str
    """What it speaks of: an address, an incident's id, an actor's id."""
    answer: str
    """The incident, actor or state that it names; `other` for everything not named, which must be among them."""
    words: str
    """The hypothesis as a sentence."""
    prior: Decimal
    """How likely it was before this evidence, 0 to 1; those of one statement and subject sum to 1."""
    prior_reason: str


@dataclass(frozen=True, slots=True)
class Likelihood:
    """How likely one item of evidence would be if a hypothesis were true."""

    hypothesis: str
    probability: Decimal
    """Above 0, at most 1."""


@dataclass(frozen=True, slots=True)
class EvidenceItem:
    """One observation. It is kept also if it speaks against what is concluded."""

    id: str
    words: str
    kind: str
    """`official statement`, `address reuse`, `laundering pattern`, `malware`, `timing`, `infrastructure`, `denial` …"""
    source: str
    """Id of the `Source`."""
    grade: str
    """Admiralty, for this item."""
    origin: str
    """Where it was first observed; items of one origin count once."""
    likelihoods: tuple[Likelihood, ...]
    reason: str
    """Why these likelihoods."""


@dataclass(frozen=True, slots=True)
class Attribution:
    """One worked argument about one incident."""

    id: str
    incident: str
    title: str
    author: str
    stated: date
    hypotheses: tuple[Hypothesis, ...]
    evidence: tuple[EvidenceItem, ...]
    not_considered: tuple[str, ...] = ()
    """What would matter and was not to be had, in sentences."""
    known_from: datetime | None = None
    known_to: datetime | None = None
    tlp: Tlp = Tlp.CLEAR
