"""How fast are addresses joined? One run, same pairs, side by side, medians of several.

    python benchmarks/speed/cluster.py --transactions 1000000 --json --keep cluster

The pairs are the owners of consecutive inputs of each transaction of a synthetic ledger. scipy gets them as arrays, as
we do, rustworkx as the list of tuples that it takes, made beforehand; all must find the same clusters. Besides:
the whole build from columns (reading the inputs, the CoinJoin guard, change, the forest that answers as of a day) and
questions to it.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.measuring import commit, hash_of, keep, machine, median_and_result, median_seconds, peak_bytes
from benchmarks.speed.output_ledger import make_outputs
from qiyafa.cluster.build import build
from qiyafa.cluster.records import Clusters, Ground
from qiyafa.cluster.union_find import roots_of_pairs
from qiyafa.cluster.ways import members_of, way_between
from qiyafa.model.columns import U32
from qiyafa.model.outputs import OutputColumns

WARM_UP = 20_000
RUNS = 7
QUESTIONS = 1_000


def pairs_of(outputs: OutputColumns) -> tuple[U32, U32]:
    """Return the owners of every two consecutive inputs of a transaction."""
    owner = outputs.owner[outputs.spent_output]
    is_first = np.zeros(len(owner), dtype=np.bool_)
    is_first[outputs.first_input[:-1][np.diff(outputs.first_input) > 0]] = True
    second = np.flatnonzero(~is_first)
    return owner[second - 1], owner[second]


def by_scipy(left: U32, right: U32, count: int) -> np.ndarray:
    """Return a number for the cluster of each address."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    graph = coo_matrix((np.ones(len(left), np.uint8), (left, right)), shape=(count, count)).tocsr()
    found: np.ndarray = connected_components(graph, directed=False)[1]
    return found


def by_rustworkx(edges: list[tuple[int, int]], count: int, *, only_count: bool) -> int:
    """Return how many clusters there are, after finding the members of each, or without."""
    import rustworkx

    graph = rustworkx.PyGraph()
    graph.add_nodes_from(range(count))
    graph.extend_from_edge_list(edges)
    if only_count:
        return int(rustworkx.number_connected_components(graph))
    return len(rustworkx.connected_components(graph))


def measure_joins(outputs: OutputColumns) -> dict[str, Any]:
    """Union-find against its peers on the same pairs."""
    left, right = pairs_of(outputs)
    count = len(outputs.addresses)
    ours, roots = median_and_result(lambda: roots_of_pairs(left, right, count), runs=RUNS)
    scipys, labels = median_and_result(lambda: by_scipy(left, right, count), runs=RUNS)
    edges = list(zip(left.tolist(), right.tolist(), strict=True))
    counting, clusters = median_and_result(lambda: by_rustworkx(edges, count, only_count=True), runs=3)
    rustworkxs, named = median_and_result(lambda: by_rustworkx(edges, count, only_count=False), runs=1)
    assert named == clusters
    assert len(np.unique(roots)) == len(np.unique(labels)) == clusters, "the peers find other clusters"
    assert len(np.unique(roots.astype(np.int64) * count + labels)) == clusters, "scipy joins other addresses"
    rows = [
        {"name": "joining pairs", "seconds": ours, "peer": peer, "peer_seconds": theirs, "ratio": theirs / ours}
        for peer, theirs in (
            ("scipy connected_components, with coo to csr", scipys),
            ("rustworkx connected_components", rustworkxs),
            ("rustworkx number_connected_components, which names no member", counting),
        )
    ]
    return {"pairs": len(left), "clusters": clusters, "ns_a_pair": ours / len(left) * 1e9, "rows": rows}


def measure_build(outputs: OutputColumns) -> dict[str, Any]:
    """The whole build, and questions to it."""
    ground = Ground(outputs=outputs)
    seconds, clusters = median_and_result(lambda: build(ground, ("co_spend",), {}), runs=3)
    sizes = np.diff(clusters.first)
    chosen = np.random.default_rng(3).choice(clusters.member, QUESTIONS).tolist()
    until = int(outputs.time[len(outputs) // 2])
    largest = int(clusters.member[clusters.first[int(sizes.argmax())]])
    last = int(members_of(clusters, largest)[-1])
    return {
        "seconds": seconds,
        "ns_an_input": seconds / len(outputs.spent_output) * 1e9,
        "peak_bytes_an_address": peak_bytes(lambda: build(ground, ("co_spend",), {})) / len(outputs.addresses),
        "clusters_of_two_or_more": len(clusters),
        "largest": int(sizes.max()),
        "members_microseconds": _each(clusters, chosen, None),
        "members_as_of_microseconds": _each(clusters, chosen, until),
        "members_of_largest_as_of_seconds": median_seconds(lambda: members_of(clusters, largest, until)),
        "explain_seconds": median_seconds(lambda: way_between(clusters, largest, last)),
    }


def _each(clusters: Clusters, chosen: list[int], until: int | None) -> float:
    return median_seconds(lambda: [members_of(clusters, one, until) for one in chosen]) / len(chosen) * 1e6


def measure(transactions: int) -> dict[str, Any]:
    """Return everything that is measured on a ledger of so many transactions."""
    warm_up = make_outputs(WARM_UP)
    measure_joins(warm_up)
    measure_build(warm_up)
    outputs = make_outputs(transactions)
    return {
        "what": "joining addresses on a chain of outputs",
        "transactions": len(outputs),
        "inputs": len(outputs.spent_output),
        "addresses": len(outputs.addresses),
        "data_sha256": hash_of((outputs.spent_output, outputs.owner)),
        "joins": measure_joins(outputs),
        "build": measure_build(outputs),
    }


def main() -> None:
    """Measure, print, and keep the result."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--transactions", type=int, default=1_000_000)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--keep", metavar="NAME", help="also write benchmarks/results/NAME.json")
    options = parser.parse_args()
    result = {**measure(options.transactions), "machine": machine(), "commit": commit()}
    if options.keep:
        keep(options.keep, result)
    if options.json:
        print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
