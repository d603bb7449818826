"""Chains of whole blocks as a node would hand them over: random, linked, with every kind of transfer."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import strategies as st

from qiyafa.model.ledger import BlockCoverage
from qiyafa.model.raw import RawTransfers, SourceFile
from qiyafa.model.tables import BLOCKS, RAW_TRANSFERS
from qiyafa.stores.part_schema import arrow_schema

CHAIN = "eip155:31337"
ETHER = f"{CHAIN}/slip44:60"
TOKEN = f"{CHAIN}/erc20:0x{'70' * 20}"
GENESIS = "0x" + "0" * 64
SOURCE = SourceFile("node", "0" * 64, 0, 0, "test/1", "blocks")

Row = dict[str, Any]


@dataclass(frozen=True)
class WholeBlock:
    """One block with its transfers."""

    number: int
    hash: str
    parent_hash: str
    rows: tuple[Row, ...]

    def header(self) -> Row:
        """Return the block's row of the table `blocks`."""
        hashes = {row["transaction_hash"] for row in self.rows if row["transaction_hash"]}
        return {
            "number": self.number,
            "hash": self.hash,
            "parent_hash": self.parent_hash,
            "timestamp": moment(self.number),
            "transaction_count": len(hashes),
        }


def moment(number: int) -> int:
    """Return the time of a block."""
    return 1_700_000_000 + 12 * number


def make_block(number: int, parent_hash: str, salt: int, transactions: Sequence[Sequence[Row]] = ()) -> WholeBlock:
    """Make a block from the rows of its transactions, without place and hash; its rewards are one of them."""
    block_hash = _hash("block", number, parent_hash, salt)
    rows = []
    for index, transaction in enumerate(transactions):
        placed = {"block_number": number, "time": moment(number)}
        placed |= {"transaction_index": index, "transaction_hash": _hash("transaction", block_hash, index)}
        nowhere = {"transaction_index": None, "transaction_hash": ""}
        rows += [{**PLAIN, **placed, **(nowhere if row.get("kind") == "reward" else {}), **row} for row in transaction]
    return WholeBlock(number, block_hash, parent_hash, tuple(rows))


PLAIN: Row = {
    "kind": "native",
    "source": "0xaa",
    "target": "0xbb",
    "asset": ETHER,
    "units_text": "5",
    "status": "ok",
    "trace_address": None,
    "log_index": None,
    "precision": "exact",
}


def payments(count: int, salt: int = 0) -> list[list[Row]]:
    """Return so many plain payments with their fees, a few addresses paying each other."""
    made = []
    for number in range(count):
        source, target = f"0x{(number + salt) % 7:040x}", f"0x{(number * 3 + salt) % 11 + 1:040x}"
        fee = {"kind": "fee", "source": source, "target": "", "units_text": "21000"}
        made.append([fee, {"source": source, "target": target, "units_text": str(1000 + number)}])
    return made


def chain_of(
    length: int, salt: int = 0, *, first: int = 0, parent_hash: str = GENESIS, each: int = 2
) -> list[WholeBlock]:
    """Return linked blocks of plain payments; another salt gives another history."""
    blocks: list[WholeBlock] = []
    for number in range(first, first + length):
        blocks.append(make_block(number, parent_hash, salt, payments(each, salt + number)))
        parent_hash = blocks[-1].hash
    return blocks


def raw_blocks(folder: Path, blocks: Iterable[WholeBlock]) -> RawTransfers:
    """Write blocks as a reader hands them over."""
    blocks = list(blocks)
    name = hashlib.sha256(repr([block.hash for block in blocks]).encode()).hexdigest()[:16]
    transfers, headers = folder / f"{name}-transfers.parquet", folder / f"{name}-blocks.parquet"
    rows = [row for block in blocks for row in block.rows]
    pq.write_table(pa.Table.from_pylist(rows, arrow_schema(RAW_TRANSFERS)), transfers)
    pq.write_table(pa.Table.from_pylist([block.header() for block in blocks], arrow_schema(BLOCKS)), headers)
    return RawTransfers(
        chain=CHAIN,
        parquet_files=(str(transfers),),
        sources=(SOURCE,),
        provides=frozenset({"native", "fees", "internal", "tokens"}),
        block_coverage=tuple(BlockCoverage(block.number, block.number) for block in blocks),
        block_files=(str(headers),),
    )


@st.composite
def chains(draw: st.DrawFn, least: int = 1, most: int = 8) -> list[WholeBlock]:
    """Draw linked blocks with every kind of transfer."""
    blocks: list[WholeBlock] = []
    parent_hash = GENESIS
    for number in range(draw(st.integers(least, most))):
        transactions = [draw(_transaction(log)) for log in range(draw(st.integers(0, 3)))]
        rewards = draw(st.lists(_reward(), max_size=4, unique_by=lambda row: (row["target"], row["trace_address"])))
        blocks.append(make_block(number, parent_hash, draw(st.integers(0, 9)), [*transactions, rewards]))
        parent_hash = blocks[-1].hash
    return blocks


_ADDRESSES = st.sampled_from([f"0x{number:040x}" for number in range(5)])
_UNITS = st.one_of(st.integers(0, 30), st.integers(10**37, 10**40)).map(str)


@st.composite
def _transaction(draw: st.DrawFn, number: int) -> list[Row]:
    status = draw(st.sampled_from(["ok", "ok", "ok", "failed"]))
    sides = {"source": draw(_ADDRESSES), "target": draw(_ADDRESSES), "status": status}
    rows = [{**sides, "kind": "fee", "target": "", "units_text": "3"}, {**sides, "units_text": draw(_UNITS)}]
    if status == "failed":
        return rows
    for trace in draw(st.lists(st.sampled_from(["0", "1", "0,0", "10", "2", "0,10,1"]), unique=True, max_size=3)):
        rows.append({**sides, "kind": "internal", "trace_address": trace, "units_text": draw(_UNITS)})
    for log in range(draw(st.integers(0, 2))):
        rows.append(
            {**sides, "kind": "token", "asset": TOKEN, "log_index": 10 * number + 9 - log, "units_text": draw(_UNITS)}
        )
    return draw(st.permutations(rows))


@st.composite
def _reward(draw: st.DrawFn) -> Row:
    trace = draw(
        st.sampled_from([None, "0", "2", "11", "1,0", "tips", "block", "withdrawal:5", "withdrawal:11", "uncle:0"])
    )
    return {
        "kind": "reward",
        "source": "",
        "target": draw(_ADDRESSES),
        "trace_address": trace,
        "units_text": draw(_UNITS),
    }


def _hash(*parts: object) -> str:
    return "0x" + hashlib.sha256(repr(parts).encode()).hexdigest()
