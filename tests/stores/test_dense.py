"""Dense columns: the same from Parquet as from memory, kept beside the ledger, never used unchecked."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qiyafa.model.columns import TransferColumns
from qiyafa.model.errors import Conflict
from qiyafa.model.ledger import MAX_UINT256, MAX_UNITS, Order, Precision, Transfer, TransferKind
from qiyafa.stores import dense
from qiyafa.stores.dense_files import load_columns
from qiyafa.stores.dense_lookup import PackedHashes, sorted_runs
from qiyafa.stores.memory import columns_from_transfers
from qiyafa.stores.parquet_duckdb import ParquetLedger

CHAIN = "eip155:1"
ETHER = "eip155:1/slip44:60"
TOKEN = "eip155:1/erc20:0x01"
Row = dict[str, Any]


def same(one: TransferColumns, other: TransferColumns) -> bool:
    """Whether two columns say the same, whatever numbers their addresses have."""
    rows = ("source", "target", "units_lo", "units_hi", "block", "time", "kind", "position", "marks")
    places = ("opening_lo", "opening_hi", "untraceable")
    return (
        all(np.array_equal(getattr(one, name), getattr(other, name)) for name in rows)
        and all(np.array_equal(getattr(one.places, name), getattr(other.places, name)) for name in places)
        and one.places.too_large == other.places.too_large
        and len(one.places) == len(other.places)
        and all(
            (one.address_of(place), one.asset_of(place)) == (other.address_of(place), other.asset_of(place))
            for place in range(1, len(one.places))
        )
        and [one.hashes.text(row) for row in range(len(one))] == [other.hashes.text(row) for row in range(len(other))]
    )


def columns_of(ledger: Path) -> TransferColumns:
    """Return the columns of a ledger once they are kept."""
    opened = ParquetLedger.open(ledger)
    columns = opened.columns(CHAIN)
    opened.settle()
    return columns


def transfers_of(rows: list[Row]) -> list[Transfer]:
    return [
        Transfer(
            chain=CHAIN,
            block_number=one["block_number"],
            transaction_index=one["transaction_index"],
            position=one["position"],
            time=None if one["time"] is None else datetime.fromtimestamp(one["time"], UTC),
            transaction_hash=one["transaction_hash"],
            kind=TransferKind(one["kind"]),
            source=one["source"],
            target=one["target"],
            asset=one["asset"],
            units=int(one["units_text"]),
            order=Order(one["order"]),
            precision=Precision(one["precision"]),
        )
        for one in rows
    ]


@st.composite
def ledgers(draw: st.DrawFn) -> list[Row]:
    """Raw rows of up to thirty transfers; with or without blocks, hashes of any form."""
    with_blocks = draw(st.booleans())
    rows = []
    for number in range(draw(st.integers(0, 30))):
        kind = draw(st.sampled_from(["fee", "native", "native", "internal", "token", "reward"]))
        block = draw(st.integers(0, 8))
        form = draw(st.sampled_from(["0x{:064x}", "0x{:064X}", "{:064x}", "t{}"]))
        rows.append(
            {
                "block_number": block if with_blocks else None,
                "transaction_index": None if kind == "reward" or not with_blocks else number,
                "time": draw(st.sampled_from([None, block * 10])),
                "transaction_hash": "" if kind == "reward" else form.format(number + 0xABC),
                "kind": kind,
                "source": "" if kind == "reward" else draw(st.sampled_from(["a", "bb", "ccc"])),
                "target": "" if kind == "fee" else draw(st.sampled_from(["a", "bb", "ccc", "dddd"])),
                "asset": draw(st.sampled_from([ETHER, TOKEN])),
                "units_text": str(draw(st.sampled_from([0, 1, 7, 1 << 64, MAX_UNITS, MAX_UNITS + 1, MAX_UINT256]))),
                "status": "ok",
                "trace_address": str(number) if kind in {"internal", "reward"} else None,
                "log_index": number if kind == "token" else None,
                "precision": draw(st.sampled_from(["exact", "lossy"])),
            }
        )
    return rows


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ledgers())
def test_columns_from_parquet_equal_those_from_memory(raw_of, ingest_into, read_rows, rows):
    with tempfile.TemporaryDirectory() as folder:
        ingest_into(Path(folder), raw_of(rows))
        built = columns_of(Path(folder))
        assert same(built, columns_from_transfers(transfers_of(read_rows(Path(folder))), CHAIN))
        kept = columns_of(Path(folder))
        assert same(kept, built)


@pytest.fixture
def rows(row) -> list[Row]:
    return [
        row(block_number=n, transaction_hash=f"0x{n:064x}", source="ab"[n % 2], target="ba"[n % 2], units_text=str(n))
        for n in range(1, 30)
    ]


@pytest.fixture
def ledger(tmp_path, raw_of, ingest_into, rows) -> Path:
    ingest_into(tmp_path / "ledger", raw_of(rows))
    return tmp_path / "ledger"


def kept_folder(ledger: Path) -> Path:
    return dense.columns_folder(ledger, ParquetLedger.open(ledger).record(CHAIN))


def test_places_are_numbered_as_they_first_appear(stored, tmp_path, row):
    stored([row(source="z", target="y"), row(transaction_hash="0xbb", transaction_index=1, source="x", target="z")])
    columns = columns_of(tmp_path / "ledger")
    assert [columns.address_of(place) for place in range(4)] == ["", "z", "y", "x"]


def test_fees_go_to_nobody_and_rewards_come_from_nobody(stored, tmp_path, row):
    reward = row(kind="reward", source="", target="m", transaction_hash="", transaction_index=None)
    stored([row(kind="fee", target=""), reward])
    columns = columns_of(tmp_path / "ledger")
    assert (columns.target[0], columns.source[1], columns.hashes.text(1)) == (0, 0, "")
    assert columns.places_of("") == []


def test_only_what_moves_something_is_there(stored, tmp_path, row):
    failed = row(transaction_hash="0xbb", status="failed", units_text="9")
    stored([row(units_text="0"), failed, row(transaction_hash="0xcc", source="c")])
    columns = columns_of(tmp_path / "ledger")
    assert [columns.hashes.text(row) for row in range(len(columns))] == ["0xcc"]
    assert columns.places_of("a") == []


def test_addresses_and_transactions_are_found(ledger):
    for columns in (columns_of(ledger), columns_of(ledger)):
        assert {columns.addresses.text(columns.addresses.number(name)) for name in "ab"} == {"a", "b"}
        assert columns.addresses.number("c") is None
        assert columns.hashes.rows(f"0x{17:064x}").tolist() == [16]
        assert columns.hashes.rows(f"0x{99:064x}").tolist() == []
        assert columns.hashes.rows("").tolist() == []


def test_all_transfers_of_a_transaction_are_found(stored, tmp_path, row):
    tokens = [row(kind="token", asset=TOKEN, log_index=n) for n in range(5)]
    stored([row(block_number=0, transaction_hash="0x99"), row(), *tokens, row(block_number=2, transaction_hash="0xbb")])
    columns = columns_of(tmp_path / "ledger")
    assert columns.hashes.rows("0xaa").tolist() == [1, 2, 3, 4, 5, 6]


def test_opening_balances_are_the_least_that_keep_balances_from_going_negative(stored, tmp_path, row):
    late = row(block_number=2, transaction_hash="0xbb", source="b", target="c", units_text="12")
    stored([row(units_text="5"), late])
    columns = columns_of(tmp_path / "ledger")
    assert {columns.address_of(p): int(columns.places.opening_lo[p]) for p in range(1, 4)} == {"a": 5, "b": 7, "c": 0}


def test_the_first_value_above_38_digits_of_each_place_is_noted(stored, tmp_path, row):
    values = [(3, MAX_UNITS), (5, MAX_UNITS + 1), (9, MAX_UINT256)]
    stored([row(block_number=b, transaction_hash=hex(b), units_text=str(value)) for b, value in values])
    columns = columns_of(tmp_path / "ledger")
    assert (len(columns), columns.places.too_large) == (1, ((1, 5), (2, 5)))


def test_a_second_trace_reads_the_kept_columns(ledger, monkeypatch):
    built = columns_of(ledger)
    monkeypatch.setattr(dense, "build_columns", lambda *_: pytest.fail("the Parquet was read again"))
    assert same(columns_of(ledger), built)


def test_a_damaged_kept_column_is_made_again(ledger):
    built = columns_of(ledger)
    for path in sorted(kept_folder(ledger).iterdir()):
        whole = path.read_bytes()
        path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 4]))
        assert load_columns(kept_folder(ledger)) is None
        assert same(columns_of(ledger), built)
        assert path.read_bytes() == whole


@pytest.mark.parametrize("kept", [True, False])
def test_a_changed_part_gives_no_answer_whether_columns_are_kept_or_not(ledger, kept):
    if kept:
        columns_of(ledger)
    part = ParquetLedger.open(ledger).record(CHAIN).transfers()[1]
    whole = (ledger / part.path).read_bytes()
    (ledger / part.path).write_bytes(whole[:500] + bytes([whole[500] ^ 1]) + whole[501:])
    with pytest.raises(Conflict) as refused:
        columns_of(ledger)
    assert refused.value.fields["path"] == str(ledger / part.path)


def test_columns_of_an_earlier_ledger_are_replaced(ledger, raw_of, ingest_into, row):
    columns_of(ledger)
    before = kept_folder(ledger)
    ingest_into(ledger, raw_of([row(block_number=90, transaction_hash="0xff")]))
    assert len(columns_of(ledger)) == 30
    assert (before.exists(), kept_folder(ledger).exists()) == (False, True)


def test_columns_that_cannot_be_kept_are_used_all_the_same(ledger):
    (ledger / "columns").write_text("in the way")
    assert len(columns_of(ledger)) == 29


def test_a_chain_without_transfers_has_empty_columns(tmp_path, raw_of, ingest_into):
    ingest_into(tmp_path, raw_of([]))
    for _ in range(2):
        columns = columns_of(tmp_path)
        assert (len(columns), len(columns.places), columns.hashes.rows("0xaa").tolist()) == (0, 1, [])


@given(st.lists(st.binary(min_size=1, max_size=2), max_size=12))
def test_hashes_that_begin_alike_are_sorted_and_found_to_the_last_byte(endings):
    keys = np.array([list(b"\x07" * 30 + ending.rjust(2, b"\x00")) for ending in endings], np.uint8).reshape(-1, 32)
    hashes = PackedHashes(
        rows_total=len(keys),
        first_rows=np.arange(len(keys)),
        keys=keys,
        order=sorted_runs(keys),
        text_runs=np.empty(0, np.int64),
        text_data=np.empty(0, np.uint8),
        text_ends=np.empty(0, np.int64),
    )
    texts = [hashes.text(row) for row in range(len(keys))]
    assert [texts[run] for run in hashes.order] == sorted(texts)
    for wanted in texts:
        assert hashes.rows(wanted).tolist() == [row for row, text in enumerate(texts) if text == wanted]
    assert len(hashes.rows("0x" + "07" * 31 + "ee")) == texts.count("0x" + "07" * 31 + "ee")
