"""`qiyafa claims check|list|show` on a fresh install, and with files beside it."""

import json
from pathlib import Path

import pytest
from tests.cli.running import Qiyafa

NAMED = [
    ("unit changed", {35, 17}, "countries"),
    ("cumulative read as annual", {2_000_000_000, 271_000_000}, "2019"),
    ("bound dropped", {2_000_000_000}, "up to"),
    ("share against amount", {101_000_000, 63_000_000}, "37.6 %"),
    ("rounded", {230_000_000, 234_337_668.88}, "rounding"),
    ("differs by source", {750_000_000, 660_500_000}, "2023"),
    ("revised edition", {400_000_000, 428_800_000, 7, 9}, "later edition"),
    ("revised edition", {1_000_000_000, 660_500_000}, "later edition"),
    ("share against amount", {0.2, 308_600_000}, "17.1 %"),
    ("sum against parts", {649_889_146, 651_347_146}, "1,458,000"),
    ("valuation basis", {477_050_000, 317_050_000, 160_000_000}, "minted"),
]


@pytest.fixture
def checked(qiyafa: Qiyafa, tmp_path: Path) -> list[dict]:
    """What `claims check --json` finds in the casebook alone."""
    ran = qiyafa("claims", "check", "--json", "--home", tmp_path)
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


@pytest.mark.parametrize(("kind", "numbers", "word"), NAMED)
def test_the_known_contradictions_are_found_with_both_numbers(
    checked: list[dict], kind: str, numbers: set[float], word: str
) -> None:
    found = [
        one for one in checked if one["kind"] == kind and numbers <= {claim["quantity"] for claim in one["claims"]}
    ]
    assert found, kind
    assert any(word in one["reason"] for one in found)
    for one in found:
        assert all(claim["source"] and "quantity" in claim for claim in one["claims"])


def test_every_finding_is_explained_and_ordered(checked: list[dict]) -> None:
    assert all({"kind", "claims", "reason", "severity"} <= set(one) for one in checked)
    assert all(len(one["claims"]) > 1 for one in checked)
    assert len({json.dumps(one) for one in checked}) == len(checked), "nothing is said twice"


def test_people_see_contradictions_first_and_both_sides(qiyafa: Qiyafa, tmp_path: Path) -> None:
    ran = qiyafa("claims", "check", "--home", tmp_path)
    assert ran.code == 0
    assert ran.out.startswith("contradiction\n1. unit changed: ")
    assert ran.out.index("revision\n") < ran.out.index("difference of sources\n") < ran.out.index("rounding\n")


def test_rows_of_a_list_are_held_against_the_nearest_total(qiyafa: Qiyafa, tmp_path: Path) -> None:
    table = tmp_path / "thefts.csv"
    table.write_text("date,name,loss_usd\n2023-06-03,One,600000000\n2023-07-22,Two,49000000\n2023-13,Three,1\n")
    ran = qiyafa("claims", "check", table, "--json", "--home", tmp_path)
    found = [one for one in json.loads(ran.out) if "rows" in one["reason"]]
    assert [[claim["quantity"] for claim in one["claims"]] for one in found] == [[649_889_146, 649_000_000, 20, 2]]
    people = qiyafa("claims", "check", table, "--home", tmp_path)
    assert "2023-13 is no date" in people.out


def test_rows_that_are_said_to_be_a_sources_must_make_its_total(qiyafa: Qiyafa, tmp_path: Path) -> None:
    table = tmp_path / "thefts.csv"
    table.write_text("date,name,loss_usd\n2023,All,660500000\n")
    near = json.loads(qiyafa("claims", "check", table, "--json", "--home", tmp_path).out)
    assert not [one for one in near if "rows" in one["reason"]], "that is the total of another source"
    of = qiyafa("claims", "check", table, "--of", "immunefi-2023-12", "--json", "--home", tmp_path)
    found = [one for one in json.loads(of.out) if "rows" in one["reason"]]
    assert [one["severity"] for one in found] == ["contradiction"]


def test_claims_of_a_file_are_checked_with_the_record_and_not_kept(qiyafa: Qiyafa, tmp_path: Path) -> None:
    file = tmp_path / "ours.toml"
    file.write_text(
        '[[claim]]\nid = "ours-2023"\nclaimant = "Us"\npublisher = "Us"\nsource = "chainalysis-2024-12"\n'
        'subject = "thefts"\nmeasure = "stolen"\nunit = "USD"\nquantity = "5"\nperiod = "2023"\n'
        'scope = { actor = "dprk" }\n'
    )
    found = json.loads(qiyafa("claims", "check", file, "--json", "--home", tmp_path).out)
    assert any("ours-2023" in [claim.get("id") for claim in one["claims"]] for one in found)
    assert qiyafa("claims", "show", "ours-2023", "--home", tmp_path).code == 2


CROSSED = 'lower = "9"\nupper = "8"'


def test_claims_of_a_file_that_no_record_would_take_are_named_and_not_compared(qiyafa: Qiyafa, tmp_path: Path) -> None:
    claim = (
        '[[claim]]\nid = "{id}"\nclaimant = "Us"\npublisher = "Us"\nsource = "{source}"\nsubject = "thefts"\n'
        'measure = "stolen"\nunit = "USD"\nquantity = "5"\nperiod = "2023"\nscope = {{ actor = "dprk" }}\n{more}\n'
    )
    known = "chainalysis-2024-12"
    wrong = {"unknown": ("nobody", ""), "future": (known, "statement_date = 2199-01-01"), "upside": (known, CROSSED)}
    every = {"good": (known, ""), **wrong}
    file = tmp_path / "ours.toml"
    file.write_text("".join(claim.format(id=id, source=source, more=more) for id, (source, more) in every.items()))
    ran = qiyafa("claims", "check", file, "--json", "--home", tmp_path)
    compared = {claim.get("id") for one in json.loads(ran.out) for claim in one["claims"]}
    assert "good" in compared
    assert not compared & set(wrong)
    assert all(f"claim {id}" in ran.err for id in wrong)
    assert "claim good" not in ran.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "absent.csv"),
        ("check", "--incidents", "absent.csv"),
        ("check", "--of", "nobody"),
        ("show", "nothing"),
        ("list", "--source", "nobody"),
        ("list", "--actor", "nobody"),
        ("list", "--measure", "feelings"),
        ("list", "--year", "99999"),
        ("check", "--as-of", "soon"),
    ],
)
def test_wrong_use_ends_in_one_sentence(qiyafa: Qiyafa, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    ran = qiyafa("claims", *arguments, "--home", tmp_path)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.count("\n") == 1


def test_a_table_without_the_columns_is_refused(qiyafa: Qiyafa, tmp_path: Path) -> None:
    table = tmp_path / "thefts.csv"
    table.write_text("when,who\n1,2\n")
    ran = qiyafa("claims", "check", "--incidents", table, "--home", tmp_path)
    assert ran.code == 2
    assert "lacks date, loss_usd, incident" in ran.err


def test_claims_are_listed_and_shown_with_their_source(qiyafa: Qiyafa, tmp_path: Path) -> None:
    ran = qiyafa("claims", "list", "--claimant", "chainalysis", "--year", "2023", "--json", "--home", tmp_path)
    listed = json.loads(ran.out)
    assert {"chainalysis-2024-12-2023-usd", "chainalysis-2024-01-2023-usd"} <= {one["id"] for one in listed}
    assert all(one["url"].startswith("http") for one in listed)
    shown = qiyafa("claims", "show", "un-2019-08-total-usd", "--home", tmp_path)
    assert "says: up to 2,000,000,000 USD" in shown.out
    assert "What does not go with it:" in shown.out


def test_hostile_words_are_shown_harmlessly(qiyafa: Qiyafa, tmp_path: Path) -> None:
    table = tmp_path / "thefts.csv"
    table.write_text("date,name,loss_usd\nsoon\u202e,a\x1b[31m,5\n")
    ran = qiyafa("claims", "check", table, "--home", tmp_path)
    assert "\\u{202e}" in ran.out
    assert "\u202e" not in ran.out
    assert "\x1b" not in ran.out


@pytest.mark.shared_data
def test_the_gap_of_2023_in_a_public_list_is_found(qiyafa: Qiyafa, tmp_path: Path, shared_data: Path) -> None:
    table = shared_data / "incidents" / "lazarus_incidents.csv"
    ran = qiyafa("claims", "check", "--incidents", table, "--json", "--home", tmp_path)
    gaps = [one for one in json.loads(ran.out) if "rows of 2023" in one["reason"]]
    assert [(one["kind"], one["severity"]) for one in gaps] == [("sum against parts", "contradiction")]
    assert [claim["quantity"] for claim in gaps[0]["claims"]] == [649_889_146, 649_638_564, 20, 16]
    assert "16 rows" in gaps[0]["reason"]
    assert "250,582 USD apart" in gaps[0]["reason"]
