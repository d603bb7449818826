"""How often does co-spend join strangers, with the CoinJoin guard and without, and what does the guard cost?

    python benchmarks/accuracy/cluster.py --json --keep cluster_accuracy

Ground truth: 1,403 Whirlpool and 196 Wasabi 1 mixes, each of which strangers sign, with the Tx0s and post-mix payments
around them, each of which one person signs. A merge through a mix is false. A post-mix payment or Tx0 refused is
a loss. Some of these are no payments at all but mixes that the lists of mixes leave out; they have Whirlpool's exact
shape and are counted apart. What the guard refuses in ordinary blocks is counted too; nobody knows which of these are
mixes. Where a block comes without the outputs it spends, each input counts as a payer of its own, so that more is
refused than would be.
"""

import argparse
import hashlib
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.accuracy.coinjoin_files import WASABI, WHIRLPOOL, Published, columns_of, read_transactions
from benchmarks.measuring import commit, keep, machine
from qiyafa.app.ingest_outputs import ingest_bitcoin_blk
from qiyafa.chains.readers.bitcoin_blk.reader import BlockPaths
from qiyafa.cluster.build import build
from qiyafa.cluster.coinjoin import Mix, mix_of
from qiyafa.cluster.records import Ground, Merges, Standing
from qiyafa.cluster.union_find import join_groups
from qiyafa.model.columns import U8, U32
from qiyafa.model.outputs import OutputColumns
from qiyafa.stores.parquet_duckdb import ParquetLedger

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


def measure(data: Path = DATA) -> dict[str, Any]:
    """Return the rate of false merges and the cost of the guard."""
    kinds = _published(data / "coinjoin")
    return {
        "what": "co-spend on published CoinJoins and on ordinary blocks",
        "data_sha256": _hash_of(sorted((data / "coinjoin").glob("*.zip"))),
        "false_merges": _false_merges(kinds),
        "refused": _refused(kinds),
        "blocks": _blocks(data / "bitcoin"),
    }


def _published(folder: Path) -> dict[str, list[Published]]:
    found: dict[str, list[Published]] = {}
    for name, files in (("whirlpool", WHIRLPOOL), ("wasabi", WASABI)):
        found[f"{name} mixes"] = read_transactions(folder, files.archive, files.mixes)
        for before in files.before:
            found[f"{name} tx0"] = read_transactions(folder, files.archive, before)
        found[f"{name} post-mix"] = read_transactions(folder, files.archive, files.after)
    return found


def _false_merges(kinds: dict[str, list[Published]]) -> dict[str, Any]:
    """Count merges, and those through a mix, with and without the guard."""
    columns = columns_of(one for listed in kinds.values() for one in listed)
    clusters = build(Ground(outputs=columns), ("co_spend",), {})
    merges = clusters.merges
    co_spends = merges.rule == 0
    mixes = {one.hash for name, listed in kinds.items() if name.endswith("mixes") for one in listed}
    is_mix = np.array([columns.hashes.text(int(row)) in mixes for row in merges.row])
    found: dict[str, Any] = {"mixes": len(mixes), "transactions": len(columns)}
    for name, joins in (("with the guard", merges.standing == Standing.JOINS), ("without", co_spends)):
        chosen = joins.astype(np.uint8)
        root, *_ = join_groups(merges.first, merges.member, chosen, len(columns.addresses))
        sizes = np.bincount(root[1:])
        false = int((joins & is_mix).sum())
        found[name] = {
            "merges": int(joins.sum()),
            "false_merges": false,
            "false_merge_rate": false / int(joins.sum()),
            "mixes_joined_some_way": _joined(merges, co_spends & is_mix, root),
            "largest_cluster": int(sizes.max()),
        }
    return found


def _joined(merges: Merges, mixes: np.ndarray, root: U32) -> dict[str, int]:
    """Count mixes of which all payers, or some two, stand in one cluster, by whatever merges."""
    every = some = 0
    for merge in np.flatnonzero(mixes).tolist():
        roots = root[merges.members(merge)]
        every += len(np.unique(roots)) == 1
        some += len(np.unique(roots)) < len(roots)
    return {"every_payer": every, "some_two_payers": some}


def _refused(kinds: dict[str, list[Published]]) -> dict[str, Any]:
    """Count what the guard refuses of each kind, of those that two or more addresses pay."""
    found = {}
    for name, listed in kinds.items():
        columns = columns_of(listed)
        merges = build(Ground(outputs=columns), ("co_spend",), {}).merges
        mix = merges.mix[merges.rule == 0]
        unlisted = 0 if name.endswith("mixes") else int((mix == Mix.WHIRLPOOL).sum())
        by_kind = Counter(Mix(one).name.lower() for one in mix[mix > 0].tolist())
        row = {"transactions": len(columns), "co_spends": len(mix), "refused": dict(sorted(by_kind.items()))}
        if not name.endswith("mixes"):
            payments = len(mix) - unlisted
            lost = int((mix > 0).sum()) - unlisted
            row |= {"unlisted_mixes": unlisted, "payments": payments, "lost": lost, "lost_share": lost / payments}
        found[name] = row
    return found


def _blocks(folder: Path) -> dict[str, Any]:
    """Count what the guard refuses in ordinary blocks."""
    found = {}
    with tempfile.TemporaryDirectory() as scratch:
        newest = Path(scratch) / "block951658.raw"
        newest.write_bytes(bytes.fromhex(json.loads((folder / "bitcoin_mainnet_951658.json").read_text())["block"]))
        undo = (folder / "block300025-undo.raw",)
        for path, undone in (
            (folder / "blk00000.dat", ()),
            (folder / "block300025.raw", undo),
            (folder / "block625007.raw", ()),
            (folder / "block722010.raw", ()),
            (newest, ()),
        ):
            ledger = Path(scratch) / path.stem
            ingest_bitcoin_blk(BlockPaths((path,), undone), "bitcoin", ledger)
            opened = ParquetLedger.open(ledger)
            found[path.name] = _block(opened.outputs(opened.chains()[0]))
    return found


def _block(columns: OutputColumns) -> dict[str, Any]:
    mix = _mixes_by_inputs(columns) if (columns.spent_output < 0).any() else _mixes_by_owners(columns)
    by_kind = Counter(Mix(one).name.lower() for one in mix[mix > 0].tolist())
    refused = sum(by_kind.values())
    return {
        "transactions": len(columns),
        "co_spends": len(mix),
        "payers_known": not bool((columns.spent_output < 0).any()),
        "refused": dict(sorted(by_kind.items())),
        "refused_share": refused / len(mix),
    }


def _mixes_by_owners(columns: OutputColumns) -> U8:
    merges = build(Ground(outputs=columns), ("co_spend",), {}).merges
    return merges.mix[merges.rule == 0]


def _mixes_by_inputs(columns: OutputColumns) -> U8:
    """Return the kinds of transactions of two or more inputs, each input counted as a payer of its own."""
    inputs = np.diff(columns.first_input)
    kinds = []
    for number in np.flatnonzero(inputs >= 2).tolist():
        values = np.sort(columns.value[columns.first_output[number] : columns.first_output[number + 1]])
        kinds.append(mix_of(int(inputs[number]), int(inputs[number]), values[values > 0]))
    return np.array(kinds, np.uint8)


def _hash_of(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def main() -> None:
    """Measure, print, and keep the result."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--keep", metavar="NAME", help="also write benchmarks/results/NAME.json")
    options = parser.parse_args()
    result = {**measure(), "machine": machine(), "commit": commit()}
    if options.keep:
        keep(options.keep, result)
    if options.json:
        print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
