"""Columns that grow block by block are those that are built from the whole ledger."""

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qiyafa.model.case import NO_LIMITS, Case, Theft
from qiyafa.model.columns import TransferColumns
from qiyafa.stores.append import Append, append
from qiyafa.stores.live import LiveColumns
from qiyafa.stores.parquet_duckdb import ParquetLedger
from qiyafa.stores.rollback import Rollback, roll_back
from qiyafa.trace.engine.walk import Engine
from qiyafa.trace.planning import plan_case

from support.whole_blocks import CHAIN, ETHER, WholeBlock, chain_of, chains, raw_blocks


def add(ledger: Path, blocks: list[WholeBlock]):
    ParquetLedger.open_or_create(ledger)
    with tempfile.TemporaryDirectory() as scratch:
        appended = append(Append(ledger, raw_blocks(Path(scratch), blocks), ETHER))
    assert appended is not None
    return appended.transfers


def columns_of(ledger: Path) -> TransferColumns:
    return ParquetLedger.open(ledger).columns(CHAIN)


def content(columns: TransferColumns) -> list[tuple[object, ...]]:
    """Return the rows in words: what a trace can see of them."""
    return [
        (
            columns.address_of(int(columns.source[row])),
            columns.address_of(int(columns.target[row])),
            columns.asset_of(max(int(columns.source[row]), int(columns.target[row]))),
            columns.units(row),
            columns.hashes.text(row),
            *(int(getattr(columns, name)[row]) for name in ("block", "time", "kind", "position", "marks")),
        )
        for row in range(len(columns))
    ]


def places(columns: TransferColumns) -> dict[tuple[str, str], tuple[int, int, int]]:
    """Return opening balance and untraceable flag of each place, by its name."""
    too_large = dict(columns.places.too_large)
    return {
        (columns.address_of(place), columns.asset_of(place)): (
            int(columns.places.opening_hi[place]) << 64 | int(columns.places.opening_lo[place]),
            int(columns.places.untraceable[place]),
            too_large.get(place, -1),
        )
        for place in range(1, len(columns.places))
    }


def held(columns: TransferColumns, thief: str, method: str) -> dict[tuple[str, str], int]:
    """Return who holds stolen units by one method."""
    case = Case(id="c", title="", thefts=(Theft(id="t", chain=CHAIN, address=thief),), stops=())
    head = int(columns.block[-1])
    outcome = Engine(columns).trace(plan_case(columns, case, NO_LIMITS, head).plan, method)
    return {
        (columns.address_of(place), columns.asset_of(place)): outcome.held.units(row)
        for row, place in enumerate(outcome.held.place.tolist())
    }


def check_same(live: TransferColumns, built: TransferColumns) -> None:
    assert content(live) == content(built)
    assert places(live) == places(built)
    for text in {built.hashes.text(row) for row in range(len(built))} | {"0xnone", ""}:
        assert live.hashes.rows(text).tolist() == built.hashes.rows(text).tolist()
    for number in range(1, len(built.addresses)):
        assert live.places_of(built.addresses.text(number)) == sorted(
            place for place in range(1, len(live.places)) if live.address_of(place) == built.addresses.text(number)
        )


@settings(max_examples=25, deadline=None)
@given(blocks=chains(), data=st.data())
def test_extended_columns_are_built_columns(blocks, data):
    start = data.draw(st.integers(1, len(blocks)))
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        ledger = Path(folder) / "ledger"
        add(ledger, blocks[:start])
        live = LiveColumns(columns_of(ledger))
        for block in blocks[start:]:
            live.extend(add(ledger, [block]))
        check_same(live.columns(), columns_of(ledger))


@settings(max_examples=25, deadline=None)
@given(blocks=chains(least=2), data=st.data())
def test_columns_that_were_rolled_back_are_those_of_the_shorter_chain(blocks, data):
    start, last = data.draw(st.integers(1, len(blocks))), data.draw(st.integers(0, len(blocks) - 2))
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        ledger = Path(folder) / "ledger"
        add(ledger, blocks[:start])
        live = LiveColumns(columns_of(ledger))
        for block in blocks[start:]:
            live.extend(add(ledger, [block]))
        live.roll_back(last)
        roll_back(Rollback(ledger, CHAIN, last))
        check_same(live.columns(), columns_of(ledger))
        live.extend(add(ledger, blocks[last + 1 :]))
        check_same(live.columns(), columns_of(ledger))


@pytest.mark.parametrize("method", ["fifo", "lifo", "prorata", "clean_first", "stolen_first"])
def test_a_trace_over_live_columns_answers_the_same(tmp_path, method):
    blocks = chain_of(60, each=5)
    add(tmp_path, blocks[:1])
    live = LiveColumns(columns_of(tmp_path))
    for block in blocks[1:]:
        live.extend(add(tmp_path, [block]))
    thief = f"0x{3:040x}"
    found = held(live.columns(), thief, method)
    assert found == held(columns_of(tmp_path), thief, method)
    assert len(found) > 2


def test_columns_given_out_before_do_not_change_when_blocks_come(tmp_path):
    blocks = chain_of(3)
    add(tmp_path, blocks[:2])
    live = LiveColumns(columns_of(tmp_path))
    before = live.columns()
    rows, opening = content(before), before.places.opening_lo.copy()
    live.extend(add(tmp_path, blocks[2:]))
    assert content(before) == rows
    assert np.array_equal(before.places.opening_lo, opening)
