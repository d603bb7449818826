"""Both places in which a store may keep its tables, every kind of store, and writers of it in other processes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conformance.store_samples import STORE_SAMPLES, StoreSample

from support.forked_writers import ForkedWriters, forked_writers
from support.postgres import PostgresServer


@pytest.fixture(params=["sqlite", "postgresql"])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where nothing was ever stored: a path, or the URL of an empty database."""
    if request.param == "sqlite":
        return str(tmp_path / "record.sqlite")
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return server.made_database("empty")


@pytest.fixture(params=STORE_SAMPLES)
def kind(request: pytest.FixtureRequest) -> str:
    """Every kind of store."""
    return request.param


@pytest.fixture
def sample(kind: str) -> StoreSample:
    """How that kind is opened, written and read."""
    return STORE_SAMPLES[kind]


@pytest.fixture(scope="session")
def writers() -> Iterator[ForkedWriters]:
    """Writers in processes of their own."""
    with forked_writers() as found:
        yield found
