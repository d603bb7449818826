"""Whole articles in three languages, written before the rules were looked at, with the claims that a person finds.

`articles/<name>.txt` is the text and `<name>.toml` its answers: what must be read, and words about which people would
disagree. Everything else that is read is wrong. The thresholds are what was measured; they may only rise.
"""

import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from qiyafa.model.claim import Bound, Modality
from qiyafa.model.period import ALWAYS, read_period
from qiyafa.record.reading.read import read_claims
from qiyafa.record.reading.read_claim import ReadClaim

from support.expected_claims import Comparison, Expected, Found, compare

ARTICLES = sorted((Path(__file__).parent / "articles").glob("*.txt"))
LEAST_FOUND = 0.93
"""Of the expected claims, over all articles."""
MOST_WRONG = 0.04
"""Of the claims that were read."""


def answers(article: Path) -> dict[str, Any]:
    return tomllib.loads(article.with_suffix(".toml").read_text("utf-8"))


def place(text: str, quote: str) -> tuple[int, int]:
    assert text.count(quote) == 1, quote
    return text.index(quote), text.index(quote) + len(quote)


def expected(text: str, answer: dict[str, Any]) -> Expected:
    start, end = place(text, answer["quote"])
    # Several bounds where people would write either: `worth`, `estimated at`.
    bounds = answer["bound"] if isinstance(answer["bound"], list) else [answer["bound"]]
    numbers = {name: Decimal(answer[name]) if name in answer else None for name in ("quantity", "lower", "upper")}
    return Expected(
        name=f"{'|'.join(bounds)} {answer.get('quantity', '')} {answer['unit']} | {answer['quote']}",
        unit=answer["unit"],
        bounds=frozenset(map(Bound, bounds)),
        start=start,
        end=end,
        modality=Modality(answer["modality"]) if "modality" in answer else None,
        period=read_period(answer["period"]) if "period" in answer else ALWAYS,
        **numbers,
    )


def found(claim: ReadClaim) -> Found:
    quote = claim.quote
    assert quote.start is not None
    assert quote.end is not None
    return Found(
        claim.quantity,
        claim.unit,
        claim.bound,
        claim.lower,
        claim.upper,
        claim.modality,
        claim.period,
        quote.start,
        quote.end,
        quote.words,
    )


def read(article: Path) -> Comparison:
    text, answer = article.read_text("utf-8"), answers(article)
    claims = [found(one) for one in read_claims(text, day=answer["day"])]
    debatable = [place(text, one["quote"]) for one in answer.get("debatable", ())]
    return compare(claims, [expected(text, one) for one in answer["claim"]], debatable)


def test_there_are_articles_in_every_language() -> None:
    languages = [article.name[:2] for article in ARTICLES]
    assert {one: languages.count(one) >= 4 for one in ("ar", "ko", "en")} == {"ar": True, "ko": True, "en": True}


@pytest.mark.parametrize("article", ARTICLES, ids=lambda one: one.stem)
def test_every_quote_is_the_text_at_its_place(article: Path) -> None:
    text = article.read_text("utf-8")
    for claim in read_claims(text, day=date(2025, 3, 1)):
        assert text[claim.quote.start : claim.quote.end] == claim.quote.words


def test_most_claims_are_found_and_few_are_wrong() -> None:
    results = {article.stem: read(article) for article in ARTICLES}
    lines = []
    for name, one in results.items():
        lines.append(f"{name}: {len(one.right)} right, {len(one.missed)} missed, {len(one.wrong)} wrong")
        lines += [f"  missed {each}" for each in one.missed] + [f"  wrong  {each}" for each in one.wrong]
    right = sum(len(one.right) for one in results.values())
    missed = sum(len(one.missed) for one in results.values())
    wrong = sum(len(one.wrong) for one in results.values())
    lines.append(f"found {right} of {right + missed}, {wrong} wrong of {right + wrong} that were judged")
    print("\n".join(lines))
    assert right / (right + missed) >= LEAST_FOUND, "\n".join(lines)
    assert wrong / (right + wrong) <= MOST_WRONG, "\n".join(lines)
