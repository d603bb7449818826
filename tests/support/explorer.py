"""Explorers that answer as Etherscan's API V2 does: over made-up payments, or over the real Ethereum transactions.

They know ordinary transactions only: the lists of internal and token transfers are empty. In the real one, an address
whose history the collection does not speak of has the rows that were seen from others, and the explorer, like every
explorer, does not say so. With `knows_limits`, it fails beyond the first 10,000 rows of a history that the collection
cut off (`coverage.csv`: capped), as the real one does with histories that are too long for it, and on absent ones at
once; without, it gives all rows there are.
"""

import csv
import json
import threading
import time
from collections import deque
from collections.abc import Collection, Sequence
from pathlib import Path

import duckdb

from support.http_server import Answer, Asked

WINDOW_ROWS = 10_000
HEAD_ABOVE_DATA = 64
"""The explorer's head lies so many blocks above the last transaction, so that all of them count as final."""

KEY = "MYKEY"
NOTHING_FOUND = {"status": "0", "message": "No transactions found", "result": []}
COLUMNS = """
  block_number::VARCHAR AS blockNumber, epoch(block_timestamp)::BIGINT::VARCHAR AS timeStamp, hash,
  nonce::VARCHAR AS nonce, block_hash AS blockHash, transaction_index::VARCHAR AS transactionIndex,
  from_address AS "from", coalesce(to_address, '') AS "to", value::VARCHAR AS value, gas::VARCHAR AS gas,
  gas_price::VARCHAR AS gasPrice, (receipt_status = 0)::INT::VARCHAR AS isError,
  receipt_status::VARCHAR AS txreceipt_status, input, coalesce(receipt_contract_address, '') AS contractAddress,
  receipt_gas_used::VARCHAR AS gasUsed"""


def refusal(result: str) -> dict[str, object]:
    """Return an error as the explorer writes it, inside a 200 answer."""
    return {"status": "0", "message": "NOTOK", "result": result}


class Explorer:
    """Answers questions on chain 1 over some ordinary transactions; what they are, its heirs say."""

    head: int
    """The last block of the data."""

    def __init__(self, requests_per_second: int | None = None) -> None:
        self.requests_per_second = requests_per_second
        self.lock, self.recent = threading.Lock(), deque[float]()

    def listed(self, address: str, first: int, last: int, order: str) -> list[dict[str, str]]:
        """Return the transactions of an address in a range of blocks, in the form of the API."""
        raise NotImplementedError

    def found(self, transaction_hash: str) -> dict[str, str] | None:
        """Return a transaction in the form of the API."""
        raise NotImplementedError

    def fails(self, address: str, first: int) -> bool:
        """Tell whether a list is too long for the explorer."""
        return False

    def __call__(self, asked: Asked) -> Answer:
        """Answer one request."""
        return Answer(json.dumps(self.answer(asked.parameters)).encode())

    def answer(self, asked: dict[str, str]) -> dict[str, object]:
        """Answer the parameters of one request."""
        if self.is_too_fast():
            return refusal("Max calls per sec rate limit reached (3/sec)")
        if asked.get("apikey", KEY) != KEY:
            return refusal("Invalid API Key (#err2)|")
        if asked.get("chainid") != "1":
            return refusal("Missing or unsupported chainid parameter (required for v2 api), please see the chainlist")
        if asked.get("module") == "proxy":
            return {"jsonrpc": "2.0", "id": 83, "result": self.proxied(asked)}
        if asked.get("action") in {"txlistinternal", "tokentx"}:
            return NOTHING_FOUND
        return self.transactions(asked)

    def is_too_fast(self) -> bool:
        """Tell whether the last second has had its requests."""
        if self.requests_per_second is None:
            return False
        with self.lock:
            now = time.monotonic()
            while self.recent and self.recent[0] < now - 1:
                self.recent.popleft()
            self.recent.append(now)
            return len(self.recent) > self.requests_per_second

    def proxied(self, asked: dict[str, str]) -> object:
        """Answer what the explorer passes on to its node."""
        if asked["action"] == "eth_blockNumber":
            return hex(self.head + HEAD_ABOVE_DATA)
        found = self.found(asked["txhash"])
        return None if found is None else {"from": found["from"], "to": found["to"] or None}

    def transactions(self, asked: dict[str, str]) -> dict[str, object]:
        """Answer `txlist`."""
        address, page, offset = asked["address"].lower(), int(asked["page"]), int(asked["offset"])
        if page * offset > WINDOW_ROWS:
            return refusal("Result window is too large, PageNo x Offset size must be less than or equal to 10000")
        first, last = int(asked["startblock"]), int(asked["endblock"])
        if self.fails(address, first):
            return refusal("Query Timeout occured. Please select a smaller result dataset")
        found = self.listed(address, first, last, asked["sort"])[(page - 1) * offset : page * offset]
        return {"status": "1", "message": "OK", "result": found} if found else NOTHING_FOUND


class MadeUpExplorer(Explorer):
    """An explorer over a few payments: (block, sender, receiver, units), each a transaction without a fee."""

    def __init__(self, payments: Sequence[tuple[int, str, str, int]], too_long: Collection[str] = ()) -> None:
        super().__init__()
        self.too_long = too_long
        self.rows = [
            {
                "blockNumber": str(block), "timeStamp": str(1_600_000_000 + 12 * block), "hash": f"0x{number:064x}",
                "transactionIndex": str(number), "from": sender, "to": receiver, "value": str(units), "gas": "21000",
                "gasPrice": "0", "gasUsed": "21000", "isError": "0", "txreceipt_status": "1", "contractAddress": "",
            }
            for number, (block, sender, receiver, units) in enumerate(payments)
        ]  # fmt: skip
        self.head = max(block for block, *_ in payments)

    def listed(self, address: str, first: int, last: int, order: str) -> list[dict[str, str]]:
        """Return the transactions of an address."""
        return [
            row for row in self.rows if address in (row["from"], row["to"]) and first <= int(row["blockNumber"]) <= last
        ]

    def found(self, transaction_hash: str) -> dict[str, str] | None:
        """Return a transaction."""
        return next((row for row in self.rows if row["hash"] == transaction_hash), None)

    def fails(self, address: str, first: int) -> bool:
        """Fail for the addresses whose lists are too long."""
        return address in self.too_long


class RoninExplorer(Explorer):
    """An explorer over the real transactions."""

    def __init__(self, ethereum: Path, *, knows_limits: bool = False, requests_per_second: int | None = None) -> None:
        super().__init__(requests_per_second)
        self.knows_limits = knows_limits
        self.database = duckdb.connect()
        self.database.execute("SET enable_progress_bar = false")
        self.database.execute(
            f"""CREATE TABLE listed AS
                SELECT address, {COLUMNS}, block_number, transaction_index
                FROM '{ethereum / "transactions.parquet"}',
                  LATERAL (SELECT DISTINCT unnest([from_address, to_address, receipt_contract_address]) AS address)
                WHERE address IS NOT NULL
                ORDER BY address, block_number, transaction_index"""
        )
        self.names = [name for name, *_ in self.database.execute("DESCRIBE listed").fetchall()][1:-2]
        (self.head,) = self.database.execute("SELECT max(block_number) FROM listed").fetchone()
        with (ethereum / "coverage.csv").open(encoding="utf-8", newline="") as file:
            self.coverage = {row["address"]: row["status"].split()[0].rstrip(":") for row in csv.DictReader(file)}

    def listed(self, address: str, first: int, last: int, order: str) -> list[dict[str, str]]:
        """Return the transactions of an address."""
        return self.select(
            f"""WHERE address = ? AND block_number BETWEEN ? AND ?
                ORDER BY block_number {order}, transaction_index {order} LIMIT {WINDOW_ROWS}""",
            [address, first, last],
        )

    def found(self, transaction_hash: str) -> dict[str, str] | None:
        """Return a transaction."""
        return next(iter(self.select("WHERE hash = ? LIMIT 1", [transaction_hash])), None)

    def fails(self, address: str, first: int) -> bool:
        """Fail where the collection has no more."""
        status = self.coverage.get(address, "unknown")
        return self.knows_limits and (status == "absent" or (status == "capped" and first > 0))

    def select(self, condition: str, values: list[object]) -> list[dict[str, str]]:
        """Return rows in the form of the API."""
        names = ", ".join(f'"{name}"' for name in self.names)
        rows = self.database.cursor().execute(f"SELECT {names} FROM listed {condition}", values).fetchall()
        return [dict(zip(self.names, row, strict=True)) for row in rows]
