"""When incidents happened and when each next thing became known; only what is known to the day is counted in days."""

from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest

from qiyafa.app.incident_timeline import TimelineRow, timeline_of, write_timeline
from qiyafa.model.errors import NotFound
from qiyafa.model.incident import DateKind, Incident, IncidentDate, IncidentKind
from qiyafa.model.period import read_period

SVG = "{http://www.w3.org/2000/svg}"


def incident(id: str, title: str = "Heist", **dates: str) -> Incident:
    known = tuple(IncidentDate(DateKind(kind), read_period(period), "s") for kind, period in dates.items())
    return Incident(id, title, IncidentKind.THEFT, "s", dates=known)


def row(**dates: str) -> TimelineRow:
    (one,) = timeline_of([incident("a", **dates)])
    return one


def test_days_are_counted_from_the_theft() -> None:
    upbit = row(theft="2019-11-27", disclosure="2019-11-27", confirmation="2024-11-21")
    assert upbit.days_until(DateKind.DISCLOSURE) == 0
    assert upbit.days_until(DateKind.CONFIRMATION) == (date(2024, 11, 21) - date(2019, 11, 27)).days
    assert upbit.days_until(DateKind.ACCUSATION) is None


def test_a_month_is_not_counted_in_days() -> None:
    assert row(theft="2021-11", accusation="2022-01-05").days_until(DateKind.ACCUSATION) is None
    assert row(theft="2021-11-05", accusation="2022").days_until(DateKind.ACCUSATION) is None


def test_the_earliest_of_several_moments_counts() -> None:
    dates = (IncidentDate(DateKind.ACCUSATION, read_period(day), day) for day in ("2022-04-14", "2022-04-13"))
    several = Incident("a", "Heist", IncidentKind.THEFT, "s", dates=tuple(dates))
    (one,) = timeline_of([several])
    assert [milestone.source for milestone in one.milestones] == ["2022-04-13"]


def test_incidents_stand_in_the_order_of_their_thefts_and_those_without_a_date_are_left_out() -> None:
    rows = timeline_of(
        [incident("c", theft="2022"), incident("a", theft="2023-01-01"), incident("b"), incident("d", theft="2022")]
    )
    assert [one.incident.id for one in rows] == ["c", "d", "a"]


def test_the_drawing_is_whole_and_hostile_titles_do_nothing(tmp_path: Path) -> None:
    title = '</text><script>alert("\u202e")</script>'
    write_timeline(tmp_path / "t.svg", timeline_of([incident("a", title, theft="2022-03-23", disclosure="2022-03-29")]))
    root = ElementTree.parse(tmp_path / "t.svg").getroot()
    assert root.tag == f"{SVG}svg"
    assert root.find(f"{SVG}title") is not None
    assert list(root.iter(f"{SVG}script")) == []
    assert any("\\u{202e}" in (one.text or "") for one in root.iter(f"{SVG}text"))
    assert {one.get("class") for one in root.iter(f"{SVG}circle")} == {kind.value for kind in DateKind}


def test_nothing_is_not_drawn(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        write_timeline(tmp_path / "t.svg", [])
    assert not (tmp_path / "t.svg").exists()
