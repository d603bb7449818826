"""Published figures made again from the registry's rows, and where these do not allow it."""

from dataclasses import replace
from decimal import Decimal

import pytest

from qiyafa.model.claim import Bound, Claim, Measure, Scope
from qiyafa.model.incident import Amount, AmountKind, IncidentKind, Victim
from qiyafa.record.regenerate import remade

from support.records import GROUP, SOURCE, STATE, theft
from support.statements import counted, said

ACTORS = {one.id: one for one in (STATE, GROUP)}
OF_STATE = {"scope": Scope(actor=STATE.id)}
BANK = replace(
    theft("bank-2016", "101", day="2016-02-04"),
    kind=IncidentKind.PAYMENT_HEIST,
    amounts=tuple(
        Amount(kind, Decimal(value), "USD", SOURCE.id)
        for kind, value in ((AmountKind.ATTEMPTED, "951"), (AmountKind.BLOCKED, "850"), (AmountKind.EXECUTED, "101"))
    ),
)
INCIDENTS = [
    BANK,
    theft("a-2023", "60", victims=(Victim("A", "exchange", "KR", SOURCE.id),)),
    theft("b-2023", "37.5", victims=(Victim("B", "exchange", "KR", SOURCE.id), Victim("C", "bridge", "JP", SOURCE.id))),
]


@pytest.mark.parametrize(
    ("claim", "own", "reason", "rows"),
    [
        (said("x-1", "100", **OF_STATE), "97.5", "sum", 2),
        (counted("x-2", "3", **OF_STATE), "2", "count", 2),
        (said("x-3", "2", measure=Measure.COUNTRIES, unit="countries", **OF_STATE), "2", "countries", 2),
        (said("x-4", "1", "2016", **OF_STATE), None, "no_rows", 0),
        (said("x-5", "1", scope=Scope(actor="other")), None, "no_rows", 0),
        (said("x-6", "1", measure=Measure.LOSSES, scope=Scope()), None, "everybody", 0),
        (said("x-7", "1", scope=Scope(actor=STATE.id, country="KR")), None, "narrowed", 0),
        (said("x-8", "1", measure=Measure.PROCEEDS, **OF_STATE), None, "not_held", 0),
        (said("x-9", "1", "2017..", **OF_STATE), None, "no_period", 0),
        (said("x-10", None, unit="qualitative", **OF_STATE), None, "no_number", 0),
        (said("x-11", "81", scope=Scope(incident=BANK.id)), "101", "amount", 1),
        (
            said("x-12", "2016", unit="year", measure=Measure.BEGINNING, scope=Scope(incident=BANK.id)),
            "2016",
            "year",
            1,
        ),
        (said("x-13", "1", scope=Scope(incident="nobody")), None, "no_rows", 0),
        (said("x-14", "1", measure=Measure.FROZEN, scope=Scope(incident=BANK.id)), None, "no_amount", 1),
    ],
)
def test_a_figure_is_made_from_rows_or_says_why_not(claim: Claim, own: str | None, reason: str, rows: int) -> None:
    (made,) = remade([claim], INCIDENTS, ACTORS)
    assert (made.own, made.reason, len(made.rows)) == (None if own is None else Decimal(own), reason, rows)


def test_the_difference_is_the_registrys_less_the_stated() -> None:
    (made,) = remade([said("x-1", "100", **OF_STATE)], INCIDENTS, ACTORS)
    assert made.difference == Decimal("-2.5")
    (none,) = remade(
        [said("x-2", None, bound=Bound.ORDER, lower=Decimal(1), upper=Decimal(9), **OF_STATE)], INCIDENTS, ACTORS
    )
    assert (none.own, none.difference) == (Decimal("97.5"), None)


def test_a_share_of_an_incident_is_made_from_its_amounts() -> None:
    share = said("x-1", "0.9", unit="share", measure=Measure.BLOCKED, scope=Scope(incident=BANK.id))
    (made,) = remade([share], INCIDENTS, ACTORS)
    assert made.own == Decimal("0.8938")
