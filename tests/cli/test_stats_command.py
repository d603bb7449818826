"""`qiyafa stats` on a fresh install: figures by source and edition, never added or averaged."""

import csv
import json
import re
from decimal import Decimal
from pathlib import Path

import pytest
from tests.cli.running import Qiyafa

from qiyafa.model.period import Period, read_period


def rows_of(qiyafa: Qiyafa, home: Path, *arguments: str) -> list[dict]:
    ran = qiyafa("stats", "dprk", *arguments, "--json", "--home", home)
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


def period_of(written: str) -> Period:
    """Return a period as the file writes it: `2025H1`, `2025Q1-Q3`, `to 2019-08`, `2020..mid-2021`."""
    plain = re.sub(r"^to ", "..", written).replace("mid-2021", "2021-06")
    plain = re.sub(r"(\d{4})(Q\d)-(Q\d)", r"\1-\2..\1-\3", plain)
    return read_period(re.sub(r"(\d{4})(H\d)", r"\1-\2", plain))


def test_2023_is_an_interval_by_source_and_says_why(qiyafa: Qiyafa, tmp_path: Path) -> None:
    rows = [row for row in rows_of(qiyafa, tmp_path, "--by", "year", "--compare") if row["year"] == 2023]
    said = [row for row in rows if not row["own"] and row["usd"] is not None]
    assert (min(row["usd"] for row in said), max(row["usd"] for row in said)) == (308_600_000, 1_000_000_000)
    assert {row["source"] for row in said} >= {"Chainalysis", "TRM Labs", "Immunefi", "UN Panel of Experts"}
    assert all(row["interval"]["all"] == {"least": 308_600_000, "most": 1_000_000_000} for row in rows)
    why = " ".join(sentence for row in said for sentence in row["why"])
    assert "Chainalysis has revised it" in why
    assert "gives a limit" in why
    people = qiyafa("stats", "dprk", "--by", "year", "--compare", "--period", "2023", "--home", tmp_path)
    assert "2023: 308.6m (Immunefi (immunefi-2023-12)) to 1bn (Chainalysis (chainalysis-2024-01))" in people.out


def test_a_row_has_the_promised_fields_and_years_stand_apart(qiyafa: Qiyafa, tmp_path: Path) -> None:
    rows = rows_of(qiyafa, tmp_path)
    fields = {"year", "period_start", "period_end", "source", "edition", "usd", "incidents", "bound"}
    assert all(fields <= set(row) for row in rows)
    for row in rows:
        start, end = row["period_start"], row["period_end"]
        one_year = start is not None and end is not None and start[:4] == end[:4]
        assert (row["year"] is not None) == (one_year if not row["own"] else row["group"] != "")
    several = [row for row in rows if row["year"] is None and row["usd"]]
    assert 3_000_000_000 in [row["usd"] for row in several]


def test_a_limit_stays_a_limit_where_only_one_source_speaks(qiyafa: Qiyafa, tmp_path: Path) -> None:
    ran = qiyafa("stats", "dprk", "--period", "2025", "--compare", "--home", tmp_path)
    assert "2025: at least 2.02bn (Chainalysis (chainalysis-2025-12)), the only source." in ran.out
    assert ran.out.splitlines()[3].rstrip().endswith("at least 2.02bn")


def test_what_stated_by_does_not_narrow_is_said(qiyafa: Qiyafa, tmp_path: Path) -> None:
    ran = qiyafa("stats", "dprk", "--stated-by", "2001-01-01", "--home", tmp_path)
    assert "The registry's own figures are as the record holds them now" in ran.out


def test_every_row_of_an_asset_is_what_it_adds_to_the_asset(qiyafa: Qiyafa, tmp_path: Path) -> None:
    rows = {row["group"]: row for row in rows_of(qiyafa, tmp_path, "--by", "asset", "--rows") if row["own"]}
    assert rows["DOGE"]["usd"] == 560_944.39
    for row in rows.values():
        assert sum(Decimal(str(one["usd"] or 0)) for one in row["rows"]) == Decimal(str(row["usd"]))


def test_a_repetition_or_a_misreading_is_no_row(qiyafa: Qiyafa, tmp_path: Path) -> None:
    rows = rows_of(qiyafa, tmp_path)
    assert not any("article" in claim for row in rows for claim in row.get("claims", []))


@pytest.mark.shared_data
def test_every_yearly_total_is_there_with_its_edition(qiyafa: Qiyafa, tmp_path: Path, shared_data: Path) -> None:
    rows = rows_of(qiyafa, tmp_path)
    with (shared_data / "incidents" / "dprk_yearly_totals.csv").open(encoding="utf-8", newline="") as file:
        totals = list(csv.DictReader(file))
    assert len(totals) == 41
    for total in totals:
        period = period_of(total["year"])
        found = [
            row
            for row in rows
            if row["usd"] == float(total["usd"])
            and row["edition"] == total["edition"]
            and (row["period_start"], row["period_end"])
            == (period.start and str(period.start), period.end and str(period.end))
        ]
        assert found, total
        count = total["incidents"].rstrip("+ named")
        if count and total["source"] != "UN Panel":
            assert int(count) in [row["incidents"] for row in found], total


def test_the_registrys_own_numbers_drill_down_to_their_rows(qiyafa: Qiyafa, tmp_path: Path) -> None:
    for by in ("year", "actor", "asset", "chain", "victim-kind", "country", "method"):
        own = [row for row in rows_of(qiyafa, tmp_path, "--by", by, "--rows") if row["own"]]
        assert own, by
        for row in own:
            assert len(row["rows"]) == row["incidents"], (by, row["group"])
            assert round(sum(one["usd"] or 0 for one in row["rows"]), 2) == row["usd"]


def test_what_is_only_suspected_can_be_left_out(qiyafa: Qiyafa, tmp_path: Path) -> None:
    def counts(*arguments: str) -> list[tuple[int, int]]:
        own = [row for row in rows_of(qiyafa, tmp_path, *arguments) if row["own"]]
        return [(row["year"], row["incidents"]) for row in own]

    every, firm = dict(counts()), dict(counts("--status", "attributed"))
    assert firm.keys() <= every.keys()
    assert all(firm[year] <= every[year] for year in firm)
    assert firm[2018] < every[2018]
    assert sum(dict(counts("--status", "confirmed")).values()) < sum(firm.values())


def test_as_of_a_day_nothing_is_known_that_was_said_later(qiyafa: Qiyafa, tmp_path: Path) -> None:
    rows = rows_of(qiyafa, tmp_path, "--stated-by", "2024-06-30", "--period", "2023")
    said = {row["edition"]: row for row in rows if row["source"] == "Chainalysis"}
    assert set(said) == {"2024-01"}
    assert said["2024-01"]["superseded_by"] is None


def test_the_chart_is_written_whole(qiyafa: Qiyafa, tmp_path: Path) -> None:
    chart = tmp_path / "chart.svg"
    ran = qiyafa("stats", "dprk", "--svg", chart, "--home", tmp_path)
    assert ran.code == 0
    drawn = chart.read_text(encoding="utf-8")
    assert drawn.startswith("<?xml")
    assert "Immunefi 2023-12: 308.6m" in drawn
    assert "script" not in drawn


def test_every_number_of_the_articles_has_a_claim_a_source_and_a_check(qiyafa: Qiyafa, tmp_path: Path) -> None:
    verdicts = {}
    for article in ("article-2022-02-22", "article-2024-03-29"):
        ran = qiyafa("stats", "claims", "--source", article, "--json", "--home", tmp_path)
        for one in json.loads(ran.out):
            assert one["claim"]["url"].startswith("http")
            verdicts[one["claim"]["id"]] = one["verdict"]
    assert len(verdicts) == 29
    expected = {
        "article-2022-countries": "contradicted",
        "article-2022-2019-usd": "contradicted",
        "article-2022-proceeds-usd": "contradicted",
        "article-2022-bangladesh-recovered-share": "contradicted",
        "article-2022-bangladesh-stopped-share": "consistent",
        "article-2022-bangladesh-attempted-usd": "consistent",
        "article-2022-gate-io-usd": "rounded",
        "article-2022-2021-usd": "revised",
        "article-2022-2021-incidents": "revised",
        "article-2022-sony-year": "consistent",
        "article-2024-2023-usd": "differs by source",
        "article-2024-2023-incidents": "differs by source",
        "article-2024-lazarus-share": "rounded",
        "article-2024-losses-usd": "consistent",
        "article-2024-losses-change": "consistent",
        "article-2024-2017-2023-usd": "consistent",
    }
    assert {id: verdicts[id] for id in expected} == expected


def test_published_figures_are_made_again_where_the_rows_allow(qiyafa: Qiyafa, tmp_path: Path) -> None:
    found = {one["id"]: one for one in json.loads(qiyafa("stats", "check", "--json", "--home", tmp_path).out)}
    total = found["chainalysis-2024-12-2023-usd"]
    assert total["made"]
    assert total["difference"] == pytest.approx(total["registry"] - total["quantity"])
    assert len(total["rows"]) > 10
    losses = found["article-2024-losses-usd"]
    assert (losses["made"], losses["registry"]) == (False, None)
    assert losses["how"].startswith("not made again")


@pytest.mark.parametrize(
    "arguments",
    [
        ("dprk", "--by", "colour"),
        ("actor", "nobody"),
        ("dprk", "--period", "soon"),
        ("dprk", "--as-of", "soon"),
        ("dprk", "--stated-by", "2024"),
        ("dprk", "--by", "country", "--svg", "x.svg"),
        ("check", "--source", "nobody"),
        ("claims", "--source", "nobody"),
    ],
)
def test_wrong_use_ends_in_one_sentence(qiyafa: Qiyafa, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    ran = qiyafa("stats", *arguments, "--home", tmp_path)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.count("\n") == 1
