"""What comes out when an attribution is weighed: a ranking for each question, the evidence by side, what it hangs on.

Every probability is an exact fraction; `verbal.told` is what is told of it.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from qiyafa.model.attribution import Attribution, EvidenceItem, Hypothesis, StatementKind
from qiyafa.record.verbal import Verbal


class Side(StrEnum):
    """What an item says of the leading hypothesis, compared with all the others together."""

    FOR = "for"
    AGAINST = "against"
    NEUTRAL = "neutral"


class Standing(StrEnum):
    """How firmly a conclusion stands."""

    HOLDS = "holds"
    """It stays better than even without any one origin, and if all hypotheses were equally likely at first."""
    DEPENDS = "depends"
    """It leads in every one of these cases, but in some is no better than even."""
    OPEN = "open"
    """No hypothesis is better than even, or another one leads in one of these cases."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """What is changed for one weighing; nothing by default."""

    without: frozenset[str] = frozenset()
    """Origins whose evidence is left out."""
    flat_prior: bool = False
    """Whether every hypothesis is equally likely at first."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """One hypothesis with its probability."""

    hypothesis: Hypothesis
    before: Fraction
    """Before this evidence."""
    after: Fraction
    """After it, exact; those of one question sum to 1."""
    words: Verbal


@dataclass(frozen=True, slots=True)
class Damped:
    """What an item says of one hypothesis: its likelihood as given and as it counts, and what that weighs."""

    hypothesis: Hypothesis
    given: Decimal
    counted: Fraction
    decibans: Decimal
    """Ten times the decimal logarithm of (likelihood under it / under all the others together), to one digit."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """One item of evidence in one question."""

    item: EvidenceItem
    weight_percent: int
    likelihoods: tuple[Damped, ...]
    """In the order of the ranking."""
    favours: Hypothesis | None
    """The one under which it is likeliest; None if that is more than one."""
    disfavours: Hypothesis | None
    """The one under which it is least likely; None if that is more than one."""
    copy_of: str = ""
    """Id of the item of the same origin that counts instead; empty if this one counts."""

    @property
    def decibans(self) -> Decimal:
        """What it weighs for the leading hypothesis."""
        return self.likelihoods[0].decibans

    @property
    def most_decibans(self) -> Decimal:
        """What it weighs for or against the hypothesis that it says most of; never negative."""
        return max(abs(one.decibans) for one in self.likelihoods)

    @property
    def side(self) -> Side:
        """What it says of the leading hypothesis; neutral if its weight rounds to nothing."""
        if self.decibans == 0:
            return Side.NEUTRAL
        return Side.FOR if self.decibans > 0 else Side.AGAINST

    @property
    def is_diagnostic(self) -> bool:
        """Whether it tells any of the hypotheses apart."""
        return len({one.counted for one in self.likelihoods}) > 1


@dataclass(frozen=True, slots=True)
class Variation:
    """How the question would be answered in another case."""

    origin: str
    """The origin that is left out; empty for the flat prior."""
    leader: Hypothesis
    """Who leads then."""
    after: Fraction
    """How likely the leader of the full evidence is then."""
    words: Verbal
    """For `after`."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One question, weighed."""

    statement: StatementKind
    subject: str
    ranking: tuple[Ranked, ...]
    """The most probable first."""
    evidence: tuple[Weighed, ...]
    """What counts; what says most of any hypothesis first."""
    copies: tuple[Weighed, ...]
    prior_decibans: Decimal
    """The leader against all the others together before the evidence; negative if it was less likely than not."""
    total_decibans: Decimal
    """And after it."""
    without: tuple[Variation, ...]
    """Without each origin, by origin; the first of equals is the one that carries most."""
    flat_prior: Variation
    carried_by: str
    """The origin without which the leader falls furthest; empty if it falls without none."""
    standing: Standing

    @property
    def leader(self) -> Ranked:
        """The most probable hypothesis."""
        return self.ranking[0]

    def on_side(self, side: Side) -> tuple[Weighed, ...]:
        """Return what counts on one side, the strongest for or against the leader first."""
        chosen = [one for one in self.evidence if one.side is side]
        return tuple(sorted(chosen, key=lambda one: -abs(one.decibans)))


@dataclass(frozen=True, slots=True)
class Argument:
    """An attribution, weighed. The findings are apart: their probabilities are never multiplied."""

    attribution: Attribution
    conditions: Conditions
    findings: tuple[Finding, ...]
    """One for each statement and subject, in the order of the statements."""
    unused: tuple[EvidenceItem, ...]
    """What was left out on request."""
