"""A number as a text has it: exact, a fraction, or an order of magnitude."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

PLACES: Final = Decimal("0.000001")
"""Fractions without an end (a third) are kept to a millionth, in which statistics compare shares."""


class Kind(StrEnum):
    """How a number is written."""

    NUMBER = "number"
    FRACTION = "fraction"
    ORDER = "order of magnitude"


@dataclass(frozen=True, slots=True)
class Number:
    """A number that stands in a sentence's tokens from `first` to before `after`."""

    kind: Kind
    first: int
    after: int
    value: Decimal | None
    """None for an order of magnitude."""
    lower: Decimal | None = None
    upper: Decimal | None = None
    is_spelled: bool = False
    """Written in letters, at its beginning."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a number while it is read: its value and the token after it."""

    value: Decimal
    after: int


def fraction(parts: int, of: int) -> Decimal:
    """Return `parts` of `of`, to a millionth."""
    exact = Decimal(parts) / Decimal(of)
    return exact.quantize(PLACES).normalize() if exact.as_tuple().exponent else exact


def digits(written: str) -> Decimal | None:
    """Return the value of digits with separators, or None if the separators make no sense (`1.2.3`).

    `1,234.5` and `1.234.567` are grouped by thousands; `1,5` has a decimal comma; `1.234` a decimal point.
    """
    commas, points = written.count(","), written.count(".")
    if commas and _grouped(written.partition(".")[0], ",") and points <= 1:
        return Decimal(written.replace(",", ""))
    if commas == 1 and not points:
        return Decimal(written.replace(",", "."))
    if points > 1 and not commas and _grouped(written, "."):
        return Decimal(written.replace(".", ""))
    return Decimal(written) if points <= 1 and not commas else None


def _grouped(written: str, separator: str) -> bool:
    head, *groups = written.split(separator)
    return 1 <= len(head) <= 3 and all(len(group) == 3 for group in groups)
