"""`qiyafa attribution` from a command line."""

import json
from pathlib import Path

import pytest
from tests.cli.running import Qiyafa, Ran

FILE = """
[[attribution]]
id = "own"
incident = "coincheck-2018"
title = "Ours"
author = "A. Analyst"
stated = 2024-05-02

[[attribution.hypotheses]]
id = "g"
statement = "incident by actor"
subject = "coincheck-2018"
answer = "lazarus"
words = "It did."
prior = "0.5"
prior_reason = "Half."

[[attribution.hypotheses]]
id = "o"
statement = "incident by actor"
subject = "coincheck-2018"
answer = "other"
words = "Others."
prior = "0.5"
prior_reason = "It is half."

[[attribution.evidence]]
id = "e"
words = "A finding."
kind = "malware"
source = "nis-2018-02"
grade = "B2"
origin = "own"
likelihoods = [{ hypothesis = "g", probability = "0.8" }, { hypothesis = "o", probability = "0.2" }]
reason = "Because."
"""


class Command:
    """`qiyafa attribution` in a home of its own."""

    def __init__(self, qiyafa: Qiyafa, home: Path) -> None:
        self._qiyafa, self.home = qiyafa, home

    def __call__(self, *arguments: str | Path) -> Ran:
        return self._qiyafa("attribution", *arguments, "--home", self.home)


@pytest.fixture
def command(qiyafa: Qiyafa, tmp_path: Path) -> Command:
    return Command(qiyafa, tmp_path / "home")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "own.toml"
    path.write_text(FILE, encoding="utf-8")
    return path


def test_a_fresh_install_lists_two_worked_attributions_and_writes_nothing(command: Command) -> None:
    ran = command("list")
    assert ran.code == 0
    assert "ronin-2022" in ran.out
    assert "the question is open" in ran.out
    assert {one["id"] for one in json.loads(command("list", "--json").out)} >= {"ronin-2022", "coincheck-2018"}
    assert not command.home.exists()


def test_one_is_read_as_an_argument(command: Command) -> None:
    ran = command("show", "ronin-2022")
    assert ran.code == 0
    assert "Lazarus stole from the Ronin bridge. That is very likely" in ran.out
    assert "Evidence against lazarus" in ran.out
    assert command("show", "ronin-2022").out == ran.out


def test_the_same_without_an_origin_and_with_a_flat_prior(command: Command) -> None:
    shown = json.loads(command("show", "ronin-2022", "--without", "us-government", "--flat-prior", "--json").out)
    assert shown["conditions"] == {"without": ["us-government"], "flat_prior": True}
    assert "fbi-statement" in shown["unused"]
    assert all(one["origin"] != "us-government" for finding in shown["findings"] for one in finding["evidence"])


def test_it_is_written_as_markdown(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "coincheck.md"
    ran = command("show", "coincheck-2018", "--out", path)
    assert (ran.code, ran.out) == (0, f"Written to {path}.\n")
    written = path.read_text("utf-8")
    assert written.startswith("# Who stole from Coincheck")
    assert "| --- | --- |" in written


def test_what_is_not_there_is_wrong_use(command: Command) -> None:
    ran = command("show", "ronin")
    assert (ran.code, ran.out) == (2, "")
    assert "Did you mean ronin-2022" in ran.err
    assert command("show", "ronin-2022", "--without", "fbi").code == 2
    assert command("show", "ronin-2022", "--as-of", "yesterday").code == 2


def test_before_it_was_known_it_is_not_there(command: Command, file: Path) -> None:
    assert command("add", file, "--author", "A. Analyst").code == 0
    assert command("show", "own").code == 0
    assert command("show", "own", "--as-of", "2024-06-01").code == 2


def test_a_file_is_checked_and_then_added(command: Command, file: Path) -> None:
    checked = command("check", file)
    assert checked.code == 0
    assert "Nothing was stored. There would be 1 new" in checked.out
    assert "71" in checked.out
    assert "qiyafa attribution show" not in checked.out
    assert not command.home.exists()
    added = command("add", file, "--author", "A. Analyst")
    assert added.code == 0
    assert "Stored: 1 new" in added.out
    assert command("add", file, "--author", "A. Analyst").code == 0


def test_a_fault_is_a_finding_of_check_and_stops_add(command: Command, file: Path) -> None:
    file.write_text(FILE.replace('prior = "0.5"', 'prior = "0.6"'), encoding="utf-8")
    checked = command("check", file)
    assert checked.code == 1
    assert "sum to 1.2, not to 1" in checked.out
    added = command("add", file)
    assert added.code == 2
    assert "Nothing was stored" in added.err
    shown = json.loads(command("check", file, "--json").out)
    assert [one["key"] for one in shown["problems"]] == ["attribution.problem.priors"]
    assert shown["attributions"][0]["findings"] == []


def test_a_change_needs_a_reason(command: Command, file: Path) -> None:
    command("add", file, "--author", "A. Analyst")
    file.write_text(FILE.replace("A finding.", "Another finding."), encoding="utf-8")
    assert command("check", file).code == 0
    assert command("add", file, "--author", "A. Analyst").code == 2
    assert command("add", file, "--author", "A. Analyst", "--reason", "read again").code == 0
    assert "Another finding." in command("show", "own").out


@pytest.mark.parametrize("content", ["", "[[incident]]\n", "no toml", '[[attribution]]\nid = "x"\n'])
def test_a_file_that_is_none_is_refused(command: Command, file: Path, content: str) -> None:
    file.write_text(content, encoding="utf-8")
    ran = command("check", file)
    assert ran.code in {1, 2}
    assert "Traceback" not in ran.err
    assert command("check", file.with_name("missing.toml")).code == 2
