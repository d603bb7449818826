"""Internal transfers and rewards among traces."""

import pytest
from tests.chains.files import ALICE, BOB, CAROL, ETH, Desk, receipts, traces, transaction, transactions

from qiyafa.model.errors import InvalidInput

ROOT = {"from_address": ALICE, "to_address": BOB, "value": "99", "trace_address": ""}


def test_a_call_that_carries_value_is_an_internal_transfer(desk: Desk) -> None:
    read = desk.read(traces=traces(ROOT, {"trace_address": "0,2"}))
    assert read.rows == [
        {
            "block_number": 100,
            "transaction_index": 3,
            "time": None,
            "transaction_hash": transaction(1),
            "kind": "internal",
            "source": BOB,
            "target": CAROL,
            "asset": ETH,
            "units_text": "5",
            "status": "ok",
            "trace_address": "0,2",
            "log_index": None,
            "precision": "exact",
        }
    ]
    assert read.raw.provides == {"internal"}
    assert read.problems == []


def test_the_root_trace_is_not_counted_again(desk: Desk) -> None:
    assert desk.read(traces=traces(ROOT)).rows == []


@pytest.mark.parametrize("kind", ["create", "create2", "suicide", "selfdestruct"])
def test_creations_and_self_destructs_move_value(desk: Desk, kind: str) -> None:
    read = desk.read(traces=traces({"trace_type": kind, "call_type": ""}))
    assert read.moves("internal") == [(transaction(1), BOB, CAROL, 5)]


@pytest.mark.parametrize("call", ["delegatecall", "staticcall", "callcode"])
def test_calls_that_run_in_place_move_nothing(desk: Desk, call: str) -> None:
    read = desk.read(traces=traces({"call_type": call}, {"trace_type": call, "call_type": "", "trace_address": "1"}))
    assert (read.rows, read.problems) == ([], [])


@pytest.mark.parametrize("failure", [{"status": "0"}, {"error": "Reverted"}, {"status": "", "error": "Out of gas"}])
def test_a_failed_trace_and_all_below_it_move_nothing(desk: Desk, failure: dict[str, str]) -> None:
    read = desk.read(
        traces=traces(
            ROOT,
            {"trace_address": "1"},
            {"trace_address": "2"} | failure,
            {"trace_address": "2,0"},
            {"trace_address": "2,0,5"},
            {"trace_address": "20"},
            {"trace_address": "3,2"},
            {"trace_address": "2,0", "transaction_hash": transaction(2)},
        )
    )
    kept = [(row["transaction_hash"], row["trace_address"]) for row in read.rows]
    assert kept == [(transaction(1), "1"), (transaction(1), "20"), (transaction(1), "3,2"), (transaction(2), "2,0")]


def test_a_failed_root_undoes_the_whole_transaction(desk: Desk) -> None:
    assert desk.read(traces=traces(ROOT | {"status": "0"}, {"trace_address": "0,1"})).rows == []


def test_a_failed_transaction_undoes_its_traces_in_whatever_file_they_stand(desk: Desk) -> None:
    read = desk.read(
        transactions=transactions({}),
        receipts=receipts({"status": "0"}),
        traces=[traces({}), traces({"transaction_hash": transaction(2)})],
    )
    assert [row["transaction_hash"] for row in read.of("internal")] == [transaction(2)]


def test_rewards_come_from_nobody_and_equal_ones_stay_apart(desk: Desk) -> None:
    reward = {
        "transaction_hash": "",
        "transaction_index": "",
        "from_address": "",
        "to_address": CAROL,
        "value": "7",
        "trace_type": "reward",
        "call_type": "",
        "reward_type": "uncle",
        "trace_address": "",
    }
    read = desk.read(traces=traces(reward, reward, reward | {"reward_type": "block"}))
    told = [(row["source"], row["target"], row["units_text"], row["trace_address"]) for row in read.of("reward")]
    assert told == [("", CAROL, "7", "block:0"), ("", CAROL, "7", "uncle:0"), ("", CAROL, "7", "uncle:1")]
    assert {row["transaction_hash"] for row in read.rows} == {""}


def test_a_reward_that_stands_twice_under_one_id_is_one(desk: Desk) -> None:
    table = "block_number,from_address,to_address,value,trace_type,reward_type,trace_id\n"
    row = f"100,,{CAROL},7,reward,uncle,reward_100_"
    read = desk.read(traces=f"{table}{row}0\n{row}0\n{row}1\n")
    assert {row["trace_address"] for row in read.rows} == {"uncle:0", "uncle:1"}


def test_the_id_of_a_trace_tells_transaction_and_place(desk: Desk) -> None:
    table = "block_number,from_address,to_address,value,trace_type,status,trace_id\n"
    read = desk.read(
        traces=f"{table}100,{BOB},{CAROL},5,call,1,call_{transaction(1)}_0_2\n"
        f"100,{ALICE},{BOB},9,call,1,call_{transaction(1)}_\n"
    )
    row = read.one("internal")
    assert (row["transaction_hash"], row["trace_address"]) == (transaction(1), "0,2")


def test_traces_of_go_ethereum_find_their_transaction_by_block_and_index(desk: Desk) -> None:
    read = desk.read(
        transactions=transactions({}),
        traces=traces({}, {"transaction_index": "4", "trace_address": "1"}, without=("transaction_hash",)),
    )
    assert read.moves("internal") == [(transaction(1), BOB, CAROL, 5)]
    assert "line 3: the trace names no transaction" in read.problems[2]


def test_a_self_destruct_that_does_not_say_its_value_is_counted_and_said(desk: Desk) -> None:
    silent = {"trace_type": "selfdestruct", "call_type": "", "from_address": "", "to_address": "", "value": ""}
    read = desk.read(traces=traces(silent, silent))
    assert read.rows == []
    assert read.problems == ["self-destructs that do not say what they moved: 2; they are not traced"]


def test_a_call_without_value_is_a_problem_of_its_line(desk: Desk) -> None:
    assert desk.read(traces=traces({"value": ""})).problems == ["line 2: value is empty"]


def test_traces_of_unknown_kind_are_counted_and_said(desk: Desk) -> None:
    read = desk.read(traces=traces({"trace_type": "daofork", "transaction_hash": "", "trace_address": ""}))
    assert read.rows == []
    assert read.problems[0].startswith("traces of an unknown kind, such as the DAO fork's: 1;")


def test_where_no_column_tells_of_failure_the_status_is_unknown(desk: Desk) -> None:
    read = desk.read(traces=traces({}, without=("status", "error")))
    assert read.one("internal")["status"] == "unknown"


def test_traces_without_any_place_are_refused(desk: Desk) -> None:
    with pytest.raises(InvalidInput) as refused:
        desk.read(traces=traces({}, without=("trace_address",)))
    assert refused.value.fields["column"] == "trace_address"


@pytest.mark.parametrize("written", ["0;1", "a", "0,,1", "-1", ",".join(["1"] * 1025)])
def test_a_bad_trace_address_is_a_problem(desk: Desk, written: str) -> None:
    assert "trace_address" in desk.read(traces=traces({"trace_address": written})).problems[0]


def test_a_deep_trace_is_taken(desk: Desk) -> None:
    deep = ",".join(["0"] * 1024)
    read = desk.read(traces=traces({"trace_address": deep}, {"trace_address": "1", "status": "0"}))
    assert read.one("internal")["trace_address"] == deep
