"""What the guard takes for a mix: the published ones, all of them, and no payment that only looks a little like one."""

import numpy as np
import pytest
from benchmarks.accuracy.coinjoin_files import WASABI, WHIRLPOOL, columns_of, read_transactions
from hypothesis import given
from hypothesis import strategies as st

from qiyafa.cluster.build import build
from qiyafa.cluster.coinjoin import POOLS, STANDARD, Mix, mix_of
from qiyafa.cluster.records import Ground, Standing


def kind(payers: int, values: list[int], inputs: int | None = None) -> Mix:
    return Mix(mix_of(payers, payers if inputs is None else inputs, np.array(sorted(values), np.uint64)))


@pytest.mark.parametrize("pool", POOLS.tolist())
@pytest.mark.parametrize("size", [5, 6, 7, 8])
def test_a_whirlpool_round_is_recognised_in_every_pool(pool, size) -> None:
    assert kind(size, [pool] * size) is Mix.WHIRLPOOL


def test_the_standard_values_of_wasabi_2_are_the_published_ones() -> None:
    known = [5_000, 6_561, 8_192, 10_000, 13_122, 16_384, 19_683, 20_000, 32_768, 39_366, 50_000, 59_049, 65_536]
    assert STANDARD[: len(known)].tolist() == known
    assert STANDARD[-1] == 1 << 37


def test_what_one_address_pays_is_never_a_mix() -> None:
    assert kind(1, [100_000] * 5, inputs=5) is Mix.NONE


@pytest.mark.parametrize(
    ("payers", "values"),
    [
        (2, [700, 300]),
        (40, [9_000_000]),
        (3, [500, 500, 400, 300, 200]),
        (12, [1_000] * 3 + [7_001 + 13 * one for one in range(10)]),
        (2, [5_000_000] * 9 + [123]),
    ],
    ids=["a payment", "a consolidation", "two alike among five", "a batch with three alike", "fewer payers than alike"],
)
def test_an_ordinary_payment_is_none(payers, values) -> None:
    assert kind(payers, values) is Mix.NONE


@given(st.integers(3, 40), st.integers(1, 10**9), st.lists(st.integers(1, 10**9), max_size=120))
def test_as_many_payers_as_equal_outputs_are_always_a_mix_if_these_are_a_quarter(times, value, others) -> None:
    others = [one for one in others if one != value][: 3 * times]
    assert kind(times, [value] * times + others) is not Mix.NONE


@pytest.mark.shared_data
@pytest.mark.parametrize("files", [WHIRLPOOL, WASABI], ids=["whirlpool", "wasabi"])
def test_no_cluster_goes_through_a_published_mix(files, shared_data) -> None:
    """With all that came before and after them: every mix is refused, and none of its payers meet in any other way."""
    folder = shared_data / "coinjoin"
    mixes = read_transactions(folder, files.archive, files.mixes)
    around = [one for name in (*files.before, files.after) for one in read_transactions(folder, files.archive, name)]
    assert len(mixes) == {WHIRLPOOL: 1403, WASABI: 196}[files]
    columns = columns_of([*mixes, *around])
    clusters = build(Ground(outputs=columns), ("co_spend",), {})
    merges = clusters.merges
    names = {one.hash for one in mixes}
    through = [at for at in range(len(merges)) if columns.hashes.text(int(merges.row[at])) in names]
    co_spends = [at for at in through if merges.rule[at] == 0]
    assert len(co_spends) == len(mixes)
    assert {int(merges.standing[at]) for at in co_spends} == {Standing.REFUSED}
    assert all(merges.standing[at] != Standing.JOINS for at in through)
    for at in co_spends:
        roots = clusters.root[merges.members(at)]
        assert len(np.unique(roots)) == len(roots)
    assert int((merges.standing == Standing.JOINS).sum()) > 0
