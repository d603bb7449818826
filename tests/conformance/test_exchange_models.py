"""Random exchanges: collections and the log of deliveries answer in both databases as plain lists and dicts do."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conformance.store_samples import emptied

from qiyafa.model.collection import ALL, FIRST, LAST, CollectedItem, Collection, Match, StixItem
from qiyafa.model.label import Tlp
from qiyafa.stores.collections import OURS, CollectionStore, Intake, open_collections
from qiyafa.stores.deliveries import DeliveryLog, GivenObject, open_deliveries

from support.plain_exchange import PlainCollections, PlainDeliveries, without_body
from support.records import NOON

# Times are so near each other that versions, arrivals and questions meet at the same microsecond.
MOMENTS = st.integers(-4, 6).map(lambda number: NOON + timedelta(microseconds=number))
IDS = st.sampled_from(["identity--a", "identity--b", "domain-name--c"])
TYPES = ["identity", "domain-name", "note"]
SENDERS = st.sampled_from([OURS, "bank", "police"])
COLLECTIONS_MADE = [
    Collection("id-1", "partners", "Partners", Tlp.AMBER),
    Collection("id-2", "public", "Public", Tlp.CLEAR),
]
COLLECTION = st.sampled_from(COLLECTIONS_MADE)


@pytest.fixture
def store(location: str) -> Iterator[CollectionStore]:
    found = open_collections(location)
    yield found
    found.close()


@pytest.fixture
def log(location: str) -> Iterator[DeliveryLog]:
    found = open_deliveries(location)
    yield found
    found.close()


@st.composite
def items(draw: st.DrawFn) -> StixItem:
    id, words = draw(IDS), draw(st.sampled_from([b"one", b"other", "ثالث".encode()]))
    level = draw(st.sampled_from([Tlp.CLEAR, Tlp.AMBER, Tlp.RED]))
    return StixItem(id, id.partition("--")[0], draw(st.none() | MOMENTS), level, words)


ADDS = st.tuples(st.just("add"), COLLECTION, st.tuples(SENDERS, MOMENTS, st.lists(items(), max_size=5)))
DELETES = st.tuples(st.just("delete"), COLLECTION, st.tuples(SENDERS, st.lists(st.tuples(IDS, MOMENTS), max_size=3)))
WITHHOLDS = st.tuples(st.just("withhold"), COLLECTION, st.lists(IDS, max_size=3))
MATCHES = st.builds(
    Match,
    ids=st.lists(IDS, max_size=2).map(tuple),
    types=st.lists(st.sampled_from(TYPES), max_size=2).map(tuple),
    versions=st.lists(st.sampled_from([FIRST, LAST, ALL]) | MOMENTS, max_size=2).map(tuple),
    spec_versions=st.lists(st.sampled_from(["2.0", "2.1"]), max_size=2).map(tuple),
    after=st.none() | MOMENTS,
    limit=st.integers(1, 4),
)


def pages(
    store: CollectionStore, collection: Collection, match: Match, *, with_bodies: bool
) -> Iterator[CollectedItem]:
    """Yield what is on all pages, each of which but the last one is full."""
    after = match.after
    for _ in count():
        asked = Match(match.ids, match.types, match.versions, match.spec_versions, after, match.limit)
        page = store.page(collection, asked, with_bodies=with_bodies)
        yield from page.items
        if not page.more:
            return
        assert len(page.items) == match.limit
        after = page.items[-1].added


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(st.one_of(ADDS, ADDS, DELETES, WITHHOLDS), max_size=12),
    questions=st.lists(st.tuples(COLLECTION, MATCHES, st.booleans()), min_size=1, max_size=6),
)
def test_collections_answer_like_a_plain_list(store: CollectionStore, steps: list, questions: list) -> None:
    emptied(store._database)
    plain = PlainCollections()
    for what, collection, given_ in steps:
        if what == "add":
            sender, at, added = given_
            intake = Intake(collection.name, sender, at)
            store.add(intake, added)
            assert intake.outcomes == plain.add(Intake(collection.name, sender, at), added)
        elif what == "delete":
            sender, versions = given_
            assert store.delete(collection, versions, sender) == plain.delete(collection.name, versions, sender)
        else:
            assert store.withhold(collection, given_) == plain.withhold(collection.name, given_)
    for collection, match, with_bodies in questions:
        expected = plain.found(collection, match)
        found = list(pages(store, collection, match, with_bodies=with_bodies))
        assert found == (expected if with_bodies else [without_body(one) for one in expected])
    for collection in COLLECTIONS_MADE:
        assert store.count(collection) == sum(row.collection == collection.name for row in plain.rows)


NAMES = st.sampled_from(["a", "A", "b", "", "é", "\U0001f600", "\ufdfa", "\u202ea"])
"""Whose order by code points is another one than that by letters or by halves of characters."""
GIVEN = st.lists(st.builds(GivenObject, NAMES, st.sampled_from(["", "1", "2"])), max_size=4)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(notes=st.lists(st.tuples(NAMES, NAMES, GIVEN, MOMENTS), max_size=10))
def test_the_log_of_deliveries_answers_like_a_plain_dict(log: DeliveryLog, notes: list) -> None:
    emptied(log._database)
    plain = PlainDeliveries()
    for channel, receiver, objects, at in notes:
        log.note(channel, receiver, objects, at)
        plain.note(channel, receiver, objects, at)
    assert list(log.all()) == plain.all()
    for id in {one.object.id for one in plain.all()} | {"nobody"}:
        assert log.receivers(id) == [one for one in plain.all() if one.object.id == id]
