"""`qiyafa read` on two real articles finds the claims that a person found in them."""

import csv
import json
from decimal import Decimal
from pathlib import Path

import pytest

from qiyafa.model.claim import Bound, Modality
from qiyafa.model.period import ALWAYS, Period, read_period

from support.command_line import qiyafa
from support.expected_claims import Expected, Found, compare

pytestmark = pytest.mark.shared_data

ARTICLES = {"000": "2022-02-22", "001": "2024-03-29"}
LEAST_RIGHT, MOST_WRONG = 27, 2
"""Of 29; what was measured, less one."""
DATED_ELSEWHERE = {"A04", "A05"}
"""Their period in the answers is that of the UN's report of 2019, which the article does not say."""
ANY = frozenset(Bound)
BOUNDS = {
    "lower_bound": frozenset({Bound.AT_LEAST, Bound.MORE_THAN}),
    "almost(upper)": frozenset({Bound.ALMOST}),
    "approx_rounded": frozenset({Bound.ABOUT}),
    "about": frozenset({Bound.ABOUT}),
    "exact": frozenset({Bound.EXACT}),
    "suspected": frozenset({Bound.EXACT}),
    "possible": frozenset({Bound.EXACT}),
    "order_of_magnitude": frozenset({Bound.ORDER}),
    "majority": frozenset({Bound.MAJORITY}),
    # Since the 1970s "at least", and "by" 2017: a beginning that may be earlier.
    "at_most(start)": frozenset({Bound.UP_TO, Bound.AT_LEAST}),
}
"""The words of the answers, as the words of a claim. Other words stand beside claims without a quantity."""


def period(row: dict[str, str]) -> Period:
    start, end = (
        read_period(row[side]) if row[side] else Period(None, None) for side in ("period_start", "period_end")
    )
    return Period(start.start, end.end)


def expected(row: dict[str, str], text: str) -> Expected:
    """Return a row of the answers. Its quote is looked up; one that is not there word for word may stand anywhere."""
    start = text.find(row["arabic_quote"])
    modality = Modality(row["bound_type"]) if row["bound_type"] in {"suspected", "possible"} else None
    try:
        quantity = Decimal(row["quantity"])
    except ArithmeticError:
        quantity = None
    return Expected(
        name=row["claim_id"],
        quantity=quantity,
        unit=row["unit"],
        bounds=BOUNDS.get(row["bound_type"], ANY),
        start=max(start, 0),
        end=start + len(row["arabic_quote"]) if start >= 0 else len(text),
        lower=Decimal(row["lower"]) if row["bound_type"] == "order_of_magnitude" else None,
        upper=Decimal(row["upper"]) if row["bound_type"] == "order_of_magnitude" and row["upper"] else None,
        modality=modality,
        period=ALWAYS if row["claim_id"] in DATED_ELSEWHERE else period(row),
    )


def found(claim: dict[str, object], text: str) -> Found:
    start, end = int(str(claim["start"])), int(str(claim["end"]))
    assert text[start:end] == claim["quote"]
    numbers = [None if claim[name] is None else Decimal(str(claim[name])) for name in ("quantity", "lower", "upper")]
    days = f"{claim['period_start'] or ''}..{claim['period_end'] or ''}"
    return Found(
        numbers[0],
        str(claim["unit"]),
        Bound(str(claim["bound"])),
        numbers[1],
        numbers[2],
        Modality(str(claim["modality"])),
        read_period(days),
        start,
        end,
        str(claim["quote"]),
    )


def test_the_two_articles(shared_data: Path, tmp_path: Path) -> None:
    with (shared_data / "incidents" / "claims.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    right, lines = 0, []
    wrong: list[str] = []
    for number, day in ARTICLES.items():
        (article,) = (shared_data / "news").glob(f"{number}_*.txt")
        text = article.read_text("utf-8")
        written = qiyafa("read", article, "--date", day, "--json", "--home", tmp_path)
        claims = [found(one, text) for one in json.loads(written)]
        answers = [expected(row, text) for row in rows if row["article"] == number]
        result = compare(claims, answers)
        right += len(result.right)
        wrong += result.wrong
        lines += [f"{number}: missed {one}" for one in result.missed] + [
            f"{number}: wrong {one}" for one in result.wrong
        ]
    lines.append(f"{right} of {len(rows)} right, {len(wrong)} wrong")
    print("\n".join(lines))
    assert right >= LEAST_RIGHT, "\n".join(lines)
    assert len(wrong) <= MOST_WRONG, "\n".join(lines)
