"""Numbers the transfers of whole new blocks without a database: what `merge_sql` does, for rows that need no merging.

A node that gives whole blocks states every block, index and number in a transaction, each once. Such rows only have
to be sorted and numbered, which takes arrays and no DuckDB. Rows of any other kind are left to the merge; both give
the same transfers in the same order.
"""

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from qiyafa.model.columns import I64
from qiyafa.model.ledger import MAX_UNITS
from qiyafa.model.tables import RAW_TRANSFERS
from qiyafa.stores.part_schema import TRANSFERS_SCHEMA, arrow_schema

RAW_SCHEMA: Final = arrow_schema(RAW_TRANSFERS)

_KINDS: Final = ("fee", "native", "internal", "token", "reward")
_FEE, _NATIVE, _INTERNAL, _TOKEN, _REWARD = range(len(_KINDS))
_UNKNOWN_KIND: Final = -1
_FIRST_NUMBERED: Final = 2
"""Positions 0 and 1 are the fee's and the value's, whether they are there or not."""
_MOST_DIGITS: Final = len(str(MAX_UNITS))
_WHOLE_NUMBER: Final = "^(0|[1-9][0-9]*)$"
_NAME: Final = re.compile(r"[a-z]+(:[0-9]+)?$", re.ASCII)
"""What rewards are called, e.g. `withdrawal:17`; no text like it is a number to SQL."""
_NEVER_NULL: Final = ("block_number", "time", "kind", "asset", "units_text", "status", "precision")
_TEXTS: Final = ("transaction_hash", "source", "target")


def numbered_rows(rows: pa.Table) -> pa.Table | None:
    """Return raw rows of whole blocks as transfers in ledger order; None if they need the merge."""
    if not len(rows):
        return TRANSFERS_SCHEMA.empty_table()
    rows = _plain(rows)
    kinds = _kinds(rows)
    if not _is_complete(rows, kinds):
        return None
    order, numbers = _ledger_order(rows, kinds)
    if order is None:
        return None
    rows, kinds = rows.take(pa.array(order)), kinds[order]
    keys = np.stack([column[order] for column in numbers])
    is_same_place = np.all(keys[:, 1:] == keys[:, :-1], axis=0)
    if is_same_place.any() or not _hashes_fit(rows, keys):
        return None
    return _transfers(rows, _positions(keys, kinds))


def _plain(rows: pa.Table) -> pa.Table:
    """Return rows as `merge_sql.incoming_rows` reads them."""
    rows = rows.select(RAW_SCHEMA.names).cast(RAW_SCHEMA).combine_chunks()
    columns = {name: rows[name] for name in RAW_SCHEMA.names}
    for name in _TEXTS:
        columns[name] = pc.fill_null(columns[name], "")
    failed = pc.and_(pc.equal(rows["status"], "failed"), pc.not_equal(rows["kind"], "fee"))
    columns["units_text"] = pc.if_else(failed, "0", rows["units_text"])
    no_trace = pc.equal(rows["trace_address"], "")
    columns["trace_address"] = pc.if_else(no_trace, pa.scalar(None, pa.string()), rows["trace_address"])
    return pa.table(columns, schema=RAW_SCHEMA)


def _kinds(rows: pa.Table) -> I64:
    found: I64 = pc.fill_null(pc.index_in(rows["kind"], pa.array(_KINDS)), _UNKNOWN_KIND).to_numpy().astype(np.int64)
    return found


def _is_complete(rows: pa.Table, kinds: I64) -> bool:
    """Say whether every row states its place in the chain and its number in its transaction."""
    if any(rows[name].null_count for name in _NEVER_NULL) or (kinds == _UNKNOWN_KIND).any():
        return False
    is_reward = kinds == _REWARD
    lacks = (
        (_is_null(rows["transaction_index"]) != is_reward)
        | ((pc.equal(rows["transaction_hash"], "").to_numpy()) != is_reward)
        | (_is_null(rows["trace_address"]) & (kinds == _INTERNAL))
        | (_is_null(rows["log_index"]) & (kinds == _TOKEN))
        # The merge would sort by it before it looks at the log's index.
        | (~_is_null(rows["trace_address"]) & (kinds == _TOKEN))
    )
    return not lacks.any() and pc.all(pc.match_substring_regex(rows["units_text"], _WHOLE_NUMBER)).as_py()


def _ledger_order(rows: pa.Table, kinds: I64) -> tuple[I64 | None, tuple[I64, ...]]:
    """Return the order of the rows and the numbers that it comes from; no order if a trace address is no path."""
    traces = _trace_ranks(rows["trace_address"], kinds == _INTERNAL)
    rewards = _reward_ranks(rows, kinds == _REWARD)
    if traces is None or rewards is None:
        return None, ()
    numbers = (
        rows["block_number"].to_numpy(),
        (kinds == _REWARD).astype(np.int64),
        pc.fill_null(rows["transaction_index"], 0).to_numpy().astype(np.int64),
        kinds,
        traces + rewards,
        np.where(kinds == _TOKEN, pc.fill_null(rows["log_index"], 0).to_numpy(), 0),
    )
    return np.lexsort(numbers[::-1]), numbers


def _trace_ranks(texts: pa.ChunkedArray, chosen: NDArray[np.bool_]) -> I64 | None:
    """Return the rank of each chosen trace address, 0 elsewhere; None if one is no path, or written in two ways."""
    ranks = np.zeros(len(chosen), np.int64)
    if not chosen.any():
        return ranks
    encoded = texts.filter(pa.array(chosen)).combine_chunks().dictionary_encode()
    values = encoded.dictionary.to_pylist()
    try:
        paths = [_path(value) for value in values]
    except ValueError:
        return None
    rank_of = {path: rank for rank, path in enumerate(sorted(set(paths)))}
    if len(rank_of) < len(values):
        return None
    ranks[chosen] = np.array([rank_of[path] for path in paths])[encoded.indices.to_numpy()]
    return ranks


def _reward_ranks(rows: pa.Table, chosen: NDArray[np.bool_]) -> I64 | None:
    """Return the rank of each reward among all: by trace address, none first, then receiver, then units."""
    ranks = np.zeros(len(chosen), np.int64)
    if not chosen.any():
        return ranks
    rewards = rows.select(["trace_address", "target", "units_text"]).filter(pa.array(chosen)).to_pydict()
    try:
        keys = [
            (_named_path(trace), target, len(units), units, trace or "")
            for trace, target, units in zip(*rewards.values(), strict=True)
        ]
    except ValueError:
        return None
    rank_of = {key: rank for rank, key in enumerate(sorted(set(keys)))}
    ranks[chosen] = [rank_of[key] for key in keys]
    return ranks


def _named_path(trace_address: str | None) -> tuple[tuple[bool, int], ...]:
    """Return the steps of a reward's trace address; a name such as `tips` stands behind every number.

    Raises ValueError for a step that is neither.
    """
    if trace_address is None:
        return ()
    steps = trace_address.split(",")
    return tuple((True, 0) if _NAME.match(step) else (False, _path(step)[0]) for step in steps)


def _path(trace_address: str) -> tuple[int, ...]:
    """Return a trace address as numbers. Raises ValueError for any other text, which SQL would cast in its own way."""
    steps = trace_address.split(",")
    if not all(step.isascii() and step.isdigit() and len(step) <= 18 for step in steps):
        raise ValueError(trace_address)
    return tuple(int(step) for step in steps)


def _hashes_fit(rows: pa.Table, keys: I64) -> bool:
    """Say whether each place in a block has one transaction hash, and each hash one place."""
    places = keys[:3]
    begins = np.concatenate([[True], np.any(places[:, 1:] != places[:, :-1], axis=0)])
    hashes = rows["transaction_hash"]
    changes = pc.not_equal(hashes.slice(1), hashes.slice(0, len(rows) - 1)).to_numpy(zero_copy_only=False)
    if (changes & ~begins[1:]).any():
        return False
    is_transaction = begins & (keys[1] == 0)
    return bool(pc.count_distinct(hashes.filter(pa.array(is_transaction))).as_py() == is_transaction.sum())


def _positions(keys: I64, kinds: I64) -> I64:
    """Number the rows of each transaction: 0 the fee, 1 the value, then in their order; rewards of a block from 0."""
    numbered = (kinds == _INTERNAL) | (kinds == _TOKEN) | (kinds == _REWARD)
    places = keys[:3]
    begins = np.concatenate([[True], np.any(places[:, 1:] != places[:, :-1], axis=0)])
    before = np.cumsum(numbered) - numbered
    first = np.maximum.accumulate(np.where(begins, np.arange(len(kinds)), 0))
    positions: I64 = before - before[first] + np.where(kinds == _REWARD, 0, _FIRST_NUMBERED)
    return np.where(kinds == _FEE, 0, np.where(kinds == _NATIVE, 1, positions))


def _transfers(rows: pa.Table, positions: I64) -> pa.Table:
    columns = {name: rows[name] for name in RAW_SCHEMA.names}
    columns["position"] = pa.array(positions, pa.int32())
    columns["units"] = _units(rows["units_text"])
    columns["order"] = pa.array(["exact"] * len(rows), pa.string())
    return pa.table([columns[name] for name in TRANSFERS_SCHEMA.names], schema=TRANSFERS_SCHEMA)


def _units(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return exact decimal texts as DECIMAL(38,0), null above 38 digits."""
    fits = pc.less_equal(pc.binary_length(texts), _MOST_DIGITS)
    return pc.if_else(fits, texts, pa.scalar(None, pa.string())).cast(pa.decimal128(38, 0))


def _is_null(column: pa.ChunkedArray) -> NDArray[np.bool_]:
    nulls: NDArray[np.bool_] = column.is_null().to_numpy(zero_copy_only=False)
    return nulls


def concatenated(tables: Sequence[pa.Table]) -> pa.Table:
    """Return raw rows of several files as one table; columns may stand in any order."""
    return pa.concat_tables(
        [RAW_SCHEMA.empty_table(), *(one.select(RAW_SCHEMA.names).cast(RAW_SCHEMA) for one in tables)]
    )
