"""Collects the transaction hash of each row while columns are built: one entry for each run of equal hashes."""

import hashlib

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from qiyafa.model.columns import I64, U8
from qiyafa.stores.dense_kernels import read_hashes
from qiyafa.stores.dense_lookup import PackedHashes, sorted_runs
from qiyafa.stores.dense_numbering import text_bytes


class TransactionRuns:
    """Rows of a transaction stand together, so a hash is kept once for each run of rows; a run ends with its chunk."""

    def __init__(self) -> None:
        self._rows = 0
        self._runs = 0
        self._first_rows: list[I64] = []
        self._keys: list[U8] = []
        self._text_runs: list[int] = []
        self._texts: list[bytes] = []

    def add(self, hashes: pa.StringArray, indices: NDArray[np.int32]) -> None:
        """Take the hashes of the next rows, as indices into their dictionary."""
        if len(indices) == 0:
            return
        starts = np.flatnonzero(np.diff(indices, prepend=indices[0] - 1))
        keys, is_hash = _keys(hashes)
        run_values = indices[starts]
        for at in np.flatnonzero(is_hash[run_values] == 0):
            self._text_runs.append(self._runs + int(at))
            self._texts.append(hashes[int(run_values[at])].as_py().encode())
        self._first_rows.append(starts.astype(np.int64) + self._rows)
        self._keys.append(keys[run_values])
        self._rows += len(indices)
        self._runs += len(starts)

    def finish(self) -> PackedHashes:
        """Return the hashes of all rows."""
        keys = np.concatenate([np.empty((0, 32), np.uint8), *self._keys])
        self._keys.clear()
        return PackedHashes(
            rows_total=self._rows,
            first_rows=np.concatenate([np.empty(0, np.int64), *self._first_rows]),
            keys=keys,
            order=sorted_runs(keys),
            text_runs=np.array(self._text_runs, np.int64),
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
