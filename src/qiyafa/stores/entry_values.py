"""TOML values as records of the model: each table by its dataclass, each value by the type of its field.

Numbers that are money or quantities are text there, so that none passes through a float. Nothing is guessed: an unknown
key, a missing one and a value of another type are faults, each with the place where it stands.
"""

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Any, Final, TypeVar, cast, get_args, get_origin, get_type_hints

from qiyafa.model.errors import Field, InvalidInput
from qiyafa.model.period import Period, read_period

T = TypeVar("T")

NEVER_WRITTEN: Final = frozenset({"known_from", "known_to"})
"""Moments at which a record takes an entry in: they are the store's."""

_NUMBER: Final = re.compile(r"-?[0-9](?:_?[0-9])*(?:\.[0-9]+)?")
_MOST_DIGITS: Final = 60


class Fault(Exception):
    """One value that cannot be read: where it stands and the sentence that says why."""

    def __init__(self, key: str, place: str, /, **said: Field) -> None:
        super().__init__(key, place)
        self.key = key
        self.place = place
        self.fields = said


@dataclass(frozen=True, slots=True)
class _Shape:
    types: Mapping[str, Any]
    required: tuple[str, ...]
    empty: Mapping[str, None]
    """Fields without a default that are None where they are left out."""


def read_record(shape: type[T], written: object, place: str) -> T:
    """Return the record that a table writes down. Raises Fault for the first thing that is wrong."""
    if not isinstance(written, dict):
        raise Fault("entries.problem.table", place)
    expected = _shape_of(cast(Any, shape))
    for key in written:
        if key not in expected.types:
            known = ", ".join(expected.types)
            nearest = difflib.get_close_matches(key, expected.types, n=1, cutoff=0.0)[0]
            raise Fault("entries.problem.unknown_key", place, key=key, nearest=nearest, known=known)
    for key in expected.required:
        if key not in written:
            raise Fault("entries.problem.missing", place, key=key)
    values = {key: _value(expected.types[key], value, f"{place}, {key}") for key, value in written.items()}
    return shape(**{**expected.empty, **values})


@cache
def _shape_of(shape: Any) -> _Shape:
    types = get_type_hints(shape)
    written = [one for one in fields(shape) if one.name not in NEVER_WRITTEN]
    bare = [one.name for one in written if one.default is MISSING and one.default_factory is MISSING]
    empty = [name for name in bare if isinstance(types[name], UnionType)]
    return _Shape(
        {one.name: types[one.name] for one in written},
        tuple(name for name in bare if name not in empty),
        dict.fromkeys(empty),
    )


def _value(expected: Any, written: object, place: str) -> Any:
    """Return a value of the expected type."""
    if isinstance(expected, UnionType):
        expected = next(one for one in get_args(expected) if one is not type(None))
    if get_origin(expected) is tuple:
        return _items(get_args(expected), written, place)
    if expected in _READERS:
        return _READERS[expected](written, place)
    if is_dataclass(expected):
        return read_record(expected, written, place)  # type: ignore[arg-type]
    return _word(expected, written, place)


def _items(types: tuple[Any, ...], written: object, place: str) -> tuple[Any, ...]:
    if not isinstance(written, list):
        raise Fault("entries.problem.list", place)
    return tuple(_value(types[0], one, f"{place} {number}") for number, one in enumerate(written, start=1))


def _word(expected: type[StrEnum], written: object, place: str) -> StrEnum:
    known = [one.value for one in expected]
    if written not in known:
        raise Fault("entries.problem.word", place, value=str(written), known=", ".join(known))
    return expected(written)


def _text(written: object, place: str) -> str:
    if not isinstance(written, str):
        raise Fault("entries.problem.text", place)
    if "\0" in written:
        raise Fault("entries.problem.nul", place)
    return written


def _whole(written: object, place: str) -> int:
    if not isinstance(written, int) or isinstance(written, bool) or written < 0:
        raise Fault("entries.problem.whole", place)
    return written


def _truth(written: object, place: str) -> bool:
    if not isinstance(written, bool):
        raise Fault("entries.problem.truth", place)
    return written


def _number(written: object, place: str) -> Decimal:
    if not isinstance(written, str):
        raise Fault("entries.problem.unquoted", place, value=str(written))
    if len(written) > _MOST_DIGITS or not _NUMBER.fullmatch(written):
        raise Fault("entries.problem.number", place, value=str(written))
    return Decimal(written)


def _day(written: object, place: str) -> date:
    if not isinstance(written, date) or isinstance(written, datetime):
        raise Fault("entries.problem.day", place, value=str(written))
    return written


def _period(written: object, place: str) -> Period:
    try:
        return read_period(_text(written, place))
    except InvalidInput as error:
        raise Fault(error.key, place, **error.fields) from error


_READERS: Final[Mapping[Any, Callable[[object, str], Any]]] = {
    str: _text,
    int: _whole,
    bool: _truth,
    Decimal: _number,
    date: _day,
    Period: _period,
}
