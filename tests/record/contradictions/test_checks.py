"""Each way in which claims contradict each other, by the cases that were found in print, and what is none."""

from datetime import date
from decimal import Decimal

from qiyafa.model.claim import Bound, Measure, Scope
from qiyafa.model.incident import Amount as IncidentAmount
from qiyafa.model.incident import AmountKind, Basis, Relation, RelationKind, StolenAsset, Victim
from qiyafa.record.contradictions.finding import Finding, FindingKind, Severity

from support.records import theft
from support.statements import alarms, counted, findings, retold, said

TO_2019 = "..2019-08"
BANK = Scope(incident="bank-2016")


def quantities(finding: Finding) -> list[Decimal | None]:
    return [claim.quantity for claim in finding.claims]


def only(found: list[Finding], kind: FindingKind) -> Finding:
    (one,) = [finding for finding in found if finding.kind is kind]
    return one


def test_35_instances_in_17_countries_are_not_35_countries() -> None:
    instances = counted("un-incidents", "35", TO_2019, bound=Bound.AT_LEAST)
    countries = said("un-countries", "17", TO_2019, measure=Measure.COUNTRIES, unit="countries")
    told = retold(instances, "paper-1", measure=Measure.COUNTRIES, unit="countries")
    found = findings([instances, countries, told])
    assert [one.kind for one in found] == [FindingKind.UNIT_CHANGED], "a misreading is not compared any further"
    assert found[0].severity is Severity.CONTRADICTION
    assert [claim.id for claim in found[0].claims] == ["paper-1", "un-incidents", "un-countries"]


def test_one_number_of_two_units_is_no_contradiction_where_one_source_says_both() -> None:
    five = counted("un-incidents", "5", source="un")
    also = said("un-countries", "5", measure=Measure.COUNTRIES, unit="countries", source="un")
    assert alarms([five, also]) == []
    apart = said("un-countries", "5", measure=Measure.COUNTRIES, unit="countries", source="un-later")
    assert alarms([five, apart]) == [], "small numbers meet by chance"


def test_2bn_up_to_2019_is_not_2bn_in_2019() -> None:
    total = said("un-total", "2000000000", TO_2019, bound=Bound.UP_TO)
    annual = said("firm-told", "2000000000", "2019", bound=Bound.ABOUT, publisher="paper", source="paper")
    own = said("firm-2019", "271000000", "2019", edition="2024-01")
    found = findings([total, annual, own])
    assert [(one.kind, quantities(one)) for one in found] == [
        (FindingKind.CUMULATIVE_AS_ANNUAL, [Decimal(2_000_000_000), Decimal(2_000_000_000), Decimal(271_000_000)])
    ]
    assert alarms([total, annual]) == [], "nothing speaks against the year's figure"


def test_up_to_2bn_is_not_about_2bn() -> None:
    total = said("un-total", "2000000000", TO_2019, bound=Bound.UP_TO)
    told = retold(total, "paper-1", bound=Bound.ABOUT)
    assert alarms([total, told]) == [("bound dropped", ["paper-1", "un-total"])]
    assert alarms([total, retold(total, "paper-1")]) == []


def test_400_million_in_seven_became_428_8_in_nine() -> None:
    first = {"edition": "2022-01", "statement_date": date(2022, 1, 13)}
    later = {"edition": "2024-01", "statement_date": date(2024, 1, 24)}
    claims = [
        said("firm-a", "400000000", "2021", bound=Bound.ALMOST, **first),
        counted("firm-b", "7", "2021", **first),
        said("firm-c", "428800000", "2021", **later),
        counted("firm-d", "9", "2021", **later),
    ]
    found = only(findings(claims), FindingKind.REVISED_EDITION)
    assert found.severity is Severity.REVISION
    assert quantities(found) == [Decimal(400_000_000), Decimal(428_800_000), Decimal(7), Decimal(9)]


def test_what_may_change_with_time_is_no_revision() -> None:
    at_first = said("bank-a", "66000000", "2016-02..2019-02", measure=Measure.OUTSTANDING, scope=BANK)
    later = said("bank-b", "63000000", "2016-02..2022-02", measure=Measure.OUTSTANDING, scope=BANK)
    assert alarms([at_first, later]) == []


def test_750_against_660_5_million_differs_by_source() -> None:
    panel = said("un-1", "750000000", bound=Bound.MORE_THAN)
    firm = said("firm-1", "660500000", edition="2024-12")
    found = only(findings([panel, firm]), FindingKind.DIFFERS_BY_SOURCE)
    assert (found.severity, quantities(found)) == (Severity.DIFFERENCE, [Decimal(750_000_000), Decimal(660_500_000)])


def test_only_the_newest_edition_differs_from_other_sources() -> None:
    claims = [
        said("firm-1", "1000000000", edition="2024-01"),
        said("firm-2", "660500000", edition="2024-12"),
        said("list-1", "660500000"),
    ]
    assert alarms(claims) == [("revised edition", ["firm-1", "firm-2"])]


def test_230_million_is_a_rounding_of_234_3() -> None:
    scope = Scope(incident="exchange-2018")
    court = said("court-1", "234337668.88", "2018-04-21", scope=scope)
    told = said("paper-1", "230000000", "2018", scope=scope)
    found = only(findings([court, told]), FindingKind.ROUNDED)
    assert (found.severity, found.claims[0].id) == (Severity.ROUNDING, "paper-1")
    assert findings([court, said("paper-1", "234000000", "2018", scope=scope)]) == []


def test_a_list_whose_items_do_not_make_its_total() -> None:
    stated = said("list-1", "649889146")
    items = said("list-2", "651347146")
    found = only(findings([stated, items]), FindingKind.SUM_AGAINST_PARTS)
    assert found.numbers["difference"] == 1_458_000


def test_years_that_do_not_make_the_sum_over_them() -> None:
    years = [said(f"firm-{year}", "100000000", str(year)) for year in (2021, 2022, 2023)]
    too_much = said("firm-all", "250000000", "2021..2023")
    found = only(findings([*years, too_much]), FindingKind.SUM_AGAINST_PARTS)
    assert [claim.id for claim in found.claims] == ["firm-all", "", "firm-2021", "firm-2022", "firm-2023"]
    assert alarms([*years, said("firm-all", "300000000", "2021..2023")]) == []
    assert alarms([*years[1:], too_much]) == [], "a year is missing, so nothing can be said"
    assert alarms([*years, said("firm-all", "250000000", "..2023", bound=Bound.AT_LEAST)]) == []


def test_assets_that_do_not_make_the_amount() -> None:
    assets = tuple(
        StolenAsset(symbol, None, Decimal(value), "USD", "court") for symbol, value in (("BTC", "10.01"), ("ETH", "5"))
    )
    amount = IncidentAmount(AmountKind.EXECUTED, Decimal(15), "USD", "court")
    found = only(findings([], [theft(assets=assets, amounts=(amount,))]), FindingKind.SUM_AGAINST_PARTS)
    assert found.numbers["difference"] == Decimal("0.01")


def test_most_was_not_recovered_where_63_of_101_million_are_gone() -> None:
    majority = {"bound": Bound.MAJORITY, "lower": Decimal("0.5"), "upper": Decimal(1), "unit": "share"}
    share = said("paper-1", None, "2016..2022", measure=Measure.RECOVERED, scope=BANK, **majority)
    executed = said("bank-1", "101000000", "2016-02", measure=Measure.EXECUTED, scope=BANK)
    gone = said("paper-2", "63000000", "2016..2022", measure=Measure.OUTSTANDING, scope=BANK)
    found = only(findings([share, executed, gone]), FindingKind.SHARE_AGAINST_AMOUNT)
    assert found.severity is Severity.CONTRADICTION
    assert found.numbers["most"].quantize(Decimal("0.001")) == Decimal("0.376")
    half_back = said("paper-2", "40000000", "2016..2022", measure=Measure.OUTSTANDING, scope=BANK)
    assert alarms([share, executed, half_back]) == []


def test_almost_a_fifth_is_17_per_cent() -> None:
    everybody = {"measure": Measure.LOSSES, "scope": Scope()}
    fifth = said("firm-1", "0.2", unit="share", measure=Measure.LOSSES, bound=Bound.ALMOST)
    claims = [fifth, said("firm-2", "308600000"), said("firm-3", "1800000000", bound=Bound.ABOUT, **everybody)]
    found = only(findings(claims), FindingKind.SHARE_AGAINST_AMOUNT)
    assert (found.severity, found.numbers["most"].quantize(Decimal("0.001"))) == (Severity.ROUNDING, Decimal("0.171"))


def test_a_change_that_the_amounts_do_not_make() -> None:
    everybody = {"measure": Measure.LOSSES, "scope": Scope()}
    amounts = [said("firm-1", "3900000000", "2022", **everybody), said("firm-2", "1800000000", **everybody)]
    half = said("firm-3", "-0.5", unit="ratio", bound=Bound.ABOUT, **everybody)
    assert alarms([*amounts, half]) == []
    tenth = said("firm-3", "-0.1", unit="ratio", **everybody)
    assert alarms([*amounts, tenth]) == [("share against amount", ["firm-3", "firm-2", "firm-1"])]


def test_minted_tokens_explain_the_difference_of_two_totals() -> None:
    minted = IncidentAmount(AmountKind.EXECUTED, Decimal(160_000_000), "USD", "list", basis=Basis.NOTIONAL_MINT)
    mint = theft("mint-2021", day="2021-03-05", amounts=(minted,))
    found = findings([said("list-1", "477050000", "2021"), said("list-2", "317050000", "2021")], [mint])
    assert [(one.kind, one.claims[2].id) for one in found] == [(FindingKind.VALUATION_BASIS, "mint-2021#1")]


def test_an_amount_on_paper_is_not_what_was_taken() -> None:
    amounts = (
        IncidentAmount(AmountKind.EXECUTED, Decimal(3_000_000), "USD", "a", basis=Basis.AT_THEFT),
        IncidentAmount(AmountKind.EXECUTED, Decimal(160_000_000), "USD", "b", basis=Basis.NOTIONAL_MINT),
    )
    assert [one.kind for one in findings([], [theft(amounts=amounts)])] == [FindingKind.VALUATION_BASIS]


def test_two_that_some_count_as_one() -> None:
    one = theft("one-2023", "60000000", day="2023-07-22")
    relation = Relation(RelationKind.COUNTED_WITH, "one-2023", "list")
    other = theft("other-2023", "37300000", day="2023-07-22", relations=(relation,))
    assert alarms([], [one, other]) == [("double-counted incident", ["one-2023#1", "other-2023#1"])]


def test_one_event_under_three_names() -> None:
    def victim(name: str) -> tuple[Victim, ...]:
        return (Victim(name, "exchange", "", "list"),)

    one = theft("one-2023", "60000000", day="2023-07-22", victims=victim("Alphapo"))
    other = theft("other-2023", "37300000", day="2023-07-22", victims=victim("CoinsPaid"))
    both = theft("both-2023", "97000000", day="2023-07-22", title="Alphapo + CoinsPaid")
    assert alarms([], [one, other, both]) == [
        ("double-counted incident", ["both-2023#1", "one-2023#1", "other-2023#1"])
    ]
    twin = theft("twin-2023", "60000000", day="2023-07-22")
    assert alarms([], [one, twin]) == [("double-counted incident", ["one-2023#1", "twin-2023#1"])]


def test_the_order_of_claims_changes_nothing() -> None:
    claims = [
        said("un-1", "750000000", bound=Bound.MORE_THAN),
        said("firm-1", "660500000", edition="2024-12"),
        said("firm-0", "1000000000", edition="2024-01"),
        said("list-1", "649889146"),
    ]
    assert alarms(claims) == alarms(claims[::-1])
