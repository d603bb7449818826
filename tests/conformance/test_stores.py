"""What every kind of store owes in both databases: nothing lost, nothing half, and one sentence for what goes wrong."""

import os
import pwd
import random
import sqlite3
import string
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.conformance.store_samples import STORE_SAMPLES, StoreSample

from qiyafa.model.errors import Conflict, InvalidInput, QiyafaError, Unavailable
from qiyafa.stores.opening import database_at
from qiyafa.stores.postgres import PostgresDatabase, is_postgres_url
from qiyafa.stores.sqlite_file import SqliteFile
from qiyafa.text import text

from support.forked_writers import ForkedWriters, acknowledged
from support.small_disk import small_disk
from support.watcher import Watcher

BATCHES_OF_EACH = 15
RANDOM_WORDS = "".join(random.Random(1).choices(string.ascii_letters, k=100_000))
HOSTILE = {
    "nothing": "",
    "zero": "a\0b",
    "half a character": "a\ud800b",
    "half a byte": "a\udcffb",
    "right to left": "a\u202eb\u2066c",
    "control characters": "a\x1b[31m\x07\r\n\tb",
    "a quote": "a'b\"c\\d?e%s%%f;--",
    "no Unicode character": "a\uffff\U0010ffffb",
    "composed": "e\u0301 \u00e9 \ufdfa \U0001f600",
    "long": "x" * 100_000,
    "long and random": RANDOM_WORDS,
}
NOT_ALWAYS_KEPT = {"zero", "half a character", "half a byte", "long", "long and random"}


@pytest.fixture
def store(sample: StoreSample, location: str) -> Iterator[Any]:
    """The store with two batches in it."""
    found = sample.opened(location)
    for number in range(2):
        sample.write(found, number)
    yield found
    found.close()


def refused(sample: StoreSample, location: str, use: Callable[[Any], object]) -> QiyafaError:
    """Return why a store that is opened anew cannot be used, after making sure that it is a sentence about it."""
    opened = sample.opened(location)
    with pytest.raises(QiyafaError) as found:
        use(opened)
    opened.close()
    said = text(found.value.key, **found.value.fields)
    assert text(f"store.kind.{sample.schema.kind}") in said
    assert "\n" not in said
    return found.value


def uses(sample: StoreSample) -> list[Callable[[Any], object]]:
    """Return reading and writing."""
    return [sample.written, lambda store: sample.write(store, 7)]


def change(sample: StoreSample, location: str, *statements: str) -> None:
    """Change a store behind its back."""
    database = database_at(location, sample.schema)
    with database.writing() as session:
        for statement in statements:
            session.execute(statement)
    database.close()


@contextmanager
def administering(sample: StoreSample, location: str) -> Iterator[Any]:
    """Give a connection to the PostgreSQL database of a store."""
    database = PostgresDatabase(location, sample.schema)
    with database._connection() as connection:
        yield connection
    database.close()


def tables(sample: StoreSample) -> list[str]:
    return [words.split()[2] for words in sample.schema.statements() if words.lstrip().startswith("CREATE TABLE")]


# What is there -------------------------------------------------------------------------------------------------------


def test_every_schema_that_may_be_in_either_database_has_a_sample() -> None:
    assert {name: sample.schema.kind for name, sample in STORE_SAMPLES.items()} == {
        name: name for name in STORE_SAMPLES
    }
    assert len({sample.schema.application_id for sample in STORE_SAMPLES.values()}) == len(STORE_SAMPLES)


def test_a_store_that_was_never_written_answers_emptily_and_is_not_made(sample: StoreSample, location: str) -> None:
    store = sample.opened(location)
    assert not any(sample.questions(store, "anything"))
    assert sample.written(store) == set()
    sample.check(store)
    store.close()
    if not is_postgres_url(location):
        assert list(Path(location).parent.iterdir()) == []
        return
    with administering(sample, location) as connection:
        assert connection.execute("SELECT 1 FROM pg_namespace WHERE nspname LIKE 'qiyafa%'").fetchall() == []


def test_what_is_written_is_there_for_everybody_and_after_reopening(
    sample: StoreSample, store: Any, location: str
) -> None:
    other = sample.opened(location)
    assert sample.written(other) == sample.written(store) == {0, 1}
    sample.write(other, 2)
    assert sample.written(store) == {0, 1, 2}
    other.close()
    store.close()
    reopened = sample.opened(location)
    for one in (reopened, store):
        assert sample.written(one) == {0, 1, 2}
        sample.check(one)
    reopened.close()


def test_writing_the_same_again_changes_nothing(sample: StoreSample, store: Any) -> None:
    before = sample.questions(store, "anything")
    sample.write(store, 1)
    assert sample.questions(store, "anything") == before
    sample.check(store)


def test_two_writers_at_once_lose_nothing_and_a_reader_beside_them_sees_whole_states_only(
    kind: str, sample: StoreSample, location: str, writers: ForkedWriters, tmp_path: Path
) -> None:
    told = [tmp_path / "one.told", tmp_path / "other.told"]
    watching = sample.opened(location)
    with Watcher(lambda: sample.written(watching)) as watcher:
        # The place is empty, so both also want to make the tables.
        both = [
            writers.start(kind, location, file, range(first, 2 * BATCHES_OF_EACH, 2)) for first, file in enumerate(told)
        ]
        assert [writer.end() for writer in both] == [True, True]
    assert (watcher.fault, watcher.looks > 0) == (None, True)
    assert sorted(number for file in told for number in acknowledged(file)) == list(range(2 * BATCHES_OF_EACH))
    sample.write(watching, 2 * BATCHES_OF_EACH)
    assert sample.written(watching) == set(range(2 * BATCHES_OF_EACH + 1))
    sample.check(watching)
    watching.close()


def test_kinds_that_share_a_place_do_not_meet_or_refuse_each_other(
    kind: str, sample: StoreSample, store: Any, location: str
) -> None:
    for name, other in STORE_SAMPLES.items():
        if name == kind:
            continue
        if not is_postgres_url(location):
            for use in uses(other):
                assert refused(other, location, use).key == "store.error.foreign"
            continue
        beside = other.opened(location)
        assert other.written(beside) == set()
        other.write(beside, 5)
        assert other.written(beside) == {5}
        beside.close()
    assert sample.written(store) == {0, 1}
    sample.check(store)


# What goes wrong -----------------------------------------------------------------------------------------------------


def test_a_foreign_place_is_refused_and_left_alone(sample: StoreSample, location: str) -> None:
    if is_postgres_url(location):
        with administering(sample, location) as connection:
            connection.execute(f"CREATE SCHEMA qiyafa_{sample.schema.kind} CREATE TABLE songs (title TEXT)")
    else:
        with closing(sqlite3.connect(location)) as connection:
            connection.execute("CREATE TABLE songs (title TEXT)")
    for use in uses(sample):
        assert refused(sample, location, use).key == "store.error.foreign"


def test_a_store_of_a_newer_qiyafa_is_refused(sample: StoreSample, store: Any, location: str) -> None:
    newer = sample.schema.version + 1
    is_server = is_postgres_url(location)
    change(sample, location, f"UPDATE about SET version = {newer}" if is_server else f"PRAGMA user_version = {newer}")
    for use in uses(sample):
        assert refused(sample, location, use).key == "store.error.newer"


def test_each_table_that_is_gone_is_damage(sample: StoreSample, store: Any, location: str) -> None:
    for table in tables(sample):
        change(sample, location, f"ALTER TABLE {table} RENAME TO gone")
        keys = set()
        for use in (lambda one: sample.questions(one, "anything"), sample.check):
            opened = sample.opened(location)
            try:
                use(opened)
            except QiyafaError as error:
                keys.add(error.key)
            opened.close()
        assert keys == {"store.error.damaged"}, table
        change(sample, location, f"ALTER TABLE gone RENAME TO {table}")
    assert sample.written(store) == {0, 1}


def test_a_file_whose_pages_were_overwritten_is_damage(sample: StoreSample, tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    store = sample.opened(str(path))
    sample.write(store, 0)
    store.close()
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xa5" * (len(content) - 4096))
    for use in uses(sample):
        assert refused(sample, str(path), use).key == "store.error.damaged"


def test_a_file_that_was_cut_off_is_damage(sample: StoreSample, tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    store = sample.opened(str(path))
    sample.write(store, 0)
    store.close()
    os.truncate(path, 4096)
    for use in uses(sample):
        assert refused(sample, str(path), use).key == "store.error.damaged"


def test_a_place_that_may_only_be_read_is_not_written(
    sample: StoreSample, store: Any, location: str, tmp_path: Path
) -> None:
    if is_postgres_url(location):
        schema = f"qiyafa_{sample.schema.kind}"
        role = f"reader_of_{sample.schema.kind}"
        with administering(sample, location) as connection:
            connection.execute(f"DROP ROLE IF EXISTS {role}")
            connection.execute(f"CREATE ROLE {role} LOGIN")
            connection.execute(f"GRANT USAGE ON SCHEMA {schema} TO {role}")
            connection.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {role}")
        for_reader = location.replace("postgres@", f"{role}@")
        reader = sample.opened(for_reader)
        assert sample.written(reader) == {0, 1}
        reader.close()
        error = refused(sample, for_reader, lambda one: sample.write(one, 2))
        with administering(sample, location) as connection:
            connection.execute(f"DROP OWNED BY {role}")
            connection.execute(f"DROP ROLE {role}")
    else:
        store.close()
        with only_to_read(tmp_path):
            error = refused(sample, location, lambda one: sample.write(one, 2))
    assert (error.key, type(error)) == ("store.error.failed", Unavailable)
    assert sample.written(store) == {0, 1}


@contextmanager
def only_to_read(folder: Path) -> Iterator[None]:
    """Let nobody write in a folder. Root may write everywhere, so he goes on as somebody else for a while."""
    is_root = os.geteuid() == 0
    above = [one for one in folder.parents if is_root and not one.stat().st_mode & 0o001]
    for one in above:
        one.chmod(one.stat().st_mode | 0o001)
    if is_root:
        give(folder, pwd.getpwnam("nobody").pw_uid)
    folder.chmod(0o500)
    if is_root:
        os.seteuid(pwd.getpwnam("nobody").pw_uid)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)
            give(folder, 0)
        folder.chmod(0o700)
        for one in above:
            one.chmod(one.stat().st_mode & ~0o001)


def give(folder: Path, owner: int) -> None:
    """Give a folder and what is in it to somebody."""
    for one in (folder, *folder.rglob("*")):
        os.chown(one, owner, -1)


def test_whoever_waits_too_long_for_another_writer_says_so_and_reading_goes_on(
    sample: StoreSample, store: Any, location: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    be_impatient(monkeypatch)
    database = database_at(location, sample.schema)
    with database.writing():
        error = refused(sample, location, lambda one: sample.write(one, 2))
        assert sample.written(store) == {0, 1}
    database.close()
    assert (error.key, type(error)) == ("store.error.busy", Conflict)
    sample.write(store, 2)
    assert sample.written(store) == {0, 1, 2}


def test_nobody_waits_for_ever_for_a_place_that_another_program_locks(
    sample: StoreSample, store: Any, location: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    be_impatient(monkeypatch)
    store.close()
    with locked(sample, location):
        keys = [refused(sample, location, use).key for use in uses(sample)]
    assert keys == ["store.error.busy"] * 2
    assert sample.written(store) == {0, 1}


def be_impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("sqlite_file", "postgres"):
        monkeypatch.setattr(f"qiyafa.stores.{module}.BUSY_SECONDS", 0.2)


@contextmanager
def locked(sample: StoreSample, location: str) -> Iterator[None]:
    """Lock everything, as a program does that rebuilds tables."""
    if is_postgres_url(location):
        with administering(sample, location) as connection:
            connection.execute("BEGIN")
            connection.execute(f"LOCK TABLE {', '.join(tables(sample))}")
            yield
            connection.execute("ROLLBACK")
        return
    with closing(sqlite3.connect(location, isolation_level=None)) as connection:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("BEGIN EXCLUSIVE")
        yield


def test_a_file_on_a_full_disk_stays_as_it_was(sample: StoreSample, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 1) as disk:
        location = str(disk.folder / "store.sqlite")
        store = sample.opened(location)
        key, last = written_until_it_is_refused(sample, store)
        assert key == "store.error.full"
        assert last > 0
        assert sample.written(store) == set(range(last))
        sample.check(store)
        store.close()


def written_until_it_is_refused(sample: StoreSample, store: Any) -> tuple[str, int]:
    """Write batches; return the key of the refusal, and which batch was refused."""
    for number in range(10_000):
        try:
            sample.write(store, number)
        except QiyafaError as error:
            return error.key, number
    raise AssertionError


def test_a_server_whose_disk_is_full_is_a_sentence_and_the_store_stays_as_it_was(
    sample: StoreSample, postgres_server: Any
) -> None:
    """The server is told to answer every write as it does when its disk is full."""
    location = postgres_server.made_database("full")
    store = sample.opened(location)
    sample.write(store, 0)
    full = "BEGIN RAISE EXCEPTION 'no space left on device' USING ERRCODE = 'disk_full'; END"
    change(
        sample,
        location,
        f"CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ {full} $$",
        *(
            f"CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE OR DELETE ON {table} EXECUTE FUNCTION full_disk()"
            for table in tables(sample)
        ),
    )
    error = refused(sample, location, lambda one: sample.write(one, 1))
    assert (error.key, type(error)) == ("store.error.full", Unavailable)
    assert sample.written(store) == {0}
    store.close()


def test_a_hostile_text_is_refused_or_comes_back_equal(sample: StoreSample, store: Any) -> None:
    not_kept: dict[str, str] = {}
    for name, words in HOSTILE.items():
        try:
            assert sample.echo(store, words) == {words}
        except InvalidInput as error:
            not_kept[name] = text(error.key, **error.fields)
        assert sample.written(store) == {0, 1}
    assert not_kept.keys() <= NOT_ALWAYS_KEPT
    for said in not_kept.values():
        assert not any(hidden in said for hidden in "\0\ud800\udcff")
        assert len(said) < 1000


def test_a_question_about_a_hostile_text_is_answered_or_refused(sample: StoreSample, location: str) -> None:
    store = sample.opened(location)
    for _ in ("missing", "made"):
        not_asked = set()
        for name, words in HOSTILE.items():
            try:
                sample.questions(store, words)
            except InvalidInput:
                not_asked.add(name)
        assert not_asked <= NOT_ALWAYS_KEPT - {"long", "long and random"}
        sample.write(store, 0)
    store.close()


def test_a_folder_whose_name_is_no_text_holds_a_store_like_any_other(sample: StoreSample, tmp_path: Path) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9 %41?#"))
    folder.mkdir()
    store = sample.opened(str(folder / "store.sqlite"))
    sample.write(store, 0)
    assert sample.written(store) == {0}
    store.close()
    assert SqliteFile(folder / "store.sqlite", sample.schema).is_sound()
