"""`qiyafa lists`, as a person or a script runs it."""

import json
from pathlib import Path

import pytest

from qiyafa.cli import exits

SAMPLE = Path(__file__).parents[1] / "lists" / "samples" / "sdn_advanced_sample.xml"


@pytest.fixture
def home(tmp_path: Path) -> list[str]:
    return ["--home", str(tmp_path / "home")]


def test_an_import_says_what_is_in_use_and_what_was_wrong(qiyafa, home):
    ran = qiyafa("lists", "import", "ofac-sdn", SAMPLE, "--smaller-because", "a sample", *home)
    assert ran.code == exits.DONE
    assert "is in use. Parties: 6, addresses: 6, problems: 2." in ran.out
    assert "SAMPLE UNLISTED VESSEL has 1 addresses and is not listed; they were left out." in ran.err


def test_an_import_as_json_gives_the_edition_and_its_problems(qiyafa, home):
    ran = qiyafa("lists", "import", "ofac-sdn", SAMPLE, "--smaller-because", "a sample", "--json", *home)
    (done,) = json.loads(ran.out)
    assert (done["list_id"], done["published"], done["parties"], done["is_new"]) == ("ofac-sdn", "2024-09-27", 6, True)
    assert [one["place"] for one in done["problems_found"]] == ["90003", "90004"]
    assert all(one["message"] for one in done["problems_found"])


def test_info_shows_every_list_also_where_nothing_was_imported(qiyafa, home, tmp_path):
    ran = qiyafa("lists", "info", *home)
    assert ran.code == exits.DONE
    assert "never imported" in ran.out
    assert "ofac-history" in ran.out
    assert not (tmp_path / "home").exists()


def test_info_as_json_gives_editions_ages_and_reasons(qiyafa, home):
    qiyafa("lists", "import", "ofac-sdn", SAMPLE, "--smaller-because", "a sample", *home)
    found = json.loads(qiyafa("lists", "info", "--verify", "--json", *home).out)
    sdn = next(one for one in found["lists"] if one["list"] == "ofac-sdn")
    assert sdn["age_days"] > 0
    assert [one["smaller_because"] for one in sdn["editions"]] == ["a sample"]
    assert sdn["current"] == sdn["editions"][0]["version"]
    assert len(found["digest"]) == 64
    assert found["built_in"]["list_id"] == "ofac-history"


def test_diff_shows_what_changed(qiyafa, home, tmp_path):
    qiyafa("lists", "import", "ofac-sdn", SAMPLE, "--smaller-because", "a sample", *home)
    later = tmp_path / "later.xml"
    data = SAMPLE.read_bytes().replace(b">27</Day></DateOfIssue", b">28</Day></DateOfIssue")
    later.write_bytes(data.replace(b'ProfileID="39796"', b'ProfileID="0"'))
    qiyafa("lists", "import", "ofac-sdn", later, "--smaller-because", "a sample", *home)
    ran = qiyafa("lists", "diff", "ofac-sdn", *home)
    assert "- party 39796 TORNADO CASH" in ran.out
    assert "- ETH 0xd90e2f925DA726b50C4Ed8D0Fb90Ad053324F31b TORNADO CASH" in ran.out
    assert "Parties: 0 added, 1 removed, 0 changed. Addresses: 0 added, 1 removed, 0 changed." in ran.out
    found = json.loads(qiyafa("lists", "diff", "ofac-sdn", "--json", *home).out)
    assert [one["entry"] for one in found["removed"]["parties"]] == ["39796"]


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["import", "nonsense", "x"], 2, "There is no list nonsense."),
        (["import", "ofac-sdn", "/nonexistent"], 2, "There is no file or folder"),
        (["import", "ofac-sdn", str(SAMPLE)], 2, "it must have 10000 at least"),
        (["import", "ofac-sdn", str(SAMPLE), "--published", "yesterday"], 2, "yesterday is no day."),
        (["diff", "ofac-sdn"], 2, "No edition of ofac-sdn has been imported."),
        (["update", "nonsense"], 2, "There is no list nonsense."),
        (["update", "--url", "http://127.0.0.1:9/"], 2, "needs exactly one list"),
    ],
)
def test_wrong_use_ends_with_a_sentence(qiyafa, home, arguments, code, sentence):
    ran = qiyafa("lists", *arguments, *home)
    assert (ran.code, sentence in ran.err) == (code, True), ran.err


def test_a_foreign_file_of_lists_ends_with_3(qiyafa, home, tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "lists.sqlite").write_text("<html>")
    ran = qiyafa("lists", "info", *home)
    assert ran.code == 3
    assert "is no store of official lists" in ran.err


def test_one_list_that_cannot_be_fetched_is_said(qiyafa, home):
    ran = qiyafa("lists", "update", "ofac-sdn", "--url", "ftp://127.0.0.1/x", "--quiet", *home)
    assert ran.code == 2
    assert "It must begin with https:// or http://." in ran.err
