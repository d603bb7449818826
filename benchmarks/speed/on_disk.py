"""Put a synthetic ledger on disk through the product's own store, and write a case on it."""

from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.speed.account_ledger import SyntheticLedger
from qiyafa.model.ledger import BlockCoverage
from qiyafa.model.raw import RawTransfers, SourceFile
from qiyafa.stores.parquet_duckdb import ParquetLedger

CHAIN = "eip155:1"
CHUNK = 1_000_000
CASE_TRANSFERS = 256
ZEROS = "0" * 48

TO_RAW = """
COPY (
  SELECT block AS block_number, (number % 150)::INTEGER AS transaction_index, block * 12 AS time,
    '0x' || lpad(lower(to_hex(number)), 16, '0') || repeat('0', 48) AS transaction_hash, 'token' AS kind,
    '0x' || lpad(lower(to_hex(payer)), 40, '0') AS source, '0x' || lpad(lower(to_hex(payee)), 40, '0') AS target,
    'eip155:1/erc20:0x' || lpad(lower(to_hex(asset + 1)), 40, '0') AS asset, units::VARCHAR AS units_text,
    'ok' AS status, NULL::VARCHAR AS trace_address, number % 150 AS log_index, 'exact' AS precision
  FROM numbers
) TO '{path}' (FORMAT parquet, COMPRESSION zstd)
"""


def write_ledger(ledger: SyntheticLedger, folder: Path, scratch: Path) -> None:
    """Ingest a synthetic ledger. A mint is a token transfer from the zero address, as on Ethereum."""
    columns = ledger.columns
    files = []
    for begin in range(0, len(columns), CHUNK):
        part = slice(begin, begin + CHUNK)
        numbers = pa.table(
            {
                "number": np.arange(len(columns), dtype=np.int64)[part],
                "block": columns.block[part],
                "payer": np.maximum(ledger.payer[part], 0),
                "payee": ledger.payee[part],
                "asset": ledger.asset[part],
                "units": columns.units_lo[part],
            }
        )
        arrow = scratch / "numbers.parquet"
        pq.write_table(numbers, arrow)
        path = scratch / f"raw-{begin}.parquet"
        with duckdb.connect() as connection:
            connection.execute(f"CREATE VIEW numbers AS SELECT * FROM '{arrow}'")
            connection.execute(TO_RAW.format(path=path))
        files.append(str(path))
    raw = RawTransfers(
        chain=CHAIN,
        parquet_files=tuple(files),
        sources=(SourceFile("synthetic", "0" * 64, len(columns), 0, "synthetic/1", "token_transfers"),),
        provides=frozenset({"native", "fees", "internal", "tokens"}),
        block_coverage=(BlockCoverage(0, int(columns.block[-1])),),
    )
    ParquetLedger.open_or_create(folder).ingest(raw, native_asset=f"{CHAIN}/slip44:60")
    for path in files:
        Path(path).unlink()


def write_case(ledger: SyntheticLedger, path: Path) -> None:
    """Write a case with one theft of 256 transfers in the first half."""
    rows = np.random.default_rng(11).choice(len(ledger.columns) // 2, CASE_TRANSFERS, replace=False)
    transfers = ", ".join(f'{{transaction = "0x{row:016x}{ZEROS}", position = 2}}' for row in sorted(rows.tolist()))
    path.write_text(
        f'[case]\nid = "synthetic"\ntitle = "256 transfers"\n[[theft]]\nchain = "{CHAIN}"\ntransfers = [{transfers}]\n',
        encoding="utf-8",
    )
