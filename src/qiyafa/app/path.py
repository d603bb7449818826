"""Find paths between two addresses of a ledger."""

from pathlib import Path

import numpy as np

from qiyafa.app.columns import traceable_columns
from qiyafa.app.trace import ledger_state
from qiyafa.chains import find_chain
from qiyafa.model.case import NO_LIMITS, Limits
from qiyafa.model.columns import TransferColumns
from qiyafa.model.errors import InvalidInput, NotFound
from qiyafa.model.finding import Gap, LedgerPath, PathsAnswer
from qiyafa.model.ports import Progress, silent
from qiyafa.stores.parquet_duckdb import ParquetLedger
from qiyafa.trace.engine.walk import Engine
from qiyafa.trace.gaps import history_gaps
from qiyafa.trace.paths import PathSearch, find_paths


def paths_between(
    source: str,
    target: str,
    ledger_path: Path,
    *,
    asset: str | None = None,
    from_block: int = 0,
    limits: Limits = NO_LIMITS,
    count: int = 3,
    progress: Progress = silent,
) -> PathsAnswer:
    """Return the time-respecting paths from one address to another. None is an answer, too.

    Raises InvalidInput for a text that is no address on any chain of the ledger, NotFound for one that never appears.
    """
    ledger = ParquetLedger.open(ledger_path)
    found: list[LedgerPath] = []
    gaps: list[Gap] = []
    known = {source: False, target: False}
    ends = (source, target)
    for name in _chains_of((source, target), ledger):
        formats = find_chain(name).formats
        ends = (formats.canonical(source), formats.canonical(target))
        columns = traceable_columns(ledger, name, progress)
        for written, address in zip((source, target), ends, strict=True):
            known[written] |= bool(columns.places_of(address))
        begin, end = _rows(columns, from_block, limits)
        search = PathSearch(*ends, asset=asset, begin_row=begin, end_row=end, count=count)
        here = find_paths(Engine(columns), search)
        found += here
        statuses = ((address, ledger.address_coverage(name, address).status) for address in _passed(ends, here))
        gaps += history_gaps(_passed(ends, here), dict(statuses).__getitem__)
    for written, is_known in known.items():
        if not is_known:
            raise NotFound("case.no_such_address", address=written, ledger=str(ledger_path))
    return PathsAnswer(*ends, tuple(found), ledger_state(ledger), tuple(gaps))


def _passed(ends: tuple[str, str], paths: tuple[LedgerPath, ...]) -> list[str]:
    """Return every address of some paths, or only the ends where there is none."""
    return sorted({*ends, *(transfer.target for path in paths for transfer in path.transfers)})


def _chains_of(addresses: tuple[str, str], ledger: ParquetLedger) -> list[str]:
    """Return the ledger's chains on which both texts are addresses."""
    chains: list[str] = []
    errors: list[InvalidInput] = []
    for name in ledger.chains():
        try:
            for address in addresses:
                find_chain(name).formats.canonical(address)
            chains.append(name)
        except InvalidInput as error:
            errors.append(error)
    if not chains:
        raise errors[0] if errors else NotFound("case.ledger_is_empty", ledger=str(ledger.path))
    return chains


def _rows(columns: TransferColumns, from_block: int, limits: Limits) -> tuple[int, int]:
    """Return the first row to look at and the row to end before."""
    begin = int(np.searchsorted(columns.block, from_block, side="left")) if from_block else 0
    end = len(columns)
    if limits.until_block is not None:
        end = int(np.searchsorted(columns.block, limits.until_block, side="right"))
    if limits.until_time is not None:
        later = np.flatnonzero(columns.time > limits.until_time)
        end = int(later[0]) if len(later) else end
    return begin, end
