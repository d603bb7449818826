"""Collects the transaction hash of each row while columns are built: one entry for each run of equal hashes."""

import hashlib
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from qiyafa.model.columns import I64, U8
from qiyafa.stores.dense_kernels import read_hashes
from qiyafa.stores.dense_lookup import PackedHashes, sorted_runs
from qiyafa.stores.dense_numbering import text_bytes


@dataclass(frozen=True, slots=True)
class HashRuns:
    """The transaction hashes of some rows that stand together: one entry a run."""

    rows: int
    first_rows: I64
    """Counted from the first of these rows."""
    keys: U8
    other_runs: I64
    """The runs whose hash is not 0x and 64 digits."""
    other_texts: list[bytes]


def hash_runs(hashes: pa.StringArray, indices: NDArray[np.int32]) -> HashRuns:
    """Return the runs of the rows whose hashes are given as indices into their dictionary."""
    keys, is_hash = _keys(hashes)
    starts = np.flatnonzero(np.diff(indices, prepend=indices[:1] - 1))
    run_values = indices[starts]
    other_runs = np.flatnonzero(is_hash[run_values] == 0)
    other_texts = [hashes[int(value)].as_py().encode() for value in run_values[other_runs]]
    return HashRuns(len(indices), starts, keys[run_values], other_runs, other_texts)


class TransactionRuns:
    """Rows of a transaction stand together, so a hash is kept once for each run of rows; a run ends with its chunk."""

    def __init__(self) -> None:
        self._rows = 0
        self._runs = 0
        self._first_rows: list[I64] = []
        self._keys: list[U8] = []
        self._text_runs: list[I64] = []
        self._texts: list[bytes] = []

    def add(self, runs: HashRuns) -> None:
        """Take the hashes of the next rows."""
        self._text_runs.append(runs.other_runs + self._runs)
        self._texts += runs.other_texts
        self._first_rows.append(runs.first_rows + self._rows)
        self._keys.append(runs.keys)
        self._rows += runs.rows
        self._runs += len(runs.first_rows)

    def finish(self) -> PackedHashes:
        """Return the hashes of all rows."""
        keys = np.concatenate([np.empty((0, 32), np.uint8), *self._keys])
        self._keys.clear()
        return PackedHashes(
            rows_total=self._rows,
            first_rows=np.concatenate([np.empty(0, np.int64), *self._first_rows]),
            keys=keys,
            order=sorted_runs(keys),
            text_runs=np.concatenate([np.empty(0, np.int64), *self._text_runs]),
            text_data=np.frombuffer(b"".join(self._texts), np.uint8),
            text_ends=np.cumsum([len(text) for text in self._texts], dtype=np.int64),
        )


def _keys(hashes: pa.StringArray) -> tuple[U8, U8]:
    """Return 32 bytes for each hash, and which are the hash itself rather than the SHA-256 of another text."""
    data, ends = text_bytes(hashes)
    keys = np.zeros((len(ends), 32), np.uint8)
    is_hash = np.empty(len(ends), np.uint8)
    read_hashes(data, ends, keys, is_hash)
    for index in np.flatnonzero(is_hash == 0):
        keys[index] = np.frombuffer(hashlib.sha256(hashes[int(index)].as_py().encode()).digest(), np.uint8)
    return keys, is_hash
