"""A SQLite file as a database: private from its first byte, replaced under its readers, refused if foreign."""

import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from qiyafa.model.errors import Conflict, Unavailable
from qiyafa.stores.database import Schema
from qiyafa.stores.sqlite_file import SqliteFile, SqliteMemory

SCHEMA = Schema("keys", 0x51695475, 1, "CREATE TABLE facts (fact TEXT PRIMARY KEY) STRICT;\n")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "facts.sqlite"


def write(file: SqliteFile | SqliteMemory, fact: str) -> None:
    with file.writing() as session:
        session.execute("INSERT INTO facts VALUES (?)", (fact,))


def facts(file: SqliteFile | SqliteMemory) -> list[str] | None:
    with file.reading() as session:
        return (
            None if session is None else [fact for (fact,) in session.execute("SELECT fact FROM facts ORDER BY fact")]
        )


def test_the_file_is_for_its_owner_alone(path: Path) -> None:
    write(SqliteFile(path, SCHEMA), "secret")
    assert {stat.S_IMODE(one.stat().st_mode) for one in path.parent.iterdir()} == {0o600}


def test_a_file_that_takes_its_place_is_read(path: Path, tmp_path: Path) -> None:
    file, other = SqliteFile(path, SCHEMA), SqliteFile(tmp_path / "restored.sqlite", SCHEMA)
    write(file, "old")
    write(other, "restored")
    assert facts(file) == ["old"]
    (tmp_path / "restored.sqlite").replace(path)
    assert facts(file) == ["restored"]
    path.unlink()
    assert facts(file) is None


def test_readers_are_closed_and_opened_again(path: Path) -> None:
    file = SqliteFile(path, SCHEMA)
    write(file, "one")
    assert facts(file) == ["one"]
    file.close()
    assert facts(file) == ["one"]
    assert file.is_sound()


def test_an_empty_file_holds_nothing_and_is_taken(path: Path) -> None:
    path.touch()
    file = SqliteFile(path, SCHEMA)
    assert facts(file) is None
    write(file, "one")
    assert facts(file) == ["one"]


@pytest.mark.parametrize("content", [b"<html>" * 100, b"SQLite format 3\0" + b"\xff" * 4000], ids=["html", "bad"])
def test_what_is_no_store_is_refused_and_left_alone(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    file = SqliteFile(path, SCHEMA)
    for use in (lambda: facts(file), lambda: write(file, "one")):
        with pytest.raises(Conflict):
            use()
    assert path.read_bytes() == content


def test_another_programs_database_is_refused(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE songs (title TEXT)")
    for use in (lambda: facts(SqliteFile(path, SCHEMA)), lambda: write(SqliteFile(path, SCHEMA), "one")):
        with pytest.raises(Conflict) as refused:
            use()
        assert refused.value.key == "store.error.foreign"


def test_a_folder_in_its_place_or_none_around_it_is_a_sentence(path: Path) -> None:
    path.mkdir()
    for place in (path, path / "no" / "facts.sqlite"):
        with pytest.raises(Unavailable) as refused:
            write(SqliteFile(place, SCHEMA), "one")
        assert refused.value.key == "store.error.failed"


def test_a_value_that_no_row_of_ours_can_hold_is_damage(path: Path) -> None:
    file = SqliteFile(path, SCHEMA)
    write(file, "no number")
    with pytest.raises(Conflict) as refused, file.reading() as session:
        int(session.execute("SELECT fact FROM facts").fetchone()[0])
    assert refused.value.key == "store.error.damaged"


def test_writing_closes_no_lock_that_somebody_here_holds(path: Path) -> None:
    """POSIX drops all locks of a process on a file with the first descriptor that it closes."""
    write(SqliteFile(path, SCHEMA), "one")
    opened: list[int] = []
    real = os.open
    os.open = lambda *given, **named: opened.append(real(*given, **named)) or opened[-1]
    try:
        write(SqliteFile(path, SCHEMA), "two")
    finally:
        os.open = real
    assert opened == []


def test_in_memory_everybody_sees_what_was_written_last() -> None:
    memory = SqliteMemory(SCHEMA)
    assert facts(memory) is None
    write(memory, "one")
    with memory.reading() as session:
        write(memory, "two")
        assert session.execute("SELECT count(*) FROM facts").fetchone() == (1,)
    assert facts(memory) == ["one", "two"]
