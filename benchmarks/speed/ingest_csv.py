"""How fast does a CSV of token transfers become rows? A million rows of ethereum-etl's table, side by side with polars.

    python benchmarks/speed/ingest_csv.py --json

polars reads the same file, numbers its addresses (`unique`) and puts the numbers beside the rows (two joins). Ours,
`columns`, ends where polars does: numbers of addresses, values and blocks in memory. Ours, `to Parquet`, is the whole
reader: every value checked, the raw rows on the disk, and the file's SHA-256. Times are the processor's, of all threads
together, the best of several runs in which both take turns; `wall` is what a clock on the wall says.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from qiyafa.chains import find_chain
from qiyafa.chains.readers.ethereum_etl.reader import EthereumEtlFiles, read_ethereum_etl
from qiyafa.chains.readers.ethereum_etl.token_transfers import FIELDS
from qiyafa.chains.readers.reading import FileProblems
from qiyafa.chains.readers.tabular.plain_csv import AddressBook
from qiyafa.chains.readers.tabular.scratch import Scratch
from qiyafa.chains.readers.tabular.staging import TableFile, open_plain

ROWS, ADDRESSES, TOKENS = 1_000_000, 200_000, 1_000
RUNS = 7
CHAIN = find_chain("eip155:1")
COLUMNS = ("token_address", "from_address", "to_address", "value", "transaction_hash", "log_index", "block_number")
NUMBERED = ("from_address", "to_address")


@dataclass(frozen=True, slots=True)
class Took:
    """The best times of one work, in seconds."""

    processor: float
    wall: float


def write_table(path: Path) -> None:
    """Write the same table of random token transfers each time."""
    random = np.random.default_rng(1)
    people = [f"0x{random.bytes(20).hex()}" for _ in range(ADDRESSES)]
    tokens = [f"0x{random.bytes(20).hex()}" for _ in range(TOKENS)]
    parties = random.integers(0, ADDRESSES, (ROWS, 2)).tolist()
    token = (random.zipf(1.3, ROWS) % TOKENS).tolist()
    value, block = random.integers(1, 10**18, ROWS).tolist(), np.sort(random.integers(1, 20_000_000, ROWS)).tolist()
    with path.open("w", encoding="ascii") as file:
        file.write(",".join(COLUMNS) + "\n")
        for row in range(ROWS):
            source, target = parties[row]
            file.write(
                f"{tokens[token[row]]},{people[source]},{people[target]},{value[row]},0x{random.bytes(32).hex()},"
                f"{row % 300},{block[row]}\n"
            )


def polars_columns(path: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rows with the numbers of their addresses beside them, and the numbered addresses."""
    rows = pl.read_csv(path, schema_overrides={"value": pl.String})
    known = pl.concat([rows[name] for name in NUMBERED]).unique(maintain_order=True).to_frame("text")
    numbered = known.with_row_index("number")
    for name in NUMBERED:
        rows = rows.join(numbered, left_on=name, right_on="text", suffix=f"_{name}", maintain_order="left")
    return rows, numbered


def our_columns(path: Path) -> tuple[pa.Table, pa.Array]:
    """Return numbers of addresses, values and blocks, and the addresses; every value of the file is checked."""
    with tempfile.TemporaryDirectory() as folder, Scratch(Path(folder)) as scratch:
        source = open_plain(scratch, TableFile(path, FIELDS, FileProblems(str(path)), lambda _: None))
        assert source is not None
        book = AddressBook()
        blocks = [
            (
                *(book.numbers(rows, name) for name in NUMBERED),
                rows.digits("value"),
                rows.numbers("block_number", pa.int64()),
            )
            for rows in source.rows(lambda _: None)
        ]
        assert source.is_plain
        assert not source.others.numbers
    columns = [pa.chunked_array(column) for column in zip(*blocks, strict=True)]
    return pa.table(columns, names=[*NUMBERED, "value", "block_number"]), book.texts()


def our_parquet(path: Path) -> None:
    """Read the file as `qiyafa ingest ethereum-etl` does, up to the raw rows that a ledger takes."""
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        read_ethereum_etl(EthereumEtlFiles(token_transfers=(path,)), CHAIN, Path(folder))


def check(path: Path) -> None:
    """Assert that both sides find the same."""
    theirs, known = polars_columns(path)
    ours, texts = our_columns(path)
    expected = theirs.select(*NUMBERED, "value", "block_number").to_arrow()
    for name in ours.column_names:
        mine = texts.take(ours[name].combine_chunks()) if name in NUMBERED else ours[name].combine_chunks()
        assert mine.equals(expected[name].cast(mine.type).combine_chunks()), name
    assert len(texts) == len(known)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        reading = read_ethereum_etl(EthereumEtlFiles(token_transfers=(path,)), CHAIN, Path(folder))
        rows = pq.read_table(list(reading.raw.parquet_files))
        assert not reading.problem_count
        for name, raw in (("from_address", "source"), ("to_address", "target"), ("value", "units_text")):
            assert rows[raw].combine_chunks().equals(expected[name].cast(pa.string()).combine_chunks()), raw


def best_times(works: dict[str, Callable[[], object]]) -> dict[str, Took]:
    """Return the best times of each, all in turn, so that what else the machine does meets each alike."""
    best = {name: Took(float("inf"), float("inf")) for name in works}
    for _ in range(RUNS):
        for name, work in works.items():
            wall, processor = time.perf_counter(), time.process_time()
            work()
            processor, wall = time.process_time() - processor, time.perf_counter() - wall
            best[name] = Took(min(best[name].processor, processor), min(best[name].wall, wall))
    return best


def csv_rows() -> list[dict[str, Any]]:
    """Measure everything and return it as rows of a result."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "token_transfers.csv"
        write_table(path)
        check(path)
        size = path.stat().st_size
        best = best_times(
            {
                "csv columns": lambda: our_columns(path),
                "csv to Parquet, every check": lambda: our_parquet(path),
                "polars": lambda: polars_columns(path),
            }
        )
    theirs = best.pop("polars")
    return [
        {
            "name": name,
            "seconds": ours.processor,
            "peer": "polars, unique and two joins",
            "peer_seconds": theirs.processor,
            "ratio": theirs.processor / ours.processor,
            "mb_per_second": size / 1e6 / ours.processor,
            "rows_per_second": ROWS / ours.processor,
            "wall_seconds": ours.wall,
            "peer_wall_seconds": theirs.wall,
        }
        for name, ours in best.items()
    ]


def shown(row: dict[str, Any]) -> str:
    """Return one row of the result for people."""
    return (
        f"{row['name']:30} {row['seconds']:7.3f} s {row['rows_per_second'] / 1e6:6.2f} M rows/s"
        f" {row['mb_per_second']:6.0f} MB/s {row['ratio']:6.2f} x polars"
        f"   wall {row['wall_seconds']:6.3f} s, polars {row['peer_wall_seconds']:6.3f} s"
    )


def main() -> None:
    """Print the measurements."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    rows = csv_rows()
    if parser.parse_args().json:
        print(json.dumps(rows, indent=2))
        return
    for row in rows:
        print(shown(row))


if __name__ == "__main__":
    main()
