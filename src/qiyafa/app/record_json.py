"""Entries of the record as JSON for programs: every field by its name, numbers as exact text, periods as two days.

Text is given as it was read; whoever shows it must make it harmless.
"""

from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from qiyafa.model.errors import Problem
from qiyafa.model.period import Period
from qiyafa.model.record import Entry, Revision
from qiyafa.text import text

JsonObject = dict[str, Any]


def entry_object(entry: Entry) -> JsonObject:
    """Return an entry with everything in it."""
    record: JsonObject = _plain(entry)
    return record


def period_object(period: Period) -> JsonObject:
    """Return a period by its first and last day; null where it has no limit or none is known."""
    return {"start": _plain(period.start), "end": _plain(period.end)}


def revision_object(revision: Revision) -> JsonObject:
    """Return one change of an entry, with the entry as it is from then on."""
    return {
        "number": revision.number,
        "known_from": revision.known_from.isoformat(),
        "author": revision.author,
        "reason": revision.reason,
        "withdrawn": revision.withdrawn,
        "entry": entry_object(revision.entry),
    }


def problem_object(problem: Problem) -> JsonObject:
    """Return what was left out, where, and why."""
    detail = text(problem.key, **problem.fields)
    return {"file": problem.source, "place": problem.place, "key": problem.key, "detail": detail}


def _plain(value: Any) -> Any:
    match value:
        case Period():
            return period_object(value)
        case Decimal():
            return f"{value:f}"
        case date() | datetime():
            return value.isoformat()
        case tuple():
            return [_plain(one) for one in value]
        case _ if is_dataclass(value) and not isinstance(value, type):
            return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
        case _:
            return value
