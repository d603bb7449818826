"""Sharing by files: what is asked for leaves with all it refers to, as far as it may, and comes in where it belongs."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from qiyafa.app.home import Home
from qiyafa.app.labels import export_labels
from qiyafa.app.record import record_book
from qiyafa.app.share import Wanted, collect, read_tlp
from qiyafa.app.share_intake import Intake
from qiyafa.app.share_stix import export_stix, import_stix
from qiyafa.model.actor import Actor
from qiyafa.model.claim import Scope
from qiyafa.model.errors import InvalidInput, NotFound
from qiyafa.model.incident import ActorLink, IncidentStatus, Link, LinkKind
from qiyafa.model.label import Label, LabelState, Tlp
from qiyafa.model.record import Entry, EntryKind
from qiyafa.sharing.release import Channel
from qiyafa.stores.labels import LabelStore
from qiyafa.stores.record import Change

from support.labels import HUOBI, ROUTER, made_label
from support.parcels import ids_of, made_claim, made_incident, made_source

NOW = datetime(2026, 11, 20, tzinfo=UTC)
OPEN = Channel("everybody", Tlp.CLEAR)
PARTNERS = Channel("partners", Tlp.AMBER)
US = Intake(author="tests")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").made()


@pytest.fixture
def theirs(tmp_path: Path) -> Home:
    return Home(tmp_path / "theirs").made()


def write(home: Home, *entries: Entry) -> None:
    record_book(home).apply([Change(one) for one in entries], at=NOW, author="tests")


def held(home: Home) -> list[Label]:
    return list(LabelStore.reading(home.labels).each(datetime.now(UTC)))


def own_record(home: Home) -> None:
    """Write a theft by a part of a group, a claim about it, and a secret theft."""
    link = ActorLink("own-part", IncidentStatus.SUSPECTED, "own-report")
    named = Link(LinkKind.LABEL, "OwnHack", "own-report")
    write(
        home,
        made_source("own-report"),
        made_source("own-secret", tlp=Tlp.RED),
        Actor("own-group", "Own group", "own-report"),
        Actor("own-part", "Own part", "own-report", parent="own-group", parent_source="own-report"),
        made_incident("own-2025", "own-report", actors=(link,), links=(named,)),
        made_incident("own-secret-2025", "own-secret"),
        made_claim("own-claim", "own-report", scope=Scope(incident="own-2025")),
        made_claim("own-other", "own-report"),
    )


def test_the_whole_casebook_leaves_and_is_known_to_whoever_has_it(home: Home, theirs: Home, tmp_path: Path) -> None:
    done = export_stix(home, None, Wanted(), OPEN, tmp_path / "out.json")
    assert len(done.released.leaves.entries) > 400
    taken = import_stix(theirs, None, tmp_path / "out.json", US)
    assert (taken.problems, taken.offer.new, taken.offer.changed) == ([], [], [])
    assert len(taken.offer.unchanged) == len(done.released.leaves.entries)


def test_the_same_record_gives_the_same_bytes(home: Home, tmp_path: Path) -> None:
    own_record(home)
    for name in ("a.json", "b.json"):
        export_stix(home, None, Wanted(), PARTNERS, tmp_path / name)
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()


def test_an_incident_leaves_with_what_it_refers_to_and_what_is_said_of_it(home: Home) -> None:
    own_record(home)
    parcel = collect(record_book(home), home, Wanted(incidents=("own-2025",)))
    assert ids_of(parcel) == ["own-report", "own-group", "own-part", "own-2025", "own-claim"]


def test_an_actor_leaves_with_its_parts_and_the_incidents_laid_to_them(home: Home) -> None:
    own_record(home)
    parcel = collect(record_book(home), home, Wanted(actors=("own-group",)))
    assert ids_of(parcel) == ["own-report", "own-group", "own-part", "own-2025", "own-claim"]


def test_labels_of_an_incident_leave_with_it_by_the_name_that_they_carry(home: Home) -> None:
    own_record(home)
    of_it, other = made_label(ROUTER, incident="OwnHack"), made_label(HUOBI, "BTC")
    LabelStore.open(home.labels).add([of_it, other], NOW)
    book = record_book(home)
    parcel = collect(book, home, Wanted(incidents=("own-2025",), labels=True))
    assert [one.id for one in parcel.labels] == [of_it.id]
    assert len(collect(book, home, Wanted(labels=True)).labels) == 2


def test_what_is_not_in_the_record_cannot_be_shared(home: Home) -> None:
    with pytest.raises(NotFound):
        collect(record_book(home), home, Wanted(incidents=("nothing-1999",)))
    with pytest.raises(NotFound):
        collect(record_book(home), home, Wanted(labels=True))


def test_a_secret_is_in_no_file_that_leaves_and_the_sender_is_told(home: Home, tmp_path: Path) -> None:
    own_record(home)
    LabelStore.open(home.labels).add([made_label(HUOBI, "BTC", name="secretly watched", tlp=Tlp.RED)], NOW)
    out = tmp_path / "out.json"
    done = export_stix(home, None, Wanted(labels=True), PARTNERS, out)
    assert {one.id for one in done.released.kept} >= {"own-secret", "own-secret-2025"}
    written = out.read_text()
    assert "secret" not in written
    assert HUOBI not in written
    assert export_labels(home, "csv", tmp_path / "labels.csv") == 0
    assert HUOBI not in (tmp_path / "labels.csv").read_text()
    assert export_labels(home, "tagpack", tmp_path / "pack.yaml") == 0
    assert not (tmp_path / "pack.yaml").exists()


def test_a_record_of_somebody_else_is_taken_in_whole(home: Home, theirs: Home, tmp_path: Path) -> None:
    own_record(home)
    label = made_label(ROUTER, incident="OwnHack", state=LabelState.DISPUTED, objection="it is a shop")
    store = LabelStore.open(home.labels)
    store.add([label], NOW)
    store.dispute(label.id, "it is a shop", "somebody", NOW)
    export_stix(home, None, Wanted(incidents=("own-2025",), labels=True), OPEN, tmp_path / "out.json")
    before = import_stix(theirs, None, tmp_path / "out.json", replace(US, dry_run=True))
    assert (len(before.offer.new), before.offer.stored, before.labels) == (5, None, None)
    assert record_book(theirs).get(EntryKind.INCIDENT, "own-2025") is None

    taken = import_stix(theirs, None, tmp_path / "out.json", US)
    assert taken.problems == []
    for kind, id in ((EntryKind.INCIDENT, "own-2025"), (EntryKind.CLAIM, "own-claim"), (EntryKind.ACTOR, "own-part")):
        mine, here = record_book(home).get(kind, id), record_book(theirs).get(kind, id)
        assert replace(mine, **_timeless(mine)) == replace(here, **_timeless(here))
    (copy,) = held(theirs)
    assert (copy.id, copy.state) == (label.id, LabelState.DISPUTED)
    assert "it is a shop" in copy.objection
    again = import_stix(theirs, None, tmp_path / "out.json", US)
    assert (again.offer.new, again.problems) == ([], [])
    assert held(theirs) == [copy]


def _timeless(entry: object) -> dict[str, None]:
    return {"known_from": None} if hasattr(entry, "known_from") else {}


def test_what_a_file_revokes_is_withdrawn_if_a_reason_is_given_and_else_told(
    home: Home, theirs: Home, tmp_path: Path
) -> None:
    own_record(home)
    out = tmp_path / "out.json"
    export_stix(home, None, Wanted(incidents=("own-2025",)), OPEN, out)
    import_stix(theirs, None, out, US)
    bundle = json.loads(out.read_text())
    for one in bundle["objects"]:
        if one["type"] == "note":
            one["revoked"] = True
    out.write_text(json.dumps(bundle))

    told = import_stix(theirs, None, out, US)
    assert [one.key for one in told.problems] == ["stix.problem.revoked"]
    assert record_book(theirs).get(EntryKind.CLAIM, "own-claim") is not None
    done = import_stix(theirs, None, out, replace(US, reason="their figure was wrong"))
    assert done.withdrawn == 1
    assert record_book(theirs).get(EntryKind.CLAIM, "own-claim") is None


def test_an_entry_that_says_something_else_here_changes_only_for_a_reason(
    home: Home, theirs: Home, tmp_path: Path
) -> None:
    own_record(home)
    export_stix(home, None, Wanted(incidents=("own-2025",)), OPEN, tmp_path / "out.json")
    write(theirs, made_source("own-report", title="Another title"))
    taken = import_stix(theirs, None, tmp_path / "out.json", US)
    assert [one.key for one in taken.problems] == ["entries.problem.differs"]
    taken = import_stix(theirs, None, tmp_path / "out.json", replace(US, reason="their title is right"))
    assert [one.id for one in taken.offer.changed] == ["own-report"]


@pytest.mark.parametrize("content", [b"", b"{}", b'{"type":"bundle","objects":[' + b"[" * 100_000])
def test_a_file_that_is_no_bundle_is_refused_and_nothing_is_stored(home: Home, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bad.json").write_bytes(content)
    with pytest.raises(InvalidInput):
        import_stix(home, None, tmp_path / "bad.json", US)
    assert not home.record.exists()


def test_a_file_that_is_not_there_is_named(home: Home, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        import_stix(home, None, tmp_path / "nothing.json", US)


@pytest.mark.parametrize(("written", "level"), [("red", Tlp.RED), ("tlp:amber+strict", Tlp.AMBER_STRICT)])
def test_a_level_is_read_with_or_without_its_prefix(written: str, level: Tlp) -> None:
    assert read_tlp(written) is level
    with pytest.raises(InvalidInput):
        read_tlp("PINK")
