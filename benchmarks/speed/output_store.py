"""How fast does a chain of outputs get into the ledger, and from there into columns? One run, side by side.

    python benchmarks/speed/output_store.py --transactions 1000000 --json

A synthetic chain is ingested, its columns are built from Parquet, and the output of each input is found. The peers
are what a user would write: a dictionary in Python, and a join in DuckDB. All answers are compared.
"""

import argparse
import json
import resource
import sys
import tempfile
from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.measuring import commit, hash_of, keep, machine, seconds
from benchmarks.speed.output_ledger import BITCOIN, CHAIN, make_outputs, write_raw
from qiyafa.model.outputs import OutputColumns
from qiyafa.model.raw import RawOutputs
from qiyafa.stores.outputs_build import build_outputs
from qiyafa.stores.outputs_kernels import Created, HashTable, Spends, fill_table, resolve
from qiyafa.stores.parquet_duckdb import ParquetLedger

WARM_UP = 4_000
SEED = np.uint64(7)

JOIN = """
SELECT count(*), sum(o.value)::HUGEINT FROM read_parquet('{inputs}') AS i JOIN read_parquet('{outputs}') AS o
ON o.transaction_hash = i.spent_transaction_hash AND o.index = i.spent_output_index
"""


def ingested(raw: RawOutputs, folder: Path) -> ParquetLedger:
    """Return a new ledger of raw rows."""
    ledger = ParquetLedger.open_or_create(folder)
    ledger.ingest(raw, native_asset=BITCOIN)
    return ledger


def built(ledger: ParquetLedger) -> OutputColumns:
    """Return columns built from Parquet, the kept ones left aside."""
    return build_outputs(ledger.record(CHAIN), lambda file: ledger.path / file.path).columns


class Resolution:
    """The output of each input of a chain, found in three ways from the same hashes."""

    def __init__(self, columns: OutputColumns) -> None:
        self.columns = columns
        self.keys: NDArray[np.uint64] = columns.hashes.keys.view(np.uint64)  # type: ignore[attr-defined]
        spent = columns.spent_output
        creator = np.searchsorted(columns.first_output, spent, side="right") - 1
        numbers = np.arange(len(spent))
        self.spends = Spends(
            spender=np.searchsorted(columns.first_input, numbers, side="right") - 1,
            keys=self.keys[creator],
            output_index=columns.output_index[spent].astype(np.int64),
            stated=np.full(len(spent), -1, np.int64),
        )

    def by_table(self) -> NDArray[np.int64]:
        """Look them up in our table of slots."""
        columns = self.columns
        slots = 1 << (2 * len(self.keys)).bit_length()
        table = HashTable(np.zeros(slots, np.uint64), self.keys, SEED)
        spent = np.zeros(len(columns.value), np.uint8)
        created = Created(table, np.empty(len(self.keys), np.int64), columns.first_output, columns.value, spent)
        fill_table(table, created.earlier)
        found = np.empty(len(columns.spent_output), np.int64)
        resolve(self.spends, created, found, np.zeros(len(found), np.uint8))
        return found

    def by_dictionary(self) -> NDArray[np.int64]:
        """Look them up in a dictionary of bytes."""
        first = dict(zip(map(bytes, self.keys), self.columns.first_output.tolist(), strict=False))
        wanted = zip(map(bytes, self.spends.keys), self.spends.output_index.tolist(), strict=True)
        return np.array([first[key] + index for key, index in wanted], np.int64)


def measure(transactions: int, scratch: Path) -> tuple[list[dict[str, object]], OutputColumns]:
    """Return the rows of the table for a chain of so many transactions, and the chain."""
    made = make_outputs(transactions)
    raw = write_raw(made, scratch)
    ledgers: list[ParquetLedger] = []
    ingest_seconds = seconds(lambda: ledgers.append(ingested(raw, scratch / f"ledger{len(ledgers)}")))
    columns = built(ledgers[0])
    for name in ("first_input", "first_output", "spent_output", "value", "output_index", "block"):
        assert np.array_equal(getattr(columns, name), getattr(made, name)), name
    resolution = Resolution(made)
    assert np.array_equal(resolution.by_table(), made.spent_output)
    assert np.array_equal(resolution.by_dictionary(), made.spent_output)
    join = JOIN.format(inputs=raw.input_files[0], outputs=raw.output_files[0])
    with duckdb.connect() as connection:
        assert connection.execute(join).fetchone() == (
            len(made.spent_output),
            int(made.value[made.spent_output].astype(object).sum()),
        )
        join_seconds = seconds(lambda: connection.execute(join).fetchone())
    ours = seconds(resolution.by_table)
    rows = [
        row("resolve inputs", ours, "dictionary of bytes", seconds(resolution.by_dictionary)),
        row("resolve inputs", ours, "DuckDB join, Parquet read included", join_seconds),
        row("columns from Parquet", seconds(lambda: built(ledgers[0])), None, None),
        row("ingest", ingest_seconds, None, None),
    ]
    return rows, made


def row(name: str, ours: float, peer: str | None, theirs: float | None) -> dict[str, object]:
    """Return one row of the table."""
    ratio = None if theirs is None else round(theirs / ours, 1)
    return {"name": name, "seconds": round(ours, 4), "peer": peer, "peer_seconds": theirs, "ratio": ratio}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--transactions", type=int, default=1_000_000)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--keep", metavar="NAME", help="also write benchmarks/results/NAME.json")
    options = parser.parse_args()
    for transactions in (WARM_UP, options.transactions):
        with tempfile.TemporaryDirectory() as scratch:
            rows, made = measure(transactions, Path(scratch))
    result = {
        "transactions": len(made),
        "inputs": len(made.spent_output),
        "outputs": len(made.value),
        "rows": rows,
        "peak_memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "commit": commit(),
        "machine": machine(),
        "data_sha256": hash_of([made.spent_output, made.value]),
    }
    if options.keep:
        keep(options.keep, result)
    if options.json:
        print(json.dumps(result, indent=1))
        return
    for one in rows:
        print(f"{one['name']:24} {one['seconds']:>10} s   {one['peer'] or '':36} {one['ratio'] or ''}")


if __name__ == "__main__":
    main()
