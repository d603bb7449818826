"""Cases over chains of outputs, alone and beside a chain of accounts, from a ledger on disk to an answer."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from qiyafa.app.explain import explain
from qiyafa.app.path import paths_between
from qiyafa.app.trace import TracedCase, trace_case
from qiyafa.cli.answer_json import answer_json
from qiyafa.model.errors import InvalidInput
from qiyafa.model.finding import Totals
from qiyafa.stores.parquet_duckdb import ParquetLedger

from support.methods import CONSERVING, CONSERVING_ON_ACCOUNTS
from support.output_ledgers import BITCOIN, CHAIN, OutputRows, Spend, write_outputs
from support.whole_blocks import CHAIN as ANVIL
from support.whole_blocks import ETHER, GENESIS, make_block, raw_blocks

THIEF = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"
MULE = "12c6DSiU4Rq3P4ZxziKxzrL5LmMBrzjrJX"
SHOP = "1HLoD9E4SDFFPDiYfNYnkBLQ85Y51J3Zb1"
ETHER_THIEF, ETHER_MULE = f"0x{1:040x}", f"0x{2:040x}"


@dataclass(frozen=True)
class Ground:
    """A ledger with both kinds of chains, and its case."""

    ledger: Path
    case: Path
    haul: str


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    """Bitcoin stolen at block 1 and spent with its change; ether stolen and passed on."""
    rows = OutputRows()
    coin = rows.add("coin", 0, 0, (), [("1BitcoinEaterAddressDontSendf59kuE", 100)])
    haul = rows.add("haul", 1, 0, [Spend(coin)], [(THIEF, 60), (THIEF, 30)])
    pay = rows.add("pay", 2, 0, [Spend(haul, 0), Spend(haul, 1)], [(MULE, 50), (THIEF, 35)])
    rows.add("last", 3, 0, [Spend(pay, 0), Spend("ab" * 32, 4)], [(SHOP, 70)])
    ledger = ParquetLedger.open_or_create(tmp_path / "ledger")
    ledger.ingest(write_outputs(tmp_path, rows), native_asset=BITCOIN)
    sent = {"source": ETHER_THIEF, "target": ETHER_MULE, "units_text": "7"}
    reward = {"kind": "reward", "source": "", "target": ETHER_THIEF, "units_text": "9"}
    blocks = [make_block(0, GENESIS, 0, [[reward]])]
    blocks.append(make_block(1, blocks[0].hash, 0, [[sent]]))
    ledger.ingest(raw_blocks(tmp_path, blocks), native_asset=ETHER)
    case = tmp_path / "case.toml"
    case.write_text(
        f"""[case]
id = "both"
[[theft]]
id = "bitcoin"
chain = "{CHAIN}"
outputs = [{{transaction = "{haul}"}}]
[[theft]]
id = "ether"
chain = "{ANVIL}"
address = "{ETHER_THIEF}"
""",
        encoding="utf-8",
    )
    return Ground(tmp_path / "ledger", case, haul)


@pytest.fixture
def traced(ground: Ground) -> TracedCase:
    return trace_case(ground.case, ground.ledger)


def test_one_case_holds_thefts_on_chains_of_both_kinds(traced: TracedCase) -> None:
    assert list(traced.answer.methods) == CONSERVING
    fifo = traced.answer.methods["fifo"]
    assert fifo.totals == {BITCOIN: Totals(90, 35, 0, 5, 50), ETHER: Totals(9, 9, 0, 0, 0)}
    assert fifo.theft_totals == {"bitcoin": {BITCOIN: fifo.totals[BITCOIN]}, "ether": {ETHER: fifo.totals[ETHER]}}
    assert {(one.chain, one.address, one.units) for one in fifo.holdings} == {
        (CHAIN, THIEF, 35),
        (ANVIL, ETHER_THIEF, 2),
        (ANVIL, ETHER_MULE, 7),
    }


def test_tiho_answers_for_chains_of_outputs_only_and_says_so(traced: TracedCase) -> None:
    assert set(traced.answer.methods["tiho"].totals) == {BITCOIN}
    assert [gap.detail.split(":")[:2] for gap in traced.answer.gaps if gap.kind == "method"] == [ANVIL.split(":")]


def test_intervals_compare_only_the_methods_of_their_own_chain(traced: TracedCase) -> None:
    spans = {one.address: (one.min, one.max) for one in traced.answer.intervals}
    assert spans == {THIEF: (35, 35), ETHER_THIEF: (2, 2), ETHER_MULE: (7, 7)}


def test_a_chain_of_outputs_lacks_no_internal_and_no_token_transfers(traced: TracedCase) -> None:
    kinds = {gap.kind for gap in traced.answer.gaps if CHAIN in gap.detail}
    assert not kinds & {"internal_transfers", "token_transfers", "fees"}
    assert "input_unknown" in {gap.kind for gap in traced.answer.gaps}


def test_programs_get_the_same_answer(traced: TracedCase) -> None:
    record = json.loads("".join(answer_json(traced.answer)))
    fifo = record["methods"]["fifo"]
    assert fifo["untraced"] == {BITCOIN: "50", ETHER: "0"}
    assert fifo["untraced_reasons"]["input_value_unknown"] == "50"
    assert "transaction:" not in json.dumps([record["intervals"], fifo["holdings"], record["methods"]["poison"]])


def test_the_report_and_the_flows_are_written(traced: TracedCase, tmp_path: Path) -> None:
    traced.write_report(tmp_path / "report.html", "qiyafa trace")
    traced.write_flows(tmp_path / "flows.csv")
    assert "input_value_unknown" in (tmp_path / "flows.csv").read_text("utf-8")
    assert THIEF in (tmp_path / "report.html").read_text("utf-8")


def test_a_method_that_no_chain_of_the_case_allows_is_refused(ground: Ground, tmp_path: Path) -> None:
    alone = tmp_path / "ether.toml"
    alone.write_text(
        f'[case]\nid = "ether"\n[[theft]]\nchain = "{ANVIL}"\naddress = "{ETHER_THIEF}"\n', encoding="utf-8"
    )
    assert list(trace_case(alone, ground.ledger).answer.methods) == CONSERVING_ON_ACCOUNTS
    for refused in (
        lambda: trace_case(alone, ground.ledger, methods=["tiho"]),
        lambda: explain(ground.case, ETHER_MULE, ground.ledger, method="tiho"),
    ):
        with pytest.raises(InvalidInput) as caught:
            refused()
        assert caught.value.key == "trace.error.method_needs_outputs"


def test_an_explanation_and_a_path_go_through_transactions(ground: Ground) -> None:
    found = explain(ground.case, MULE, ground.ledger, method="tiho")
    assert [step.address.partition(":")[0] for step in found.steps] == [MULE, "transaction", THIEF]
    assert {gap.kind for gap in found.gaps} <= {"history", "input_unknown"}
    (path,) = paths_between(THIEF, SHOP, ground.ledger).paths
    assert [transfer.target for transfer in path.transfers] == [MULE, SHOP]
