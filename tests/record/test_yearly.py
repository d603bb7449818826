"""What each source says of each year, the interval between them, and why they differ."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from qiyafa.model.actor import Actor
from qiyafa.model.claim import Bound, Modality, Scope
from qiyafa.model.incident import Amount, AmountKind, Basis, Relation, RelationKind
from qiyafa.record.explanations import EXPLANATIONS, Year, explanations
from qiyafa.record.yearly import intervals, source_rows

from support.records import SOURCE, theft
from support.statements import counted, retold, said

ACTORS = frozenset({"dprk", "lazarus"})
NAMES = {"dprk": Actor("dprk", "North Korea", SOURCE.id), "lazarus": Actor("lazarus", "Lazarus", SOURCE.id)}

OLD = {"edition": "2024-01", "statement_date": date(2024, 1, 24)}
NEW = {"edition": "2024-12", "statement_date": date(2024, 12, 19)}
CLAIMS = [
    said("firm-1", "1000000000", bound=Bound.MORE_THAN, **OLD),
    counted("firm-2", "20", **OLD),
    said("firm-3", "660500000", note="Fewer are attributed.", **NEW),
    counted("firm-4", "20", **NEW),
    said("bounty-1", "308600000", scope=Scope(actor="lazarus")),
    counted("bounty-2", "5", scope=Scope(actor="lazarus")),
    said("un-1", "750000000", bound=Bound.MORE_THAN, modality=Modality.SUSPECTED),
    said("un-2", "3000000000", "2017..2023", bound=Bound.ABOUT),
    said("range-1", "600000000", bound=Bound.ABOUT, upper=Decimal(700_000_000)),
]


def rows():
    return source_rows(CLAIMS, ACTORS, {})


def test_an_edition_is_a_row_with_its_amount_and_count() -> None:
    seen = [(row.said.id, row.count.id if row.count else "", bool(row.superseded_by)) for row in rows()]
    assert seen == [
        ("un-2", "", False),
        ("bounty-1", "bounty-2", False),
        ("firm-1", "firm-2", True),
        ("firm-3", "firm-4", False),
        ("range-1", "", False),
        ("un-1", "", False),
    ]


def test_a_figure_of_several_years_is_in_no_years_interval() -> None:
    every, newest = intervals(rows(), newest_only=False), intervals(rows(), newest_only=True)
    assert set(every) == {2023}
    assert (every[2023].least.said.id, every[2023].most.said.id) == ("bounty-1", "firm-1")
    assert (newest[2023].least.said.id, newest[2023].most.said.id) == ("bounty-1", "un-1")


def test_a_retelling_has_no_row_of_its_own() -> None:
    told = [retold(CLAIMS[0], "paper-1"), retold(CLAIMS[0], "paper-2", edition="2024-01")]
    assert source_rows([*told, *CLAIMS], ACTORS, {}) == rows()


def test_claims_that_something_narrows_are_no_totals() -> None:
    narrowed = said("firm-9", "5", scope=Scope(actor="dprk", country="KR"))
    assert source_rows([narrowed], ACTORS, {}) == []
    (row,) = source_rows([narrowed], ACTORS, {}, lambda scope: scope.country or None)
    assert row.said is narrowed


def test_a_year_says_why_its_sources_differ() -> None:
    minted = Amount(AmountKind.EXECUTED, Decimal(160), "USD", "list", basis=Basis.NOTIONAL_MINT)
    back = Amount(AmountKind.RECOVERED, Decimal(7), "USD", "list")
    one = theft("one-2023", "60")
    other = theft("two-2023", "37", relations=(Relation(RelationKind.COUNTED_WITH, "one-2023", "list"),))
    incidents = [replace(one, amounts=(*one.amounts, minted, back)), other]
    of_year = [row for row in rows() if row.period.is_whole_year]
    found = {why.name for why in explanations(Year(of_year, incidents, "dprk", NAMES))}
    assert found == set(EXPLANATIONS) - {"proceeds", "fiat", "withdrawn"}


def test_a_year_with_one_source_needs_no_explanation() -> None:
    assert explanations(Year(rows()[:1], [], "dprk", NAMES)) == []


def test_a_year_says_which_source_was_withdrawn() -> None:
    of_year = [row for row in rows() if row.period.is_whole_year]
    fallen = replace(SOURCE, id=of_year[0].said.source, known_to=datetime(2026, 1, 2, tzinfo=UTC))
    sources = {fallen.id: fallen}
    found = [why for why in explanations(Year(of_year, [], "dprk", NAMES, sources)) if why.name == "withdrawn"]
    assert {why.claims[0].source for why in found} == set(sources)
    assert {why.fields["day"] for why in found} == {"2026-01-02"}
