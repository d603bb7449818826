"""Ranges of blocks, piece by piece."""

from hypothesis import given
from hypothesis import strategies as st

from qiyafa.app.block_spans import Ranged, missing_spans
from qiyafa.model.ledger import BlockCoverage

spans = st.tuples(st.integers(0, 60), st.integers(0, 20)).map(lambda one: BlockCoverage(one[0], one[0] + one[1]))


@given(st.lists(spans, max_size=6), spans, st.integers(1, 9))
def test_what_is_wanted_and_not_held_comes_once_and_in_order(
    held: list[BlockCoverage], wanted: BlockCoverage, most: int
) -> None:
    pieces = list(missing_spans(held, wanted, most))
    blocks = [block for piece in pieces for block in range(piece.first_block, piece.last_block + 1)]
    there = {block for span in held for block in range(span.first_block, span.last_block + 1)}
    assert blocks == [block for block in range(wanted.first_block, wanted.last_block + 1) if block not in there]
    assert all(piece.last_block - piece.first_block < most for piece in pieces)


def test_progress_counts_the_blocks_of_all_pieces() -> None:
    heard: list[tuple[str, int, int]] = []
    told = Ranged(lambda *said: heard.append(said), before=1000, total=3000)
    told("tron.stage.blocks", 10, 1000)
    told("tron.stage.blocks", 0, 0)
    assert heard == [("tron.stage.blocks", 1010, 3000)]
