"""Placing blocks: the columns of the first pass against the same rules in dictionaries, and what they take."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context

import pytest
from benchmarks.measuring import peak_bytes
from hypothesis import given
from hypothesis import strategies as st
from tests.support.made_blocks import EASY_BITS, NETWORK

from qiyafa.chains.outputs.headers import NO_HEIGHT, Header
from qiyafa.chains.outputs.proof_of_work import target_of, work_of
from qiyafa.chains.readers.bitcoin_blk.framing import Frame
from qiyafa.chains.readers.bitcoin_blk.header_table import GENESIS_PARENT, Headers, HeaderTable
from qiyafa.chains.readers.bitcoin_blk.header_tree import Fate, place_blocks

RULES = replace(NETWORK, heights_from=3)
GENESIS_HASH = bytes.fromhex(NETWORK.genesis)[::-1]
BITS = (EASY_BITS, EASY_BITS - 1, 0x1D00FFFF, 0x0200FFFF)
"""Targets from the easiest to one whose work is above what is counted."""
MANY = 1_000_000
MOST_BYTES_A_HEADER = 150


@st.composite
def forests(draw: st.DrawFn) -> list[Header]:
    """Blocks in any order, some of them again; their hashes begin alike, as if somebody had tried for that."""
    hashes, parents, found = [GENESIS_HASH], [GENESIS_PARENT], []
    for number in range(1, draw(st.integers(1, 24))):
        begin, end = draw(st.sampled_from((b"\0", b"\1", b"\xff"))), draw(st.sampled_from((b"\0", b"\1")))
        hashes.append(begin * 8 + number.to_bytes(2, "little") + bytes(13) + number.to_bytes(8, "little") + end)
        strangers = [GENESIS_PARENT, b"\0" * 8 + bytes([number]) * 24]
        parents.append(draw(st.sampled_from(hashes[:number] + strangers)))
    depth: dict[bytes, int] = {}
    for own, parent in zip(hashes, parents, strict=True):
        depth[own] = depth.get(parent, -1) + 1
        stated = draw(st.sampled_from((NO_HEIGHT, depth[own], depth[own] + 5, depth[own] + 7, 0xFFFFFFFF)))
        found.append(header(own, parent, draw(st.sampled_from(BITS)), stated))
    return draw(st.permutations(found + draw(st.lists(st.sampled_from(found), max_size=4))))


def header(own: bytes, parent: bytes, bits: int = EASY_BITS, stated: int = NO_HEIGHT) -> Header:
    return Header(own, parent, bytes(32), 0, bits, stated, body=80, transaction_count=1)


def in_columns(found: Iterable[Header]) -> Headers:
    table = HeaderTable()
    for place, one in enumerate(found):
        table.add(0, Frame(200 * place, 190), one)
    return table.headers()


def placed_plainly(found: list[Header]) -> list[tuple[Fate, int]]:
    """Return the fate and the height of each block, with dictionaries and without haste."""
    first: dict[bytes, int] = {}
    for row, one in enumerate(found):
        first.setdefault(one.hash, row)
    lines = {row: list(reversed(list(line_below(row, found, first)))) for row in first.values()}
    work = {row: sum(min(work_of(target_of(found[one].bits)), (1 << 120) - 1) for one in lines[row]) for row in lines}
    trees: dict[int, list[int]] = defaultdict(list)
    for row, line in lines.items():
        trees[line[0]].append(row)
    tips = [
        max(rows, key=lambda row: (work[row], -int.from_bytes(found[row].hash, "little"))) for rows in trees.values()
    ]
    placed, taken = [(Fate.REPEATED, NO_HEIGHT)] * len(found), set[int]()
    for tip in sorted(tips, key=lambda tip: (work[tip], lines[tip][0]), reverse=True):
        line = lines[tip]
        base = base_height([found[row] for row in line])
        for row in trees[line[0]]:
            placed[row] = (base, NO_HEIGHT) if isinstance(base, Fate) else (Fate.STALE, base + len(lines[row]) - 1)
        if isinstance(base, Fate):
            continue
        for height, row in enumerate(line, base):
            is_odd = height >= RULES.heights_from and found[row].stated_height not in (NO_HEIGHT, height)
            if height not in taken:
                placed[row] = Fate.CONTRADICTING if is_odd else Fate.CHOSEN, height
        taken.update(range(base, base + len(line)))
    return placed


def line_below(row: int, found: list[Header], first: dict[bytes, int]) -> Iterator[int]:
    below: int | None = row
    while below is not None:
        yield below
        below = first.get(found[below].parent)


def base_height(line: list[Header]) -> int | Fate:
    """Return the height of the first block, or why it has none."""
    if line[0].parent == GENESIS_PARENT:
        return 0 if line[0].hash == GENESIS_HASH else Fate.FOREIGN
    bases = Counter(one.stated_height - depth for depth, one in enumerate(line) if one.stated_height != NO_HEIGHT)
    likely = min(bases, key=lambda base: (-bases[base], base), default=0)
    return likely if likely > 0 else Fate.WITHOUT_HEIGHT


@given(forests())
def test_blocks_are_placed_by_the_rules_in_any_order(found: list[Header]) -> None:
    fate, height = place_blocks(in_columns(found), RULES)
    assert list(zip(fate.tolist(), height.tolist(), strict=True)) == placed_plainly(found)


@given(forests())
def test_every_block_keeps_its_hash_and_its_parents(found: list[Header]) -> None:
    headers = in_columns(found)
    kept = [(headers.hash_bytes(row), headers.parent_bytes(row)) for row in range(len(found))]
    assert kept == [(one.hash, one.parent) for one in found]


def test_no_blocks_are_no_chain() -> None:
    fate, height = place_blocks(in_columns([]), NETWORK)
    assert (len(fate), len(height)) == (0, 0)


@pytest.mark.slow
@pytest.mark.alone
def test_a_million_headers_stay_small() -> None:
    # In a process of its own: what others did before decides how the allocator lets a column grow (glibc moves its
    # threshold for memory that is mapped, so a column would be copied where it is enlarged in place otherwise).
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as fresh:
        chosen, peak = fresh.submit(place_a_million).result()
    assert chosen == MANY
    assert peak < MOST_BYTES_A_HEADER * MANY


def place_a_million() -> tuple[int, int]:
    """Return how many blocks of a long chain were placed on it, and the bytes that this took."""
    hashes = [GENESIS_PARENT, GENESIS_HASH]
    place_blocks(in_columns([header(GENESIS_HASH, GENESIS_PARENT)]), NETWORK)  # Compiles.

    def long_chain() -> Iterator[Header]:
        for number in range(1, MANY + 1):
            yield header(hashes[1], hashes[0], stated=number - 1)
            hashes[:] = hashes[1], (number * 0x9E3779B97F4A7C15 % (1 << 64)).to_bytes(32, "little")

    chosen: list[int] = []
    peak = peak_bytes(lambda: chosen.append(len(place_blocks(in_columns(long_chain()), NETWORK).rows(Fate.CHOSEN))))
    return chosen[0], peak
