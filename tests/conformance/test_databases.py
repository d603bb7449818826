"""The two databases give the same answers, the same whole or nothing, and the same sentences."""

import threading
from collections.abc import Iterator

import pytest

from qiyafa.model.errors import Conflict, InvalidInput, Unavailable
from qiyafa.stores.database import Database, Schema
from qiyafa.stores.opening import database_at

NOTES = Schema(
    kind="record",
    application_id=0x51695474,
    version=1,
    tables="""
CREATE TABLE notes (number INTEGER PRIMARY KEY, words TEXT NOT NULL, seal BLOB) STRICT;
CREATE INDEX notes_by_words ON notes (words);
""",
)
INSERT = "INSERT INTO notes VALUES (?, ?, ?)"


def opened(location: str, schema: Schema = NOTES) -> Database:
    return database_at(location, schema)


@pytest.fixture
def database(location: str) -> Iterator[Database]:
    found = opened(location)
    yield found
    found.close()


def write_and_fail(database: Database) -> None:
    with database.writing() as session:
        session.execute("DELETE FROM notes")
        raise KeyError


def ask(database: Database, sql: str, *parameters: str) -> None:
    with database.reading() as session:
        assert session is not None
        session.execute(sql, parameters)


def write(database: Database, *rows: tuple[int, str]) -> None:
    with database.writing() as session:
        session.executemany(INSERT, [(number, words, b"") for number, words in rows])


def numbers(database: Database) -> list[int] | None:
    with database.reading() as session:
        return (
            None if session is None else [one for (one,) in session.execute("SELECT number FROM notes ORDER BY number")]
        )


def test_what_was_never_written_is_nothing_and_reading_makes_nothing(database: Database) -> None:
    assert numbers(database) is None
    assert numbers(database) is None


def test_what_was_written_is_there_for_everybody(database: Database, location: str) -> None:
    write(database, (1, "one"), (2, "two"))
    assert numbers(database) == [1, 2]
    assert numbers(opened(location)) == [1, 2]


def test_a_transaction_that_fails_has_never_been(database: Database) -> None:
    write(database, (1, "one"))
    with pytest.raises(KeyError):
        write_and_fail(database)
    assert numbers(database) == [1]
    write(database, (2, "two"))
    assert numbers(database) == [1, 2]


def test_tables_whose_first_transaction_failed_were_never_made(database: Database) -> None:
    with pytest.raises(KeyError):
        write_and_fail(database)
    assert numbers(database) is None


def test_a_reader_stays_at_its_moment_while_others_write(database: Database) -> None:
    write(database, (1, "one"))
    with database.reading() as session:
        assert session is not None
        assert session.execute("SELECT count(*) FROM notes").fetchone()[0] == 1
        write(database, (2, "two"))
        assert session.execute("SELECT count(*) FROM notes").fetchone()[0] == 1
        with database.reading() as later:
            assert later is not None
            assert later.execute("SELECT count(*) FROM notes").fetchone()[0] == 2


def test_a_reader_cannot_write(database: Database) -> None:
    write(database, (1, "one"))
    with pytest.raises(Unavailable):
        ask(database, "DELETE FROM notes")
    assert numbers(database) == [1]


def test_writers_at_once_wait_for_each_other_and_lose_nothing(database: Database) -> None:
    def add(number: int) -> None:
        with database.writing() as session:
            (seen,) = session.execute("SELECT count(*) FROM notes").fetchone()
            session.execute(INSERT, (seen, f"written by {number}", None))

    threads = [threading.Thread(target=add, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert numbers(database) == list(range(8))


def test_texts_and_bytes_come_back_as_they_were_and_compare_by_code_points(database: Database) -> None:
    words = ["", "Z", "a", "é", "ÿ", "ا", "가", "﷽", "\U0001f600", "quote ' % ? \\ \"", "\u202eabc", "a\nb"]
    with database.writing() as session:
        session.executemany(INSERT, [(number, one, one.encode()) for number, one in enumerate(words)])
    with database.reading() as session:
        assert session is not None
        rows = session.execute("SELECT words, seal FROM notes ORDER BY words").fetchall()
        (found,) = session.execute("SELECT number FROM notes WHERE words = ?", (words[9],)).fetchone()
    assert [row[0] for row in rows] == sorted(words)
    assert [bytes(row[1]).decode() for row in rows] == sorted(words)
    assert found == 9


def test_whole_numbers_have_63_bits(database: Database) -> None:
    ends = [-(1 << 63), (1 << 63) - 1]
    write(database, *((end, "an end") for end in ends))
    assert numbers(database) == ends


def test_many_rows_are_handed_over_in_parts_and_several_queries_at_once(database: Database) -> None:
    write(database, *((number, "x") for number in range(5000)))
    with database.reading() as session:
        assert session is not None
        one, other = (session.iterate("SELECT number FROM notes WHERE number >= ? ORDER BY number", (0,)) for _ in "ab")
        assert [next(one), next(other), next(one)] == [(0,), (0,), (1,)]
        assert len(list(one)) == 4998


def test_a_query_that_is_left_half_read_holds_nobody_up(database: Database) -> None:
    write(database, *((number, "x") for number in range(5000)))

    def rows() -> Iterator[object]:
        with database.reading() as session:
            assert session is not None
            yield from session.iterate("SELECT number FROM notes")

    left = rows()
    next(iter(left))
    write(database, (-1, "written meanwhile"))
    del left
    assert len(numbers(database) or ()) == 5001


def test_another_kind_of_store_in_its_place_is_refused(database: Database, location: str) -> None:
    other = Schema(NOTES.kind, NOTES.application_id + 1, 1, NOTES.tables)
    write(opened(location, other), (1, "one"))
    for use in (lambda: numbers(database), lambda: write(database, (2, "two"))):
        with pytest.raises(Conflict) as refused:
            use()
        assert refused.value.key == "store.error.foreign"


def test_half_a_character_is_no_text(database: Database) -> None:
    write(database, (1, "one"))
    with pytest.raises(InvalidInput) as refused:
        write(database, (2, "\ud800"))
    assert refused.value.key == "store.error.half_characters"
    with pytest.raises(InvalidInput):
        ask(database, "SELECT 1 FROM notes WHERE words = ?", "\udcff")
    assert numbers(database) == [1]
