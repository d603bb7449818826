"""Names of groups in prose of three languages."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiyafa.documents.names import NameTree

TREE = NameTree(
    [
        ("Lazarus Group", "lazarus"),
        ("Lazarus", "lazarus"),
        ("مجموعة لازاروس", "lazarus"),
        ("لازاروس", "lazarus"),
        ("라자루스", "lazarus"),
        ("TraderTraitor", "trader-traitor"),
        ("أندارييل", "andariel"),
        ("Park Jin Hyok", "park"),
    ]
)


def names(prose: str) -> list[tuple[str, str]]:
    found = TREE.find(prose)
    for one in found:
        assert prose[one.start : one.end] == one.text
    return [(one.text, one.entity) for one in found]


@pytest.mark.parametrize(
    ("prose", "found"),
    [
        ("The LAZARUS group did it.", [("LAZARUS group", "lazarus")]),
        ("Lazarus's coders", [("Lazarus", "lazarus")]),
        ("tracked as TraderTraitor, Jade Sleet", [("TraderTraitor", "trader-traitor")]),
        ('مجموعة "لازاروس" المرتبطة', [('مجموعة "لازاروس', "lazarus")]),
        ("ولازاروس وبأندارييل", [("لازاروس", "lazarus"), ("أندارييل", "andariel")]),
        ("لازاروسُ", [("لازاروسُ", "lazarus")]),
        ("اندارييل", [("اندارييل", "andariel")]),
        ("북한 해킹조직 라자루스가", [("라자루스", "lazarus")]),
        ("'라자루스'와", [("라자루스", "lazarus")]),
        ("Park Jin-hyok", [("Park Jin-hyok", "park")]),
        ("Lazarusian theology, Lazaruss, 라자루스산 포도주", []),
        ("Park Jin", []),
    ],
)
def test_names_are_found_as_words(prose: str, found: list[tuple[str, str]]) -> None:
    assert names(prose) == found


def test_the_longest_name_wins_and_the_first_bearer_keeps_a_shared_name() -> None:
    tree = NameTree([("APT38", "lazarus"), ("APT38", "bluenoroff"), ("APT38 Team", "other")])
    assert [one.entity for one in tree.find("APT38 and APT38 Team")] == ["lazarus", "other"]


@given(st.text(max_size=200))
def test_any_text_can_be_searched(prose: str) -> None:
    names(prose)


@pytest.mark.parametrize("part", ["Lazarus ", "Park Jin ", "و", "라자루스가", "\u0301", "x'"])
def test_a_megabyte_takes_seconds_at_most(part: str) -> None:
    text = (part * (1_000_000 // len(part) + 1))[:1_000_000]
    began = time.process_time()
    TREE.find(text)
    assert time.process_time() - began < 8
