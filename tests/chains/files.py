"""Small files as their sources write them, and what a reader makes of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from qiyafa.chains import find_chain
from qiyafa.chains.readers.ethereum_etl.reader import EthereumEtlFiles, read_ethereum_etl
from qiyafa.chains.readers.reading import Reading
from qiyafa.model.raw import RawTransfers
from qiyafa.text import text

ETH = "eip155:1/slip44:60"
ETHER = 10**18

ALICE = "0x" + "a" * 40
BOB = "0x" + "b" * 40
CAROL = "0x" + "c" * 40
TOKEN = "0xdac17f958d2ee523a2206206994597c13d831ec7"
TETHER = f"eip155:1/erc20:{TOKEN}"


def transaction(number: int) -> str:
    """Return the hash of the transaction with this number."""
    return f"0x{number:064x}"


TRANSACTION_COLUMNS = {
    "hash": transaction(1),
    "nonce": "7",
    "block_hash": "",
    "block_number": "100",
    "transaction_index": "3",
    "from_address": ALICE,
    "to_address": BOB,
    "value": str(ETHER),
    "gas": "21000",
    "gas_price": "10",
    "input": "0x",
    "block_timestamp": "1648000000",
}
RECEIPT_COLUMNS = {
    "transaction_hash": transaction(1),
    "gas_used": "21000",
    "contract_address": "",
    "status": "1",
    "effective_gas_price": "",
}
TOKEN_TRANSFER_COLUMNS = {
    "token_address": TOKEN,
    "from_address": ALICE,
    "to_address": BOB,
    "value": "5",
    "transaction_hash": transaction(1),
    "log_index": "9",
    "block_number": "100",
}
TRACE_COLUMNS = {
    "block_number": "100",
    "transaction_hash": transaction(1),
    "transaction_index": "3",
    "from_address": BOB,
    "to_address": CAROL,
    "value": "5",
    "trace_type": "call",
    "call_type": "call",
    "reward_type": "",
    "trace_address": "0",
    "error": "",
    "status": "1",
}


def csv_text(columns: dict[str, str], *rows: dict[str, str], without: Iterable[str] = ()) -> str:
    """Return a CSV table: each row says only in what it differs from the usual row."""
    kept = [column for column in columns if column not in set(without)]
    lines = [",".join(kept)]
    lines += [",".join(_quoted({**columns, **row}[column]) for column in kept) for row in rows]
    return "\n".join(lines) + "\n"


def transactions(*rows: dict[str, str], without: Iterable[str] = ()) -> str:
    """Return a table of transactions."""
    return csv_text(TRANSACTION_COLUMNS, *rows, without=without)


def receipts(*rows: dict[str, str]) -> str:
    """Return a table of receipts."""
    return csv_text(RECEIPT_COLUMNS, *rows)


def token_transfers(*rows: dict[str, str]) -> str:
    """Return a table of token transfers."""
    return csv_text(TOKEN_TRANSFER_COLUMNS, *rows)


def traces(*rows: dict[str, str], without: Iterable[str] = ()) -> str:
    """Return a table of traces."""
    return csv_text(TRACE_COLUMNS, *rows, without=without)


@dataclass(frozen=True)
class Read:
    """What a reader found."""

    raw: RawTransfers
    rows: list[dict[str, object]]
    problems: list[str]
    """Each as `place: sentence`."""
    problem_count: int

    def of(self, kind: str) -> list[dict[str, object]]:
        """Return the rows of one kind."""
        return [row for row in self.rows if row["kind"] == kind]

    def one(self, kind: str) -> dict[str, object]:
        """Return the only row of one kind."""
        [row] = self.of(kind)
        return row

    def moves(self, kind: str) -> list[tuple[str, str, str, int]]:
        """Return transaction, source, target and units of the rows of one kind."""
        return [(r["transaction_hash"], r["source"], r["target"], int(r["units_text"])) for r in self.of(kind)]


def found(reading: Reading) -> Read:
    """Return a reading with its rows loaded, sorted."""
    rows = [row for file in reading.raw.parquet_files for row in pq.read_table(file).to_pylist()]
    rows.sort(key=lambda row: tuple(str(value) for value in row.values()))
    problems = [f"{one.place}: {text(one.key, **one.fields)}".removeprefix(": ") for one in reading.problems]
    return Read(reading.raw, rows, problems, reading.problem_count)


class Desk:
    """A folder in which a test puts files and reads them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._scratches = 0

    def file(self, name: str, content: str | bytes) -> Path:
        """Write a file."""
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def parquet(self, name: str, query: str) -> Path:
        """Write what a query answers as Parquet."""
        path = self.folder / name
        with duckdb.connect() as connection:
            connection.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet)")
        return path

    def scratch(self) -> Path:
        """Make a new scratch folder."""
        self._scratches += 1
        folder = self.folder / f"scratch {self._scratches}"
        folder.mkdir()
        return folder

    def read(self, **tables: str | bytes | Path | list[str | bytes | Path]) -> Read:
        """Read tables of ethereum-etl, given as text, bytes or files."""
        files: dict[str, tuple[Path, ...]] = {}
        for table, given in tables.items():
            listed = given if isinstance(given, list) else [given]
            files[table] = tuple(
                one if isinstance(one, Path) else self.file(f"{table}-{number}.csv", one)
                for number, one in enumerate(listed)
            )
        coverage = files.pop("coverage", (None,))[0]
        request = EthereumEtlFiles(**files, coverage=coverage)
        return found(read_ethereum_etl(request, find_chain("eip155:1"), self.scratch()))


def _quoted(value: str) -> str:
    return f'"{value}"' if "," in value or '"' in value else value
