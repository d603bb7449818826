"""`qiyafa demo`: what a stranger sees first is true, and its commands can be copied."""

import json
import shlex
from dataclasses import replace
from pathlib import Path

import pytest
from tests.cli.running import Qiyafa

from qiyafa.app import demo as app_demo
from qiyafa.app.demo import Demo
from qiyafa.app.scenario.create import LEAST_TRANSFERS
from qiyafa.cli.demo import DEFAULT_FOLDER, DEFAULT_SEED, DEFAULT_TRANSFERS
from qiyafa.text.amounts import readable_units

SMALL = ("--transfers", str(LEAST_TRANSFERS))


@pytest.fixture
def made(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> Demo:
    """Let the command find the small demo already done, so that only its words are tested."""
    monkeypatch.setattr(app_demo, "run_demo", lambda *_, **__: demo)
    return demo


def test_the_command_and_the_use_case_agree_on_defaults() -> None:
    assert int(DEFAULT_SEED) == app_demo.DEFAULT_SEED
    assert int(DEFAULT_TRANSFERS) == app_demo.create.DEFAULT_TRANSFERS
    assert str(DEFAULT_FOLDER) == "qiyafa-demo"


def test_everything_is_done_and_said(qiyafa: Qiyafa, made: Demo) -> None:
    ran = qiyafa("demo")
    assert (ran.code, ran.err) == (0, "")
    stolen = readable_units(made.scenario.truth.stolen, "ETH", 18, exact=True)
    assert f"Every stolen unit is accounted for, by every method: {stolen}" in ran.out
    for method in ("fifo", "lifo", "prorata", "clean_first", "stolen_first", "poison"):
        assert f"\n{method} " in ran.out


def test_its_commands_can_be_copied(qiyafa: Qiyafa, made: Demo) -> None:
    lines = [line.strip() for line in qiyafa("demo").out.splitlines()]
    commands = [shlex.split(line) for line in lines if line.startswith("qiyafa ")]
    assert {command[1] for command in commands} == {"trace", "explain", "path"}
    for command in commands:
        assert qiyafa(*command[1:]).code == 0


def test_quiet_leaves_the_hints_out(qiyafa: Qiyafa, made: Demo) -> None:
    ran = qiyafa("demo", "--quiet")
    assert "accounted for" in ran.out
    assert "Try next" not in ran.out


def test_programs_get_counts_and_not_percentages(qiyafa: Qiyafa, made: Demo) -> None:
    record = json.loads(qiyafa("demo", "--json").out)
    assert record["accounted"] is True
    fifo = record["methods"]["fifo"]
    assert fifo["accounted"] == record["truth"]["stolen"] == str(made.scenario.truth.stolen)
    assert fifo["holders"]["true"] == record["truth"]["holders"]
    assert int(fifo["units"]["right"]) < int(fifo["units"]["true"])
    assert record["methods"]["poison"]["units"] is None


def test_a_unit_that_is_not_accounted_for_is_said_and_code_1(
    qiyafa: Qiyafa, demo: Demo, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = replace(demo, accuracy=replace(demo.accuracy, stolen_units=demo.accuracy.stolen_units + 1))
    monkeypatch.setattr(app_demo, "run_demo", lambda *_, **__: wrong)
    ran = qiyafa("demo")
    assert ran.code == 1
    assert "got lost or were invented" in ran.out
    assert "Every stolen unit is accounted for" not in ran.out
    assert qiyafa("demo", "--json").code == 1


def test_from_nothing_to_a_report(qiyafa: Qiyafa, tmp_path: Path) -> None:
    ran = qiyafa("demo", *SMALL, "--seed", "9", "--out", tmp_path / "a folder", "--quiet")
    assert ran.code == 0
    assert "qiyafa demo --transfers" in (tmp_path / "a folder" / "report.html").read_text("utf-8")


def test_a_folder_of_somebody_else_is_refused_with_code_3(qiyafa: Qiyafa, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").touch()
    ran = qiyafa("demo", *SMALL, "--out", tmp_path)
    assert ran.code == 3
    assert "nothing was changed" in ran.err
    assert [entry.name for entry in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("wrong", [("--seed", "-1"), ("--seed", "x"), ("--transfers", "5")])
def test_wrong_numbers_are_a_sentence_and_code_2(qiyafa: Qiyafa, tmp_path: Path, wrong: tuple[str, str]) -> None:
    ran = qiyafa("demo", *wrong, "--out", tmp_path / "demo")
    assert ran.code == 2
    assert not (tmp_path / "demo").exists()
