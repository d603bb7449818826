"""What a verdict means in five steps, as the known services grade it. Unknown is a step of its own, never low.

Severe: a designation in force. High: something about the address itself that needs a look (a risk label, a past
listing, a listed address of its cluster). Medium: an exposure that the rules weigh. Low: nothing, and everything was
asked. Unknown: nothing, and something was not asked.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, cast

from qiyafa.model.category import Category
from qiyafa.model.exposure import Exposure
from qiyafa.model.verdict import Outcome, Reason, ReasonKind, Verdict
from qiyafa.text import text


class Standing(IntEnum):
    """The steps, gravest last. Unknown stands above low: it may be worse."""

    LOW = 1
    UNKNOWN = 2
    MEDIUM = 3
    HIGH = 4
    SEVERE = 5


_DIRECT: Final = (ReasonKind.DESIGNATION, ReasonKind.PAST_DESIGNATION, ReasonKind.LABEL, ReasonKind.CLUSTER)


@dataclass(frozen=True, slots=True)
class Identified:
    """A statement about the address itself, or about its cluster."""

    category: Category
    name: str
    """Whom it names; empty if nobody."""
    sentence: str
    standing: Standing
    is_own: bool
    """About the address itself rather than another one of its cluster."""
    rule: str
    """The rule that gave it its weight; empty if none did."""
    authority: str = ""
    """Who lists it; empty for a label."""
    listed_from: str = ""
    """Set for a designation in force."""


def standing_of(verdict: Verdict) -> Standing:
    """Return the step of a verdict."""
    weighed = max((_weight(reason) for reason in verdict.reasons), default=Standing.UNKNOWN)
    if weighed > Standing.UNKNOWN:
        return weighed
    return Standing.LOW if is_whole(verdict) else Standing.UNKNOWN


def is_whole(verdict: Verdict) -> bool:
    """Whether everything was asked: lists, labels, and the whole history on every chain that the text belongs to."""
    return verdict.outcome is not Outcome.UNAVAILABLE and verdict.ledger is not None and not verdict.not_covered


def is_answered(verdict: Verdict) -> bool:
    """Whether everything was asked that the rules require; a hit is an answer whatever else was not asked."""
    if verdict.outcome is Outcome.HIT:
        return True
    return all(reason.outcome is not Outcome.UNAVAILABLE for reason in (*verdict.reasons, *verdict.not_covered))


def listed(verdict: Verdict) -> list[Identified]:
    """Return the designations of the address that are in force."""
    return [one for one in identified(verdict) if one.category is Category.SANCTIONED and one.listed_from]


def identified(verdict: Verdict) -> list[Identified]:
    """Return what lists and labels say of the address and of its cluster, gravest first."""
    return [one for reason in verdict.reasons if reason.kind in _DIRECT for one in _statements(reason, verdict)]


def triggers(verdict: Verdict) -> list[Reason]:
    """Return the exposures that a rule weighed."""
    return [reason for reason in verdict.reasons if reason.kind is ReasonKind.EXPOSURE]


def standing_of_exposure(exposure: Exposure, verdict: Verdict) -> Standing:
    """Return the step of one exposure: that of the rule it met, else low if everything was asked."""
    for reason in triggers(verdict):
        found = reason.evidence
        place = (found.get("chain"), found.get("asset"), found.get("level"), found.get("direction"))
        is_here = place == (exposure.chain, exposure.asset, exposure.level.value, exposure.direction.value)
        if is_here and exposure.category.value in cast("Mapping[str, object]", found.get("categories", {})):
            return _weight(reason)
    return Standing.LOW if is_whole(verdict) else Standing.UNKNOWN


def missing(verdict: Verdict) -> str:
    """Return what was not asked or could not be, as people read it."""
    lacking = [*verdict.not_covered, *(one for one in verdict.reasons if one.outcome is Outcome.UNAVAILABLE)]
    return " ".join(dict.fromkeys(sentence(reason) for reason in lacking))


def sentence(reason: Reason) -> str:
    """Return a reason as people read it."""
    return text(reason.key, **reason.fields)


def percentage(units: int, total: int) -> float:
    """Return a share in percent, to six digits and never 0 for something: a figure to look at, as exact ones stand in
    our evidence.
    """
    if units <= 0 or total <= 0:
        return 0.0
    return min(100.0, max(1, units * 100 * 10**6 // total) / 10**6)


def _weight(reason: Reason) -> Standing:
    if reason.outcome is Outcome.HIT:
        return Standing.SEVERE
    if reason.outcome is Outcome.REVIEW:
        return Standing.MEDIUM if reason.kind is ReasonKind.EXPOSURE else Standing.HIGH
    return Standing.UNKNOWN


def _statements(reason: Reason, verdict: Verdict) -> Iterator[Identified]:
    is_own = reason.kind is not ReasonKind.CLUSTER
    weight = _weight(reason)
    if weight is Standing.UNKNOWN and is_whole(verdict):
        weight = Standing.LOW
    for label in _tables(reason.evidence.get("labels")):
        category = Category(str(label["risk"] or label["category"]))
        name = str(label["entity"] or label["name"])
        yield Identified(category, name, sentence(reason), weight, is_own, reason.rule)
    if reason.outcome is Outcome.NO_HIT:
        # A designation that was not yet in force on the day says nothing of it.
        return
    for one in _tables(reason.evidence.get("designations")):
        since = str(one["listed_from"]) if reason.kind is ReasonKind.DESIGNATION else ""
        authority = str(one["authority"]).upper()
        yield Identified(
            category=Category.SANCTIONED,
            name=str(one["party"]) or authority,
            sentence=sentence(reason),
            standing=weight,
            is_own=is_own,
            rule=reason.rule,
            authority=authority,
            listed_from=since,
        )


def _tables(value: object) -> Iterable[Mapping[str, object]]:
    return cast("list[Mapping[str, object]]", value) if isinstance(value, list) else ()
