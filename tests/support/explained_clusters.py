"""Whether every two addresses of a cluster are joined by transactions that name them, by looking at the ledger."""

from collections.abc import Iterator
from itertools import combinations, pairwise

from qiyafa.cluster.heuristics import HEURISTICS
from qiyafa.cluster.records import Clusters, Ground, Standing
from qiyafa.cluster.ways import Step, way_between
from qiyafa.model.outputs import OutputColumns


def unexplained_pairs(ground: Ground, clusters: Clusters) -> list[tuple[int, int]]:
    """Return the pairs of addresses of a cluster whose explanation is missing, broken, or not what the ledger says."""
    return [
        (one, other)
        for group in groups_of(clusters)
        for one, other in combinations(group, 2)
        if not _is_explained(ground, clusters, one, other)
    ]


def groups_of(clusters: Clusters) -> Iterator[list[int]]:
    """Yield the members of each cluster."""
    for begin, end in pairwise(clusters.first.tolist()):
        yield clusters.member[begin:end].tolist()


def _is_explained(ground: Ground, clusters: Clusters, one: int, other: int) -> bool:
    way = way_between(clusters, one, other)
    if not way or way[0].source != one or way[-1].target != other:
        return False
    connected = all(step.target == following.source for step, following in pairwise(way))
    return connected and all(_is_true(ground, clusters, step) for step in way)


def _is_true(ground: Ground, clusters: Clusters, step: Step) -> bool:
    merges = clusters.merges
    if merges.standing[step.merge] != Standing.JOINS:
        return False
    rule, row = list(HEURISTICS)[merges.rule[step.merge]], int(merges.row[step.merge])
    ends = {step.source, step.target}
    if rule == "co_spend":
        assert ground.outputs is not None
        return ends <= payers_of(ground.outputs, row)
    if rule == "one_time_change":
        assert ground.outputs is not None
        return ends <= payers_of(ground.outputs, row) | payees_of(ground.outputs, row)
    columns = ground.transfers
    assert columns is not None
    rows = (row, int(merges.other_row[step.merge]))
    payers = {int(columns.places.address[columns.source[one]]) for one in rows}
    payees = {int(columns.places.address[columns.target[one]]) for one in rows}
    return ends == payers and payees == {int(merges.through[step.merge])}


def payers_of(outputs: OutputColumns, transaction: int) -> set[int]:
    """Return the owners of a transaction's inputs."""
    spent = outputs.spent_output[outputs.first_input[transaction] : outputs.first_input[transaction + 1]]
    return {int(outputs.owner[one]) for one in spent.tolist() if one >= 0}


def payees_of(outputs: OutputColumns, transaction: int) -> set[int]:
    """Return the owners of a transaction's outputs."""
    return set(outputs.owner[outputs.first_output[transaction] : outputs.first_output[transaction + 1]].tolist())
