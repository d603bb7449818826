"""Texts with the answers written into them: `stole [[about $3bn|~ 3B USD @2017..2023]] in all`.

The first line is `day: 2024-03-29`. A mark is `[[words|answers]]`; several answers are separated by `;`. An answer is a
bound, a quantity, a unit, and, where the text says so, `@period` and a modality. Bounds: `=` exact, `~` about, `>=` at
least, `>` more than, `<=` up to, `<` almost, `maj` majority (without a quantity), `ord` order of magnitude and `range`
(`a..b`); `~/=` is either. `K M B T` stand for thousands to millions of millions. `?` marks words about which two
careful readers may disagree: what is read of them is neither right nor wrong. What is read elsewhere is wrong.
"""

import re
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final

from qiyafa.model.claim import Bound, Modality
from qiyafa.model.period import ALWAYS, Period, read_period
from qiyafa.record.reading.read import read_claims

from support.expected_claims import Comparison, Expected, Found, compare

_MARK: Final = re.compile(r"\[\[([^|\]]+)\|([^\]]+)\]\]")
_BOUNDS: Final = {
    "=": Bound.EXACT,
    "~": Bound.ABOUT,
    ">=": Bound.AT_LEAST,
    ">": Bound.MORE_THAN,
    "<=": Bound.UP_TO,
    "<": Bound.ALMOST,
    "maj": Bound.MAJORITY,
    "ord": Bound.ORDER,
}
_SCALES: Final = {"K": 10**3, "M": 10**6, "B": 10**9, "T": 10**12}


@dataclass(frozen=True)
class MarkedText:
    """A text and what a person finds in it."""

    day: date
    text: str
    expected: list[Expected]
    debatable: list[tuple[int, int]]


def marked_text(written: str) -> MarkedText:
    """Take the marks out of a text."""
    head, _, body = written.partition("\n")
    text, done = "", 0
    expected: list[Expected] = []
    debatable: list[tuple[int, int]] = []
    for mark in _MARK.finditer(body):
        text += body[done : mark.start()]
        span = (len(text), len(text) + len(mark[1]))
        text, done = text + mark[1], mark.end()
        for answer in map(str.strip, mark[2].split(";")):
            if answer == "?":
                debatable.append(span)
            else:
                expected.append(replace(_expected(answer, *span), name=f"{answer} | {mark[1]}"))
    return MarkedText(date.fromisoformat(head.removeprefix("day: ")), text + body[done:], expected, debatable)


def _expected(answer: str, start: int, end: int) -> Expected:
    parts = answer.split()
    period = next((read_period(part[1:]) for part in parts if part.startswith("@")), ALWAYS)
    modality = next((Modality(part) for part in parts if part in set(Modality)), None)
    bound, *rest = [part for part in parts if not part.startswith("@") and part != modality]
    quantity = lower = upper = None
    unit = rest[-1]
    if bound in ("range", "ord"):
        lower, upper = map(_number, rest[0].split(".."))
    elif bound != "maj":
        quantity = _number(rest[0])
    if unit == "ratio":
        # Where a change runs from is a matter of taste; it ends in the year that is told of.
        period = Period(None, period.end)
    bounds = frozenset(Bound) if bound == "range" else frozenset(_BOUNDS[one] for one in bound.split("/"))
    return Expected("", quantity, unit, bounds, start, end, lower, upper, modality, period)


def _number(written: str) -> Decimal | None:
    if not written:
        return None
    scale = _SCALES.get(written[-1])
    return Decimal(written[:-1]) * scale if scale else Decimal(written)


def read_marked(marked: MarkedText) -> Comparison:
    """Read a text and compare with its answers: quantity, unit, bound and years of the period; not the modality."""
    found = []
    for claim in read_claims(marked.text, day=marked.day):
        start, end = claim.quote.start or 0, claim.quote.end or 0
        amounts = (claim.quantity, claim.unit, claim.bound, claim.lower, claim.upper)
        found.append(Found(*amounts, claim.modality, claim.period, start, end, claim.quote.words))
    expected = [replace(one, modality=None) for one in marked.expected]
    return compare(found, expected, marked.debatable)
