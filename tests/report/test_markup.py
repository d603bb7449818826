"""Markup: nothing hostile becomes markup, nothing hidden stays hidden."""

from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiyafa.report.markup import Markup, el, joined, pixels, say, whole
from qiyafa.text import shown


@given(st.text())
def test_text_never_becomes_markup(value: str) -> None:
    for written in (el("p", value), el("p", title=value), whole(value)):
        inside = written.removeprefix("<p>").removeprefix('<p title="').removesuffix("</p>").removesuffix('"></p>')
        assert not set(inside.removesuffix('">')) & set("<>\"'")


@given(st.text(max_size=300))
def test_a_text_reads_as_the_catalogue_would_show_it(value: str) -> None:
    assert unescape(joined(value)) == shown(value)


@given(st.text(alphabet="0123456789abcdefx<&\u202e", max_size=1000))
def test_a_whole_text_is_never_cut(value: str) -> None:
    assert unescape(whole(value)).replace("\\u{202e}", "\u202e") == value


def test_a_sentence_takes_markup_only_as_markup() -> None:
    assert say("report.case", case="<b>") == "Case &lt;b&gt;"
    assert say("report.case", case=el("b", "<")) == "Case <b>&lt;</b>"


def test_marks_for_markup_cannot_be_forged_by_a_text() -> None:
    forged = say("report.headline.place.known", category="\x000\x00", name=el("b", "x"))
    assert forged == "the \\x000\\x00 <b>x</b>"


def test_elements_take_flags_numbers_and_nested_children() -> None:
    element = el("input", type="search", hidden=True, disabled=False, title=None, tabindex=0)
    assert element == '<input type="search" hidden tabindex="0">'
    assert el("p", ["a", [1234, None]], Markup("<br>")) == "<p>a1,234<br></p>"


@pytest.mark.parametrize(("value", "written"), [(1.0, "1"), (0.25, "0.2"), (10.06, "10.1")])
def test_lengths_have_a_tenth_at_most(value: float, written: str) -> None:
    assert pixels(value) == written
