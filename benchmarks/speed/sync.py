"""How soon is a new block in the ledger and traced? A real node (anvil), blocks of 200 transfers.

    QIYAFA_PEERS=~/.cache/qiyafa-peers python benchmarks/speed/sync.py --blocks 3000 --json

The node mines a chain first, which is synced; then blocks come one by one. For each, from the moment in which the node
has answered (its last byte has been read), this measures until the block's transfers are decoded and checked, written,
synced (fsync) and named by the switched manifest, and a case over the whole ledger is traced again by FIFO: all flows
and all holdings. Joining small files is part of it, so the slowest blocks show it. The time in which the node
answers is stated beside it. Not measured: a disk that is slower than this one at fsync.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(1, str(Path(__file__).resolve().parents[2] / "tests"))

from benchmarks.measuring import commit, keep, machine
from qiyafa.app.sync import Appended, Event, Follower, Following, Look
from qiyafa.app.sync_nodes import FollowedEvmNode
from qiyafa.app.sync_trace import LiveCase, Traced
from qiyafa.chains import find_chain
from qiyafa.chains.finality import Finality
from qiyafa.chains.readers.evm_rpc.answers import BlockAnswers
from qiyafa.chains.readers.evm_rpc.evm_node import EvmNode
from qiyafa.cli.shell import collect_seldom
from qiyafa.stores.parquet_duckdb import ParquetLedger

from support.anvil import CHAIN, Anvil, running_anvil

TRANSFERS = 200
WARM_UP = 10
TARGET_MS = 50.0
CASE = """[case]
id = "sync"
[[theft]]
chain = "{chain}"
address = "{address}"
"""


class TimedNode(EvmNode):
    """A node that remembers when it had answered."""

    answered = 0.0

    def answers(self, first: int, last: int) -> list[BlockAnswers]:
        found = super().answers(first, last)
        self.answered = time.perf_counter()
        return found


def fill(anvil: Anvil, number: int) -> None:
    """Put 200 payments into the pool: the thief pays fifty, who pay on, and everybody pays somebody."""
    accounts = anvil.accounts
    anvil.send_all(
        [
            {
                "from": accounts[one % len(accounts)],
                "to": accounts[(one * 7 + number) % len(accounts)]
                if one % 4
                else f"0x{0xABCD_0000 + one + number:040x}",
                "value": hex(10**15 + one),
                "gas": hex(21000),
            }
            for one in range(TRANSFERS)
        ]
    )


def measure(blocks: int, measured: int, scratch: Path) -> dict[str, Any]:
    """Return how long each of some blocks took, over a ledger of so many blocks."""
    with running_anvil("--gas-limit", str(10**9)) as anvil:
        for number in range(blocks):
            if number % 10 == 0:
                fill(anvil, number)
            anvil.mine()
        case = scratch / "case.toml"
        case.write_text(CASE.format(chain=CHAIN, address=anvil.accounts[0]), "utf-8")
        with TimedNode(anvil.url, sleep=time.sleep, clock=time.monotonic) as node:
            rows = list(one_by_one(anvil, node, case, scratch, measured + WARM_UP))[WARM_UP:]
        record = ParquetLedger.open(scratch / "ledger").record(CHAIN)
    took = {name: sorted(row[name] for row in rows) for name in ("asked", "stored", "traced", "total")}
    return {
        "transfers_a_block": TRANSFERS,
        "ledger_blocks": record.head.block_number,
        "ledger_transfers": record.rows(),
        "ledger_files": len(record.files),
        "method": "fifo",
        "measured_blocks": len(rows),
        "milliseconds": {
            name: {
                "least": round(values[0], 2),
                "median": round(statistics.median(values), 2),
                "p95": round(values[int(len(values) * 0.95)], 2),
                "most": round(values[-1], 2),
            }
            for name, values in took.items()
        },
        "target_milliseconds": TARGET_MS,
    }


def one_by_one(anvil: Anvil, node: TimedNode, case: Path, scratch: Path, count: int) -> Iterator[dict[str, float]]:
    """Sync what is there, then mine blocks and yield the milliseconds that each took."""
    ledger = ParquetLedger.open_or_create(scratch / "ledger").path
    (scratch / "scratch").mkdir()
    live = LiveCase(case, find_chain(CHAIN), ledger)
    told: list[tuple[float, Traced | None, float]] = []

    def take(event: Event) -> None:
        stored = time.perf_counter()
        told.append((stored, live.after(event), time.perf_counter()))
        assert isinstance(event, Appended)

    following = Following(ledger, find_chain(CHAIN), Finality(1000), begin=0)
    follower = Follower(following, FollowedEvmNode(node), scratch / "scratch", take)
    while follower.step() is not Look.SETTLED:
        pass
    for number in range(count):
        fill(anvil, 10**6 + number)
        anvil.mine()
        begin = time.perf_counter()
        assert follower.step() is Look.CHANGED
        stored, traced, end = told[-1]
        assert traced is not None
        assert traced.moved > 0
        answered = node.answered
        yield {
            "asked": (answered - begin) * 1000,
            "stored": (stored - answered) * 1000,
            "traced": (end - stored) * 1000,
            "total": (end - answered) * 1000,
        }


def sync_rows() -> list[dict[str, Any]]:
    """Return the medians over a ledger of three thousand blocks as rows of a result."""
    with tempfile.TemporaryDirectory() as scratch:
        result = measure(3000, 100, Path(scratch))
    return [
        {
            "name": f"sync, a block of {TRANSFERS} transfers {what}",
            "seconds": result["milliseconds"][name]["median"] / 1000,
            "p95_seconds": result["milliseconds"][name]["p95"] / 1000,
            "ledger_transfers": result["ledger_transfers"],
        }
        for name, what in (("stored", "in the ledger"), ("total", "in the ledger and traced"))
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--blocks", type=int, default=3000, help="blocks in the ledger before the measured ones")
    parser.add_argument("--measured", type=int, default=100)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--keep", metavar="NAME", help="also write benchmarks/results/NAME.json")
    options = parser.parse_args()
    collect_seldom()  # as the command line does
    with tempfile.TemporaryDirectory() as scratch:
        result = measure(options.blocks, options.measured, Path(scratch))
    result = {"machine": machine(), "commit": commit(), **result}
    for name, values in result["milliseconds"].items():
        print(f"{name:8} {values['median']:8.1f} ms, 95 of 100 within {values['p95']:8.1f} ms", file=sys.stderr)
    if options.keep:
        keep(options.keep, result)
    if options.json:
        print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
