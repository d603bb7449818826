"""Builds the clusters of a chain: runs the rules, sets what each merge counts for, and joins."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from qiyafa.cluster.heuristics import HEURISTICS
from qiyafa.cluster.records import Clusters, Ground, Merges, Standing, no_merges
from qiyafa.cluster.union_find import join_groups
from qiyafa.model.ledger import LedgerModel

EVERY_RULE = ""
"""In place of a rule: what is said of a transaction holds for all rules."""

Forbidden = Mapping[str, Collection[int]]
"""By rule (or EVERY_RULE), the rows that are no evidence."""


def rules_of(model: LedgerModel, extra: Collection[str] = ()) -> tuple[str, ...]:
    """Return the rules that join addresses on a chain: those that do by default, and those that are asked for."""
    return tuple(name for name, rule in HEURISTICS.items() if rule.model is model and (rule.joins or name in extra))


def build(ground: Ground, joining: Collection[str], forbidden: Forbidden) -> Clusters:
    """Return the clusters of a chain by the rules in `joining`; the chain's other rules are reported."""
    model = LedgerModel.OUTPUTS if ground.outputs is not None else LedgerModel.ACCOUNTS
    found = [
        _by_rule(number, rule.find(ground), name in joining)
        for number, (name, rule) in enumerate(HEURISTICS.items())
        if rule.model is model
    ]
    merges = _without(_in_order(_united(found)), forbidden)
    chosen = (merges.standing == Standing.JOINS).astype(np.uint8)
    return _arranged(merges, *join_groups(merges.first, merges.member, chosen, ground.addresses))


def _by_rule(number: int, merges: Merges, joins: bool) -> Merges:
    """Return what a rule found under its number, reported where the rule does not join."""
    standing = merges.standing
    if not joins:
        standing = np.where(standing == Standing.JOINS, np.uint8(Standing.REPORTED), standing)
    return replace(merges, rule=np.full(len(merges), number, np.uint8), standing=standing)


def _united(parts: Sequence[Merges]) -> Merges:
    parts = [part for part in parts if len(part)]
    if len(parts) < 2:
        return parts[0] if parts else no_merges()
    names = ("rule", "standing", "mix", "row", "other_row", "through", "time", "member")
    columns = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    sizes = np.concatenate([np.diff(part.first) for part in parts])
    return Merges(first=np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)]), **columns)


def _in_order(merges: Merges) -> Merges:
    """Return merges in order of time, then of the chain, so that as of any moment an early part of them counts."""
    order = np.lexsort((merges.rule, merges.row, merges.time))
    if (order[1:] > order[:-1]).all():
        return merges
    sizes = np.diff(merges.first)[order]
    first = np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])
    taken = np.repeat(merges.first[:-1][order] - first[:-1], sizes) + np.arange(first[-1])
    names = ("rule", "standing", "mix", "row", "other_row", "through", "time")
    columns = {name: getattr(merges, name)[order] for name in names}
    return Merges(first=first, member=merges.member[taken], **columns)


def _without(merges: Merges, forbidden: Forbidden) -> Merges:
    """Return merges with those set apart whose evidence the user forbade."""
    set_apart = np.zeros(len(merges), dtype=np.bool_)
    for rule, rows in forbidden.items():
        listed = np.fromiter(rows, np.int64, len(rows))
        named = np.isin(merges.row, listed) | np.isin(merges.other_row, listed)
        if rule != EVERY_RULE:
            named &= merges.rule == list(HEURISTICS).index(rule)
        set_apart |= named
    return replace(merges, standing=np.where(set_apart, np.uint8(Standing.FORBIDDEN), merges.standing))


def _arranged(
    merges: Merges,
    root: NDArray[np.uint32],
    left: NDArray[np.uint32],
    right: NDArray[np.uint32],
    merge: NDArray[np.int64],
) -> Clusters:
    """Return clusters with the members of each side by side, and its joins."""
    joined = np.unique(np.concatenate([left, right]))
    member = joined[np.argsort(root[joined], kind="stable")]
    cluster, first = np.unique(root[member], return_index=True)
    by_cluster = np.argsort(root[left], kind="stable")
    return Clusters(
        merges=merges,
        root=root,
        cluster=cluster,
        first=np.append(first, len(member)).astype(np.int64),
        member=member,
        join_left=left[by_cluster],
        join_right=right[by_cluster],
        join_merge=merge[by_cluster],
    )
