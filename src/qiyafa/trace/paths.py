"""Paths through the ledger from one address to another, the one that carries most first. No theft is needed."""

from dataclasses import dataclass, replace

import numpy as np

from qiyafa.model.columns import U32, U64, UNKNOWN_BLOCK, TransferColumns, iso_time
from qiyafa.model.finding import LedgerPath, PathTransfer
from qiyafa.trace.engine.walk import Engine
from qiyafa.trace.engine.widest import shortest, widest

Rows = tuple[U32, U32, U64, U64]


@dataclass(frozen=True, slots=True)
class PathSearch:
    """What to look for."""

    source: str
    target: str
    """Canonical addresses."""
    asset: str | None = None
    """CAIP-19; None means every asset."""
    begin_row: int = 0
    end_row: int | None = None
    count: int = 3
    """How many paths at most, for each asset. No two of them share an address in between."""


def find_paths(engine: Engine, search: PathSearch) -> tuple[LedgerPath, ...]:
    """Return the widest time-respecting paths; each as short as its width allows."""
    columns = engine.columns
    starts, ends = _by_asset(columns, search.source), _by_asset(columns, search.target)
    found: list[LedgerPath] = []
    for asset, start in starts.items():
        if asset in ends and ends[asset] != start and search.asset in (None, asset):
            found += _between(engine, search, start, ends[asset])
    return tuple(sorted(found, key=lambda path: (path.asset, -path.units, len(path.transfers))))


def _by_asset(columns: TransferColumns, address: str) -> dict[str, list[int]]:
    """Return an address's places for each asset: one on a chain of accounts, one for each output on others."""
    found: dict[str, list[int]] = {}
    for place in columns.places_of(address):
        found.setdefault(columns.asset_of(place), []).append(place)
    return found


def _between(engine: Engine, search: PathSearch, starts: list[int], finishes: list[int]) -> list[LedgerPath]:
    columns, start, finish = engine.columns, starts[0], finishes[0]
    rows = _with_one_place_for(_with_one_place_for(engine.rows, starts), finishes)
    end = len(columns) if search.end_row is None else search.end_row
    skipped = np.zeros(len(columns), dtype=np.uint8)
    found: list[LedgerPath] = []
    while len(found) < search.count:
        width = np.zeros((len(columns.places), 2), dtype=np.uint64)
        widest(rows, search.begin_row, end, start, skipped, width)
        least = width[finish]
        if not least.any():
            break
        path = shortest(rows, search.begin_row, end, start, finish, skipped, least[0], least[1], len(columns.places))
        units = int(least[1]) << 64 | int(least[0])
        found.append(
            LedgerPath(columns.chain, columns.asset_of(finish), units, _transfers(columns, path[::-1].tolist()))
        )
        passed = np.isin(columns.places.address, columns.places.address[columns.target[path[1:]]])
        if passed.any():
            skipped |= passed[columns.source] | passed[columns.target]
        else:
            skipped |= (rows[0] == start) & (rows[1] == finish)
    return found


def _with_one_place_for(rows: Rows, places: list[int]) -> Rows:
    """Return rows in which the first of some places stands for all of them."""
    if len(places) == 1:
        return rows
    source, target, units_lo, units_hi = rows
    first = np.uint32(places[0])
    source, target = (np.where(np.isin(ends, places), first, ends) for ends in (source, target))
    source.flags.writeable = target.flags.writeable = False
    return source, target, units_lo, units_hi


def _transfers(columns: TransferColumns, path: list[int]) -> tuple[PathTransfer, ...]:
    """Return the transfers of a path. On a chain of outputs an input and the output it leads to are one: no more can
    have passed than the smaller of them.
    """
    rows = [_path_transfer(columns, row) for row in path]
    if columns.outputs is None:
        return tuple(rows)
    return tuple(
        replace(paid, source=spent.source, units=min(spent.units, paid.units))
        for spent, paid in zip(rows[::2], rows[1::2], strict=True)
    )


def _path_transfer(columns: TransferColumns, row: int) -> PathTransfer:
    block = int(columns.block[row])
    return PathTransfer(
        transaction_hash=columns.hashes.text(row),
        position=int(columns.position[row]),
        block_number=None if block == UNKNOWN_BLOCK else block,
        time=iso_time(int(columns.time[row])),
        source=columns.address_of(int(columns.source[row])),
        target=columns.address_of(int(columns.target[row])),
        units=columns.units(row),
    )
