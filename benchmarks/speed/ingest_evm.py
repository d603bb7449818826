"""How fast do a node's answers become rows? Blocks of 200 transfers, recorded from anvil, in one process.

    python benchmarks/speed/ingest_evm.py --json

Each answer holds 16 blocks and their receipts, as the reader asks for them. `tape` reads the text strictly; `decode`
goes on from the bytes of blocks and receipts to typed columns: every field found and checked, hashes and addresses
located, what two places say compared, quantities as numbers; `rows` goes from the bytes to the Arrow table that a
ledger takes. `checks` recomputes hashes and roots, and stands beside them because no peer does it. The peers are a
typed msgspec decoder of the same fields, which leaves them text, and a plain loop over `json.loads` that builds the
same rows. The names with `block alone` are of the same blocks without receipts.

Times are those of the processor, the least of many short turns that the works take one after the other.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import msgspec
import numpy as np
import pyarrow as pa

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from qiyafa.chains import find_chain  # noqa: E402
from qiyafa.chains.ethereum import evm_rules  # noqa: E402
from qiyafa.chains.json_tape import Value, read_tape  # noqa: E402
from qiyafa.chains.readers.evm_rpc.answers import BlockAnswers, Tracing  # noqa: E402
from qiyafa.chains.readers.evm_rpc.batch import read_batch  # noqa: E402
from qiyafa.chains.readers.evm_rpc.checks import check_batch  # noqa: E402
from qiyafa.chains.readers.evm_rpc.decode import EvmSource, decode_blocks  # noqa: E402
from qiyafa.chains.readers.evm_rpc.fields import Objects  # noqa: E402
from qiyafa.chains.readers.evm_rpc.headers import read_headers  # noqa: E402
from qiyafa.chains.readers.evm_rpc.reader import BLOCKS_AT_ONCE  # noqa: E402
from qiyafa.chains.readers.raw_columns import ARROW_SCHEMA  # noqa: E402

from support.anvil import CHAIN, Anvil, running_anvil  # noqa: E402

BLOCKS, TRANSFERS = 32, 200
BLOCKS_A_REQUEST = BLOCKS_AT_ONCE
RUNS = 25

Row = dict[str, Any]
CHAIN_RECORD = find_chain(CHAIN)
TRANSACTION_FIELDS = ("hash", "from", "to", "value", "nonce", "transactionIndex", "blockHash")
SOURCE = EvmSource(CHAIN_RECORD, evm_rules(CHAIN_RECORD), Tracing.NONE)


class Transaction(msgspec.Struct):
    """The fields of a transaction that a ledger needs."""

    hash: str
    value: str
    nonce: str
    transactionIndex: str  # noqa: N815 - as nodes spell it
    blockHash: str  # noqa: N815
    sender: str = msgspec.field(name="from")
    to: str | None = None


class Receipt(msgspec.Struct):
    """The fields of a receipt that a ledger needs."""

    transactionHash: str  # noqa: N815
    blockHash: str  # noqa: N815
    status: str
    gasUsed: str  # noqa: N815
    effectiveGasPrice: str  # noqa: N815
    logs: list[msgspec.Raw]


class Block(msgspec.Struct):
    """A block."""

    number: str
    hash: str
    timestamp: str
    transactions: list[Transaction]


class Answer(msgspec.Struct):
    """One answer in a batch."""

    id: int
    result: Block | list[Receipt]


def recorded(anvil: Anvil) -> list[bytes]:
    """Mine the blocks and return the node's own answers, some blocks in each."""
    for block in range(BLOCKS):
        calls: list[dict[str, object]] = [
            {
                "from": anvil.accounts[number % 10],
                "to": f"0x{1000 + number * 7 + block:040x}",
                "value": hex(10**15 + number * 12_345_678_901),
                "gas": "0x5208",
            }
            for number in range(TRANSFERS)
        ]
        anvil.send_all(calls)
        anvil.mine()
    answers = []
    for first in range(1, BLOCKS + 1, BLOCKS_A_REQUEST):
        calls = []
        for number in range(first, first + BLOCKS_A_REQUEST):
            calls += [{"method": "eth_getBlockByNumber", "params": [hex(number), True]}]
            calls += [{"method": "eth_getBlockReceipts", "params": [hex(number)]}]
        body = [{"jsonrpc": "2.0", "id": place, **call} for place, call in enumerate(calls)]
        answers.append(httpx.post(anvil.url, json=body, timeout=60, trust_env=False).content)
    return answers


def block_answers(text: bytes, first: int) -> list[BlockAnswers]:
    """Return the blocks in one answer of the node."""
    tape = read_tape(text)
    entries = tape.members(tape.elements(0), ("result",))[:, 0].tolist()
    return [
        BlockAnswers(first + place, Value(tape, block), (Value(tape, receipts),), True, None)
        for place, (block, receipts) in enumerate(zip(entries[::2], entries[1::2], strict=True))
    ]


def read_rows(texts: list[bytes]) -> list[pa.Table]:
    """Return the rows of all answers, by the product."""
    return [
        decode_blocks(block_answers(text, 1 + place * BLOCKS_A_REQUEST), SOURCE).transfers
        for place, text in enumerate(texts)
    ]


def plain_rows(texts: list[bytes]) -> list[pa.Table]:
    """Return the rows of all answers, by a loop over `json.loads`."""
    tables = []
    for text in texts:
        answers = [one["result"] for one in json.loads(text)]
        rows: list[Row] = []
        for block, receipts in zip(answers[::2], answers[1::2], strict=True):
            rows += plain_block(block, receipts)
        tables.append(pa.Table.from_pylist(rows, schema=ARROW_SCHEMA))
    return tables


def plain_block(block: Row, receipts: list[Row]) -> list[Row]:
    """Return the rows of one block."""
    rows: list[Row] = []
    base, tips = int(block["baseFeePerGas"], 16), 0
    shared: Row = {
        "block_number": int(block["number"], 16),
        "time": int(block["timestamp"], 16),
        "asset": CHAIN_RECORD.native_asset,
        "status": "ok",
        "precision": "exact",
    }
    for transaction, receipt in zip(block["transactions"], receipts, strict=True):
        gas = int(receipt["gasUsed"], 16)
        fee = gas * int(receipt["effectiveGasPrice"], 16)
        tips += fee - gas * base
        mine = shared | {
            "transaction_index": int(transaction["transactionIndex"], 16),
            "transaction_hash": transaction["hash"],
            "source": transaction["from"],
            "status": "ok" if receipt["status"] == "0x1" else "failed",
        }
        value = int(transaction["value"], 16) if mine["status"] == "ok" else 0
        rows.append(mine | {"kind": "fee", "target": "", "units_text": str(fee)})
        rows.append(mine | {"kind": "native", "target": transaction["to"], "units_text": str(value)})
    reward = {"kind": "reward", "target": block["miner"], "units_text": str(tips), "trace_address": "tips"}
    rows.append(shared | reward | {"transaction_hash": "", "source": ""})
    return rows


def decode(texts: list[bytes]) -> None:
    """Read the texts strictly into typed columns of every field that rows are made of."""
    for place, text in enumerate(texts):
        batch = read_batch(block_answers(text, 1 + place * BLOCKS_A_REQUEST))
        batch.transactions.quantities("value")
        batch.transactions.optional_addresses("to")
        for name in ("gasUsed", "effectiveGasPrice", "status"):
            batch.receipts.quantities(name)


def decode_alone(texts: list[bytes]) -> None:
    """Read blocks without receipts strictly into typed columns of the same fields of transactions."""
    for place, text in enumerate(texts):
        tape = read_tape(text)
        headers = read_headers(tape, tape.elements(0).tolist(), 1 + place * BLOCKS_A_REQUEST)
        counts = [len(listed) for listed in headers.transactions]
        number = np.repeat(headers.numbers, counts)
        index = np.concatenate([np.arange(count) for count in counts])
        objects = Objects(tape, np.concatenate(headers.transactions), number, index, "transaction")
        fields = objects.read(TRANSACTION_FIELDS)
        fields.hashes("hash")
        fields.hashes("blockHash")
        fields.addresses("from")
        fields.optional_addresses("to")
        fields.quantities("value")
        fields.numbers("nonce")
        fields.must_count("transactionIndex", index)


def alone(texts: list[bytes]) -> list[bytes]:
    """Return the blocks in the answers, without receipts, byte for byte."""
    found = []
    for text in texts:
        tape = read_tape(text)
        blocks = tape.members(tape.elements(0)[::2], ("result",))[:, 0].tolist()
        found.append(b"[" + b",".join(tape.raw(block) for block in blocks) + b"]")
    return found


def best_seconds(works: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Return the least time of each, all in turn, so that what else the machine does meets each alike."""
    best = dict.fromkeys(works, float("inf"))
    for _ in range(RUNS):
        for name, work in works.items():
            begin = time.thread_time()
            work()
            best[name] = min(best[name], time.thread_time() - begin)
    return best


def evm() -> list[Row]:
    """Measure everything and return it as rows of a result."""
    with running_anvil("--gas-limit", "1000000000") as anvil:
        texts = recorded(anvil)
    ours, plain = read_rows(texts), plain_rows(texts)
    assert [table.equals(other) for table, other in zip(ours, plain, strict=True)] == [True] * len(texts)
    batches = [read_batch(block_answers(text, 1 + place * BLOCKS_A_REQUEST)) for place, text in enumerate(texts)]
    typed, typed_alone = msgspec.json.Decoder(list[Answer]), msgspec.json.Decoder(list[Block])
    blocks = alone(texts)
    best = best_seconds(
        {
            "tape": lambda: [read_tape(text) for text in texts],
            "decode": lambda: decode(texts),
            "rows": lambda: read_rows(texts),
            "checks": lambda: [check_batch(batch) for batch in batches],
            "msgspec": lambda: [typed.decode(text) for text in texts],
            "json.loads": lambda: [json.loads(text) for text in texts],
            "json.loads loop": lambda: plain_rows(texts),
            "block alone, decode": lambda: decode_alone(blocks),
            "block alone, msgspec": lambda: [typed_alone.decode(text) for text in blocks],
            "block alone, json.loads": lambda: [json.loads(text) for text in blocks],
        }
    )
    transactions = BLOCKS * TRANSFERS
    return [
        {
            "name": f"evm {name}",
            "seconds": best[ours],
            "peer": peer,
            "peer_seconds": best[theirs],
            "ratio": best[theirs] / best[ours],
            "transactions_per_second": transactions / best[ours],
        }
        for name, ours, peer, theirs in (
            ("rows", "rows", "json.loads loop, the same rows", "json.loads loop"),
            ("decoded, blocks and receipts", "decode", "msgspec, typed", "msgspec"),
            ("decoded, blocks and receipts", "decode", "json.loads alone", "json.loads"),
            ("decoded, blocks alone", "block alone, decode", "msgspec, typed", "block alone, msgspec"),
            ("decoded, blocks alone", "block alone, decode", "json.loads alone", "block alone, json.loads"),
            ("text scanned", "tape", "json.loads alone", "json.loads"),
            ("hashes and roots checked", "checks", "json.loads loop, the same rows", "json.loads loop"),
        )
    ]


def main() -> None:
    """Print the measurements."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print the rows as JSON")
    rows = evm()
    if parser.parse_args().json:
        print(json.dumps(rows, indent=1))
        return
    for row in rows:
        print(
            f"{row['name']:34} {row['transactions_per_second'] / 1e6:8.3f} M tx/s {row['ratio']:8.2f} x {row['peer']}"
        )


if __name__ == "__main__":
    main()
