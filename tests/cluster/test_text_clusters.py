"""Every text ledger in `cases/` gives its clusters, and every two addresses of one are explained."""

from itertools import combinations
from pathlib import Path

import pytest

from qiyafa.cluster.heuristics import HEURISTICS
from qiyafa.cluster.records import Standing
from qiyafa.cluster.ways import way_between

from support.explained_clusters import unexplained_pairs
from support.text_clusters import SECONDS, ClusterCase, read_case_file

CASES = sorted((Path(__file__).parent / "cases").glob("*.txt"))


@pytest.fixture(params=CASES, ids=lambda path: path.stem)
def case(request) -> ClusterCase:
    return read_case_file(request.param)


def test_case_gives_its_clusters(case) -> None:
    assert case.found_groups() == case.groups


def test_case_gives_its_clusters_as_of_a_day(case) -> None:
    for block in {block for block, _ in case.as_of}:
        expected = {group for when, group in case.as_of if when == block and group}
        assert case.found_groups(block) == expected, block


def test_case_refuses_and_reports_what_it_says(case) -> None:
    assert case.found_mixes() == case.refused
    assert case.found_merges(Standing.REPORTED) == case.reported


def test_every_pair_of_a_cluster_is_explained(case) -> None:
    assert unexplained_pairs(case.ground, case.clusters) == []


def test_what_is_in_no_common_cluster_has_no_explanation(case) -> None:
    together = {frozenset(pair) for group in case.groups for pair in combinations(group, 2)}
    for one, other in combinations(range(1, len(case.addresses)), 2):
        names = frozenset((case.addresses.text(one), case.addresses.text(other)))
        assert (way_between(case.clusters, one, other) is not None) == (names in together)


def test_an_explanation_as_of_a_day_uses_nothing_later(case) -> None:
    for block, group in case.as_of:
        for one, other in combinations(sorted(group), 2):
            here, there = (case.addresses.number(name) for name in (one, other))
            way = way_between(case.clusters, here, there, block * SECONDS)
            assert way
            assert all(case.clusters.merges.time[step.merge] <= block * SECONDS for step in way)


def test_every_rule_and_every_kind_of_mix_has_cases() -> None:
    cases = [read_case_file(path) for path in CASES]
    rules = {rule for case in cases for standing in Standing for rule, _ in case.found_merges(standing)}
    assert rules == set(HEURISTICS)
    mixes = {kind for case in cases for _, kind in case.refused}
    assert mixes == {"whirlpool", "wasabi", "wasabi_2", "equal_outputs", "two_parties"}
    assert all(case.title for case in cases)
