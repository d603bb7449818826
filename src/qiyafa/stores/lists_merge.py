"""From editions of lists to designations with days: pure, so that the rules can be read and tested by themselves.

1. An address that is in editions one after the other was listed from its designation's day, or from the first of these
   editions where the list gives none, until the publication of the next edition, which lacks it.
2. A list may give one day for a party and all its addresses, also for one that it named later. So an address is not
   listed on a day whose whole edition lacks it, and a built-in fact of the same party knows its day better.
3. Lists of one authority know different things of one address. An undated listing takes the day, and where it has
   none the party, of a dated one that was in force when the last edition with it was published.
4. A dated end after the last edition that has the address, and not after the first that lacks it, is the true end.
   An end before an edition that still has the address means that it was listed again, by that edition at the latest.
5. A built-in fact stands by itself where no list tells the same. Without an end it holds until a whole list, published
   after the fact was last checked, lacks the address.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from qiyafa.model.address import Identity
from qiyafa.model.designation import Designation, ListVersion, Party
from qiyafa.text import text

_One = TypeVar("_One")

BuiltIn = tuple[ListVersion, Sequence[Designation]]
"""A list that comes with the program; it is published on the day on which its facts were last checked."""
_Key = tuple[str, Identity]
"""An authority and an address: within these, lists know of each other."""


@dataclass(frozen=True, slots=True)
class Run:
    """One address of one list in editions that follow each other."""

    designation: Designation
    """As the last of these editions has it."""
    published: tuple[date, ...]
    """Of these editions; ascending."""
    lacking: date | None
    """The publication of the edition before them, which lacks it; None if there is none or lacking means nothing."""
    gone: date | None
    """The publication of the next edition, which lacks it; None if there is none or lacking means nothing."""


def runs(editions: Sequence[tuple[ListVersion, Sequence[Designation]]], *, whole: bool) -> tuple[Run, ...]:
    """Return the runs of one list, from its editions in the order of their publication.

    An entry that several editions have alike may be one and the same designation; its edition and, where it is undated,
    its day are set here.
    """
    versions = [version for version, _ in editions]
    days = [version.published for version in versions]
    held = _held([designations for _, designations in editions], lambda one: (one.entry, one.declared, one.identities))
    found: list[Run] = []
    for by_edition in held:
        for first, last in _stretches(sorted(by_edition), every=not whole):
            lacking = days[first - 1] if whole and first else None
            gone = days[last + 1] if whole and last + 1 < len(days) else None
            told = [_in_edition(one, versions[last]) for one in by_edition[last]]
            found += [Run(one, tuple(days[first : last + 1]), lacking, gone) for one in told]
    return tuple(found)


def party_runs(editions: Sequence[tuple[ListVersion, Sequence[Party]]], *, whole: bool) -> tuple[Party, ...]:
    """Return the parties of one list as its last edition with each has them, with the day that they were taken off."""
    days = [version.published for version, _ in editions]
    found: list[Party] = []
    for by_edition in _held([parties for _, parties in editions], lambda one: one.entry or one.name):
        for _, last in _stretches(sorted(by_edition), every=not whole):
            gone = days[last + 1] if whole and last + 1 < len(days) else None
            found += [replace(one, listed_to=one.listed_to or gone) for one in by_edition[last]]
    return tuple(sorted(found, key=lambda one: (one.entry, one.name, one.listed_to or date.max)))


def merged(
    found: Sequence[Run], built_in: Sequence[BuiltIn], newest: Mapping[str, Sequence[date]]
) -> tuple[Designation, ...]:
    """Return every designation with its days, in a fixed order.

    `newest` has the publication days of the whole lists' newest editions, by authority.
    """
    facts = _by_key(fact for _, designations in built_in for fact in designations)
    told = [_dated(run, _known(run.designation, facts)) for run in found if run.designation.is_dated]
    dated = _by_key(told)
    told += [
        _undated(run, [*_known(run.designation, facts), *_known(run.designation, dated)])
        for run in found
        if not run.designation.is_dated
    ]
    known = _by_key(told)
    for version, designations in built_in:
        lacking = [day for day in newest.get(version.authority, ()) if day > version.published]
        told += [one for fact in designations if (one := _standing(fact, _known(fact, known), lacking)) is not None]
    return tuple(sorted(told, key=_order))


def _in_edition(one: Designation, version: ListVersion) -> Designation:
    since = one.listed_from if one.is_dated else version.published
    return replace(one, version=version.version, listed_from=since)


def _held(editions: Sequence[Sequence[_One]], key: Callable[[_One], Hashable]) -> list[dict[int, list[_One]]]:
    """Return, for each listed thing, its records by the number of the edition."""
    held: dict[Hashable, dict[int, list[_One]]] = defaultdict(dict)
    for number, records in enumerate(editions):
        for one in records:
            held[key(one)].setdefault(number, []).append(one)
    return list(held.values())


def _stretches(numbers: Sequence[int], *, every: bool) -> list[tuple[int, int]]:
    """Return (first, last) of each stretch of numbers without a gap; with `every`, gaps do not matter."""
    if every:
        return [(numbers[0], numbers[-1])]
    breaks = [at for at in range(1, len(numbers)) if numbers[at] != numbers[at - 1] + 1]
    return [(numbers[a], numbers[b - 1]) for a, b in zip([0, *breaks], [*breaks, len(numbers)], strict=True)]


def _by_key(designations: Iterable[Designation]) -> dict[_Key, list[Designation]]:
    found: dict[_Key, list[Designation]] = defaultdict(list)
    for one in designations:
        for identity in one.identities:
            found[one.authority, identity].append(one)
    return found


def _known(designation: Designation, by_key: Mapping[_Key, Sequence[Designation]]) -> list[Designation]:
    """Return what other lists of its authority say of its address, each once, the earliest first."""
    found = (one for identity in designation.identities for one in by_key.get((designation.authority, identity), ()))
    others = {one for one in found if one.list_id != designation.list_id}
    return sorted(others, key=lambda one: (one.listed_from, _order(one)))


def _dated(run: Run, facts: Sequence[Designation]) -> Designation:
    """Return a designation that has a day of its own, which may be its party's, with what is known of its address."""
    told, in_force = run.designation, _in_force(run, facts)
    since = told.listed_from
    if run.lacking is not None and since <= run.lacking:
        since = run.published[0]
    named = [one for one in in_force if one.entry == told.entry]
    since = min((one.listed_from for one in named), default=since)
    until = told.listed_to or _end(in_force, run.gone) or run.gone
    reasons = [told.reason]
    if since != told.listed_from:
        reasons.append(text("lists.reason.party_since", day=told.listed_from.isoformat()))
    if named or until not in (told.listed_to, run.gone):
        reasons.append(max(in_force, key=_end_day).reason)
    return replace(told, listed_from=since, listed_to=until, reason=_joined(reasons))


def _undated(run: Run, facts: Sequence[Designation]) -> Designation:
    """Return a designation without a day of its own, with the days that the facts of its address give."""
    told, in_force, last = run.designation, _in_force(run, facts), run.published[-1]
    until = told.listed_to or _end(in_force, run.gone) or run.gone
    if not in_force:
        ends = [one.listed_to for one in facts if one.listed_to is not None and one.listed_to <= last]
        ended = max(ends, default=date.min)
        return replace(told, listed_from=min(day for day in run.published if day >= ended), listed_to=until)
    fact = in_force[0]
    return replace(
        told,
        entry=told.entry or fact.entry,
        party=told.party or fact.party,
        programmes=told.programmes or fact.programmes,
        listed_from=fact.listed_from,
        is_dated=True,
        listed_to=until,
        reason=_joined([told.reason, fact.reason, text("lists.reason.dated_by", list=fact.list_id)]),
    )


def _in_force(run: Run, facts: Sequence[Designation]) -> list[Designation]:
    """Return the facts that were in force when the last edition with the address was published, in their order."""
    last = run.published[-1]
    return [one for one in facts if one.listed_from <= last and (one.listed_to is None or one.listed_to > last)]


def _joined(reasons: Sequence[str]) -> str:
    return " ".join(filter(None, reasons))


def _end(in_force: Sequence[Designation], gone: date | None) -> date | None:
    """Return when the last of these ended, if all did, and before an edition lacked the address."""
    if not in_force or any(one.listed_to is None for one in in_force):
        return None
    last = max(map(_end_day, in_force))
    return last if gone is None or last <= gone else None


def _end_day(designation: Designation) -> date:
    return designation.listed_to or date.max


def _standing(fact: Designation, told: Sequence[Designation], lacking: Sequence[date]) -> Designation | None:
    """Return a built-in fact as it stands beside what lists tell of its address; None if one tells the same."""
    if any(one.listed_from == fact.listed_from and one.is_dated for one in told):
        return None
    if fact.listed_to is not None:
        return fact
    ends = [one.listed_to for one in told]
    if not told and lacking:
        return replace(fact, listed_to=min(lacking))
    last = max((end for end in ends if end is not None), default=date.min)
    if told and None not in ends and last > fact.listed_from:
        return replace(fact, listed_to=last)
    return fact


def _order(one: Designation) -> tuple[object, ...]:
    told = (one.authority, one.list_id, one.entry, one.written, one.declared, one.listed_from)
    return (*told, one.listed_to or date.max, one.version, one.party, one.programmes, one.reason)
