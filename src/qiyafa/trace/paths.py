"""Paths through the ledger from one address to another, the one that carries most first. No theft is needed."""

from dataclasses import dataclass

import numpy as np

from qiyafa.model.columns import UNKNOWN_BLOCK, TransferColumns, iso_time
from qiyafa.model.finding import LedgerPath, PathTransfer
from qiyafa.trace.engine.walk import Engine
from qiyafa.trace.engine.widest import shortest, widest


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
    ends = {columns.asset_of(place): place for place in columns.places_of(search.target)}
    found: list[LedgerPath] = []
    for start in columns.places_of(search.source):
        asset = columns.asset_of(start)
        if asset in ends and ends[asset] != start and search.asset in (None, asset):
            found += _between(engine, search, start, ends[asset])
    return tuple(sorted(found, key=lambda path: (path.asset, -path.units, len(path.transfers))))


def _between(engine: Engine, search: PathSearch, start: int, finish: int) -> list[LedgerPath]:
    columns = engine.columns
    end = len(columns) if search.end_row is None else search.end_row
    skipped = np.zeros(len(columns), dtype=np.uint8)
    found: list[LedgerPath] = []
    while len(found) < search.count:
        width = np.zeros((len(columns.places), 2), dtype=np.uint64)
        widest(engine.rows, search.begin_row, end, start, skipped, width)
        least = width[finish]
        if not least.any():
            break
        rows = shortest(
            engine.rows, search.begin_row, end, start, finish, skipped, least[0], least[1], len(columns.places)
        )
        transfers = [_path_transfer(columns, int(row)) for row in rows[::-1]]
        units = int(least[1]) << 64 | int(least[0])
        found.append(LedgerPath(columns.chain, columns.asset_of(finish), units, tuple(transfers)))
        passed = columns.target[rows[1:]]
        if len(passed):
            skipped |= np.isin(columns.source, passed) | np.isin(columns.target, passed)
        else:
            skipped |= (columns.source == start) & (columns.target == finish)
    return found


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
