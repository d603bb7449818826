"""PostgreSQL as a database: what is said when it cannot be used, without the password; servers that come and go."""

import sys

import pytest

from qiyafa.model.errors import Conflict, InvalidInput, Unavailable
from qiyafa.stores.database import Schema
from qiyafa.stores.postgres import PostgresDatabase, is_postgres_url
from qiyafa.text import text

SCHEMA = Schema("record", 0x51695476, 1, "CREATE TABLE facts (fact TEXT PRIMARY KEY) STRICT;\n")
PASSWORD = "open-sesame"


def use(database: PostgresDatabase) -> None:
    with database.reading() as session:
        assert session is None


@pytest.mark.parametrize(
    ("location", "is_url"),
    [
        ("postgresql://me@host/db", True),
        ("postgres://host/db", True),
        ("record.sqlite", False),
        ("/a/postgres://", False),
    ],
)
def test_a_url_of_a_server_is_told_from_a_path(location: str, is_url: bool) -> None:
    assert is_postgres_url(location) is is_url


@pytest.mark.parametrize("tail", ["@[half/db", "@me@host/db", "@host/db?nonsense=1", "@host/%zz"])
def test_a_url_that_is_none_is_refused_without_repeating_it(tail: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        use(PostgresDatabase(f"postgresql://me:{PASSWORD}{tail}", SCHEMA))
    assert PASSWORD not in text(refused.value.key, **refused.value.fields)
    assert PASSWORD not in str(refused.value)


def test_a_server_that_is_not_there_is_a_sentence_without_the_password() -> None:
    database = PostgresDatabase(f"postgresql://me:{PASSWORD}@127.0.0.1:1/db", SCHEMA)
    assert database.location == "postgresql://me@127.0.0.1:1/db"
    with pytest.raises(Unavailable) as failed:
        use(database)
    said = text(failed.value.key, **failed.value.fields)
    assert failed.value.key == "store.error.failed"
    assert "127.0.0.1" in said
    assert PASSWORD not in said
    assert failed.value.__cause__ is None


def test_without_the_driver_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(Unavailable) as failed:
        PostgresDatabase("postgresql://me@host/db", SCHEMA)
    assert "pip install 'qiyafa[postgres]'" in text(failed.value.key, **failed.value.fields)


def test_a_database_that_does_not_exist_is_a_sentence(postgres_server) -> None:
    with pytest.raises(Unavailable):
        use(PostgresDatabase(postgres_server.url("never-made"), SCHEMA))


def test_somebody_elses_schema_of_our_name_is_refused(postgres_server) -> None:
    url = postgres_server.made_database("theirs")
    database = PostgresDatabase(url, SCHEMA)
    with database._connection() as connection:
        connection.execute("CREATE SCHEMA qiyafa_record")
    with pytest.raises(Conflict) as refused:
        use(database)
    assert refused.value.key == "store.error.foreign"
    database.close()


def test_a_connection_that_the_server_closed_is_made_anew(postgres_server) -> None:
    import psycopg

    url = postgres_server.made_database("closed")
    database = PostgresDatabase(url, SCHEMA)
    use(database)
    with psycopg.connect(postgres_server.url(), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'closed'")
    use(database)
    database.close()
