"""The file of keys: no secret in it, private, and never opening anything when it is not what it should be."""

import hashlib
import sqlite3
import stat
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from qiyafa.model.errors import Conflict, Unavailable
from qiyafa.stores.keys import KeyRecord, KeyStore

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def record(prefix: str = "00aa11bb22cc", name: str = "exchange") -> KeyRecord:
    digest = hashlib.sha256(prefix.encode()).digest()
    return KeyRecord(prefix, digest, name, frozenset({"screen", "read"}), False, NOON, NOON + timedelta(days=1))


def test_a_key_is_found_by_its_prefix_as_it_was_kept(tmp_path: Path) -> None:
    store = KeyStore(tmp_path / "keys.sqlite")
    store.add(record())
    with closing(KeyStore(tmp_path / "keys.sqlite")) as reader:
        assert reader.find("00aa11bb22cc") == record()
        assert reader.find("000000000000") is None
        assert reader.any()
    assert store.all() == [record()]


def test_reading_makes_no_file(tmp_path: Path) -> None:
    path = tmp_path / "keys.sqlite"
    assert KeyStore(path).all() == []
    assert KeyStore(path).revoke("00aa11bb22cc", NOON) is False
    with closing(KeyStore(path)) as reader:
        assert not reader.any()
    assert not path.exists()


def test_a_prefix_that_is_taken_keeps_its_key(tmp_path: Path) -> None:
    store = KeyStore(tmp_path / "keys.sqlite")
    assert store.add(record())
    assert not store.add(record(name="somebody else"))
    assert store.all() == [record()]


def test_nobody_else_may_read_the_file(tmp_path: Path) -> None:
    path = tmp_path / "keys.sqlite"
    KeyStore(path).add(record())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_first_revocation_stands(tmp_path: Path) -> None:
    store = KeyStore(tmp_path / "keys.sqlite")
    store.add(record())
    assert store.revoke("00aa11bb22cc", NOON)
    assert store.revoke("00aa11bb22cc", NOON + timedelta(hours=1))
    (kept,) = store.all()
    assert kept.revoked == NOON
    assert not kept.is_active(NOON - timedelta(hours=1)), "also where the clock steps back"


def test_a_reader_sees_what_others_write_and_what_takes_the_files_place(tmp_path: Path) -> None:
    path = tmp_path / "keys.sqlite"
    with closing(KeyStore(path)) as reader:
        assert reader.find("00aa11bb22cc") is None
        KeyStore(path).add(record())
        assert reader.find("00aa11bb22cc") is not None
        KeyStore(path).revoke("00aa11bb22cc", NOON)
        found = reader.find("00aa11bb22cc")
        assert found is not None
        assert found.revoked == NOON
        KeyStore(tmp_path / "restored.sqlite").add(record("ffffffffffff"))
        (tmp_path / "restored.sqlite").replace(path)
        assert reader.find("00aa11bb22cc") is None
        assert reader.find("ffffffffffff") is not None


def test_many_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "keys.sqlite"
    threads = [
        threading.Thread(target=lambda number=number: KeyStore(path).add(record(f"{number:012x}")))
        for number in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(KeyStore(path).all()) == 8


def test_a_damaged_a_foreign_and_a_newer_file_are_refused(tmp_path: Path) -> None:
    damaged, foreign, newer = (tmp_path / name for name in ("damaged", "foreign", "newer"))
    damaged.write_bytes(b"this is no database " * 100)
    with closing(sqlite3.connect(foreign)) as connection:
        connection.execute("CREATE TABLE keys (prefix)")
        connection.commit()
    KeyStore(newer).add(record())
    with closing(sqlite3.connect(newer)) as connection:
        connection.execute("PRAGMA user_version = 9")
    for path in (damaged, foreign, newer):
        for act in (KeyStore(path).all, lambda path=path: KeyStore(path).add(record("ffffffffffff"))):
            with pytest.raises(Conflict):
                act()


def test_a_folder_in_its_place_is_said(tmp_path: Path) -> None:
    (tmp_path / "keys.sqlite").mkdir()
    with pytest.raises((Unavailable, Conflict)):
        KeyStore(tmp_path / "keys.sqlite").add(record())
