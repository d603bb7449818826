"""Kept verdicts: one record for one request, the same bytes for ever, and damage is noticed."""

import multiprocessing
import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier

import pytest

from qiyafa.model.errors import Conflict, Unavailable
from qiyafa.stores.verdicts import KeptVerdict, VerdictStore, same_question

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
THREADS = 20


def kept(request_id: str = "r1", **changes: object) -> KeptVerdict:
    plain = KeptVerdict(request_id, b'{"address":"a"}', b'{"verdict":"hit"}', ("label-1",), ("ofac/v1",), NOON)
    return replace(plain, **changes)


@pytest.fixture
def store(tmp_path: Path) -> VerdictStore:
    return VerdictStore(tmp_path / "verdicts.sqlite")


def test_a_verdict_comes_back_as_it_was_kept(store: VerdictStore) -> None:
    assert store.keep(kept()) == kept()
    assert store.get("r1") == kept()
    assert store.get("r2") is None


def test_the_same_request_gets_the_first_answer_again(store: VerdictStore) -> None:
    store.keep(kept())
    assert store.keep(kept(body=b"another", at=NOON + timedelta(days=1))) == kept()


def test_an_id_that_was_used_for_another_question_is_refused(store: VerdictStore) -> None:
    store.keep(kept())
    with pytest.raises(Conflict):
        store.keep(kept(question=b"other"))
    with pytest.raises(Conflict):
        same_question(kept(), b"other")
    assert store.get("r1") == kept()


def test_reading_makes_no_file(store: VerdictStore, tmp_path: Path) -> None:
    assert store.get("r1") is None
    assert list(store.each()) == []
    assert list(tmp_path.iterdir()) == []


def test_what_firms_ask_about_is_for_their_eyes_alone(store: VerdictStore, tmp_path: Path) -> None:
    store.keep(kept())
    assert stat.S_IMODE((tmp_path / "verdicts.sqlite").stat().st_mode) == 0o600


def test_verdicts_come_in_the_order_of_their_times(store: VerdictStore) -> None:
    days = {f"r{day}": NOON + timedelta(days=day) for day in (3, 1, 2)}
    for name, at in days.items():
        store.keep(kept(name, at=at))
    assert [one.request_id for one in store.each()] == ["r1", "r2", "r3"]
    assert [one.request_id for one in store.each(NOON + timedelta(days=2))] == ["r2", "r3"]


def test_a_thousand_parallel_duplicates_give_one_record_and_one_answer(store: VerdictStore, tmp_path: Path) -> None:
    barrier = Barrier(THREADS)

    def ask(number: int) -> set[bytes]:
        barrier.wait()
        return {store.keep(kept(body=b"answer %d" % number)).body for _ in range(1000 // THREADS)}

    with ThreadPoolExecutor(THREADS) as pool:
        answers = set().union(*pool.map(ask, range(THREADS)))
    assert len(answers) == 1
    with sqlite3.connect(tmp_path / "verdicts.sqlite") as connection:
        assert connection.execute("SELECT count(*) FROM verdicts").fetchone() == (1,)


def keep_in_another_process(path: Path, number: int) -> bytes:
    return VerdictStore(path).keep(kept(body=b"answer %d" % number)).body


def test_processes_agree_on_one_answer_too(tmp_path: Path) -> None:
    path = tmp_path / "verdicts.sqlite"
    with multiprocessing.get_context("fork").Pool(4) as pool:
        answers = set(pool.starmap(keep_in_another_process, [(path, number) for number in range(40)]))
    assert len(answers) == 1


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE verdicts SET body = x'00'",
        "UPDATE verdicts SET question = x'00'",
        "UPDATE verdicts SET labels = 'label-2'",
        "UPDATE verdicts SET lists = ''",
        "UPDATE verdicts SET at = '2027-01-01T00:00:00+00:00'",
    ],
)
def test_a_changed_verdict_is_noticed(store: VerdictStore, tmp_path: Path, damage: str) -> None:
    store.keep(kept())
    with sqlite3.connect(tmp_path / "verdicts.sqlite") as connection:
        connection.execute(damage)
    with pytest.raises(Conflict):
        store.get("r1")


@pytest.mark.parametrize("content", [b"not a database, not at all", b"SQLite format 3\x00" + b"\x07" * 5000])
def test_a_damaged_file_has_its_sentence(store: VerdictStore, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "verdicts.sqlite").write_bytes(content)
    for use in (lambda: store.get("r1"), lambda: store.keep(kept()), lambda: list(store.each())):
        with pytest.raises((Conflict, Unavailable)):
            use()
    assert (tmp_path / "verdicts.sqlite").read_bytes() == content


def test_a_foreign_and_a_newer_file_are_refused(store: VerdictStore, tmp_path: Path) -> None:
    path = tmp_path / "verdicts.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE mine (x)")
    with pytest.raises(Conflict, match="foreign"):
        store.keep(kept())
    path.unlink()
    store.keep(kept())
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(Conflict, match="newer"):
        store.get("r1")


def test_a_folder_that_is_not_there_has_its_sentence(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        VerdictStore(tmp_path / "none" / "verdicts.sqlite").keep(kept())
