"""The label store: nothing is lost, nothing is said twice, and every bit is watched."""

import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qiyafa.chains.formats import FORMATS
from qiyafa.model.category import Category
from qiyafa.model.errors import Conflict, InvalidInput, NotFound, QiyafaError
from qiyafa.model.label import Label, LabelState
from qiyafa.stores.labels import LabelStore

from support.labels import AT, HUOBI, ROUTER, labels, made_label

DAY = timedelta(days=1)


@pytest.fixture
def store(tmp_path: Path) -> LabelStore:
    return LabelStore.open(tmp_path / "labels.sqlite")


def of(store: LabelStore, address: str = ROUTER, at: datetime = AT, known_at: datetime | None = None) -> list[Label]:
    return store.of(FORMATS.read(address).identities, at, known_at)


def test_a_missing_store_is_empty_and_stays_missing(tmp_path: Path) -> None:
    store = LabelStore.reading(tmp_path / "labels.sqlite")
    assert (store.version(), of(store), list(store.each(AT)), store.exists) == ("", [], [], False)
    assert store.find("x", AT, 9) == ([], 0)
    assert store.totals().labels == 0
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(NotFound):
        store.dispute("abcdef", "no", "me", AT)
    assert list(tmp_path.iterdir()) == []


@settings(max_examples=40)
@given(given_labels=st.lists(labels(), min_size=1, max_size=6, unique_by=lambda label: label.id))
def test_every_field_of_a_label_is_kept(tmp_path_factory: pytest.TempPathFactory, given_labels: list[Label]) -> None:
    store = LabelStore.open(tmp_path_factory.mktemp("s") / "labels.sqlite")
    assert store.add(given_labels, AT).added == len(given_labels)
    kept = [version for label in given_labels for version in store.history(label.id)]
    assert kept == [replace(label, known_from=AT) for label in given_labels]
    assert store.damages() == []


def test_any_spelling_of_an_address_finds_its_labels(store: LabelStore) -> None:
    store.add([made_label()], AT)
    assert of(store, ROUTER.lower()) == of(store) != []
    assert of(store, HUOBI) == []


def test_the_same_label_again_is_nothing_new(store: LabelStore) -> None:
    store.add([made_label(), made_label(HUOBI, "BTC")], AT)
    before = store.version()
    counts = store.add([made_label(), made_label(HUOBI, "BTC")], AT + DAY)
    assert (counts.added, counts.changed, counts.same) == (0, 0, 2)
    assert store.version() == before


def test_a_changed_label_closes_the_version_before(store: LabelStore) -> None:
    store.add([made_label(confidence="web_crawl")], AT)
    counts = store.add([made_label(confidence="authority_data")], AT + DAY)
    assert (counts.added, counts.changed) == (0, 1)
    first, second = store.history(made_label().id)
    assert (first.confidence, first.known_from, first.known_to) == ("web_crawl", AT, AT + DAY)
    assert (second.confidence, second.known_from, second.known_to) == ("authority_data", AT + DAY, None)
    assert [one.confidence for one in of(store)] == ["authority_data"]
    assert [one.confidence for one in of(store, known_at=AT)] == ["web_crawl"]
    assert of(store, known_at=AT - DAY) == [], "nobody knew it"


def test_of_statements_under_one_id_in_one_import_the_first_stands_for_good(store: LabelStore) -> None:
    both = [made_label(details={"tag.currency": "USDT"}), made_label(details={"tag.currency": "USDC"})]
    assert store.add(both, AT).repeated == 1
    version = store.version()
    assert store.add(both, AT + DAY).changed == 0, "importing again does not go back and forth"
    assert store.version() == version


def test_labels_hold_as_long_as_they_are_true(store: LabelStore) -> None:
    store.add([made_label(valid_from=AT, valid_to=AT + DAY)], AT + 9 * DAY)
    assert [len(of(store, at=AT + days * DAY)) for days in (-1, 0, 1)] == [0, 1, 0]


def test_disagreeing_labels_stand_side_by_side_by_rank(store: LabelStore) -> None:
    weak = made_label(name="an exchange", confidence="web_crawl", grade="C3")
    strong = made_label(name="a mixer", confidence="authority_data")
    better = made_label(name="the mixer", confidence="authority_data", grade="A1")
    store.add([weak, strong, better], AT)
    assert [one.name for one in of(store)] == ["the mixer", "a mixer", "an exchange"]
    store.dispute(better.id, "no source", "me", AT + DAY)
    assert [one.name for one in of(store)] == ["a mixer", "an exchange", "the mixer"]


def test_a_disputed_label_still_counts_and_says_why(store: LabelStore) -> None:
    store.add([made_label()], AT)
    disputed = store.dispute(made_label().id, "it is a shop", "Kim", AT + DAY)
    assert (disputed.state, disputed.objection) == (LabelState.DISPUTED, "Kim: it is a shop")
    assert of(store) == [disputed]
    store.add([made_label(confidence="web_crawl")], AT + 2 * DAY)
    assert [(one.state, one.confidence) for one in of(store)] == [(LabelState.DISPUTED, "web_crawl")]


def test_a_withdrawn_label_counts_for_nothing_and_stays_in_the_history(store: LabelStore) -> None:
    store.add([made_label()], AT)
    store.withdraw(made_label().id[:8], "wrong", "", AT + DAY)
    assert of(store) == [] == list(store.each(AT))
    assert len(of(store, known_at=AT)) == 1, "then it was believed"
    assert of(store, known_at=AT + DAY) == []
    assert [one.state for one in store.history(made_label().id)] == [LabelState.ACTIVE, LabelState.WITHDRAWN]
    counts = store.add(
        [
            made_label(),
        ],
        AT + 2 * DAY,
    )
    assert (counts.withdrawn, counts.added) == (1, 0)
    assert of(store) == [], "the same file again does not bring it back"
    with pytest.raises(InvalidInput) as caught:
        store.dispute(made_label().id, "too late", "", AT + 3 * DAY)
    assert caught.value.key == "labels.error.is_withdrawn"


def test_a_clock_that_went_back_ends_no_version_before_it_began(store: LabelStore) -> None:
    store.add([made_label()], AT)
    store.dispute(made_label().id, "no", "", AT - DAY)
    first, second = store.history(made_label().id)
    assert first.known_to == second.known_from == AT


@pytest.mark.parametrize(("written", "error"), [("zz", InvalidInput), ("abcde", InvalidInput), ("a" * 32, NotFound)])
def test_what_names_no_label_is_refused(store: LabelStore, written: str, error: type[QiyafaError]) -> None:
    with pytest.raises(error):
        store.withdraw(written, "x", "", AT)


def test_the_version_changes_with_every_change_and_with_nothing_else(store: LabelStore) -> None:
    seen = [store.version()]
    acts: list[Callable[[], object]] = [
        lambda: store.add([made_label()], AT),
        lambda: store.dispute(made_label().id, "x", "", AT),
        lambda: store.withdraw(made_label().id, "x", "", AT),
    ]
    for act in acts:
        act()
        seen.append(store.version())
    assert len(set(seen)) == 4
    store.use([made_label().id], "trace", "case", "d", AT)
    store.add_actors([{"id": "a"}], AT)
    assert store.version() == seen[-1]


def test_uses_are_listed_once_each(store: LabelStore) -> None:
    store.add([made_label()], AT)
    assert store.use([made_label().id], "trace", "ronin", "d1", AT) == 1
    assert store.use([made_label().id], "trace", "ronin", "d1", AT + DAY) == 0
    assert store.use([made_label().id], "verdict", "request 7", "d2", AT + DAY) == 1
    uses = store.uses(made_label().id[:10])
    assert [(use.kind, use.name, use.at) for use in uses] == [
        ("trace", "ronin", AT), ("verdict", "request 7", AT + DAY),
    ]  # fmt: skip
    assert store.damages() == []


def test_labels_are_found_by_name_and_entity_in_any_case(store: LabelStore) -> None:
    store.add([made_label(entity="HUOBI Global"), made_label(HUOBI, "BTC", name="huobi.com"), made_label(name="x")], AT)
    found, count = store.find("Huobi", AT, 1)
    assert (len(found), count) == (1, 2)
    assert store.find("%", AT, 9) == ([], 0), "no pattern, a text"


def test_the_addresses_at_which_a_trace_stops_are_found_by_format_and_level(store: LabelStore) -> None:
    strong = made_label(routing=Category.MIXER)
    weak = made_label(HUOBI, "BTC", routing=Category.EXCHANGE, confidence="web_crawl")
    store.add([strong, weak, made_label(name="no stop")], AT)
    assert store.routing_formats() == ["bitcoin", "evm"]
    assert list(store.routing_keys("evm", 50)) == [ROUTER.lower()]
    assert list(store.routing_keys("bitcoin", 50)) == []
    assert list(store.routing_keys("bitcoin", 20)) == [HUOBI]


def test_a_failed_import_leaves_nothing_behind(store: LabelStore) -> None:
    def broken() -> object:
        yield made_label()
        raise KeyboardInterrupt

    version = store.version()
    with pytest.raises(KeyboardInterrupt):
        store.add(broken(), AT)  # type: ignore[arg-type]
    assert (store.version(), list(store.each(AT))) == (version, [])


def test_readers_in_many_threads_see_the_old_or_the_new_and_are_never_kept_waiting(store: LabelStore) -> None:
    names = [f"name {number}" for number in range(50)]
    wrong: list[object] = []
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            count = len(of(store))
            if count not in (0, len(names)):
                wrong.append(count)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    store.add([made_label(name=name) for name in names], AT)
    time.sleep(0.1)
    stop.set()
    for thread in threads:
        thread.join(10)
    assert wrong == []
    assert len(of(store)) == len(names)


def test_an_empty_file_is_an_empty_store(tmp_path: Path) -> None:
    path = tmp_path / "labels.sqlite"
    path.touch()
    store = LabelStore.reading(path)
    assert (store.version(), store.exists) == ("", False)
    assert store.add([made_label()], AT).added == 1


@pytest.mark.parametrize("content", [b"no database", b"SQLite format 3\0" + b"\xff" * 4000])
def test_a_foreign_or_damaged_file_gives_one_clear_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "labels.sqlite"
    path.write_bytes(content)
    with pytest.raises(Conflict) as caught:
        LabelStore.reading(path)
    assert caught.value.key in {"store.error.damaged", "store.error.foreign"}
    assert path.read_bytes() == content


def test_a_store_of_a_newer_version_is_refused(store: LabelStore) -> None:
    store.close()
    with sqlite3.connect(store.location) as connection:
        connection.execute("PRAGMA user_version=2")
    for opening in (LabelStore.open, LabelStore.reading):
        with pytest.raises(Conflict) as caught:
            opening(store.location)
        assert caught.value.key == "store.error.newer"


def found_damaged(store: LabelStore) -> bool:
    """Tell whether damage is found, by its place or because a row cannot be read at all."""
    try:
        return bool(store.damages())
    except Conflict as error:
        return error.key == "store.error.damaged"


TAMPERINGS = [
    "UPDATE versions SET key = '0x' WHERE seq = 1",
    "UPDATE versions SET state = 'withdrawn' WHERE seq = 1",
    "UPDATE versions SET known_from = known_from + 1 WHERE seq = 2",
    "UPDATE versions SET replaced_by = NULL",
    "UPDATE versions SET routes = 50 WHERE seq = 1",
    "DELETE FROM versions WHERE seq = 3",
    "UPDATE statements SET name = 'x' WHERE number = 1",
    "UPDATE statements SET body = replace(body, 'mixer', 'shop') WHERE number = 1",
    "UPDATE statements SET body = '{' WHERE number = 1",
    "UPDATE uses SET name = 'another'",
    "DELETE FROM uses",
    "UPDATE actors SET body = '{}'",
    "DELETE FROM heads",
]


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_no_change_behind_its_back_goes_unnoticed(store: LabelStore, tampering: str) -> None:
    store.add([made_label(), made_label(HUOBI, "BTC")], AT)
    store.dispute(made_label().id, "no", "", AT + DAY)
    store.use([made_label().id], "trace", "case", "d", AT)
    store.add_actors([{"id": "a", "label": "A"}], AT)
    assert store.damages() == []
    store.close()
    with sqlite3.connect(store.location) as connection:
        connection.execute(tampering)
    assert found_damaged(store)


@pytest.mark.slow
@pytest.mark.alone
def test_a_look_up_takes_less_than_a_hundred_microseconds(store: LabelStore) -> None:
    addresses = [f"0x{number:040x}" for number in range(20_000)]
    store.add((made_label(address) for address in addresses), AT)
    identities = [FORMATS.read(address).identities for address in addresses[:2000]]
    rounds = []
    for _ in range(7):
        started = time.perf_counter()
        for one in identities:
            store.of(one, AT)
        rounds.append((time.perf_counter() - started) / len(identities))
    assert min(rounds) < 100e-6


def test_times_are_utc(store: LabelStore) -> None:
    store.add([made_label(valid_from=datetime(1965, 1, 1, tzinfo=UTC))], AT)
    assert of(store)[0].valid_from == datetime(1965, 1, 1, tzinfo=UTC)
