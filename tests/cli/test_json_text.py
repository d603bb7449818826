"""Answers for programs: exact, and harmless on a terminal."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiyafa.cli.json_text import json_line, json_text

CLI = Path(json_text.__code__.co_filename).parent


EVERY_WAY = pytest.mark.parametrize("way", [json_text, json_line])


@EVERY_WAY
@given(value=st.text())
def test_what_is_read_back_is_what_was_written(way: Callable[[object], str], value: str) -> None:
    assert json.loads(way({value: [value]})) == {value: [value]}


@EVERY_WAY
def test_nothing_hides_or_turns_text_around(way: Callable[[object], str]) -> None:
    written = way("\u202eabc\u200b\x9b\ufeff")
    assert written.isascii()
    assert json.loads(written) == "\u202eabc\u200b\x9b\ufeff"


def test_letters_of_every_language_stay_letters() -> None:
    assert json_text("قيافة 추적") == '"قيافة 추적"'


def test_a_line_is_one_line() -> None:
    assert "\n" not in json_line({"a": ["b\nc", "\u2028"]})


def test_every_command_writes_its_json_so() -> None:
    others = [one.name for one in CLI.glob("*.py") if "json.dumps(" in one.read_text(encoding="utf-8")]
    assert others == ["json_text.py"]
