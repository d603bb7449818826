"""A file a user asked for is whole or not there; a device is written, never replaced."""

import contextlib
from pathlib import Path

import pytest

from qiyafa.app.files import written_aside
from qiyafa.model.errors import Unavailable


def test_a_file_takes_its_name_when_all_is_written(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    with written_aside(path) as file:
        file.write("all of it")
        assert not path.exists()
    assert path.read_text(encoding="utf-8") == "all of it"
    assert list(tmp_path.iterdir()) == [path]


def test_what_was_there_stays_if_writing_fails(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text("old", encoding="utf-8")
    with contextlib.suppress(KeyboardInterrupt), written_aside(path) as file:
        file.write("half")
        raise KeyboardInterrupt
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_is_followed(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("old", encoding="utf-8")
    link.symlink_to(target)
    with written_aside(link) as file:
        file.write("new")
    assert link.is_symlink()
    assert target.read_text(encoding="utf-8") == "new"


def test_a_full_device_is_said_and_stays_a_device() -> None:
    path = Path("/dev/full")
    with pytest.raises(Unavailable), written_aside(path) as file:
        file.write("too much")
    assert path.is_char_device()


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(Unavailable), written_aside(tmp_path / "missing" / "report.html") as file:
        file.write("nothing")
