"""The timeline as SVG: four areas on top of each other, in steps, over dates in UTC."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from qiyafa.report import dates, drawing
from qiyafa.report.denomination import Denomination
from qiyafa.report.markup import Markup, el, joined, pixels
from qiyafa.report.numbers import brief
from qiyafa.report.timeline import Step
from qiyafa.text import text

PLACES = ("stopped", "spent", "elsewhere", "at_theft")
"""From the bottom up: what has ended below, what still moves above."""

_HEIGHT = 300.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 84.0, 12.0, 14.0, 30.0
_AFTERMATH_DIVISOR = 30
_LABEL_LEAST = 26
"""An area at least so many pixels high somewhere is named in the drawing itself."""


@dataclass(frozen=True, slots=True)
class _Frame:
    series: Sequence[Step]
    unit: Denomination

    @property
    def largest(self) -> int:
        """Return the units at the top of the drawing."""
        return max(step.total() for step in self.series) or 1

    @property
    def end(self) -> int:
        """A little after the last step, so that what it led to can be seen."""
        first, last = self.series[0].time, self.series[-1].time
        return last + max(1, (last - first) // _AFTERMATH_DIVISOR)

    def x(self, time: int) -> float:
        """Return how far from the left a time stands, in pixels."""
        span = self.end - self.series[0].time
        return _LEFT + (time - self.series[0].time) / span * (drawing.WIDTH - _LEFT - _RIGHT)

    def y(self, units: int) -> float:
        """Return how far from the top units stand, in pixels."""
        return _TOP + (1 - units / self.largest) * (_HEIGHT - _TOP - _BOTTOM)


def draw(series: Sequence[Step], unit: Denomination, name: str, title: str, description: str) -> Markup:
    """Draw the places over time; the series is not empty."""
    frame = _Frame(series, unit)
    areas = [_area(frame, place) for place in PLACES]
    return drawing.chart(
        name, title, description, _HEIGHT, _levels(frame), areas, _days(frame), _names(frame), _hovers(frame)
    )


def _steps(frame: _Frame) -> list[Step]:
    """Return the steps, the last of them once more at the end of the axis."""
    return [*frame.series, replace(frame.series[-1], time=frame.end)]


def _below(step: Step, place: str) -> int:
    """Return the units that lie under an area."""
    return sum(getattr(step, other) for other in PLACES[: PLACES.index(place)])


def _area(frame: _Frame, place: str) -> Markup:
    upper = _stairs(frame, [(step.time, _below(step, place) + getattr(step, place)) for step in _steps(frame)])
    lower = _stairs(frame, [(step.time, _below(step, place)) for step in _steps(frame)])
    path = "M" + "L".join(upper + lower[::-1]) + "z"
    return el("path", d=path, class_=f"area {place}")


def _stairs(frame: _Frame, values: Sequence[tuple[int, int]]) -> list[str]:
    """Return the corners of a line that keeps its height until the next value."""
    corners = []
    height = frame.y(values[0][1])
    for time, units in values:
        x = pixels(frame.x(time))
        corners.append(f"{x} {pixels(height)}")
        height = frame.y(units)
        corners.append(f"{x} {pixels(height)}")
    return [corner for at, corner in enumerate(corners) if at == 0 or corner != corners[at - 1]]


def _levels(frame: _Frame) -> Markup:
    """Draw the scale of units on the left."""
    decimals = frame.unit.decimals
    parts = [drawing.label(_LEFT - 8, _TOP - 4, frame.unit.symbol, "t-small", "end")]
    for units in drawing.round_steps(frame.largest):
        y = frame.y(units)
        if y > _TOP + 8 or frame.largest < 2:
            parts.append(drawing.label(_LEFT - 8, y + 4, brief(units, decimals), "t-small", "end"))
        parts.append(drawing.line(_LEFT, y, drawing.WIDTH - _RIGHT, y, "grid"))
    return joined(*parts)


def _days(frame: _Frame) -> Markup:
    """Draw the dates below."""
    base = _HEIGHT - _BOTTOM
    parts = [drawing.line(_LEFT, base, drawing.WIDTH - _RIGHT, base, "axis")]
    for time, label in dates.ticks(frame.series[0].time, frame.end):
        x = frame.x(time)
        anchor = "start" if x < _LEFT + 30 else "end" if x > drawing.WIDTH - _RIGHT - 30 else "middle"
        parts += [drawing.line(x, base, x, base + 5, "axis"), drawing.label(x, base + 19, label, "t-small", anchor)]
    return joined(*parts)


def _names(frame: _Frame) -> Markup:
    """Write each area's name where the area is highest, away from the edges."""
    inner = [step for step in frame.series if _LEFT + 110 < frame.x(step.time) < drawing.WIDTH - 130]
    parts = []
    for place in PLACES:
        if not inner:
            break
        step = max(inner, key=lambda step: getattr(step, place))
        low, high = frame.y(_below(step, place)), frame.y(_below(step, place) + getattr(step, place))
        if low - high >= _LABEL_LEAST:
            words = text(f"report.timeline.place.{place}")
            parts.append(drawing.label(frame.x(step.time), (low + high) / 2 + 4, words, f"t-area on-{place}", "middle"))
    return joined(*parts)


def _hovers(frame: _Frame) -> Markup:
    """Lay an unseen strip over every stretch of time that tells its numbers."""
    strips = []
    for step, following in pairwise(_steps(frame)):
        width = frame.x(following.time) - frame.x(step.time)
        strip = drawing.box(frame.x(step.time), _TOP, max(1.0, width), _HEIGHT - _TOP - _BOTTOM, "strip")
        strips.append(el("g", el("title", _facts(frame.unit, step)), strip))
    return el("g", strips, class_="strips")


def _facts(unit: Denomination, step: Step) -> str:
    """Return the numbers of one step, a line each."""
    lines = [dates.moment_of(step.time)]
    lines += [f"{text(f'report.timeline.place.{place}')}: {unit.plain(getattr(step, place))}" for place in PLACES[::-1]]
    return "\n".join(lines)
