"""A timeline of incidents as one SVG file: a line each, from the theft to the last thing that became known of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from qiyafa.report.drawing import word_lines
from qiyafa.report.markup import Markup, el, joined

_WIDTH, _NAMES, _RIGHT = 1120, 330, 24
_TOP, _ROW, _BOTTOM = 62, 18, 16
_LONGEST_NAME = 44
_MARKS = ("theft", "disclosure", "accusation", "confirmation")
_STYLE = """
text{font:12px system-ui,sans-serif;fill:#1b1f24;unicode-bidi:plaintext}
.year{fill:#59636e}.grid{stroke:#d1d9e0}.span{stroke:#818b98;stroke-width:2}
.theft{fill:#b3261e}.disclosure{fill:#9a6700}.accusation{fill:#0969da}.confirmation{fill:#1a7f37}
@media (prefers-color-scheme:dark){svg{background:#0d1117}text{fill:#e6edf3}.year{fill:#9198a1}.grid{stroke:#30363d}}
"""


@dataclass(frozen=True, slots=True)
class TimelineLine:
    """One incident: its name, and a day for each thing that is known of it."""

    name: str
    days: dict[str, date]
    """By `theft`, `disclosure`, `accusation`, `confirmation`; not empty."""


def timeline_svg(lines: Sequence[TimelineLine], title: str, description: str, legend: dict[str, str]) -> str:
    """Return a drawing that stands alone; `legend` names the four marks. There is at least one line."""
    first = min(min(line.days.values()) for line in lines).year
    last = max(max(line.days.values()) for line in lines).year + 1
    axis = _Axis(first, last)
    height = _TOP + _ROW * len(lines) + _BOTTOM
    return el(
        "svg",
        el("title", title),
        el("desc", description),
        Markup(f"<style>{_STYLE}</style>"),
        el("text", title, x=8, y=20),
        _legend(legend),
        _years(axis, height),
        (_line(axis, line, _TOP + _ROW * number + _ROW // 2) for number, line in enumerate(lines)),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {_WIDTH} {height}",
        width=_WIDTH,
        height=height,
        role="img",
    )


@dataclass(frozen=True, slots=True)
class _Axis:
    first: int
    last: int

    def x(self, day: date) -> float:
        """Return how far from the left a day stands, in pixels."""
        begin = date(self.first, 1, 1)
        days = (date(self.last, 1, 1) - begin).days
        return _NAMES + (day - begin).days / days * (_WIDTH - _NAMES - _RIGHT)


def _years(axis: _Axis, height: int) -> Markup:
    return joined(
        joined(
            el("line", x1=axis.x(date(year, 1, 1)), x2=axis.x(date(year, 1, 1)), y1=_TOP, y2=height, class_="grid"),
            el("text", str(year), x=axis.x(date(year, 1, 1)) + 3, y=_TOP - 4, class_="year")
            if year < axis.last
            else None,
        )
        for year in range(axis.first, axis.last + 1)
    )


def _legend(legend: dict[str, str]) -> Markup:
    return joined(
        joined(
            el("circle", cx=_NAMES + 6 + 170 * number, cy=30, r=5, class_=mark),
            el("text", legend[mark], x=_NAMES + 16 + 170 * number, y=34),
        )
        for number, mark in enumerate(_MARKS)
    )


def _line(axis: _Axis, line: TimelineLine, y: int) -> Markup:
    xs = [axis.x(day) for day in line.days.values()]
    marks = (
        el("circle", el("title", f"{line.days[mark]}"), cx=axis.x(line.days[mark]), cy=y, r=4, class_=mark)
        for mark in reversed(_MARKS)
        if mark in line.days
    )
    return joined(
        el("text", word_lines(line.name, _LONGEST_NAME, 1)[0], x=8, y=y + 4),
        el("line", x1=min(xs), x2=max(xs), y1=y, y2=y, class_="span"),
        marks,
    )
