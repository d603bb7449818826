"""Decisions on clusters: none is lost or erased, the last one stands, and a foreign or damaged file is refused."""

import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiyafa.model.errors import Conflict, Unavailable
from qiyafa.stores.clusters import Decision, DecisionStore, digest_of, forbidden_by

ONE, OTHER = "a" * 64, "0x" + "b" * 64
NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)


def decided(transaction: str, rule: str, forbids: bool, hours: int = 0) -> Decision:
    return Decision(transaction, rule, forbids, "a reason", NOON + timedelta(hours=hours))


def test_reading_never_makes_the_file(tmp_path) -> None:
    store = DecisionStore(tmp_path / "clusters.sqlite")
    assert store.all() == []
    assert store.forbidden() == frozenset()
    assert list(tmp_path.iterdir()) == []


def test_every_decision_is_kept_in_order_with_its_reason_and_time(tmp_path) -> None:
    store = DecisionStore(tmp_path / "clusters.sqlite")
    made = [decided(ONE, "co_spend", True), decided(ONE, "co_spend", False, 1), decided(OTHER, "", True, 2)]
    for one in made:
        store.add(one)
    assert DecisionStore(tmp_path / "clusters.sqlite").all() == made
    assert store.forbidden() == {(OTHER, "")}


def test_the_digest_changes_with_what_is_forbidden_alone(tmp_path) -> None:
    store = DecisionStore(tmp_path / "clusters.sqlite")
    nothing = digest_of(store.forbidden())
    store.add(decided(ONE, "", True))
    forbidden = digest_of(store.forbidden())
    store.add(decided(ONE, "", True, 1))
    assert digest_of(store.forbidden()) == forbidden != nothing
    store.add(decided(ONE, "", False, 2))
    assert digest_of(store.forbidden()) == nothing


def test_the_version_changes_with_every_decision(tmp_path) -> None:
    store = DecisionStore(tmp_path / "clusters.sqlite")
    versions = [store.version()]
    for hours, forbids in enumerate((True, False, True)):
        store.add(decided(ONE, "", forbids, hours))
        versions.append(DecisionStore(tmp_path / "clusters.sqlite").version())
    assert len(set(versions)) == 4
    assert versions[0] == ""


def test_the_last_decision_again_is_kept_once_and_an_earlier_one_again_counts(tmp_path) -> None:
    store = DecisionStore(tmp_path / "clusters.sqlite")
    for forbids in (True, True, False, True):
        store.add(decided(ONE, "", forbids))
    assert [one.forbids for one in store.all()] == [True, False, True]
    assert store.forbidden() == {(ONE, "")}


DECISIONS = st.lists(st.tuples(st.sampled_from([ONE, OTHER]), st.sampled_from(["", "co_spend"]), st.booleans()))


@given(DECISIONS)
def test_the_last_word_on_a_transaction_stands(said) -> None:
    forbidden = forbidden_by([decided(*one) for one in said])
    for transaction, rule in {(transaction, rule) for transaction, rule, _ in said}:
        of_both = [
            forbids for about, on, forbids in said if about == transaction and (on == rule or (not on and not forbids))
        ]
        assert ((transaction, rule) in forbidden) == (bool(of_both) and of_both[-1])


def test_a_foreign_file_is_refused_and_left_as_it_was(tmp_path) -> None:
    path = tmp_path / "clusters.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE songs (title TEXT)")
    before = path.read_bytes()
    for act in (DecisionStore(path).all, lambda: DecisionStore(path).add(decided(ONE, "", True))):
        with pytest.raises(Conflict) as refused:
            act()
        assert refused.value.key == "store.error.foreign"
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT name FROM sqlite_schema").fetchall() == [("songs",)]
    assert before[:16] == path.read_bytes()[:16]


def test_a_file_of_a_newer_version_is_refused(tmp_path) -> None:
    path = tmp_path / "clusters.sqlite"
    DecisionStore(path).add(decided(ONE, "", True))
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 2")
    with pytest.raises(Conflict) as refused:
        DecisionStore(path).all()
    assert refused.value.key == "store.error.newer"


@pytest.mark.parametrize(
    "content", [b"", b"<html>", b"SQLite format 3\x00" + b"\xff" * 5000], ids=["empty", "html", "bad"]
)
def test_what_is_no_database_is_a_sentence(tmp_path, content) -> None:
    path = tmp_path / "clusters.sqlite"
    path.write_bytes(content)
    if not content:
        assert DecisionStore(path).all() == []
        return
    with pytest.raises((Conflict, Unavailable)):
        DecisionStore(path).all()


def test_a_folder_in_place_of_the_file_is_a_sentence(tmp_path) -> None:
    with pytest.raises(Unavailable):
        DecisionStore(tmp_path).add(decided(ONE, "", True))
    with pytest.raises(Unavailable):
        DecisionStore(tmp_path / "no" / "clusters.sqlite").add(decided(ONE, "", True))
