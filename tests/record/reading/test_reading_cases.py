"""Small sentences in three languages with the claims in them, in `cases/*.txt`, and what must be claimed of none."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from qiyafa.model.claim import Modality
from qiyafa.record.reading.read import read_claims
from qiyafa.record.reading.read_claim import ReadClaim

CASES = Path(__file__).parent / "cases"


@dataclass(frozen=True)
class Case:
    """A text and its claims, each as one line."""

    file: str
    day: date
    text: str
    expected: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.file}: {self.text[:50]}"


def cases() -> Iterator[Case]:
    """Yield the cases of all files; a case ends at an empty line."""
    for path in sorted(CASES.glob("*.txt")):
        day = date.min
        for block in path.read_text(encoding="utf-8").split("\n\n"):
            lines = [line for line in block.splitlines() if not line.startswith("#")]
            for line in [line for line in lines if line.startswith("@")]:
                day = date.fromisoformat(line[1:].strip())
            text = "\n".join(line for line in lines if not line.startswith(("@", "=")))
            if text:
                yield Case(path.stem, day, text, tuple(full(line[1:], day) for line in lines if line.startswith("=")))


def full(line: str, day: date) -> str:
    """Return an answer with what it leaves out."""
    parts = [part.strip() for part in line.split("|")]
    return " | ".join([*parts, *["exact", f"..{day}", "stated"][len(parts) - 1 :]])


def written(claim: ReadClaim) -> str:
    """Return a claim as a line of a case file."""
    quantity = f"{claim.quantity:f}" if claim.quantity is not None else "-"
    if claim.quantity is None and claim.lower is not None and claim.unit != "share":
        quantity = f"{claim.lower:f}..{claim.upper:f}"
    period = str(claim.period)
    start, end = claim.period.start, claim.period.end
    if start and end and (start.month, start.day, end.month, end.day) == (1, 1, 12, 31) and start.year != end.year:
        period = f"{start.year}..{end.year}"
    if start and end and start.day == 1 and (start.year, start.month) == (end.year, end.month) and end.day >= 28:
        period = f"{start:%Y-%m}"
    return f"{quantity} {claim.unit} | {claim.bound} | {period} | {claim.modality}"


ALL = list(cases())


@pytest.mark.parametrize("case", ALL, ids=str)
def test_a_sentence_gives_its_claims_and_no_others(case: Case) -> None:
    assert [written(claim) for claim in read_claims(case.text, day=case.day)] == list(case.expected)


def test_there_are_cases_with_and_without_claims_in_each_language() -> None:
    for language in ("english", "arabic", "korean"):
        of_one = [case for case in ALL if case.file == language]
        assert len(of_one) >= 50
        assert sum(not case.expected for case in of_one) >= 10


@pytest.mark.parametrize("case", ALL, ids=str)
def test_a_quote_is_the_text_at_its_place(case: Case) -> None:
    for claim in read_claims(case.text, day=case.day):
        assert claim.quote.start is not None
        assert case.text[claim.quote.start : claim.quote.end] == claim.quote.words != ""


def test_decoration_moves_no_quote() -> None:
    text = "\u202eقالت\u202c الـلـجـنـة إنّ القراصنةَ سَرقوا ٢٣٠\u00a0مليون\u200f دولار عام ٢٠١٨."
    (claim,) = read_claims(text, day=date(2022, 2, 22))
    assert claim.quantity == 230_000_000
    assert text[claim.quote.start : claim.quote.end] == claim.quote.words
    assert claim.quote.words.startswith("سَرقوا")


@pytest.mark.parametrize(
    ("text", "claimant"),
    [
        ("According to Chainalysis, hackers stole $5 million.", "Chainalysis"),
        ("Hackers stole $5 million, the FBI said on Thursday.", "FBI"),
        ("The UN Panel of Experts said that hackers stole $5 million.", "UN Panel of Experts"),
        ("قدّرت شركة Chainalysis بأن القراصنة سرقوا 5 ملايين دولار.", "شركة Chainalysis"),
        ("سرق القراصنة 5 ملايين دولار، وفق ما ذكرته وكالة “يونهاب”.", "وكالة “يونهاب"),
        ("체이널리시스에 따르면 해커들이 500만 달러를 훔쳤다.", "체이널리시스"),
        ("경찰청은 해커들이 500만 달러를 훔쳤다고 밝혔다.", "경찰청"),
        ("Hackers stole $5 million.", ""),
    ],
)
def test_the_claimant_is_who_says_it(text: str, claimant: str) -> None:
    (claim,) = read_claims(text, day=date(2024, 3, 29), publisher="Daily")
    assert (claim.claimant, claim.publisher) == (claimant, "Daily")


def test_reasons_name_the_words_that_a_part_was_taken_from() -> None:
    (claim,) = read_claims("Hackers stole at least $5 million last year.", day=date(2024, 3, 29))
    assert claim.reasons == ("unit: $", "bound: at least", "period: last year")
    assert (claim.rule, claim.language, claim.modality) == ("amount", "en", Modality.STATED)
