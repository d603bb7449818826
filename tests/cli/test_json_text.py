"""Answers for programs: exact, and harmless on a terminal."""

import json

from hypothesis import given
from hypothesis import strategies as st

from qiyafa.cli.json_text import json_text


@given(st.text())
def test_what_is_read_back_is_what_was_written(value: str) -> None:
    assert json.loads(json_text({value: [value]})) == {value: [value]}


def test_nothing_hides_or_turns_text_around() -> None:
    written = json_text("\u202eabc\u200b\x9b\ufeff")
    assert written.isascii()
    assert json.loads(written) == "\u202eabc\u200b\x9b\ufeff"


def test_letters_of_every_language_stay_letters() -> None:
    assert json_text("قيافة 추적") == '"قيافة 추적"'
