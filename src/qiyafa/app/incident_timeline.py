"""When incidents happened, became public, were laid to somebody and were confirmed, and how long each took."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from qiyafa.app.files import written_aside
from qiyafa.app.incidents import theft_order
from qiyafa.model.errors import NotFound
from qiyafa.model.incident import DateKind, Incident
from qiyafa.model.period import Period
from qiyafa.record.registry import theft_period
from qiyafa.report.incident_timeline import TimelineLine, timeline_svg
from qiyafa.text import text


@dataclass(frozen=True, slots=True)
class Milestone:
    """One moment of an incident."""

    kind: DateKind
    period: Period
    source: str

    @property
    def day(self) -> date | None:
        """The first day on which it may have been."""
        return self.period.start or self.period.end

    def days_after(self, theft: Period) -> int | None:
        """Return how many days after a theft it was; None unless both are known to the day."""
        if theft.start is None or theft.start != theft.end or self.period.start != self.period.end:
            return None
        return None if self.period.start is None else (self.period.start - theft.start).days


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One incident and its moments, each kind once: the earliest."""

    incident: Incident
    milestones: tuple[Milestone, ...]

    def milestone(self, kind: DateKind) -> Milestone | None:
        """Return its moment of a kind; None if no source gives one."""
        return next((one for one in self.milestones if one.kind is kind), None)

    def days_until(self, kind: DateKind) -> int | None:
        """Return how many days after the theft a moment came; None unless both are known to the day."""
        one = self.milestone(kind)
        return None if one is None else one.days_after(theft_period(self.incident))


def timeline_of(incidents: Sequence[Incident]) -> list[TimelineRow]:
    """Return the incidents that have a date at all, by the day of the theft."""
    return [TimelineRow(one, _milestones(one)) for one in sorted(incidents, key=theft_order) if _milestones(one)]


def write_timeline(path: Path, rows: Sequence[TimelineRow]) -> None:
    """Draw a timeline into an SVG file. Raises NotFound if there is nothing to draw, Unavailable as files do."""
    if not rows:
        raise NotFound("incidents.error.nothing_to_draw")
    lines = [
        TimelineLine(row.incident.title, {one.kind.value: one.day for one in row.milestones if one.day is not None})
        for row in rows
    ]
    legend = {kind.value: text(f"incidents.date.{kind.value}") for kind in DateKind}
    title = text("incidents.timeline.title", count=len(rows))
    with written_aside(path) as file:
        file.write(timeline_svg(lines, title, text("incidents.timeline.description"), legend))


def _milestones(incident: Incident) -> tuple[Milestone, ...]:
    dated = [Milestone(one.kind, one.period, one.source) for one in incident.dates]
    known = sorted((one for one in dated if one.day is not None), key=lambda one: str(one.day))
    first = {one.kind: one for one in reversed(known)}
    return tuple(first[kind] for kind in DateKind if kind in first)
