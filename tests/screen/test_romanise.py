"""Readings of Arabic and Korean names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiyafa.screen.romanise import MOST_READINGS, folded, keys, readings, skeleton, token_readings


def whole_readings(name: str) -> set[str]:
    """Return every whole reading of a short name."""
    import itertools

    return {" ".join(tokens) for way in token_readings(name) for tokens in itertools.product(*way)}


@pytest.mark.parametrize(
    ("written", "latin"),
    [
        ("박진혁", "park jin hyok"),
        ("박진혁", "pak jin hyok"),
        ("심현섭", "sim hyon sop"),
        ("김영철", "kim yong chol"),
        ("리철", "ri chol"),
        ("بارك جين هيوك", "park jin hyok"),
        ("سيم هيون سوب", "sim hyon sop"),
    ],
)
def test_a_name_has_the_reading_of_the_lists_among_its_readings(written: str, latin: str) -> None:
    assert latin in whole_readings(written)


@pytest.mark.parametrize("written", ["لازاروس", "라자루스"])
def test_lazarus_is_read_in_both_scripts(written: str) -> None:
    assert "lazarus" in readings(written)


def test_different_names_share_no_key() -> None:
    assert not keys("박진혁") & keys("Tian Yinyin")
    assert not keys("لازاروس") & keys("Kimsuky")


def test_one_name_in_three_scripts_shares_keys() -> None:
    korean, arabic, latin = keys("박진혁"), keys("بارك جين هيوك"), keys("PAK, Jin-hyok")
    assert korean & arabic
    assert korean & latin
    assert arabic & latin


def test_a_latin_name_is_itself_without_case_accents_and_marks() -> None:
    assert folded("  PÅK,\u200b Jin-Hyŏk ") == "pak jin hyok"
    assert readings("Hyok") == ("hyok",)


def test_hamza_and_madda_do_not_part_two_spellings() -> None:
    assert folded("أندارييل") == folded("اندارييل")


def test_invisible_and_reordering_characters_are_not_letters() -> None:
    assert folded("\u202eLaz\u200carus\u2066") == "lazarus"
    assert folded("\u202e\u200b") == ""


def test_a_skeleton_keeps_consonants_that_every_script_tells_apart() -> None:
    assert skeleton("lazarus") == skeleton("rajarus".replace("j", "z"))
    assert skeleton("park") == skeleton("barg")
    assert skeleton("muhammad") == skeleton("mohamed")


@given(st.text(max_size=400))
def test_any_text_is_read_within_bounds(name: str) -> None:
    for way in token_readings(name):
        for token in way:
            assert 1 <= len(token) <= MOST_READINGS
            assert len(set(token)) == len(token)
    assert keys(name) >= set()
