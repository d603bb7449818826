"""The merge rules: what becomes of transfers that come from several sources, in any order."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qiyafa.model.ledger import MAX_UINT256, MAX_UNITS
from qiyafa.stores.parquet_duckdb import ParquetLedger

Row = dict[str, Any]
Delivery = tuple[list[list[Row]], list[list[list[Row]]]]
CHAIN = "eip155:1"
TOKEN = "eip155:1/erc20:0x01"


def in_order(rows: list[Row], *names: str) -> list[Any]:
    return [one[names[0]] if len(names) == 1 else tuple(one[name] for name in names) for one in rows]


def test_fee_comes_before_value_before_internal_transfers_before_tokens(stored, row):
    rows = stored(
        [
            row(kind="token", log_index=7, asset=TOKEN),
            row(kind="internal", trace_address="1"),
            row(),
            row(kind="fee", target=""),
        ]
    )
    assert in_order(rows, "kind", "position") == [("fee", 0), ("native", 1), ("internal", 2), ("token", 3)]
    assert set(in_order(rows, "order")) == {"exact"}


def test_the_value_keeps_its_position_where_only_tokens_move(stored, row):
    assert in_order(stored([row(kind="token", log_index=3, asset=TOKEN)]), "position") == [2]


def test_trace_addresses_are_ordered_as_numbers_and_parents_before_children(stored, row):
    addresses = ["0,10", "1", "0,2", "0", "0,2,0"]
    rows = stored([row(kind="internal", trace_address=address) for address in addresses])
    assert in_order(rows, "trace_address") == ["0", "0,2", "0,2,0", "0,10", "1"]


def test_log_indexes_are_ordered_as_numbers(stored, row):
    rows = stored([row(kind="token", asset=TOKEN, log_index=index) for index in (100, 9, 20)])
    assert in_order(rows, "log_index", "position") == [(9, 2), (20, 3), (100, 4)]


def test_transactions_are_ordered_by_block_then_index(stored, row):
    places = {"0x1": (2, 0), "0x2": (1, 10), "0x3": (1, 9)}
    rows = stored([row(transaction_hash=h, block_number=b, transaction_index=i) for h, (b, i) in places.items()])
    assert in_order(rows, "transaction_hash") == ["0x3", "0x2", "0x1"]


def test_without_an_index_transactions_are_ordered_by_hash_and_marked(stored, row):
    rows = stored([row(transaction_hash=name, transaction_index=None) for name in ("0xc", "0xa", "0xb")])
    assert in_order(rows, "transaction_hash", "order") == [("0xa", "assumed"), ("0xb", "assumed"), ("0xc", "assumed")]


def test_a_transfer_without_its_block_puts_the_chain_in_order_of_time(stored, row):
    rows = stored(
        [
            row(transaction_hash="0x1", block_number=9, time=50),
            row(transaction_hash="0x2", block_number=None, transaction_index=None, time=40),
            row(transaction_hash="0x3", block_number=1, time=60),
        ]
    )
    assert in_order(rows, "transaction_hash", "order") == [("0x2", "assumed"), ("0x1", "exact"), ("0x3", "exact")]


def test_the_missing_block_may_come_later(tmp_path, raw_of, ingest_into, read_rows, row):
    ledger = tmp_path / "ledger"
    ingest_into(ledger, raw_of([row(block_number=None, transaction_index=None)]))
    assert ParquetLedger.open(ledger).record(CHAIN).ordered_by == "time"
    ingest_into(ledger, raw_of([row(kind="fee", target="", block_number=4, transaction_index=2)]))
    assert ParquetLedger.open(ledger).record(CHAIN).ordered_by == "block"
    assert in_order(read_rows(ledger), "block_number", "order") == [(4, "exact"), (4, "exact")]


def test_index_and_time_are_filled_in_from_the_same_transaction(stored, row):
    rows = stored([row(kind="fee", target="", transaction_index=6, time=77)], [row(transaction_index=None, time=None)])
    assert in_order(rows, "transaction_index", "time") == [(6, 77), (6, 77)]


def test_time_is_filled_in_from_the_same_block(stored, row):
    rows = stored([row(transaction_hash="0x1", time=None), row(transaction_hash="0x2", transaction_index=1, time=88)])
    assert in_order(rows, "time") == [88, 88]


def test_block_rewards_come_after_the_transactions_of_their_block(stored, row):
    reward = row(kind="reward", source="", target="miner", transaction_hash="", transaction_index=None)
    rows = stored([reward, row(), row(block_number=2, transaction_hash="0xbb")])
    assert in_order(rows, "kind", "block_number") == [("native", 1), ("reward", 1), ("native", 2)]
    assert set(in_order(rows, "order")) == {"exact"}


def test_block_rewards_come_after_transactions_without_an_index_too(stored, row):
    reward = row(kind="reward", source="", target="miner", transaction_hash="", transaction_index=None)
    rows = stored([reward, row(transaction_index=None)])
    assert in_order(rows, "kind", "order") == [("native", "assumed"), ("reward", "exact")]


def test_a_known_status_wins_over_an_unknown_one(stored, row):
    rows = stored([row(status="unknown")], [row(status="ok")])
    assert in_order(rows, "status", "units_text") == [("ok", "5")]


def test_a_failed_transaction_moves_only_its_fee(stored, row):
    fee = row(kind="fee", target="", status="failed", units_text="3")
    rows = stored([row(status="unknown"), fee], [row(status="failed", units_text="0")])
    assert in_order(rows, "kind", "status", "units_text") == [("fee", "failed", "3"), ("native", "failed", "0")]


def test_exact_units_win_over_lossy_ones(stored, row):
    rows = stored([row(units_text="4", precision="lossy")], [row(units_text="5")])
    assert in_order(rows, "units_text", "precision") == [("5", "exact")]


def test_sources_that_contradict_each_other_are_reported_and_one_is_kept(tmp_path, raw_of, ingest_into, read_rows, row):
    ingest_into(tmp_path / "ledger", raw_of([row(units_text="7")]))
    report = ingest_into(tmp_path / "ledger", raw_of([row(units_text="50")]))
    assert [(one.place, one.key) for one in report.conflicts] == [("transaction 0xaa", "ledger.conflict.transfer")]
    assert in_order(read_rows(tmp_path / "ledger"), "units_text") == ["7"]


def test_agreeing_sources_are_no_conflict(tmp_path, raw_of, ingest_into, row):
    files = [row(), row(status="unknown"), row(units_text="6", precision="lossy")], [row()]
    report = ingest_into(tmp_path / "ledger", raw_of(*files))
    assert (report.conflict_count, report.rows_total) == (0, 1)


def test_a_transaction_in_two_blocks_is_reported_and_stands_in_the_later(tmp_path, raw_of, ingest_into, read_rows, row):
    """A reorganization drops a transaction from one block; it comes back in a later one."""
    ingest_into(tmp_path / "ledger", raw_of([row(block_number=5), row(kind="fee", target="", block_number=5)]))
    report = ingest_into(tmp_path / "ledger", raw_of([row(block_number=90)]))
    assert [one.key for one in report.conflicts] == ["ledger.conflict.place"]
    assert in_order(read_rows(tmp_path / "ledger"), "kind", "block_number") == [("fee", 90), ("native", 90)]


def test_a_log_and_a_token_transfer_of_one_index_are_one_transfer(stored, row):
    token = row(kind="token", log_index=3, asset=TOKEN)
    assert len(stored([token], [token])) == 1


def test_one_transfer_in_the_downloads_of_two_addresses_counts_once(stored, row):
    token = row(kind="token", asset=TOKEN)
    rows = stored([token], [token])
    assert in_order(rows, "position", "order") == [(2, "assumed")]


def test_equal_transfers_in_one_download_are_different_transfers(stored, row):
    token = row(kind="token", asset=TOKEN)
    assert in_order(stored([token, token], [token]), "position") == [2, 3]


def test_numbered_transfers_take_the_place_of_downloaded_ones(tmp_path, raw_of, ingest_into, read_rows, row):
    ledger, token = tmp_path / "ledger", row(kind="token", asset=TOKEN)
    ingest_into(ledger, raw_of([token, token]))
    ingest_into(ledger, raw_of([{**token, "log_index": 8}]))
    assert in_order(read_rows(ledger), "log_index") == [8, None]
    ingest_into(ledger, raw_of([token, token]))
    assert in_order(read_rows(ledger), "log_index") == [8, None]
    ingest_into(ledger, raw_of([{**token, "log_index": 9}]))
    assert in_order(read_rows(ledger), "log_index") == [8, 9]


def test_transfers_without_a_number_are_ordered_by_their_content(stored, row):
    contents = [("b", "c", "2"), ("a", "c", "10"), ("a", "c", "9"), ("a", "b", "30")]
    rows = stored([row(kind="token", asset=TOKEN, source=s, target=t, units_text=u) for s, t, u in contents])
    assert in_order(rows, "source", "target", "units_text") == [
        ("a", "b", "30"),
        ("a", "c", "9"),
        ("a", "c", "10"),
        ("b", "c", "2"),
    ]


def test_units_above_38_digits_keep_only_their_text(stored, row):
    values = [MAX_UNITS, MAX_UNITS + 1, MAX_UINT256]
    rows = stored([row(kind="token", asset=TOKEN, log_index=i, units_text=str(v)) for i, v in enumerate(values)])
    assert in_order(rows, "units_text") == [str(value) for value in values]
    assert [None if units is None else int(units) for units in in_order(rows, "units")] == [MAX_UNITS, None, None]


ADDRESSES = ("a", "b")
PLACES = {"0x1": (1, 0, 100), "0x2": (1, 1, 100), "0x3": (2, 0, 200), "0x4": (3, 4, 300), "0x5": (9, 0, 900)}
UNITS = ("0", "5", "50", str(MAX_UINT256))


@st.composite
def numbered_rows(draw: st.DrawFn) -> tuple[list[Row], list[Row]]:
    """Numbered rows as several sources tell them; and those on which all sources agree."""
    told, agreed = [], []
    numbers = draw(
        st.lists(
            st.tuples(
                st.sampled_from(sorted(PLACES)),
                st.sampled_from(
                    [
                        ("fee", None, None),
                        ("native", None, None),
                        ("internal", "0", None),
                        ("internal", "0,2", None),
                        ("internal", "0,10", None),
                        ("token", None, 4),
                        ("token", None, 11),
                    ]
                ),
            ),
            unique=True,
            max_size=12,
        )
    )
    for transaction, (kind, trace_address, log_index) in numbers:
        variants = draw(st.integers(1, 2))
        for _ in range(variants):
            status = draw(st.sampled_from(["ok", "unknown", "failed"]))
            one = {
                **place(draw, transaction),
                "kind": kind,
                "source": draw(st.sampled_from(ADDRESSES)),
                "target": "" if kind == "fee" else draw(st.sampled_from(ADDRESSES)),
                "asset": TOKEN,
                "units_text": "0" if status == "failed" and kind != "fee" else draw(st.sampled_from(UNITS)),
                "status": status,
                "trace_address": trace_address,
                "log_index": log_index,
                "precision": draw(st.sampled_from(["exact", "exact", "lossy"])),
            }
            told.append(one)
            if variants == 1:
                agreed.append(one)
    return told, agreed


def place(draw: st.DrawFn, transaction: str) -> Row:
    """The place of a transaction; a source may lack parts of it."""
    block, index, time = PLACES[transaction]
    return {
        "block_number": draw(st.sampled_from([block, block, block, block, block, None])),
        "transaction_index": draw(st.sampled_from([index, None])),
        "time": draw(st.sampled_from([time, time, None])),
        "transaction_hash": transaction,
    }


@st.composite
def downloads(draw: st.DrawFn, agreed: list[Row]) -> list[list[Row]]:
    """Explorer downloads without trace addresses and log indexes; some rows are also known with them."""
    contents = [
        {**one, "trace_address": None, "log_index": None} for one in agreed if one["kind"] in {"internal", "token"}
    ]
    for kind, transaction in draw(
        st.lists(st.tuples(st.sampled_from(["internal", "token"]), st.sampled_from(sorted(PLACES))), max_size=3)
    ):
        fresh = {"kind": kind, "source": "c", "target": "d", "asset": TOKEN, "units_text": "8", "status": "ok"}
        contents.append(
            {**place(draw, transaction), **fresh, "trace_address": None, "log_index": None, "precision": "exact"}
        )
    if not contents:
        return []
    return draw(st.lists(st.lists(st.sampled_from(contents), min_size=1, max_size=4), max_size=3))


@st.composite
def deliveries(draw: st.DrawFn) -> Delivery:
    """The files of one ingest, and the same rows again: reordered, split and repeated over several ingests."""
    told, agreed = draw(numbered_rows())
    files = draw(downloads(agreed))
    shuffled = draw(st.permutations(told))
    cut = draw(st.integers(0, len(shuffled)))
    pieces = [list(shuffled[:cut]), list(shuffled[cut:]), *files]
    again = draw(st.lists(st.sampled_from(pieces), max_size=2))
    runs: list[list[list[Row]]] = [[] for _ in range(draw(st.integers(1, 3)))]
    for piece in draw(st.permutations([*pieces, *again])):
        runs[draw(st.integers(0, len(runs) - 1))].append(piece)
    return [told, *files], runs


def check_arrival(raw_of: Callable[..., Any], ingest_into: Callable[..., Any], delivery: Delivery) -> None:
    at_once, runs = delivery
    with tempfile.TemporaryDirectory() as folder:
        one, other = Path(folder, "one"), Path(folder, "other")
        ingest_into(one, raw_of(*at_once))
        for run in runs:
            ingest_into(other, raw_of(*run))
        assert list(ParquetLedger.open(one).dump(CHAIN)) == list(ParquetLedger.open(other).dump(CHAIN))
        assert ParquetLedger.open(other).verify() == ()


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deliveries())
def test_the_order_of_arrival_changes_nothing(raw_of, ingest_into, delivery):
    check_arrival(raw_of, ingest_into, delivery)


@pytest.mark.slow
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deliveries())
def test_the_order_of_arrival_changes_nothing_in_many_deliveries(raw_of, ingest_into, delivery):
    check_arrival(raw_of, ingest_into, delivery)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deliveries())
def test_ingesting_again_writes_the_same_bytes(raw_of, ingest_into, read_files, delivery):
    _, runs = delivery
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "ledger")
        for run in runs:
            ingest_into(path, raw_of(*run))
        before = read_files(path)
        for run in reversed(runs):
            ingest_into(path, raw_of(*run))
        assert read_files(path) == before
