"""Both places in which a store may keep its tables."""

from pathlib import Path

import pytest

from support.postgres import PostgresServer


@pytest.fixture(params=["sqlite", "postgresql"])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where nothing was ever stored: a path, or the URL of an empty database."""
    if request.param == "sqlite":
        return str(tmp_path / "record.sqlite")
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return server.made_database("empty")
