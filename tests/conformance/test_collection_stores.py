"""Collections and the log of deliveries answer the same from both databases."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from qiyafa.model.collection import ALL, FIRST, LAST, Collection, Match, StixItem
from qiyafa.model.errors import Conflict
from qiyafa.model.label import Tlp
from qiyafa.sharing.taxii_items import read_items
from qiyafa.stores.collections import OURS, CollectionStore, Intake, Taken, open_collections
from qiyafa.stores.deliveries import GivenObject, open_deliveries

from support.stix_samples import AMBER, RED, envelope, identity, observable

NOW = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
PARTNERS = Collection("0b2a8e9c-5f1e-4a44-a6c1-3a1d3f0b7c55", "partners", "Partners", Tlp.AMBER)


@pytest.fixture
def store(location: str) -> Iterator[CollectionStore]:
    found = open_collections(location)
    found.make(PARTNERS)
    yield found
    found.close()


def items(*objects: dict[str, object]) -> list[StixItem]:
    found = read_items(envelope(*objects), "test")
    assert found.problems == ()
    return list(found.good)


def add(store: CollectionStore, *objects: dict[str, object], sender: str = OURS, at: datetime = NOW) -> list[Taken]:
    intake = Intake(PARTNERS.name, sender, at)
    store.add(intake, items(*objects))
    return [how for how, _ in intake.outcomes]


def found(store: CollectionStore, **match: object) -> list[dict[str, object]]:
    return [json.loads(one.body) for one in store.page(PARTNERS, Match(**match)).items]


def test_a_collection_is_found_by_its_name_and_its_id_and_a_name_is_taken_once(store: CollectionStore) -> None:
    assert store.find("partners") == store.find(PARTNERS.id) == PARTNERS
    with pytest.raises(Conflict) as refused:
        store.make(Collection("another", "partners", "Others", Tlp.RED))
    assert refused.value.key == "taxii.error.name_taken"


@pytest.mark.parametrize(("id", "name"), [(PARTNERS.id, "others"), ("another", PARTNERS.id), ("partners", "others")])
def test_no_two_collections_answer_to_the_same_word(store: CollectionStore, id: str, name: str) -> None:
    with pytest.raises(Conflict) as refused:
        store.make(Collection(id, name, "Others", Tlp.RED))
    assert refused.value.key == "taxii.error.name_taken"
    assert store.all() == [PARTNERS]


def test_the_same_version_is_added_once_and_another_content_in_its_place_is_refused(store: CollectionStore) -> None:
    assert add(store, identity(1), observable(1)) == [Taken.ADDED, Taken.ADDED]
    assert add(store, identity(1), observable(1)) == [Taken.KNOWN, Taken.KNOWN]
    assert add(store, identity(1, name="Another")) == [Taken.OTHER]
    assert found(store) == [identity(1), observable(1)]


def test_what_has_no_versions_of_its_own_gets_one_with_each_content(store: CollectionStore) -> None:
    add(store, observable(1))
    assert add(store, observable(1, x_note="new")) == [Taken.ADDED]
    assert found(store) == [observable(1, x_note="new")]
    assert len(found(store, versions=(ALL,))) == 2


def test_the_first_and_the_last_version_are_by_their_times_and_not_by_when_they_came(store: CollectionStore) -> None:
    add(store, identity(1, version=5))
    add(store, identity(1, version=9))
    add(store, identity(1, version=2))
    assert found(store, versions=(LAST,)) == [identity(1, version=9)]
    assert found(store, versions=(FIRST,)) == [identity(1, version=2)]
    assert found(store, versions=(FIRST, LAST)) == [identity(1, version=9), identity(1, version=2)]
    middle = datetime(2024, 1, 6, tzinfo=UTC)
    assert found(store, versions=(middle,)) == [identity(1, version=5)]
    assert len(found(store, versions=(ALL,))) == 3


def test_pages_follow_each_other_without_a_gap_or_an_overlap(store: CollectionStore) -> None:
    add(store, *(identity(number) for number in range(25)))
    add(store, *(observable(number) for number in range(25)), at=NOW - timedelta(days=1))
    whole, after, sizes = [], None, []
    while True:
        page = store.page(PARTNERS, Match(after=after, limit=7))
        whole += [json.loads(one.body) for one in page.items]
        sizes.append(len(page.items))
        if not page.more:
            break
        after = page.items[-1].added
    assert sizes == [7] * 7 + [1]
    assert whole == [identity(number) for number in range(25)] + [observable(number) for number in range(25)]


def test_no_two_objects_come_in_at_the_same_moment_and_a_clock_that_steps_back_changes_no_order(
    store: CollectionStore,
) -> None:
    add(store, identity(1), identity(2))
    add(store, identity(3), at=NOW - timedelta(hours=1))
    moments = [one.added for one in store.page(PARTNERS, Match()).items]
    assert moments == [NOW + timedelta(microseconds=number) for number in range(3)]


def test_filters_by_type_and_id_narrow_together_and_keep_the_order(store: CollectionStore) -> None:
    add(store, *(one for number in range(600) for one in (identity(number), observable(number))))
    ids = tuple(identity(number)["id"] for number in range(599, -1, -1))
    assert [one["id"] for one in found(store, ids=ids)] == list(reversed(ids))
    assert found(store, ids=(observable(7)["id"], ids[0]), types=("domain-name",)) == [observable(7)]
    assert len(found(store, types=("domain-name", "identity", "note"), limit=1000)) == 1000
    assert found(store, types=("identity",), limit=2) == [identity(0), identity(1)]
    assert found(store, spec_versions=("2.0",)) == []
    assert len(found(store, spec_versions=("2.0", "2.1"), limit=5)) == 5


def test_nothing_above_the_level_is_shown_even_if_it_is_there(store: CollectionStore) -> None:
    add(store, identity(1, marking=AMBER), identity(2, marking=RED))
    assert found(store) == [identity(1, marking=AMBER)]
    assert found(store, ids=(identity(2)["id"],), versions=(ALL,)) == []


def test_only_the_sender_removes_what_it_added_and_the_version_before_is_the_last_again(store: CollectionStore) -> None:
    add(store, identity(1), sender="bank")
    add(store, identity(1, version=1), sender="bank")
    last = [(one.id, one.version) for one in store.page(PARTNERS, Match()).items]
    assert store.delete(PARTNERS, last, "other") == 0
    assert store.delete(PARTNERS, last, "bank") == 1
    assert found(store) == [identity(1)]


def test_nobody_gives_new_versions_to_an_object_that_another_added(store: CollectionStore) -> None:
    add(store, identity(1), observable(1))
    forged = (identity(1, version=9, revoked=True), observable(1, x_forged=True))
    assert add(store, *forged, sender="bank") == [Taken.THEIRS, Taken.THEIRS]
    assert add(store, identity(1), observable(1), sender="bank") == [Taken.KNOWN, Taken.KNOWN]
    assert found(store, versions=(ALL,)) == [identity(1), observable(1)]


def test_what_others_sent_under_an_identifier_of_ours_goes_when_we_publish_it(store: CollectionStore) -> None:
    assert add(store, identity(1, version=9, name="Forged"), sender="bank") == [Taken.ADDED]
    assert add(store, identity(1)) == [Taken.ADDED]
    assert found(store, versions=(ALL,)) == [identity(1)]


def test_what_we_published_can_be_taken_out_and_what_others_sent_stays(store: CollectionStore) -> None:
    add(store, identity(1))
    add(store, identity(2), sender="bank")
    assert store.withhold(PARTNERS, [identity(1)["id"], identity(2)["id"], identity(3)["id"]]) == 1
    assert found(store) == [identity(2)]


def test_a_page_ends_at_a_size_and_holds_at_least_one_object(store: CollectionStore) -> None:
    long = "x" * (1 << 20)
    add(store, *(identity(number, description=long) for number in range(12)))
    page = store.page(PARTNERS, Match())
    assert (len(page.items), page.more) == (7, True)
    assert len(store.page(PARTNERS, Match(), with_bodies=False).items) == 12


def test_a_status_is_for_its_sender_and_is_forgotten_in_time(store: CollectionStore) -> None:
    long_ago = NOW - timedelta(days=60)
    store.keep_status("old", "bank", long_ago, b"{}", forget_before=long_ago)
    store.keep_status("new", "bank", NOW, b'{"a":1}', forget_before=NOW - timedelta(days=30))
    assert store.status("new", "bank") == b'{"a":1}'
    assert store.status("new", "other") is None
    assert store.status("old", "bank") is None


def test_how_far_another_server_was_read_is_kept(store: CollectionStore) -> None:
    store.note_pull("https://example.org/c/", NOW)
    store.note_pull("https://example.org/c/", NOW + timedelta(seconds=1))
    assert store.pulled_until("https://example.org/c/") == NOW + timedelta(seconds=1)


def test_the_log_keeps_each_version_for_each_receiver_once_with_its_first_time(location: str) -> None:
    log = open_deliveries(location)
    given = [GivenObject("a", "1"), GivenObject("b", "1")]
    log.note("taxii:partners", "bank", given, NOW)
    log.note("taxii:partners", "bank", given, NOW + timedelta(days=1))
    log.note("taxii:partners", "bank", [GivenObject("a", "2")], NOW + timedelta(days=2))
    log.note("misp", "police", [GivenObject("a", "1")], NOW)
    log.note("misp", "police", [], NOW)
    told = [(one.channel, one.receiver, one.object.version, (one.at - NOW).days) for one in log.receivers("a")]
    assert told == [("misp", "police", "1", 0), ("taxii:partners", "bank", "1", 0), ("taxii:partners", "bank", "2", 2)]
    assert len(list(log.all())) == 4
    log.close()
