"""Small parts that every chart shares: the frame with its title, text in lines, and the scale of an axis.

Charts are plain SVG that scales and prints; what each shows stands in a table beside it too.
"""

import textwrap
from collections.abc import Sequence

from qiyafa.report.markup import Child, Markup, el
from qiyafa.text import shown

WIDTH = 1120


def chart(name: str, title: str, description: str, height: float, *children: Child) -> Markup:
    """Return a chart with its name for those who cannot see it; `name` is unique in the document."""
    svg = el(
        "svg",
        el("title", title, id=f"{name}-title"),
        el("desc", description, id=f"{name}-desc"),
        *children,
        viewBox=f"0 0 {WIDTH} {round(height)}",
        preserveAspectRatio="xMinYMin",
        role="img",
        aria_labelledby=f"{name}-title {name}-desc",
        class_=f"chart {name.split('-')[0]}",
    )
    return el("div", svg, class_="scroll", tabindex=0, role="group", aria_label=title)


def label(x: float, y: float, content: Child, class_: str, anchor: str | None = None) -> Markup:
    """Return one line of text; `anchor` is `middle` or `end`, by default its start stands at `x`."""
    return el("text", content, x=float(x), y=float(y), class_=class_, text_anchor=anchor)


def box(x: float, y: float, width: float, height: float, class_: str) -> Markup:
    """Return a rectangle."""
    return el("rect", x=float(x), y=float(y), width=float(width), height=float(height), class_=class_)


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> Markup:
    """Return a straight line."""
    return el("line", x1=float(x1), y1=float(y1), x2=float(x2), y2=float(y2), class_=class_)


def even_lines(value: str, longest: int) -> list[str]:
    """Return a text without spaces cut into lines of about the same length, nothing left out."""
    value = "".join(shown(value[at : at + 200]) for at in range(0, len(value), 200))
    count = max(1, -(-len(value) // longest))
    length = -(-len(value) // count) or 1
    return [value[at : at + length] for at in range(0, len(value), length)]


def word_lines(value: str, longest: int, most: int) -> list[str]:
    """Return a text wrapped at words; what does not fit into so many lines ends in an ellipsis."""
    return textwrap.wrap(shown(value), longest, max_lines=most, placeholder="…", break_long_words=True) or [""]


def round_steps(largest: int, most: int = 5) -> Sequence[int]:
    """Return 0 and round numbers of units up to the largest: 1, 2 or 5 times a power of ten apart."""
    power = 1
    while True:
        for step in (power, 2 * power, 5 * power):
            if largest // step <= most:
                return range(0, largest + 1, step)
        power *= 10
