"""The JSON of a trace is a promise to programs: these are its keys and forms."""

import json
from dataclasses import replace
from typing import Any

from tests.cli.answers import ETH, HOLDER, MIXER, TOKEN, UNIT, small_answer

from qiyafa.cli.answer_json import answer_json
from qiyafa.model.finding import MethodAnswer, PoisonAnswer, Totals, TraceAnswer


def printed(answer: TraceAnswer) -> dict[str, Any]:
    record: dict[str, Any] = json.loads("".join(answer_json(answer)))
    return record


def test_the_answer_has_the_keys_it_promises() -> None:
    record = printed(small_answer())
    assert {"case", "ledger", "engine", "methods", "intervals", "gaps"} <= record.keys()
    assert record["case"] == "small"
    assert record["ledger"] == {
        "head": {"eip155:1": {"block": 14_442_840, "hash": None, "time": "2022-03-23T13:31:36Z"}},
        "manifest_sha256": "ab" * 32,
    }
    assert record["engine"] == "test 1"


def test_amounts_are_strings_of_base_units() -> None:
    fifo = printed(small_answer())["methods"]["fifo"]
    assert (fifo["stolen"], fifo["stopped"], fifo["fees"], fifo["untraced"]) == (
        "100000000000000000000",
        "60000000000000000000",
        "1",
        "0",
    )
    assert int(fifo["stolen"]) == sum(int(fifo[part]) for part in ("held", "stopped", "fees", "untraced"))


def test_a_holding_has_every_key() -> None:
    first = printed(small_answer())["methods"]["fifo"]["holdings"][0]
    assert first == {
        "chain": "eip155:1",
        "address": MIXER,
        "asset": ETH,
        "units": str(60 * UNIT),
        "status": "stopped",
        "theft": "1",
        "reason": "mixer: Tornado Cash router",
        "first_received": "2022-03-23T13:29:09Z",
        "last_received": None,
        "transfers": 3,
        "coverage": "unknown",
        "label": None,
    }


def test_poison_has_addresses_and_no_amounts() -> None:
    assert printed(small_answer())["methods"]["poison"] == {"touched": [HOLDER, MIXER]}
    assert "poison" not in printed(replace(small_answer(), poison=None))["methods"]


def test_intervals_and_gaps_are_lists_of_objects() -> None:
    record = printed(small_answer())
    assert record["intervals"][0] == {
        "chain": "eip155:1",
        "address": MIXER,
        "asset": ETH,
        "min": str(40 * UNIT),
        "max": str(60 * UNIT),
    }
    assert record["gaps"][0]["kind"] == "history"
    assert record["gaps"][0]["address"] == HOLDER
    assert record["gaps"][2] == {"kind": "internal_transfers", "detail": "the ledger has no internal transfers"}


def test_with_several_assets_totals_are_objects_keyed_by_asset() -> None:
    totals = {ETH: Totals(10, 10, 0, 0, 0), TOKEN: Totals(7, 3, 4, 0, 0)}
    method = MethodAnswer("fifo", totals, {"1": totals}, {}, ())
    fifo = printed(replace(small_answer(), methods={"fifo": method}))["methods"]["fifo"]
    assert fifo["held"] == {ETH: "10", TOKEN: "3"}
    assert "thefts" not in fifo


def test_with_several_thefts_totals_stand_once_more_for_each() -> None:
    first, second = {ETH: Totals(10, 10, 0, 0, 0)}, {ETH: Totals(5, 0, 5, 0, 0)}
    method = MethodAnswer("fifo", {ETH: Totals(15, 10, 5, 0, 0)}, {"a": first, "b": second}, {}, ())
    poison = PoisonAnswer((HOLDER, MIXER), {"a": (HOLDER,), "b": (MIXER,)})
    methods = printed(replace(small_answer(), methods={"fifo": method}, poison=poison))["methods"]
    assert methods["fifo"]["stolen"] == "15"
    assert methods["fifo"]["thefts"]["b"] == {
        "stolen": "5",
        "held": "0",
        "stopped": "5",
        "fees": "0",
        "untraced": "0",
    }
    assert methods["poison"]["thefts"] == {"a": {"touched": [HOLDER]}, "b": {"touched": [MIXER]}}


def test_a_theft_of_one_asset_among_several_is_keyed_like_the_rest() -> None:
    both = {ETH: Totals(10, 10, 0, 0, 0), TOKEN: Totals(7, 7, 0, 0, 0)}
    thefts = {"a": {ETH: both[ETH]}, "b": {TOKEN: both[TOKEN]}}
    fifo = printed(replace(small_answer(), methods={"fifo": MethodAnswer("fifo", both, thefts, {}, ())}))["methods"][
        "fifo"
    ]
    assert fifo["thefts"]["a"]["stolen"] == {ETH: "10"}


def test_nothing_stolen_is_zero_everywhere() -> None:
    empty = MethodAnswer("fifo", {}, {"1": {}}, {}, ())
    fifo = printed(replace(small_answer(), methods={"fifo": empty}))["methods"]["fifo"]
    assert (fifo["stolen"], fifo["held"], fifo["holdings"]) == ("0", "0", [])
