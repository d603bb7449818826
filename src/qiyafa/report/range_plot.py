"""How far the methods agree on each holder: a row a holder, from nothing to the most that any method gives.

Every method has its own shape, so the plot can be read without colour.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qiyafa.report import drawing
from qiyafa.report.denomination import Denomination
from qiyafa.report.markup import Markup, el, joined, pixels
from qiyafa.text import text

_ROW = 30.0
_LEFT, _RIGHT, _TOP = 330.0, 250.0, 30.0
_SHAPES = (
    "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0z",
    "M-4.5-4.5h9v9h-9z",
    "M0-6 5.6 4.4h-11.2z",
    "M0-6 6 0 0 6-6 0z",
    "M0 6 5.6-4.4h-11.2z",
    "M-5-2h3v-3h4v3h3v4h-3v3h-4v-3h-3z",
)


@dataclass(frozen=True, slots=True)
class PlotRow:
    """One holder: what each method gives it."""

    address: str
    name: str
    units: Mapping[str, int]
    """By method."""


def shape(at: int, x: float = 7.0, y: float = 7.0) -> Markup:
    """Draw the mark of a method by its number."""
    return el(
        "path",
        d=_SHAPES[at % len(_SHAPES)],
        transform=f"translate({pixels(x)} {pixels(y)})",
        class_=f"mark m{at % len(_SHAPES)}",
    )


def draw(rows: Sequence[PlotRow], methods: Sequence[str], unit: Denomination, name: str) -> Markup:
    """Draw the rows, in the order given."""
    height = _TOP + len(rows) * _ROW + 4
    title = text("report.methods.plot.title", symbol=unit.symbol)
    scale = [
        drawing.label(_LEFT, 14, "0", "t-small", "middle"),
        drawing.label(drawing.WIDTH - _RIGHT, 14, text("report.methods.plot.most"), "t-small", "middle"),
        *(drawing.line(_x(part, 4), _TOP - 8, _x(part, 4), height - 4, "grid") for part in range(5)),
    ]
    parts = (_row(row, methods, unit, _TOP + at * _ROW + _ROW / 2) for at, row in enumerate(rows))
    return drawing.chart(name, title, text("report.methods.plot.description"), height, *scale, *parts)


def _x(units: int, most: int) -> float:
    return _LEFT + (units / most if most else 0) * (drawing.WIDTH - _LEFT - _RIGHT)


def _row(row: PlotRow, methods: Sequence[str], unit: Denomination, y: float) -> Markup:
    least, most = min(row.units.values()), max(row.units.values())
    dots = []
    for at, method in enumerate(methods):
        tip = f"{method}: {unit.plain(row.units[method])} ({unit.exact(row.units[method])})"
        dots.append(el("g", el("title", tip), shape(at, _x(row.units[method], most), y)))
    lines = drawing.word_lines(row.name, 46, 1) if row.name else []
    return joined(
        _who(row.address, lines, y),
        drawing.line(_LEFT, y, drawing.WIDTH - _RIGHT, y, "track"),
        drawing.line(_x(least, most), y, _x(most, most), y, "span"),
        *dots,
        drawing.label(drawing.WIDTH - _RIGHT + 16, y + 4, _verdict(unit, least, most), "t-units"),
    )


def _verdict(unit: Denomination, least: int, most: int) -> str:
    """Say how far apart the least and the most are."""
    if least == most:
        return text("report.methods.plot.same", most=unit.brief(most))
    if unit.brief(least) == unit.brief(most):
        return text("report.methods.plot.within", most=unit.brief(most), apart=unit.brief(most - least))
    return text("report.methods.plot.range", least=unit.brief(least), most=unit.brief(most))


def _who(address: str, names: Sequence[str], y: float) -> Markup:
    cut = drawing.even_lines(address, 46)
    lines = [(name, "t-name") for name in names] + [(line, "t-address") for line in cut]
    top = y + 4 - (len(lines) - 1) * 5.5
    return joined(
        drawing.label(_LEFT - 12, top + at * 12, words, class_, "end") for at, (words, class_) in enumerate(lines[:2])
    )
