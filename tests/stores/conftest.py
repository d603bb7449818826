"""Raw rows as a reader would hand them over, and ledgers made of them."""

import hashlib
import itertools
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from qiyafa.model.raw import RawTransfers, SourceFile
from qiyafa.model.tables import RAW_TRANSFERS
from qiyafa.stores.ingest import Ingest, IngestReport, ingest
from qiyafa.stores.parquet_duckdb import ParquetLedger
from qiyafa.stores.part_schema import arrow_schema
from qiyafa.stores.part_writer import PartSizes

CHAIN = "eip155:1"
ETHER = "eip155:1/slip44:60"
TINY_PARTS = PartSizes(part_rows=8, small_rows=4, row_group_rows=3)

Row = dict[str, Any]
RawOf = Callable[..., RawTransfers]
IngestInto = Callable[..., IngestReport]


def _row(**fields: Any) -> Row:
    """One raw row: a native transfer of 5 wei from a to b in block 1, unless said otherwise."""
    plain: Row = {
        "block_number": 1,
        "transaction_index": 0,
        "time": 1000,
        "transaction_hash": "0xaa",
        "kind": "native",
        "source": "a",
        "target": "b",
        "asset": ETHER,
        "units_text": "5",
        "status": "ok",
        "trace_address": None,
        "log_index": None,
        "precision": "exact",
    }
    assert fields.keys() <= plain.keys()
    return {**plain, **fields}


@pytest.fixture
def row() -> Callable[..., Row]:
    """Make a raw row."""
    return _row


@pytest.fixture
def raw_of(tmp_path_factory: pytest.TempPathFactory) -> RawOf:
    """Write rows as raw files, one for each list, and hand them over as a reader does."""
    folder = tmp_path_factory.mktemp("raw")
    numbers = itertools.count()

    def write(*files: Iterable[Row], **more: Any) -> RawTransfers:
        paths, sources = [], []
        for rows in files:
            path = folder / f"{next(numbers)}.parquet"
            pq.write_table(pa.Table.from_pylist(list(rows), arrow_schema(RAW_TRANSFERS)), path)
            digest = hashlib.sha256(repr(list(rows)).encode()).hexdigest()
            paths.append(str(path))
            sources.append(SourceFile("rows.csv", digest, 1, 0, "test/1", "transactions"))
        fields = {"provides": frozenset({"native", "fees"}), "sources": tuple(sources), **more}
        return RawTransfers(chain=CHAIN, parquet_files=tuple(paths), **fields)

    return write


@pytest.fixture
def ingest_into() -> IngestInto:
    """Ingest raw rows into a folder, in tiny parts so that few rows make several."""

    def into(path: Path, raw: RawTransfers, sizes: PartSizes = TINY_PARTS) -> IngestReport:
        ParquetLedger.open_or_create(path)
        return ingest(Ingest(path, raw, ETHER, sizes=sizes))

    return into


@pytest.fixture
def stored(tmp_path: Path, raw_of: RawOf, ingest_into: IngestInto) -> Callable[..., list[Row]]:
    """Ingest rows, one list a file, and return what the ledger then holds, in its order."""

    def store(*files: Sequence[Row]) -> list[Row]:
        ingest_into(tmp_path / "ledger", raw_of(*files))
        return rows_of(tmp_path / "ledger")

    return store


def rows_of(path: Path) -> list[Row]:
    """Return the transfers of a ledger in its order, every column."""
    record = ParquetLedger.open(path).record(CHAIN)
    return [one for part in record.transfers() for one in pq.ParquetFile(path / part.path).read().to_pylist()]


@pytest.fixture
def read_rows() -> Callable[[Path], list[Row]]:
    """Read the transfers of a ledger in its order, every column."""
    return rows_of


def files_under(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder with its bytes."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture
def read_files() -> Callable[[Path], dict[str, bytes]]:
    """Read every file below a folder."""
    return files_under
