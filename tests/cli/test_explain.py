"""`qiyafa explain`: the books of every address on the way add up, and nothing is an answer too."""

import json

import pytest
from tests.cli.running import Qiyafa

from qiyafa.app.demo import Demo
from qiyafa.app.scenario.truth import Role
from qiyafa.text.amounts import readable_number


@pytest.fixture
def end_of_peel_chain(demo: Demo) -> str:
    return next(holder.address for holder in demo.scenario.truth.holders if holder.role == Role.PEEL)


def test_inflows_less_outflows_are_the_holding_of_every_address(
    qiyafa: Qiyafa, case: str, ledger: str, end_of_peel_chain: str
) -> None:
    ran = qiyafa("explain", case, end_of_peel_chain, "--ledger", ledger, "--json")
    record = json.loads(ran.out)
    assert (ran.code, record["method"], record["address"]) == (0, "fifo", end_of_peel_chain)
    assert record["steps"][0]["address"] == end_of_peel_chain
    for step in record["steps"]:
        came, left = (sum(int(leg["units"]) for leg in step[side]) for side in ("inflows", "outflows"))
        assert came - left == int(step["holding"])
    assert sum(int(flow["stolen_units"]) for flow in record["arrivals"]) >= int(record["steps"][0]["holding"])


def test_the_way_leads_back_to_the_thief(
    qiyafa: Qiyafa, demo: Demo, case: str, ledger: str, end_of_peel_chain: str
) -> None:
    record = json.loads(qiyafa("explain", case, end_of_peel_chain, "--ledger", ledger, "--json").out)
    assert demo.scenario.truth.thief in {step["address"] for step in record["steps"]}


def test_people_see_the_holding_and_how_far_back_it_goes(
    qiyafa: Qiyafa, case: str, ledger: str, end_of_peel_chain: str
) -> None:
    whole = json.loads(qiyafa("explain", case, end_of_peel_chain, "--ledger", ledger, "--json").out)
    ran = qiyafa("explain", case, end_of_peel_chain, "--ledger", ledger, "--depth", "1")
    assert ran.code == 0
    assert readable_number(int(whole["steps"][0]["holding"]), 18) in ran.out
    assert whole["steps"][1]["address"] in ran.out
    assert "\n1 back: " in ran.out
    assert "\n2 back: " not in ran.out
    assert "--depth N" in ran.out


def test_what_is_too_wide_is_counted(qiyafa: Qiyafa, demo: Demo, case: str, ledger: str) -> None:
    exchange = demo.scenario.truth.with_role(Role.EXCHANGE)[0]
    ran = qiyafa("explain", case, exchange, "--ledger", ledger, "--depth", "1", "--top", "2")
    assert ran.out.count("\n1 back: ") == 2
    assert "more addresses, 1 back" in ran.out
    assert "others" in ran.out


def test_an_address_without_stolen_units_is_an_answer(qiyafa: Qiyafa, demo: Demo, case: str, ledger: str) -> None:
    front = demo.scenario.truth.with_role(Role.FRONT)[0]
    ran = qiyafa("explain", case, front, "--ledger", ledger, "--method", "lifo")
    assert ran.code == 0
    assert "no stolen unit" in ran.out


@pytest.mark.parametrize(
    ("arguments", "code", "part"),
    [
        (("0x12",), 2, "0x12"),
        (("0x" + "77" * 20,), 2, "77"),
        (("0x" + "77" * 20, "--method", "poison"), 2, "poison"),
        (("0x" + "77" * 20, "--method", "fiffo"), 2, "Did you mean fifo?"),
        (("0x" + "77" * 20, "--top", "0"), 2, "--top"),
    ],
)
def test_what_cannot_be_explained_is_a_sentence(
    qiyafa: Qiyafa, case: str, ledger: str, arguments: tuple[str, ...], code: int, part: str
) -> None:
    ran = qiyafa("explain", case, *arguments, "--ledger", ledger)
    assert ran.code == code
    assert part in ran.err
    assert ran.err.count("\n") == 1
