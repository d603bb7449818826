"""Where stores are: files of a folder, or all of them in the database that the environment names."""

import os
import stat
from pathlib import Path

import pytest

from qiyafa.app.home import Home, find_home
from qiyafa.model.errors import InvalidInput

URL = "postgresql://user@127.0.0.1/stores"


def stores(home: Home) -> list[str | Path]:
    return [
        *(home.labels, home.lists, home.clusters, home.verdicts, home.keys),
        *(home.record, home.collections, home.deliveries),
    ]


def test_each_store_is_a_file_of_the_folder(tmp_path: Path) -> None:
    home = find_home(tmp_path / "home")
    places = stores(home)
    assert len(set(places)) == 8
    assert all(isinstance(one, Path) and one.parent == tmp_path / "home" for one in places)
    assert not (tmp_path / "home").exists()
    assert stat.S_IMODE(home.made().path.stat().st_mode) == 0o700


def test_a_database_has_every_store_and_the_folder_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QIYAFA_DATABASE", f" {URL} ")
    home = find_home(tmp_path / "home")
    assert set(stores(home)) == {URL}
    assert not home.made().path.exists()


def test_the_signing_key_stays_a_file(tmp_path: Path) -> None:
    home = Home(tmp_path / "home", URL)
    assert home.with_folder().signing_key == tmp_path / "home" / "signing.key"
    assert (tmp_path / "home").is_dir()


@pytest.mark.parametrize("named", ["mysql://user:secret@127.0.0.1/stores", "/srv/stores.sqlite", "sqlite:///a", "yes"])
def test_another_kind_of_database_is_refused_and_not_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    monkeypatch.setenv("QIYAFA_DATABASE", named)
    with pytest.raises(InvalidInput) as refused:
        find_home(tmp_path)
    assert (refused.value.key, refused.value.fields) == ("home.error.database", {})


def test_the_folder_is_the_chosen_one_else_that_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QIYAFA_HOME", str(tmp_path / "named"))
    assert find_home(tmp_path / "chosen").path == tmp_path / "chosen"
    assert find_home(None).path == tmp_path / "named"
    (tmp_path / "named").touch()
    with pytest.raises(InvalidInput):
        find_home(None)


def test_no_test_uses_the_database_of_whoever_runs_it() -> None:
    assert "QIYAFA_DATABASE" not in os.environ
