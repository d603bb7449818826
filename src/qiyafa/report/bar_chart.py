"""Horizontal bars in groups, as one SVG file that stands alone: what each source says of each year.

No scripts, fonts or references to the outside. Every bar has its value beside it and its full words as a title, so that
the chart can be read without colour, printed, and heard.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from qiyafa.report.drawing import round_steps, word_lines
from qiyafa.report.markup import Markup, el, joined

_WIDTH: Final = 960.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 320.0, 150.0, 62.0, 20.0
_LONGEST_NAME: Final = 44
_BAR, _GAP, _GROUP_GAP = 16.0, 5.0, 16.0
_ARROW: Final = 8.0
_STYLE: Final = (
    "text{font:13px system-ui,'Noto Sans','Noto Sans Arabic','Noto Sans KR',sans-serif;fill:#1c2430;"
    "unicode-bidi:plaintext}"
    ".h{font-size:17px;font-weight:600}.g{font-weight:600}.s{font-size:11px;fill:#5b6675}"
    ".b{fill:#2f6fab}.o{fill:#b9cfe4;stroke:#2f6fab;stroke-width:.8}.r{fill:#c2782c}"
    ".l{stroke:#d9dee5;stroke-width:1}.p{fill:#fff}"
    "@media(prefers-color-scheme:dark){text{fill:#e8ecf1}.s{fill:#a5b0be}.p{fill:#151a21}.l{stroke:#333c48}"
    ".b{fill:#6aa7e0}.o{fill:#2a3f55;stroke:#6aa7e0}.r{fill:#e0a060}}"
)


@dataclass(frozen=True, slots=True)
class Bar:
    """One figure."""

    name: str
    value: Decimal
    """Never negative."""
    words: str
    """The value as it is read."""
    kind: str = "said"
    """`said`, `replaced` (a newer edition stands), `own` (the registry's)."""
    is_open: bool = False
    """The value is the least; how much more there is, nobody says."""


@dataclass(frozen=True, slots=True)
class BarGroup:
    """Figures of one year."""

    name: str
    bars: Sequence[Bar]


_CLASSES: Final = {"said": "b", "replaced": "o", "own": "r"}


def draw_bars(groups: Sequence[BarGroup], title: str, description: str, scale: Sequence[tuple[Decimal, str]]) -> str:
    """Return the chart as an SVG document; `scale` are the marks of the axis with their words, the largest last."""
    most = max([Decimal(1), *(bar.value for group in groups for bar in group.bars), *(at for at, _ in scale)])
    parts: list[Markup] = []
    y = _TOP
    for group in groups:
        parts.append(_label(12.0, y + _BAR - 4, group.name, "g"))
        y += _BAR + _GAP
        for bar in group.bars:
            parts.append(_bar(bar, y, most))
            y += _BAR + _GAP
        y += _GROUP_GAP
    height = y + _BOTTOM
    svg = el(
        "svg",
        el("title", title, id="chart-title"),
        el("desc", description, id="chart-desc"),
        el("style", Markup(_STYLE)),
        el("rect", width=_WIDTH, height=height, class_="p"),
        _label(12.0, 28.0, title, "h"),
        *(_mark(at, words, most, height) for at, words in scale),
        *parts,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {_WIDTH:.0f} {height:.0f}",
        role="img",
        aria_labelledby="chart-title chart-desc",
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{svg}\n'


def scale_of(groups: Sequence[BarGroup]) -> list[Decimal]:
    """Return round numbers from 0 to the largest value, for the axis."""
    largest = max((bar.value for group in groups for bar in group.bars), default=Decimal(1))
    return [Decimal(step) for step in round_steps(max(1, int(largest)))]


def _bar(bar: Bar, y: float, most: Decimal) -> Markup:
    width = max(1.0, _x(bar.value, most) - _LEFT)
    end = _LEFT + width
    points = [(_LEFT, y), (end, y), (end, y + _BAR), (_LEFT, y + _BAR)]
    if bar.is_open:
        points.insert(2, (end + _ARROW, y + _BAR / 2))
    outline = " ".join(f"{left:.1f},{top:.1f}" for left, top in points)
    shape = el("polygon", points=outline, class_=_CLASSES[bar.kind])
    return joined(
        _label(_LEFT - 8, y + _BAR - 4, word_lines(bar.name, _LONGEST_NAME, 1)[0], None, anchor="end"),
        el("g", el("title", f"{bar.name}: {bar.words}"), shape),
        _label(end + (_ARROW if bar.is_open else 0) + 6, y + _BAR - 4, bar.words, None),
    )


def _mark(at: Decimal, words: str, most: Decimal, height: float) -> Markup:
    x = _x(at, most)
    return joined(
        el("line", x1=x, y1=_TOP - 6, x2=x, y2=height - _BOTTOM, class_="l"),
        _label(x, _TOP - 12, words, "s", anchor="middle"),
    )


def _x(value: Decimal, most: Decimal) -> float:
    return _LEFT + float(value / most) * (_WIDTH - _LEFT - _RIGHT)


def _label(x: float, y: float, words: str, class_: str | None, anchor: str | None = None) -> Markup:
    return el("text", words, x=x, y=y, class_=class_, text_anchor=anchor)
