"""Records of the model as plain JSON values and back, without loss: what is empty is left out, since STIX has no null.

Numbers that are money are texts, so that none passes through a float, and so are whole numbers above 2^53. A table of
free keys becomes a list of `name` and `value`, since STIX restricts the keys of its objects.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Any, Final, TypeVar, get_args, get_origin, get_type_hints

from qiyafa.model.period import Period

T = TypeVar("T")

_NUMBER: Final = re.compile(r"-?[0-9]{1,60}(?:\.[0-9]{1,60})?")
_WHOLE: Final = re.compile(r"-?[0-9]{1,80}")
_SAFE: Final = (1 << 53) - 1
_NOTHING: Final = object()


class Unreadable(Exception):
    """A value that cannot be read, and the place where it stands."""

    def __init__(self, place: str) -> None:
        super().__init__(place)
        self.place = place


@dataclass(frozen=True, slots=True)
class _Shape:
    types: Mapping[str, Any]
    defaults: Mapping[str, Any]
    """What a field is that is left out: what the class says, else nothing of its type."""
    own: frozenset[str]
    """Fields whose default is the class's own: left out only where they have it."""


@cache
def _shape(shape: Any) -> _Shape:
    types = get_type_hints(shape)
    defaults: dict[str, Any] = {}
    own = set()
    for one in fields(shape):
        if one.default is not MISSING:
            defaults[one.name] = one.default
        elif one.default_factory is not MISSING:
            defaults[one.name] = one.default_factory()
        else:
            defaults[one.name] = _nothing_of(types[one.name])
            continue
        own.add(one.name)
    return _Shape(types, defaults, frozenset(own))


def _nothing_of(expected: Any) -> Any:
    if isinstance(expected, UnionType):
        return None
    if get_origin(expected) is tuple:
        return ()
    return "" if expected is str else _NOTHING


def plain_of(record: Any) -> dict[str, Any]:
    """Return a record of the model as JSON values; what has its default, or nothing to say, is left out."""
    found = {}
    shape: Any = type(record)
    for name, default in _shape(shape).defaults.items():
        value = getattr(record, name)
        if value is not None and value != default:
            found[name] = _plain(value)
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, str | bool):
        return value
    if isinstance(value, int):
        return value if abs(value) <= _SAFE else str(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return [{"name": name, "value": value[name]} for name in sorted(value)]
    return plain_of(value)


def record_of(shape: type[T], plain: object, place: str = "") -> T:
    """Return the record that JSON values write down. Raises Unreadable for the first value that cannot be read.

    What the model does not know is passed over: a later Qiyafa may say more.
    """
    if not isinstance(plain, dict):
        raise Unreadable(place)
    kind_of_record: Any = shape
    expected = _shape(kind_of_record)
    values = dict(expected.defaults)
    for name, kind in expected.types.items():
        if name in plain:
            values[name] = _value(kind, plain[name], f"{place}.{name}" if place else name)
        elif values[name] is _NOTHING:
            raise Unreadable(f"{place}.{name}" if place else name)
    return shape(**values)


def _value(expected: Any, plain: object, place: str) -> Any:
    if isinstance(expected, UnionType):
        expected = next(one for one in get_args(expected) if one is not type(None))
    origin = get_origin(expected)
    if origin is tuple:
        return _items(get_args(expected), plain, place)
    if origin is dict:
        return _named(plain, place)
    if expected in _READERS:
        return _READERS[expected](plain, place)
    if is_dataclass(expected):
        return record_of(expected, plain, place)  # type: ignore[arg-type]
    try:
        return expected(plain)
    except ValueError as error:
        raise Unreadable(place) from error


def _items(types: tuple[Any, ...], plain: object, place: str) -> tuple[Any, ...]:
    if not isinstance(plain, list):
        raise Unreadable(place)
    if types[-1] is not ...:
        if len(plain) != len(types):
            raise Unreadable(place)
        return tuple(_value(kind, one, place) for kind, one in zip(types, plain, strict=True))
    return tuple(_value(types[0], one, f"{place}[{number}]") for number, one in enumerate(plain))


def _named(plain: object, place: str) -> dict[str, str]:
    if not isinstance(plain, list):
        raise Unreadable(place)
    found = {}
    for one in plain:
        if not isinstance(one, dict):
            raise Unreadable(place)
        found[_text(one.get("name"), place)] = _text(one.get("value"), place)
    return found


def _text(plain: object, place: str) -> str:
    if not isinstance(plain, str):
        raise Unreadable(place)
    return plain


def _whole(plain: object, place: str) -> int:
    if isinstance(plain, str) and _WHOLE.fullmatch(plain):
        return int(plain)
    if not isinstance(plain, int) or isinstance(plain, bool):
        raise Unreadable(place)
    return plain


def _truth(plain: object, place: str) -> bool:
    if not isinstance(plain, bool):
        raise Unreadable(place)
    return plain


def _number(plain: object, place: str) -> Decimal:
    if not isinstance(plain, str) or not _NUMBER.fullmatch(plain):
        raise Unreadable(place)
    return Decimal(plain)


def _day(plain: object, place: str) -> date:
    try:
        return date.fromisoformat(_text(plain, place))
    except ValueError as error:
        raise Unreadable(place) from error


def _period(plain: object, place: str) -> Period:
    if not isinstance(plain, dict):
        raise Unreadable(place)
    start, end = (_day(plain[side], f"{place}.{side}") if side in plain else None for side in ("start", "end"))
    if start is not None and end is not None and end < start:
        raise Unreadable(place)
    return Period(start, end)


def _moment(plain: object, place: str) -> datetime:
    try:
        moment = datetime.fromisoformat(_text(plain, place))
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Unreadable(place) from error


_READERS: Final[Mapping[Any, Callable[[object, str], Any]]] = {
    str: _text,
    int: _whole,
    bool: _truth,
    Decimal: _number,
    date: _day,
    datetime: _moment,
    Period: _period,
}
