"""Names found among the parties of imported lists."""

from pathlib import Path

import pytest

from qiyafa.app.home import Home
from qiyafa.app.lists import ImportRequest, import_list, read_files
from qiyafa.app.names import find_names
from qiyafa.lists.name_matcher import Through
from qiyafa.model.errors import InvalidInput

pytestmark = pytest.mark.names

SAMPLE = Path(__file__).parents[1] / "lists" / "samples" / "sdn_advanced_sample.xml"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("names")).made()
    import_list(home, ImportRequest("ofac-sdn", read_files(SAMPLE), str(SAMPLE), smaller_because="a sample"))
    return home


@pytest.mark.parametrize("asked", ["Lazarus", "لازاروس", "라자루스", "Hidden Cobra"])
def test_the_lazarus_group_is_found_in_every_script(home: Home, asked: str) -> None:
    answer = find_names(home, [asked])[0]
    assert answer.found
    assert "LAZARUS" in answer.found[0].party.name.upper()
    assert answer.found[0].match.score >= 0.8
    assert {one.list_id for one in answer.lists} >= {"ofac-sdn"}


def test_a_name_in_hangul_finds_the_listed_person(home: Home) -> None:
    answer = find_names(home, ["심현섭"])[0]
    assert "SIM" in answer.found[0].party.name.upper()
    assert answer.found[0].match.through is Through.READING


def test_an_unlisted_name_finds_nothing_and_says_what_was_asked(home: Home) -> None:
    answer = find_names(home, ["Johannes Vermeer"])[0]
    assert answer.found == ()
    assert answer.parties > 0


def test_a_curated_name_is_known_without_any_list(tmp_path: Path) -> None:
    answer = find_names(Home(tmp_path), ["لازاروس"])[0]
    assert answer.parties == 0
    assert [one.name for one in answer.aliases] == ["Lazarus Group"]


@pytest.mark.parametrize("asked", ["", "\u202e\u200b", "x" * 301])
def test_what_is_no_name_is_refused(home: Home, asked: str) -> None:
    with pytest.raises(InvalidInput):
        find_names(home, [asked])
