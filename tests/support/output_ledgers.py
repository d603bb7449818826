"""Chains of outputs for the store's tests: rows as a reader hands them over, random chains, and their plain columns."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import strategies as st

from qiyafa.model.ledger import AddressCoverage, BlockCoverage
from qiyafa.model.outputs import UNKNOWN_OUTPUT, OutputColumns
from qiyafa.model.raw import RawOutputs, SourceFile
from qiyafa.stores.outputs_tables import SHAPES

CHAIN = "bip122:000000000019d6689c085ae165831e93"
BITCOIN = f"{CHAIN}/slip44:0"

Row = dict[str, Any]


def hash_of(name: object) -> str:
    """Return a transaction or block hash that belongs to a name."""
    return hashlib.sha256(str(name).encode()).hexdigest()


@dataclass(frozen=True)
class Spend:
    """An input: the output it spends, and what a source states of it."""

    transaction: str
    index: int = 0
    value: int | None = None
    address: str | None = None


@dataclass
class OutputRows:
    """Rows of the three tables; transactions are added in any order."""

    transactions: list[Row] = field(default_factory=list)
    inputs: list[Row] = field(default_factory=list)
    outputs: list[Row] = field(default_factory=list)

    def add(
        self,
        name: str,
        block: int,
        index: int | None,
        spends: Sequence[Spend],
        pays: Sequence[tuple[str, int]],
        **more: Any,
    ) -> str:
        """Add a transaction, a coinbase if it spends nothing; `pays` are addresses and units. Return its hash."""
        transaction_hash = hash_of(name)
        place = {"block_number": block, "transaction_hash": transaction_hash}
        self.transactions.append(
            {
                "hash": transaction_hash,
                "block_number": block,
                "block_hash": hash_of(f"block {block}"),
                "index": index,
                "block_timestamp": 1_231_006_505 + 600 * block,
                "is_coinbase": not spends,
                "input_count": len(spends),
                "output_count": len(pays),
                "size": 100 + len(spends),
                **more,
            }
        )
        for number, spend in enumerate(spends):
            spent = {"spent_transaction_hash": spend.transaction, "spent_output_index": spend.index}
            stated = {"value": spend.value, "type": None, "address": spend.address}
            self.inputs.append({**place, "index": number, **spent, **stated})
        for number, (address, units) in enumerate(pays):
            paid = {"value": units, "type": "p2pkh", "address": address, "script_hex": None}
            self.outputs.append({**place, "index": number, **paid})
        return transaction_hash

    def split(self, cut: Iterable[int]) -> tuple["OutputRows", "OutputRows"]:
        """Return the transactions whose numbers are in `cut`, with their rows, and the others."""
        chosen = set(cut)
        parts = OutputRows(), OutputRows()
        for number, transaction in enumerate(self.transactions):
            part = parts[0 if number in chosen else 1]
            part.transactions.append(transaction)
            key = transaction["hash"], transaction["block_number"]
            for name in ("inputs", "outputs"):
                rows = getattr(self, name)
                getattr(part, name).extend(one for one in rows if (one["transaction_hash"], one["block_number"]) == key)
        return parts


def write_outputs(
    folder: Path,
    rows: OutputRows,
    name: str = "rows",
    *,
    address_coverage: tuple[AddressCoverage, ...] = (),
    block_coverage: tuple[BlockCoverage, ...] = (),
) -> RawOutputs:
    """Write rows as a reader's files and hand them over."""
    paths = []
    for shape, table in zip(SHAPES.values(), (rows.transactions, rows.inputs, rows.outputs), strict=True):
        path = folder / f"{name}-{shape.table}.parquet"
        pq.write_table(pa.Table.from_pylist(table, shape.schema()), path)
        paths.append((str(path),))
    source = SourceFile(f"{name}.dat", hash_of(rows), len(rows.transactions), 0, "test/1", "blocks")
    return RawOutputs(
        CHAIN, *paths, sources=(source,), address_coverage=address_coverage, block_coverage=block_coverage
    )


@st.composite
def output_rows(draw: st.DrawFn, most_blocks: int = 6, *, with_unknown_places: bool = True) -> OutputRows:
    """Draw a chain of a few blocks: coinbases, payments inside a block and across, unseen and unknown origins.

    No output is spent twice and nothing is created from nothing, as on a real chain. Addresses come again often.
    """
    rows = OutputRows()
    unspent: list[tuple[Spend, int]] = []
    address = st.sampled_from(["a", "bb", "ccc", "dddd", "e" * 40])
    for block in range(draw(st.integers(0, most_blocks))):
        places_known = not with_unknown_places or draw(st.booleans())
        name = f"coinbase {block}"
        rows.add(name, block, 0 if places_known else None, (), [(draw(address), 50)])
        unspent.append((Spend(hash_of(name)), 50))
        for number in range(1, 1 + draw(st.integers(0, 4))):
            spends, units = draw(_spends(unspent, hash_of(f"before {block} {number}")))
            pays = [(draw(address), part) for part in draw(_parts(units))]
            name = f"{block} {number}"
            rows.add(name, block, number if places_known else None, spends, pays)
            unspent += [(Spend(hash_of(name), at), part) for at, (_, part) in enumerate(pays)]
    return rows


@st.composite
def _spends(draw: st.DrawFn, unspent: list[tuple[Spend, int]], before: str) -> tuple[list[Spend], int]:
    """Draw one to three inputs and what they hold; what they spend of `unspent` is taken away.

    `before` is a transaction that the ledger does not have.
    """
    spends, units = [], 0
    for number in range(draw(st.integers(1, 3))):
        origin = draw(st.sampled_from(["here", "here", "here", "before", "unknown"]))
        if origin == "here" and unspent:
            spend, value = unspent.pop(draw(st.integers(0, len(unspent) - 1)))
            stated = draw(st.sampled_from([None, value]))
            spends.append(Spend(spend.transaction, spend.index, stated))
        elif origin == "before":
            value = draw(st.integers(0, 1000))
            spends.append(Spend(before, number, value, draw(st.sampled_from(["a", "old", None]))))
        else:
            value = 0
            spends.append(Spend(before, number))
        units += value
    return spends, units


@st.composite
def _parts(draw: st.DrawFn, units: int) -> list[int]:
    """Draw up to three outputs that sum to no more than what came in."""
    parts = []
    for _ in range(draw(st.integers(1, 3))):
        parts.append(draw(st.integers(0, units)))
        units -= parts[-1]
    return parts


def facts(columns: OutputColumns) -> list[tuple[object, ...]]:
    """Return what columns say, transaction by transaction, whatever numbers outputs and addresses have."""
    return list(_facts(columns))


def _facts(columns: OutputColumns) -> Iterator[tuple[object, ...]]:
    for number in range(len(columns)):
        spent = columns.spent_output[columns.first_input[number] : columns.first_input[number + 1]].tolist()
        made = range(int(columns.first_output[number]), int(columns.first_output[number + 1]))
        yield (
            columns.hashes.text(number),
            int(columns.block[number]),
            int(columns.time[number]),
            bool(columns.coinbase[number]),
            int(columns.marks[number]),
            tuple(None if one == UNKNOWN_OUTPUT else _output(columns, one) for one in spent),
            tuple(_output(columns, one) for one in made),
        )


def _output(columns: OutputColumns, number: int) -> tuple[str, int, int, str]:
    """Return an output: its transaction, its index, its units and its owner."""
    created = int(columns.first_output[0])
    if number < created:
        name = columns.foreign_hashes.text(number)
    else:
        transaction = int(columns.first_output.searchsorted(number, side="right")) - 1
        name = columns.hashes.text(transaction)
    owner = columns.addresses.text(int(columns.owner[number]))
    return name, int(columns.output_index[number]), int(columns.value[number]), owner


def plain_facts(ledger: Path, record: Any) -> list[tuple[object, ...]]:
    """Return the same facts straight from the stored rows, by dictionaries: the readable twin of the columns."""

    def stored(table: str) -> list[Row]:
        return [row for part in record.table(table) for row in pq.ParquetFile(ledger / part.path).read().to_pylist()]

    inputs: dict[tuple[str, int], list[Row]] = {}
    outputs: dict[tuple[str, int], list[Row]] = {}
    for table, rows in (("inputs", inputs), ("outputs", outputs)):
        for row in stored(table):
            rows.setdefault((row["transaction_hash"], row["block_number"]), []).append(row)
    unspent: dict[tuple[str, int], tuple[str, int, int, str]] = {}
    found: list[tuple[object, ...]] = []
    for row in stored("transactions"):
        key = row["hash"], row["block_number"]
        spent = []
        for one in inputs.get(key, []):
            point = one["spent_transaction_hash"], one["spent_output_index"]
            stated = None if one["value"] is None else (*point, one["value"], one["address"] or "")
            spent.append(unspent.pop(point, stated))
        made = [(row["hash"], one["index"], one["value"], one["address"]) for one in outputs.get(key, [])]
        unspent |= {(row["hash"], one[1]): one for one in made}
        marks = 1 if row["index"] is None else 0
        place = row["block_number"], row["block_timestamp"], row["is_coinbase"], marks
        found.append((row["hash"], *place, tuple(spent), tuple(made)))
    return found
