"""Quantities in JSON say exactly what was claimed."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiyafa.app.claim_json import claim_object, number
from qiyafa.model.claim import Bound, Claim, Measure, Quote, Scope
from qiyafa.model.period import year_period


@pytest.mark.parametrize(
    ("quantity", "unit", "written"),
    [
        ("400000000", "USD", "400000000"),
        ("4.00E+8", "USD", "400000000"),
        ("234337668.89", "USD", "234337668.89"),
        ("-0.5", "ratio", "-0.5"),
        ("0.3333333333333333333333333333", "share", "0.3333333333333333"),
        ("401346.123456789012345678", "ETH", '"401346.123456789012345678"'),
        ("1E+30", "wei", "1" + "0" * 30),
        ("1E+999999", "USD", '"1E+999999"'),
        ("NaN", "USD", '"NaN"'),
    ],
)
def test_a_quantity_is_a_number_if_that_is_exact(quantity: str, unit: str, written: str) -> None:
    assert json.dumps(number(Decimal(quantity), unit)) == written


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30, places=6))
def test_no_quantity_of_money_changes(quantity: Decimal) -> None:
    written = json.loads(json.dumps(number(quantity, "USD")), parse_float=Decimal)
    assert Decimal(written) == quantity


def test_a_claim_of_the_record_says_where_it_comes_from() -> None:
    claim = Claim(
        id="unit-test-1",
        claimant="Chainalysis",
        publisher="Chainalysis",
        source="chainalysis-2022-01",
        subject="North Korean thefts",
        measure=Measure.STOLEN,
        unit="USD",
        quantity=Decimal("400000000"),
        bound=Bound.ALMOST,
        period=year_period(2021),
        scope=Scope(actor="dprk"),
        quote=Quote("ما يقرب من 400 مليون دولار", 10, 36, "ab"),
    )
    found = claim_object(claim)
    assert (found["id"], found["source"], found["state"]) == ("unit-test-1", "chainalysis-2022-01", "accepted")
    assert (found["quantity"], found["bound"], found["lower"]) == (400000000, "almost", None)
    assert (found["period_start"], found["period_end"]) == ("2021-01-01", "2021-12-31")
    assert (found["quote"], found["start"], found["end"]) == ("ما يقرب من 400 مليون دولار", 10, 36)
    assert found["scope"] == {"actor": "dprk"}
    json.dumps(found)
