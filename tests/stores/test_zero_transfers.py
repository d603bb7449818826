"""Transfers of nothing are read from the ledger's Parquet, for whoever looks for poisoning."""

from pathlib import Path

import pytest

from qiyafa.model.errors import Unavailable
from qiyafa.stores.parquet_duckdb import ParquetLedger
from qiyafa.stores.zero_transfers import ZeroTransfers

CHAIN = "eip155:1"
TOKEN = "eip155:1/erc20:0x1"


@pytest.fixture
def ledger(tmp_path: Path, row, raw_of, ingest_into) -> ParquetLedger:
    rows = [
        row(transaction_hash="0x01", units_text="0"),
        row(transaction_hash="0x02", units_text="5", block_number=2),
        row(transaction_hash="0x03", units_text="0", status="failed", block_number=3),
        row(transaction_hash="0x04", units_text="0", kind="fee", target="", block_number=4),
        row(transaction_hash="0x05", units_text="0", source="c", target="a", time=2000, block_number=5),
        row(transaction_hash="0x06", units_text="0", kind="token", asset=TOKEN, log_index=3, block_number=6, time=3000),
        row(transaction_hash="0x07", units_text="0", source="c", target="d", block_number=7),
    ]
    ingest_into(tmp_path / "ledger", raw_of(rows))
    return ParquetLedger.open(tmp_path / "ledger")


def test_those_that_move_nothing_are_found_in_both_directions(ledger: ParquetLedger) -> None:
    zeros = ZeroTransfers(ledger.path, ledger.record(CHAIN))
    found = zeros.of("a", None)
    assert [(one.transaction_hash, one.source, one.target) for one in found] == [
        ("0x01", "a", "b"),
        ("0x05", "c", "a"),
        ("0x06", "a", "b"),
    ]
    assert {one.units for one in found} == {0}
    assert [one.asset for one in found][-1] == TOKEN
    assert zeros.of("nobody knows", None) == []


def test_as_of_a_moment_later_ones_are_not_there(ledger: ParquetLedger) -> None:
    zeros = ZeroTransfers(ledger.path, ledger.record(CHAIN))
    assert [one.transaction_hash for one in zeros.of("a", 2000)] == ["0x01", "0x05"]


def test_a_file_that_vanished_is_a_sentence(ledger: ParquetLedger) -> None:
    zeros = ZeroTransfers(ledger.path, ledger.record(CHAIN))
    for part in ledger.record(CHAIN).transfers():
        (ledger.path / part.path).unlink()
    with pytest.raises(Unavailable):
        zeros.of("a", None)
