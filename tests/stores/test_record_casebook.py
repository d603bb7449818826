"""The casebook in a record: it answers from the start, goes in with the first change, and overrides nobody."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from qiyafa.model.record import Dimension, EntryKind, IncidentTally
from qiyafa.stores.record import Change, RecordStore, open_record

from support.records import GROUND, HOUR, NOON, casebook_of, changes, claim, theft

OLD = casebook_of(*GROUND, theft("a-2023"), theft("b-2023"), claim())
NEW = casebook_of(*GROUND, theft("a-2023", title="A, corrected"), theft("c-2023"), claim(), version="2026-02-01+0002")
DAY = timedelta(days=1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "record.sqlite"


def ids(record: RecordStore, at: datetime | None = None) -> list[str]:
    return [one.id for one in record.incidents(at)]


def title(record: RecordStore, id: str = "a-2023") -> str:
    found = record.get(EntryKind.INCIDENT, id)
    assert found is not None
    return found.title


def test_without_a_file_the_casebook_answers_and_no_file_is_made(path: Path) -> None:
    record = open_record(path, casebook=OLD)
    assert ids(record) == ["a-2023", "b-2023"]
    assert record.incident_tally(IncidentTally(Dimension.YEAR))[0].incidents == 2
    assert (record.casebook_version(), record.pending_casebook()) == (OLD.version, "")
    assert record.history(EntryKind.CLAIM, "claim-1")[0].author == f"casebook {OLD.version}"
    assert ids(record, datetime(2025, 12, 31, tzinfo=UTC)) == [], "it is known since its own day"
    record.verify()
    assert list(path.parent.iterdir()) == []


def test_the_first_change_puts_the_casebook_in_and_changes_no_answer(path: Path) -> None:
    record = open_record(path, casebook=OLD)
    before = record.version()
    assert record.apply([], at=NOON, author="me") == []
    assert path.exists()
    assert (record.version(), record.casebook_version()) == (before, OLD.version)
    assert open_record(path, casebook=None).version() == before


def test_a_newer_casebook_is_announced_and_goes_in_with_the_next_change(path: Path) -> None:
    open_record(path, casebook=OLD).apply([], at=NOON, author="me")
    record = open_record(path, casebook=NEW)
    assert (record.casebook_version(), record.pending_casebook()) == (OLD.version, NEW.version)
    assert ids(record) == ["a-2023", "b-2023"], "until then the old one answers"
    record.apply(changes(theft("d-2023")), at=NOON + HOUR, author="me")
    assert (record.casebook_version(), record.pending_casebook()) == (NEW.version, "")
    assert (ids(record), title(record)) == (["a-2023", "c-2023", "d-2023"], "A, corrected")
    assert ids(record, NOON) == ["a-2023", "b-2023"], "what was answered then stays"
    assert [one.withdrawn for one in record.history(EntryKind.INCIDENT, "b-2023")] == [False, True]
    assert len(record.history(EntryKind.CLAIM, "claim-1")) == 1, "what did not change has no new revision"
    record.verify()


def test_an_older_casebook_takes_nothing_back(path: Path) -> None:
    open_record(path, casebook=NEW).apply([], at=NOON, author="me")
    record = open_record(path, casebook=OLD)
    assert record.pending_casebook() == ""
    record.apply(changes(theft("d-2023")), at=NOON + HOUR, author="me")
    assert (record.casebook_version(), title(record)) == (NEW.version, "A, corrected")


def test_what_somebody_changed_goes_on_standing_and_the_conflict_is_named(path: Path) -> None:
    record = open_record(path, casebook=OLD)
    record.apply([Change(theft("a-2023", title="Mine"), "I know better")], at=NOON, author="me")
    record = open_record(path, casebook=NEW)
    record.apply([], at=NOON + HOUR, author="me")
    assert title(record) == "Mine"
    (conflict,) = record.conflicts()
    assert (conflict.yours.entry.title, conflict.yours.author) == ("Mine", "me")
    assert (conflict.casebook.entry.title, conflict.casebook.aside) == ("A, corrected", True)
    assert [one.aside for one in record.history(EntryKind.INCIDENT, "a-2023")] == [False, False, True]
    record.verify()
    later = open_record(path, casebook=replace(NEW, version="2026-03-01+0003"))
    later.apply([], at=NOON + DAY, author="me")
    assert len(later.history(EntryKind.INCIDENT, "a-2023")) == 3, "the same again is no news"
    later.apply(changes(theft("a-2023", title="Both")), at=NOON + DAY, author="me")
    assert (later.conflicts(), title(later)) == ([], "Both")
    assert later.history(EntryKind.INCIDENT, "a-2023")[-1].number == 4
    later.verify()


def test_what_somebody_withdrew_stays_withdrawn(path: Path) -> None:
    record = open_record(path, casebook=OLD)
    record.apply([Change(theft("a-2023"), "never happened", withdraw=True)], at=NOON, author="me")
    record = open_record(path, casebook=NEW)
    record.apply([], at=NOON + HOUR, author="me")
    assert record.get(EntryKind.INCIDENT, "a-2023") is None
    assert [one.casebook.entry.title for one in record.conflicts()] == ["A, corrected"]


def test_an_entry_that_somebody_had_before_the_casebook_stands(path: Path) -> None:
    record = open_record(path, casebook=OLD)
    record.apply(changes(theft("c-2023", title="Mine")), at=NOON, author="me")
    record = open_record(path, casebook=NEW)
    record.apply([], at=NOON + HOUR, author="me")
    assert title(record, "c-2023") == "Mine"
    assert [one.yours.id for one in record.conflicts()] == ["c-2023"]


def test_a_dropped_entry_that_somebody_changed_stays(path: Path) -> None:
    record = open_record(path, casebook=OLD)
    record.apply(changes(theft("b-2023", title="Mine")), at=NOON, author="me")
    record = open_record(path, casebook=NEW)
    record.apply([], at=NOON + HOUR, author="me")
    assert title(record, "b-2023") == "Mine"


def test_a_clock_that_is_behind_the_casebook_still_takes_it_in(path: Path) -> None:
    record = open_record(path, casebook=OLD)
    record.apply(changes(theft("d-2023")), at=datetime(2025, 6, 1, tzinfo=UTC), author="me")
    assert ids(record) == ["a-2023", "b-2023", "d-2023"]
    record.verify()
