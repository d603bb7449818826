"""Names in three scripts meet, other names do not."""

import pytest

from qiyafa.lists import name_matcher
from qiyafa.lists.name_matcher import Through, compare_names

pytestmark = pytest.mark.names

LAZARUS = ("Lazarus", "لازاروس", "라자루스")
PARK = ("Park Jin Hyok", "박진혁", "بارك جين هيوك")
MEETS = 0.8
APART = 0.7


@pytest.mark.parametrize("names", [LAZARUS, PARK])
def test_one_party_meets_in_every_script(names: tuple[str, ...]) -> None:
    assert {compare_names(asked, [other]).score >= MEETS for asked in names for other in names} == {True}


@pytest.mark.parametrize("names", [LAZARUS, PARK])
def test_they_meet_by_reading_alone_too(names: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(name_matcher, "known_as", lambda _name: ())
    for asked in names:
        for other in names:
            match = compare_names(asked, [other])
            assert match.score >= MEETS, (asked, other)
            assert match.through is (Through.WRITTEN if asked == other else Through.READING)


@pytest.mark.parametrize(
    ("asked", "other"),
    [
        ("Kim Jong Un", "박진혁"),
        ("이진혁", "Park Jin Hyok"),
        ("Lazarus", "بارك جين هيوك"),
        ("한국은행", "라자루스"),
        ("كيم", "Kamo"),
        ("Lazard", "라자루스"),
        ("Tian Yinyin", "Sim Hyon Sop"),
    ],
)
def test_other_names_stay_apart(asked: str, other: str) -> None:
    assert compare_names(asked, [other]).score < APART


def test_a_name_of_no_curated_party_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    match = compare_names("심현섭", ["SIM, Hyon Sop"], "person")
    assert match.score >= MEETS
    assert match.through is Through.READING
    assert match.read_as == "sim hyon sop"


def test_an_alias_names_its_source() -> None:
    match = compare_names("Diamond Sleet", ["LAZARUS GROUP"])
    assert match.through is Through.ALIAS
    assert "Treasury" in match.source


def test_the_order_of_names_and_their_comma_do_not_matter() -> None:
    assert compare_names("Yinyin Tian", ["TIAN, Yinyin"], "person").score >= MEETS


def test_a_party_without_names_is_like_nothing() -> None:
    assert compare_names("Lazarus", ["", "\u200b"]).score == 0
