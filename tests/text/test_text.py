"""Whatever hostile data says, a sentence shows it and does not act on it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiyafa.text import shown, text

HOSTILE = {
    "terminal escape": ("\x1b[2J\x1b]0;owned\x07", "\\x1b[2J\\x1b]0;owned\\x07"),
    "new line": ("line\nqiyafa: all is well", "line\\x0aqiyafa: all is well"),
    "carriage return": ("real\rfake", "real\\x0dfake"),
    "right-to-left override": ("abc\u202egpj.exe", "abc\\u{202e}gpj.exe"),
    "isolate": ("\u2066x\u2069", "\\u{2066}x\\u{2069}"),
    "zero width": ("exch\u200bange", "exch\\u{200b}ange"),
    "byte order mark": ("\ufeffname", "\\u{feff}name"),
    "line separator": ("a\u2028b", "a\\u{2028}b"),
    "lone surrogate": ("a\ud800b", "a\\u{d800}b"),
    "null": ("a\x00b", "a\\x00b"),
}


@pytest.mark.parametrize(("hostile", "harmless"), HOSTILE.values(), ids=HOSTILE.keys())
def test_what_would_act_is_shown_as_an_escape(hostile: str, harmless: str) -> None:
    assert shown(hostile) == harmless


@pytest.mark.parametrize("readable", ["plain", "قيافة", "추적", "Å, ñ, 汇旺", "100 %"])
def test_what_people_write_stays_as_it_is(readable: str) -> None:
    assert shown(readable) == readable


@given(st.text())
def test_nothing_hidden_or_reordering_is_ever_left(hostile: str) -> None:
    assert not any(unicodedata.category(character).startswith(("C", "Zl", "Zp")) for character in shown(hostile))


def test_a_text_without_end_is_cut() -> None:
    assert len(shown("a" * 10_000)) < 400


def test_a_field_is_harmless_in_a_sentence_and_never_a_format_of_its_own() -> None:
    sentence = text("cli.error.until", value="{value.__class__}\x1b[31m")
    assert "{value.__class__}\\x1b[31m" in sentence


def test_an_unknown_key_is_our_own_mistake() -> None:
    with pytest.raises(KeyError):
        text("cli.no.such.text")
