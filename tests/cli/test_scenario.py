"""`qiyafa scenario`: what it wrote, and refusals."""

import shlex
import shutil
from pathlib import Path

import pytest
from tests.cli.running import Qiyafa

from qiyafa.app.demo import Demo
from qiyafa.app.scenario.create import DEFAULT_TRANSFERS as USE_CASE_DEFAULT
from qiyafa.app.scenario.create import FILES, LEAST_TRANSFERS
from qiyafa.cli.scenario import DEFAULT_TRANSFERS


def test_it_says_what_it_wrote(qiyafa: Qiyafa, tmp_path: Path) -> None:
    ran = qiyafa("scenario", "--seed", "3", "--out", tmp_path, "--transfers", LEAST_TRANSFERS)
    assert (ran.code, ran.err) == (0, "")
    assert str(tmp_path) in ran.out
    assert {entry.name for entry in tmp_path.iterdir()} == set(FILES)


def test_quiet_is_quiet(qiyafa: Qiyafa, tmp_path: Path) -> None:
    ran = qiyafa("scenario", "--seed", "3", "--out", tmp_path, "--transfers", LEAST_TRANSFERS, "--quiet")
    assert (ran.code, ran.out, ran.err) == (0, "", "")


def test_too_few_transfers_are_refused(qiyafa: Qiyafa, tmp_path: Path) -> None:
    ran = qiyafa("scenario", "--seed", "3", "--out", tmp_path, "--transfers", "10")
    assert ran.code == 2
    assert "from 8000 to" in ran.err


def test_the_command_and_the_use_case_agree_on_the_default() -> None:
    assert int(DEFAULT_TRANSFERS) == USE_CASE_DEFAULT


def test_the_commands_in_its_readme_work(
    qiyafa: Qiyafa, demo: Demo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(demo.scenario.folder, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    written = (tmp_path / "README.txt").read_text("utf-8").replace("\\\n", " ")
    commands = [shlex.split(line) for line in written.splitlines() if line.startswith("  qiyafa ")]
    assert [command[1] for command in commands] == ["ingest", "trace"]
    for command in commands:
        ran = qiyafa(*command[1:])
        assert (ran.code, ran.err) == (0, "")
    assert "The bridge theft of scenario 7" in ran.out
