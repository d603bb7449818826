"""Whoever was given what was later withdrawn is found and told, each in the format in which they were given it."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from pymisp import MISPEvent
from stix2validator import ValidationOptions, validate_instance

from qiyafa.app.clock import utc_now
from qiyafa.app.exchange import Exchange, channel_of
from qiyafa.app.home import Home
from qiyafa.app.labels import export_labels
from qiyafa.app.record import record_book
from qiyafa.app.share import Wanted
from qiyafa.app.share_addresses import export_addresses
from qiyafa.app.share_deliveries import check_receiver, delivery_log
from qiyafa.app.share_intake import Intake
from qiyafa.app.share_labels import label_gate
from qiyafa.app.share_misp import export_misp, import_misp
from qiyafa.app.share_recalls import Recall, Told, Withdrawing, find_recalls, withdraw_entry
from qiyafa.app.share_revocations import Revocations, write_revocations
from qiyafa.app.share_stix import export_stix, import_stix
from qiyafa.app.share_taxii import publish
from qiyafa.model.category import Category
from qiyafa.model.collection import ALL, Match
from qiyafa.model.errors import InvalidInput, NotFound
from qiyafa.model.label import Tlp
from qiyafa.model.record import EntryKind
from qiyafa.sharing.release import Channel
from qiyafa.sharing.strict_yaml import read_yaml
from qiyafa.stores.labels import LabelStore
from qiyafa.stores.record import Change

from support.labels import ROUTER, made_label
from support.parcels import made_claim, made_source

WHY = Withdrawing("an analyst", "the claimant took it back")
CLAIM = made_claim("a-claim-1")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with a claim and a label of its own."""
    home = Home(tmp_path / "home").made()
    record_book(home, to_write=True).apply([Change(made_source()), Change(CLAIM)], at=utc_now(), author="test")
    LabelStore.open(home.labels).add([made_label(ROUTER, risk=Category.MIXER)], utc_now())
    return home


def channel(out: Path, level: Tlp = Tlp.CLEAR) -> Channel:
    return Channel(str(out), level)


def withdraw_both(home: Home) -> None:
    withdraw_entry(home, None, EntryKind.CLAIM, CLAIM.id, WHY)
    label = made_label(ROUTER)
    LabelStore.open(home.labels).withdraw(label.id, "wrong address", "an analyst", utc_now())


def told(home: Home) -> dict[str, dict[str, str]]:
    """Return who knows, by item and channel."""
    found = find_recalls(home, None).found
    return {one.withdrawal.item.id: {held.channel: held.told.value for held in one.holders} for one in found}


def recall(home: Home, folder: Path, level: Tlp = Tlp.CLEAR) -> Revocations:
    return write_revocations(home, find_recalls(home, None), level, folder)


Giving = Callable[[Home, Path], None]


def by_stix(home: Home, out: Path) -> None:
    export_stix(home, None, Wanted(labels=True), channel(out), out, receiver="A partner")


def by_misp(home: Home, out: Path) -> None:
    export_misp(home, None, Wanted(labels=True), channel(out), out, receiver="A partner")


def by_labels(home: Home, out: Path) -> None:
    export_labels(home, "csv", out, label_gate(home, channel(out)), "A partner")


def by_tagpack(home: Home, out: Path) -> None:
    export_labels(home, "tagpack", out, label_gate(home, channel(out)), "A partner")


def by_addresses(home: Home, out: Path) -> None:
    export_addresses(home, None, Wanted(labels=True), channel(out), out, format="tagpack", receiver="A partner")


WAYS: dict[str, tuple[Giving, set[str]]] = {
    "stix": (by_stix, {"claim", "label"}),
    "misp": (by_misp, {"claim", "label"}),
    "labels": (by_labels, {"label"}),
    "tagpack": (by_tagpack, {"label"}),
    "addresses:tagpack": (by_addresses, {"label"}),
}


@pytest.mark.parametrize("name", WAYS)
def test_whoever_was_given_it_is_found_and_told_once(name: str, home: Home, tmp_path: Path) -> None:
    give, kinds = WAYS[name]
    give(home, tmp_path / "out")
    withdraw_both(home)
    label = made_label(ROUTER).id
    expected = {id: {name: "no"} if kind in kinds else {} for id, kind in ((CLAIM.id, "claim"), (label, "label"))}
    assert told(home) == expected
    done = recall(home, tmp_path / "revocations")
    assert [(one.channel, one.receiver, one.items) for one in done.files] == [(name, "A partner", len(kinds))]
    assert told(home) == {id: dict.fromkeys(held, "yes") for id, held in expected.items()}
    assert recall(home, tmp_path / "again").files == []


def test_what_nobody_was_given_is_a_withdrawal_without_holders(home: Home) -> None:
    withdraw_both(home)
    assert told(home) == {CLAIM.id: {}, made_label(ROUTER).id: {}}
    assert not any(one.is_open for one in find_recalls(home, None).found)


def test_an_export_to_nobody_in_particular_notes_nothing(home: Home, tmp_path: Path) -> None:
    export_stix(home, None, Wanted(), channel(tmp_path / "out"), tmp_path / "out")
    assert not home.deliveries.exists()


def test_a_revoked_bundle_is_valid_and_withdraws_what_the_receiver_took_in(home: Home, tmp_path: Path) -> None:
    given = tmp_path / "given.json"
    by_stix(home, given)
    theirs = Home(tmp_path / "theirs").made()
    import_stix(theirs, None, given, Intake("them"))
    withdraw_both(home)
    (file,) = recall(home, tmp_path / "revocations").files
    bundle = json.loads(file.path.read_text())
    assert validate_instance(bundle, ValidationOptions(version="2.1")).is_valid
    assert {one["type"] for one in bundle["objects"] if one.get("revoked")} == {"note", "indicator", "relationship"}
    done = import_stix(theirs, None, file.path, Intake("them", "our partner withdrew it"))
    assert done.withdrawn == 2
    assert record_book(theirs).get(EntryKind.CLAIM, CLAIM.id) is None


def test_deleted_events_load_in_pymisp_and_withdraw_what_the_receiver_took_in(home: Home, tmp_path: Path) -> None:
    given = tmp_path / "given.json"
    by_misp(home, given)
    theirs = Home(tmp_path / "theirs").made()
    import_misp(theirs, None, given, Intake("them"))
    assert record_book(theirs).get(EntryKind.CLAIM, CLAIM.id) is not None
    withdraw_both(home)
    (file,) = recall(home, tmp_path / "revocations").files
    (response,) = json.loads(file.path.read_text())["response"]
    event = MISPEvent()
    event.load(json.dumps(response))
    assert event.objects
    assert all(one.deleted and all(attribute.deleted for attribute in one.attributes) for one in event.objects)
    done = import_misp(theirs, None, file.path, Intake("them", "our partner withdrew it"))
    assert done.taken.withdrawn == 2
    assert record_book(theirs).get(EntryKind.CLAIM, CLAIM.id) is None


def test_a_removal_list_names_the_tag(home: Home, tmp_path: Path) -> None:
    by_tagpack(home, tmp_path / "tags.yaml")
    by_labels(home, tmp_path / "labels.csv")
    withdraw_both(home)
    files = {one.channel: one.path for one in recall(home, tmp_path / "revocations").files}
    (tag,) = read_yaml(files["tagpack"].read_bytes(), "removals")["remove"]
    (row,) = csv.DictReader(files["labels"].open(newline=""))
    assert (tag["address"], row["address"]) == (ROUTER, ROUTER)
    assert tag["label"] == row["label"] == made_label(ROUTER).id


def test_an_address_that_another_label_goes_on_naming_stays(home: Home, tmp_path: Path) -> None:
    other = made_label(ROUTER, name="another", risk=Category.MIXER, source="another")
    LabelStore.open(home.labels).add([other], utc_now())
    by_misp(home, tmp_path / "misp.json")
    out = tmp_path / "list.txt"
    export_addresses(home, None, Wanted(labels=True), channel(out), out, format="list", receiver="A partner")
    withdraw_both(home)
    files = {one.channel: one.path for one in recall(home, tmp_path / "revocations").files}
    events = json.loads(files["misp"].read_text())["response"]
    assert {one["name"] for event in events for one in event["Event"]["Object"]} == {"annotation"}
    assert list(csv.DictReader(files["addresses:list"].open(newline=""))) == []
    LabelStore.open(home.labels).withdraw(other.id, "wrong too", "an analyst", utc_now())
    files = {one.channel: one.path for one in recall(home, tmp_path / "more").files}
    events = json.loads(files["misp"].read_text())["response"]
    assert {one["name"] for event in events for one in event["Event"]["Object"]} == {"annotation", "coin-address"}
    assert [one["address"] for one in csv.DictReader(files["addresses:list"].open(newline=""))] == [ROUTER]


def test_our_own_collection_revokes_and_receivers_are_told_when_they_fetch(home: Home, tmp_path: Path) -> None:
    exchange = Exchange(home, utc_now)
    collection = exchange.make("partners", "Partners", Tlp.CLEAR)
    publish(home, None, "partners", Wanted())
    exchange.objects(collection, Match(types=("note",)), "a bank")
    withdraw_entry(home, None, EntryKind.CLAIM, CLAIM.id, WHY)
    assert told(home) == {CLAIM.id: {channel_of(collection): "no"}}
    done = recall(home, tmp_path / "revocations")
    assert (done.files, done.published) == ([], {"partners": 1})
    assert told(home) == {CLAIM.id: {channel_of(collection): Told.WAITING.value}}
    page = exchange.objects(collection, Match(types=("note",), versions=(ALL,)), "a bank")
    versions = [json.loads(one.body) for one in page.items if CLAIM.id.encode() in one.body]
    assert [one.get("revoked", False) for one in versions] == [False, True]
    assert told(home) == {CLAIM.id: {channel_of(collection): "yes"}}


def test_what_is_stricter_than_the_level_is_not_revoked_until_its_level_is_named(home: Home, tmp_path: Path) -> None:
    strict = made_claim("a-strict-claim-1", tlp=Tlp.AMBER)
    record_book(home, to_write=True).apply([Change(strict)], at=utc_now(), author="test")
    out = tmp_path / "out"
    export_stix(home, None, Wanted(), channel(out, Tlp.AMBER), out, receiver="A partner")
    withdraw_entry(home, None, EntryKind.CLAIM, strict.id, WHY)
    done = recall(home, tmp_path / "clear")
    assert (done.files, [one.id for one in done.kept]) == ([], [strict.id])
    assert [one.items for one in recall(home, tmp_path / "amber", Tlp.AMBER).files] == [1]


def test_what_stands_again_is_no_longer_recalled(home: Home, tmp_path: Path) -> None:
    by_stix(home, tmp_path / "out")
    withdraw_entry(home, None, EntryKind.CLAIM, CLAIM.id, WHY)
    record_book(home, to_write=True).apply([Change(CLAIM, "it was right")], at=utc_now(), author="test")
    assert told(home) == {}


def test_a_withdrawal_says_who_and_why(home: Home) -> None:
    withdraw_both(home)
    reasons: list[Recall] = list(find_recalls(home, None).found)
    assert [one.withdrawal.reason for one in reasons] == [
        "an analyst: the claimant took it back",
        "an analyst: wrong address",
    ]


def test_a_withdrawal_needs_a_reason_and_an_entry_that_stands(home: Home) -> None:
    with pytest.raises(InvalidInput):
        withdraw_entry(home, None, EntryKind.CLAIM, CLAIM.id, Withdrawing("somebody", " "))
    with pytest.raises(NotFound):
        withdraw_entry(home, None, EntryKind.CLAIM, "nothing", WHY)


@pytest.mark.parametrize("written", [" ", "\u202e", "x" * 201, "two\nlines"])
def test_a_receiver_must_be_a_name_that_can_be_seen(written: str) -> None:
    with pytest.raises(InvalidInput):
        check_receiver(written)


def test_the_log_of_deliveries_names_versions(home: Home, tmp_path: Path) -> None:
    by_labels(home, tmp_path / "labels.csv")
    (one,) = delivery_log(home).all()
    assert (one.object.id, one.receiver) == (made_label(ROUTER).id, "A partner")
    assert one.object.version
