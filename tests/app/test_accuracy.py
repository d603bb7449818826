"""Accuracy is arithmetic: small answers beside small truths, by hand."""

from dataclasses import replace
from fractions import Fraction

import pytest

from qiyafa.app.accuracy import Agreement, compare
from qiyafa.app.scenario.truth import TrueHolder, Truth
from qiyafa.model.finding import Holding, LedgerState, MethodAnswer, PoisonAnswer, Status, Totals, TraceAnswer
from qiyafa.model.ledger import CoverageStatus

CHAIN = "eip155:1337"
ASSET = f"{CHAIN}/slip44:60"

TRUTH = Truth(
    seed=1,
    chain=CHAIN,
    asset=ASSET,
    thief="thief",
    from_block=1,
    stolen=1000,
    fees=10,
    holders=(TrueHolder("a", 600, "dormant", True), TrueHolder("b", 390, "mule", False)),
    roles={"a": "dormant", "b": "mule"},
)


def holding(address: str, units: int, *, asset: str = ASSET, status: Status = Status.HELD) -> Holding:
    return Holding(CHAIN, address, asset, units, status, "1", "", None, None, 1, CoverageStatus.COMPLETE)


def answer(*holdings: Holding, fees: int = 10, touched: tuple[str, ...] | None = None) -> TraceAnswer:
    native = [entry for entry in holdings if entry.asset == ASSET]
    held = sum(entry.units for entry in native if entry.status is Status.HELD)
    stopped = sum(entry.units for entry in native if entry.status is Status.STOPPED)
    totals = {ASSET: Totals(held + stopped + fees, held, stopped, fees, 0)}
    method = MethodAnswer("fifo", totals, {"1": totals}, {}, holdings)
    poison = None if touched is None else PoisonAnswer(touched, {"1": touched})
    return TraceAnswer("case", "", LedgerState("", {}), "test", {}, {"fifo": method}, poison, (), ())


def test_an_answer_that_is_the_truth_is_right_in_everything() -> None:
    (found,) = compare(answer(holding("a", 600), holding("b", 390)), TRUTH, least_units=1).methods
    for agreement in (found.units, found.holders, found.large_holders, found.fees):
        assert agreement is not None
        assert (agreement.recall, agreement.precision) == (1, 1)
    assert found.accounted_units == 1000


def test_units_at_the_wrong_address_cost_recall_and_precision() -> None:
    (found,) = compare(answer(holding("a", 500), holding("stranger", 490)), TRUTH, least_units=1).methods
    assert found.units == Agreement(right=500, true=990, found=990)
    assert found.units.recall == Fraction(500, 990)
    assert found.holders == Agreement(right=1, true=2, found=2)


def test_more_than_is_true_at_one_address_is_not_right() -> None:
    (found,) = compare(answer(holding("a", 990)), TRUTH, least_units=1).methods
    assert found.units == Agreement(right=600, true=990, found=990)
    assert found.holders.precision == 1
    assert found.holders.recall == Fraction(1, 2)


def test_crumbs_do_not_count_among_the_large_holders() -> None:
    crumbs = [holding(f"stranger {number}", 1) for number in range(90)]
    (found,) = compare(answer(holding("a", 600), holding("b", 300), *crumbs), TRUTH, least_units=100).methods
    assert found.holders == Agreement(right=2, true=2, found=92)
    assert found.large_holders == Agreement(right=2, true=2, found=2)


def test_two_holdings_of_one_address_are_added_up() -> None:
    parts = (holding("a", 350), holding("a", 250, status=Status.STOPPED), holding("b", 390))
    (found,) = compare(answer(*parts), TRUTH, least_units=1).methods
    assert found.units is not None
    assert found.units.recall == 1
    assert found.holders.found == 2


def test_other_assets_are_left_out() -> None:
    token = holding("a", 5000, asset=f"{CHAIN}/erc20:0x00")
    (found,) = compare(answer(holding("a", 600), holding("b", 390), token), TRUTH, least_units=1).methods
    assert found.units == Agreement(right=990, true=990, found=990)


def test_poison_is_compared_by_holders_alone() -> None:
    _, poison = compare(answer(holding("a", 600), touched=("a", "b", "c", "d")), TRUTH, least_units=1).methods
    assert poison.holders == Agreement(right=2, true=2, found=4)
    assert (poison.units, poison.fees, poison.accounted_units) == (None, None, None)


@pytest.mark.parametrize(("fees", "is_accounted"), [(10, True), (9, False), (11, False)])
def test_an_answer_is_accounted_only_if_no_unit_is_lost_or_invented(fees: int, is_accounted: bool) -> None:
    compared = compare(answer(holding("a", 600), holding("b", 390), fees=fees), TRUTH, least_units=1)
    assert compared.is_accounted is is_accounted


def test_an_answer_without_any_amounts_accounts_for_nothing() -> None:
    only_poison = replace(answer(touched=("a",)), methods={})
    assert not compare(only_poison, TRUTH, least_units=1).is_accounted


def test_nothing_found_of_nothing_is_no_mistake() -> None:
    empty = Agreement(0, 0, 0)
    assert (empty.recall, empty.precision) == (1, 1)
