"""Progress: nothing for what is quick, sparse lines for logs, a bar for people."""

import sys

import pytest

from qiyafa.cli import progress
from qiyafa.cli.progress import progress_bar, stage_name


def test_quick_work_shows_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bar(quiet=False) as report:
        report("scenario.stage.live", 1, 2)
    assert capsys.readouterr() == ("", "")


def test_long_work_without_a_terminal_shows_plain_lines(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress, "LINE_SECONDS", 0.0)
    with progress_bar(quiet=False) as report:
        report("scenario.stage.live", 1, 4)
        report("scenario.stage.live", 3, 0)
    written = capsys.readouterr()
    assert written.out == ""
    assert written.err.splitlines() == ["Making the scenario: 25%", "Making the scenario: 3"]


def test_long_work_at_a_terminal_shows_a_bar_and_takes_it_away(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress, "PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    with progress_bar(quiet=False) as report:
        report("scenario.stage.live", 1, 4)
        report("trace.progress.walk", 2, 4)
    written = capsys.readouterr()
    assert written.out == ""
    assert "Following the money" in written.err


def test_quiet_means_quiet(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(progress, "LINE_SECONDS", 0.0)
    with progress_bar(quiet=True) as report:
        report("scenario.stage.live", 1, 4)
    assert capsys.readouterr() == ("", "")


def test_a_stage_that_the_catalogue_lacks_is_shown_harmlessly() -> None:
    assert stage_name("no.such\x1bstage") == "no.such\\x1bstage"
