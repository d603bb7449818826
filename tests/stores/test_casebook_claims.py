"""The casebook's claims against independent tables of the same totals and articles: number, unit, bound and year."""

import csv
from decimal import Decimal, InvalidOperation
from pathlib import Path

import pytest

from qiyafa.model.claim import Bound, Claim, Measure, Modality
from qiyafa.model.period import Period, read_period
from qiyafa.stores.casebook import casebook

CLAIMANTS = {"UN Panel": "UN Panel of Experts", "ROK MOFA": "Republic of Korea", "tayvano repo": "tayvano"}
CLAIMANTS |= {"MSMT": "Multilateral Sanctions Monitoring Team"}
CLAIMANTS |= {"UN Panel (unfinished, leaked)": "UN Panel of Experts (unfinished, leaked)"}
PERIODS = {
    "2025H1": "2025-H1",
    "2025Q1-Q3": "2025-Q1..2025-Q3",
    "to 2019-08": "..2019-08",
    "2020..mid-2021": "2020..2021-H1",
}
ARTICLES = {"000": "article-2022-02-22", "001": "article-2024-03-29"}
BOUNDS = {
    "lower_bound": {Bound.AT_LEAST, Bound.MORE_THAN},
    "almost(upper)": {Bound.ALMOST},
    "about": {Bound.ABOUT},
    "approx_rounded": {Bound.ABOUT},
    "suspected": {Bound.EXACT},
    "possible": {Bound.EXACT},
    "exact": {Bound.EXACT},
    "majority": {Bound.MAJORITY},
    "order_of_magnitude": {Bound.ORDER},
    "at_most(start)": {Bound.UP_TO},
}

pytestmark = pytest.mark.shared_data


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def period_of(written: str) -> Period:
    return read_period(PERIODS.get(written, written))


def test_every_yearly_total_is_there_with_its_edition(shared_data: Path) -> None:
    table = rows(shared_data / "incidents" / "dprk_yearly_totals.csv")
    assert len(table) == 41
    for row in table:
        claimant = CLAIMANTS.get(row["source"], row["source"])
        same = [
            claim
            for claim in casebook().claims
            if (claim.claimant, claim.edition, claim.period) == (claimant, row["edition"], period_of(row["year"]))
            if not claim.source.startswith("article-")
        ]
        money = [claim for claim in same if (claim.measure, claim.unit) == (Measure.STOLEN, "USD")]
        assert Decimal(row["usd"]) in [claim.quantity for claim in money], row
        if row["bound"]:
            assert row["bound"] in [claim.bound.value for claim in money], row
        counted = row["incidents"].partition(" ")[0].rstrip("+")
        if counted:
            assert Decimal(counted) in [claim.quantity for claim in same if claim.measure is Measure.INCIDENTS], row


def article_claim(row: dict[str, str]) -> Claim:
    """The claim of the same article whose words are a part of the row's quote, or the other way round."""
    (found,) = (
        claim
        for claim in casebook().claims
        if claim.source == ARTICLES[row["article"]] and claim.quote is not None
        if claim.quote.words in row["arabic_quote"] or row["arabic_quote"] in claim.quote.words
    )
    return found


def number(written: str) -> Decimal | None:
    try:
        return Decimal(written)
    except InvalidOperation:
        return None


def year(period: Period, row: dict[str, str]) -> tuple[int | None, int]:
    """Our year and the row's: of the end, or of the beginning if the row has no end."""
    if row["period_end"]:
        return period.end.year if period.end else None, int(row["period_end"][:4])
    return period.start.year if period.start else None, int(row["period_start"][:4])


def test_every_claim_of_the_articles_is_there(shared_data: Path) -> None:
    table = rows(shared_data / "incidents" / "claims.csv")
    assert len({article_claim(row).id for row in table}) == 29
    for row in table:
        claim = article_claim(row)
        if row["unit"] in ("qualitative", "country"):
            assert claim.quantity is None
            continue
        expected = number(row["quantity"])
        assert claim.quantity == expected, row
        assert claim.unit == row["unit"], row
        assert claim.bound in BOUNDS[row["bound_type"]], row
        ours, theirs = year(claim.period, row)
        assert ours == theirs, row
        if row["bound_type"] in ("suspected", "possible"):
            assert claim.modality is Modality(row["bound_type"]), row


def test_the_words_stand_in_the_articles(shared_data: Path) -> None:
    texts = {
        "article-2022-02-22": next((shared_data / "news").glob("000_*.txt")).read_text("utf-8"),
        "article-2024-03-29": next((shared_data / "news").glob("001_*.txt")).read_text("utf-8"),
    }
    quoted = [claim for claim in casebook().claims if claim.source in texts and claim.quote is not None]
    assert [claim.id for claim in quoted if claim.quote and claim.quote.words not in texts[claim.source]] == []
