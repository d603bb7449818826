"""Claims that agree, in all the ways in which claims can look as if they did not: nothing may be found in them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

from qiyafa.model.claim import Bound, Claim, Measure, Modality, Scope
from qiyafa.model.incident import Amount as IncidentAmount
from qiyafa.model.incident import AmountKind, Basis, Relation, RelationKind

from support.records import theft
from support.statements import counted, findings, retold, said


def agreeing() -> Iterator[Claim]:
    """One figure that four sources give alike, and papers that repeat it in their words."""
    for name in ("alpha", "beta", "gamma", "delta"):
        yield said(f"{name}-2023", "300000000")
        yield counted(f"{name}-2023-count", "12")
    yield retold(said("alpha-told", "300000000"), "paper-1")
    yield retold(counted("alpha-told-count", "12"), "paper-2")


def rounded() -> Iterator[Claim]:
    """One figure, coarser and finer."""
    yield said("alpha-2022", "651347146", "2022")
    yield said("beta-2022", "651300000", "2022")
    yield said("gamma-2022", "650000000", "2022", bound=Bound.ABOUT)
    yield said("delta-2022", "700000000", "2022", bound=Bound.ALMOST)
    yield said("epsilon-2022", "651000000", "2022")


def overlapping_bounds() -> Iterator[Claim]:
    """Limits that leave room for one another."""
    yield said("alpha-2021", "400000000", "2021", bound=Bound.AT_LEAST)
    yield said("beta-2021", "428800000", "2021")
    yield said("gamma-2021", "500000000", "2021", bound=Bound.UP_TO)
    yield said("delta-2021", "390000000", "2021", bound=Bound.MORE_THAN)
    yield said("epsilon-2021", "420000000", "2021", bound=Bound.ABOUT, upper=Decimal(450_000_000))
    yield said("zeta-2021", None, "2021", bound=Bound.ORDER, lower=Decimal(10**8), upper=Decimal(10**9))
    yield said("eta-2021", "410000000", "2021", bound=Bound.AT_LEAST, modality=Modality.SUSPECTED)


def other_periods() -> Iterator[Claim]:
    """Parts of years, years and sums over years, which add up."""
    yield said("theta-2019", "100000000", "2019")
    yield said("theta-2020", "150000000", "2020")
    yield said("theta-both", "250000000", "2019..2020")
    yield said("theta-half", "60000000", "2020-H1")
    yield said("theta-since", "900000000", "..2020", bound=Bound.AT_LEAST)
    yield said("iota-2020", "900000000", "2018..2020")
    yield said("kappa-2020", "2000000000", "..2020-08", bound=Bound.UP_TO, cumulative=True)


def other_actors() -> Iterator[Claim]:
    """Whole and part, and somebody else."""
    yield said("alpha-lazarus", "120000000", scope=Scope(actor="lazarus"))
    yield said("beta-kimsuky", "1000000", scope=Scope(actor="kimsuky"))
    yield said("gamma-all", "1700000000", scope=Scope(), measure=Measure.LOSSES)
    yield said("gamma-japan", "40000000", scope=Scope(actor="dprk", country="JP"))
    yield said("gamma-bitcoin", "70000000", scope=Scope(actor="dprk", asset="BTC"))


def other_measures() -> Iterator[Claim]:
    """What happened to one theft, step by step."""
    scope = Scope(actor="dprk", incident="bank-2016")
    amounts = {
        Measure.ATTEMPTED: "951000000",
        Measure.BLOCKED: "850000000",
        Measure.EXECUTED: "101000000",
        Measure.RECOVERED: "38000000",
        Measure.OUTSTANDING: "63000000",
    }
    for measure, quantity in amounts.items():
        yield said(f"bank-{measure.value}", quantity, "2016-02", measure=measure, scope=scope)
    stopped = {"unit": "share", "lower": Decimal("0.5"), "upper": Decimal(1), "bound": Bound.MAJORITY}
    yield said("paper-stopped", None, "2016-02", measure=Measure.BLOCKED, scope=scope, **stopped)
    yield said("later-outstanding", "62000000", "2016-02..2022-02", measure=Measure.OUTSTANDING, scope=scope)
    yield said("paper-year", "2016", "2016", measure=Measure.BEGINNING, unit="year", scope=scope)
    yield said("other-year", "2014", "2014", measure=Measure.BEGINNING, unit="year", scope=Scope(actor="dprk"))


def editions() -> Iterator[Claim]:
    """A later edition that repeats an earlier one, or is finer."""
    first = {"edition": "2018-01", "statement_date": date(2018, 1, 20)}
    later = {"edition": "2019-01", "statement_date": date(2019, 1, 20)}
    yield said("lambda-a", "29000000", "2017", **first)
    yield said("lambda-b", "29000000", "2017", supersedes="lambda-a", **later)
    yield said("mu-a", "30000000", "2017", bound=Bound.ABOUT, **first)
    yield said("mu-b", "29400000", "2017", supersedes="mu-a", **later)
    yield counted("mu-c", "4", "2017", **first)
    yield counted("mu-d", "4", "2017", **later)


def shares() -> Iterator[Claim]:
    """Shares and changes that the amounts make."""
    everybody = {"measure": Measure.LOSSES, "scope": Scope()}
    yield said("nu-all-2015", "1000000000", "2015", **everybody)
    yield said("nu-all-2014", "2000000000", "2014", **everybody)
    yield said("nu-2015", "250000000", "2015")
    yield said("nu-share", "0.25", "2015", unit="share", measure=Measure.LOSSES)
    yield said("nu-change", "-0.5", "2015", unit="ratio", **everybody)


def control_set() -> list[Claim]:
    parts = (agreeing, rounded, overlapping_bounds, other_periods, other_actors, other_measures, editions, shares)
    return [claim for part in parts for claim in part()]


def test_nothing_is_found_in_claims_that_agree() -> None:
    claims = control_set()
    assert len(claims) >= 40
    assert [(one.kind, [claim.id for claim in one.claims]) for one in findings(claims)] == []


def test_nothing_is_found_in_incidents_that_are_told_apart() -> None:
    other = IncidentAmount(AmountKind.EXECUTED, Decimal(104), "USD", "other", basis=Basis.AT_REPORT)
    incidents = [
        theft("one-2023", "100", day="2023-05-17"),
        theft("two-2023", "100", day="2023-05-18"),
        theft("three-2023", "90", day="2023-05-17"),
        theft("four-2023", None, day="2023-05-17"),
        replace(theft("five-2023", "101"), amounts=(*theft("five-2023", "101").amounts, other)),
        theft("six-2023", "100", day="2023-05-17", relations=(Relation(RelationKind.SAME_AS, "one-2023", "list"),)),
    ]
    assert findings(control_set(), incidents) == []


def test_one_figure_moved_is_found() -> None:
    """The control set is no set in which nothing can be found."""
    claims = control_set()
    for at, claim in enumerate(claims):
        if claim.id == "delta-2023":
            claims[at] = replace(claim, quantity=Decimal(500_000_000))
    assert {one.kind.value for one in findings(claims)} == {"differs by source"}
