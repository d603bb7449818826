"""A real Litecoin block in which 3,763 transactions spend from one another: every method follows it to its end."""

import json
from pathlib import Path

import numpy as np
import pytest

from qiyafa.model.outputs import OutputColumns
from qiyafa.stores.parquet_duckdb import ParquetLedger
from qiyafa.trace import reference_outputs
from qiyafa.trace.engine.walk import Engine
from qiyafa.trace.lowering import lowered

from support.command_line import qiyafa
from support.methods import CONSERVING
from support.random_ledgers import plain
from support.random_output_chains import theft_of

pytestmark = pytest.mark.shared_data

LITECOIN = "bip122:12a765e31ffd4059bada1e25190f6e98"
TRANSACTIONS_IN_CHAIN = 3_763
FIRST = "9066e0a9a64b20abd71708cf8918a0266ba54e0410b029555799bbf565180770"
LAST_OWNER = "LYrtbRBFY5LHx4iZ5DVEHNskDZ1qe594Tu"


@pytest.fixture(scope="module")
def ledger(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("litecoin") / "ledger"
    block = shared_data / "bitcoin" / "litecoin_chain_of_3763.raw"
    qiyafa("ingest", "bitcoin-blk", block, "--chain", "litecoin", "--ledger", folder)
    return folder


@pytest.fixture(scope="module")
def outputs(ledger: Path) -> OutputColumns:
    return ParquetLedger.open(ledger).outputs(LITECOIN)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("case") / "chain.toml"
    theft = f'[[theft]]\nchain = "{LITECOIN}"\noutputs = [{{transaction = "{FIRST}"}}]\n'
    path.write_text(f'[case]\nid = "chain"\n{theft}', encoding="utf-8")
    return path


def ways_to(outputs: OutputColumns) -> tuple[np.ndarray, np.ndarray]:
    """Return for each transaction the longest row of transactions that it ends, and which one begins that row."""
    numbers = np.arange(len(outputs))
    creator = np.full(len(outputs.value), -1)
    creator[outputs.first_output[0] :] = np.repeat(numbers, np.diff(outputs.first_output))
    length, first = np.ones(len(outputs), dtype=np.int64), numbers.copy()
    for number in numbers.tolist():
        for spent in outputs.spent_output[outputs.first_input[number] : outputs.first_input[number + 1]].tolist():
            before = creator[spent] if spent >= 0 else -1
            if before >= 0 and length[before] + 1 > length[number]:
                length[number], first[number] = length[before] + 1, first[before]
    return length, first


def test_the_block_holds_the_chain(outputs: OutputColumns) -> None:
    length, first = ways_to(outputs)
    assert length.max() == TRANSACTIONS_IN_CHAIN
    assert outputs.hashes.text(int(first[length.argmax()])) == FIRST


def test_every_method_traces_the_chain_to_its_end(ledger: Path, case: Path) -> None:
    record = json.loads(qiyafa("trace", case, "--ledger", ledger, "--json"))
    assert [name for name in record["methods"] if name != "poison"] == CONSERVING
    for name in CONSERVING:
        found = record["methods"][name]
        (holding,) = found["holdings"]
        assert holding["address"] == LAST_OWNER
        assert int(found["stolen"]) == int(found["held"]) + int(found["fees"])
        assert found["untraced"] == found["stopped"] == "0"
        # Each of the chain's transactions after the theft pays a fee of 0.001 LTC.
        assert int(found["fees"]) == (TRANSACTIONS_IN_CHAIN - 1) * 100_000


def test_the_chain_is_explained_reported_and_listed(ledger: Path, case: Path, tmp_path: Path) -> None:
    found = json.loads(qiyafa("explain", case, LAST_OWNER, "--ledger", ledger, "--json"))
    passed = [step for step in found["steps"] if step["address"].startswith("transaction:")]
    assert len(passed) == TRANSACTIONS_IN_CHAIN - 1
    report, flows = tmp_path / "report.html", tmp_path / "flows.csv"
    qiyafa("trace", case, "--ledger", ledger, "--method", "tiho", "--report", report, "--flows", flows, "--quiet")
    assert LAST_OWNER in report.read_text("utf-8")
    assert len(flows.read_text("utf-8").splitlines()) == 1 + 1 + 3 * (TRANSACTIONS_IN_CHAIN - 1)


def test_engine_and_reference_agree_on_the_whole_block(outputs: OutputColumns) -> None:
    columns = lowered(outputs)
    engine = Engine(columns)
    created = np.flatnonzero(outputs.value[outputs.first_output[0] :]) + outputs.first_output[0]
    plan = theft_of(columns, created[::97].tolist())
    for method in CONSERVING:
        expected = plain(reference_outputs.trace(outputs, plan, method))
        assert plain(engine.trace(plan, method)) == expected, method
