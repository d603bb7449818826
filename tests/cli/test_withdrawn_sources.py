"""A withdrawn source is marked wherever something rests on it, and so is a figure that rests on nothing else."""

import json
from pathlib import Path

import pytest
from tests.cli.running import Qiyafa

TODAY_LENGTH = len("2026-01-01")
ENTRIES = """
[[source]]
id = "paper"
publisher = "A paper"
title = "A story"
url = "https://paper.example/story"
published = 2024-02-01

[[source]]
id = "wire"
publisher = "A wire"
title = "The same story"
url = "https://wire.example/story"
published = 2024-02-02
origin = "paper"

[[source]]
id = "court"
publisher = "A court"
title = "A ruling"
url = "https://court.example/ruling"
published = 2024-03-01

[[actor]]
id = "crew"
name = "A crew"
source = "court"

[[incident]]
id = "vault-2023"
title = "A vault"
kind = "theft"
title_source = "court"
dates = [{kind = "theft", period = "2023-05-01", source = "court"}]
amounts = [{kind = "executed", value = "1000", currency = "USD", source = "paper"}]
actors = [{actor = "crew", status = "suspected", source = "court"}]
"""
CLAIM = """
[[claim]]
id = "{id}"
claimant = "A {source}"
publisher = "A {source}"
source = "{source}"
subject = "thefts of a crew"
measure = "{measure}"
unit = "{unit}"
quantity = "{quantity}"
period = "2023"
scope = {{{scope}}}
"""


def claim(id: str, source: str, quantity: str, measure: str = "stolen", unit: str = "USD", scope: str = "") -> str:
    return CLAIM.format(
        id=id, source=source, quantity=quantity, measure=measure, unit=unit, scope=scope or 'actor = "crew"'
    )


class Home:
    """A record in which the paper was withdrawn, which the wire copied."""

    def __init__(self, run: Qiyafa, path: Path) -> None:
        self.run, self.path = run, path

    def __call__(self, *arguments: str) -> str:
        ran = self.run(*arguments, "--home", self.path)
        assert ran.code == 0, ran.err
        return ran.out

    def json(self, *arguments: str) -> list | dict:
        return json.loads(self(*arguments, "--json"))


@pytest.fixture
def before(qiyafa: Qiyafa, tmp_path: Path) -> Home:
    """The record before anything was withdrawn."""
    file = tmp_path / "entries.toml"
    file.write_text(
        ENTRIES
        + claim("paper-alone", "paper", "2000")
        + claim("wire-copy", "wire", "2000")
        + claim("court-count", "court", "1", "incidents", "incidents")
        + claim("paper-count", "paper", "1", "incidents", "incidents")
        + claim("court-vault", "court", "900", scope='incident = "vault-2023"')
    )
    home = Home(qiyafa, tmp_path / "home")
    home("incidents", "import", str(file))
    return home


@pytest.fixture
def home(before: Home) -> Home:
    before("share", "withdraw", "source", "paper", "--reason", "retracted")
    return before


def test_a_page_marks_it_in_every_part_and_in_its_list_of_sources(home: Home) -> None:
    page = " ".join(home("incidents", "show", "vault-2023").split())
    assert page.count("paper (withdrawn") == 2
    assert "court (withdrawn" not in page
    found = {one["id"]: one["withdrawn"] for one in home.json("incidents", "show", "vault-2023")["sources"]}
    assert len(found["paper"]) == TODAY_LENGTH
    assert found["court"] is None


def test_claims_are_marked_in_lists_and_alone_and_copies_with_them(home: Home) -> None:
    listed = {one["id"]: one["source_withdrawn"] for one in home.json("claims", "list", "--actor", "crew")}
    assert {id for id, day in listed.items() if day} == {"paper-alone", "wire-copy", "paper-count"}
    assert "paper (withdrawn" in " ".join(home("claims", "list", "--actor", "crew").split())
    assert "wire (withdrawn" in home("claims", "show", "wire-copy")
    assert "withdrawn" not in home("claims", "show", "court-count")


def test_a_check_names_the_figures_that_rest_on_it_alone(home: Home) -> None:
    found = [one for one in home.json("claims", "check") if one["kind"] == "withdrawn source"]
    assert {side["id"] for one in found for side in one["claims"]} == {"paper-alone", "wire-copy", "vault-2023#1"}
    assert "rest on a withdrawn source alone: 3" in home("claims", "check")


def test_statistics_mark_the_row_and_the_registrys_own(home: Home) -> None:
    rows = home.json("stats", "actor", "crew", "--rows")
    (own,) = [one for one in rows if one["own"]]
    assert own["rests_only_on_withdrawn"] == ["vault-2023"]
    assert own["rows"][0]["source_withdrawn"]
    said = {one["publication"]: one for one in rows if not one["own"]}
    assert said["paper"]["rests_only_on_withdrawn"]
    assert not said["court"]["rests_only_on_withdrawn"]
    assert any("this source was withdrawn on" in why for why in said["paper"]["why"])
    shown = " ".join(home("stats", "actor", "crew", "--compare").split())
    assert "rest on withdrawn sources alone: vault-2023" in shown


def test_nothing_is_marked_where_every_source_stands_or_stood(before: Home) -> None:
    def marks(home: Home, *more: str) -> list[object]:
        listed = [one["source_withdrawn"] for one in home.json("claims", "list", "--actor", "crew", *more)]
        checked = [one for one in home.json("claims", "check", *more) if one["kind"] == "withdrawn source"]
        return [day for day in listed if day] + checked

    from datetime import UTC, datetime

    assert marks(before) == []
    moment = datetime.now(UTC).isoformat()
    before("share", "withdraw", "source", "paper", "--reason", "retracted")
    assert marks(before, "--as-of", moment) == []
    assert marks(before)


def test_a_withdrawal_names_what_rests_on_the_incident_and_recalls_know_it(before: Home) -> None:
    told = before("share", "withdraw", "incident", "vault-2023", "--reason", "it never happened")
    assert "claim court-vault" in told
    (recall,) = before.json("share", "recalls")["recalls"]
    assert recall["rests_on_it"] == [{"kind": "claim", "id": "court-vault"}]
    assert "claim court-vault" in before("share", "recalls")
