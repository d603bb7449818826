"""Whether a home has labels: a file that is there, or tables in a database."""

from pathlib import Path

import pytest

from qiyafa.app.home import Home
from qiyafa.app.stored_labels import stored_labels
from qiyafa.model.errors import NotFound
from qiyafa.stores.labels import LabelStore

from support.labels import AT, made_label
from support.postgres import PostgresServer


@pytest.fixture(params=["files", "database"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Home:
    """A home without any store."""
    if request.param == "files":
        return Home(tmp_path)
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return Home(tmp_path / "unused", server.made_database("labels"))


def test_labels_are_found_once_some_were_stored(home: Home) -> None:
    assert stored_labels(home, must_exist=False) is None
    store = LabelStore.open(home.labels)
    store.add([made_label()], AT)
    store.close()
    assert stored_labels(home, must_exist=False) == home.labels == stored_labels(home, must_exist=True)


def test_labels_that_must_exist_and_do_not_are_missed_at_a_place_that_may_be_shown(home: Home) -> None:
    with pytest.raises(NotFound) as caught:
        stored_labels(home, must_exist=True)
    assert caught.value.key == "labels.error.no_store"
    assert "?" not in str(caught.value.fields["path"]), "no parameters of a URL"


def test_the_place_that_is_missed_never_shows_a_password(postgres_server: PostgresServer, tmp_path: Path) -> None:
    url = postgres_server.made_database("labels").replace("postgres@", "postgres:secret@")
    with pytest.raises(NotFound) as caught:
        stored_labels(Home(tmp_path, url), must_exist=True)
    assert "secret" not in str(caught.value.fields)
