"""Which record of a node's undo file belongs to which block.

A record names no block. Behind it stands a checksum over the hash of the block's parent and the record (`rev*.dat` of
Bitcoin Core, `UndoWriteToDisk`); its first number is how many transactions it undoes. Records come in the order in
which the node connected the blocks of the block file with the same number.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from qiyafa.chains.outputs.block_layout import MOST_BLOCK_BYTES
from qiyafa.chains.outputs.byte_reader import ByteReader, CutError
from qiyafa.chains.outputs.network import Network
from qiyafa.chains.readers.bitcoin_blk.files import BlockFile
from qiyafa.chains.readers.bitcoin_blk.framing import Frame, Framing, frames
from qiyafa.chains.readers.bitcoin_blk.undo import has_checksum
from qiyafa.chains.readers.reading import FileProblems

_CHECKSUM_BYTES = 32
_NOTHING_UNDONE = b"\0"
_MOST_TRIES = 64
"""Blocks with the same number of transactions that are tried for one record."""


class UndoneBlock(NamedTuple):
    """A block that looks for its undo data."""

    row: int
    parent: bytes
    transactions: int


def match_undo(
    file: BlockFile, blocks: Sequence[UndoneBlock], network: Network, problems: FileProblems
) -> dict[int, Frame]:
    """Return the record of each block that has one, by row; blocks with a coinbase alone have nothing to undo.

    `blocks` are those of the block file with the same number, by height.
    """
    waiting: dict[int, list[UndoneBlock]] = defaultdict(list)
    for block in reversed(blocks):
        waiting[block.transactions - 1].append(block)
    framing = Framing(network.magic, least=1, most=2 * MOST_BLOCK_BYTES, trailer=_CHECKSUM_BYTES)
    found, strangers = {}, 0
    with file.opened() as opened:
        for frame in frames(opened, framing, problems):
            record = opened.read(frame.at, frame.size + _CHECKSUM_BYTES)
            undone, checksum = record[: frame.size], record[frame.size :]
            candidates = waiting.get(_transactions_of(undone), [])
            if undone == _NOTHING_UNDONE:
                continue
            for place in range(len(candidates) - 1, max(-1, len(candidates) - 1 - _MOST_TRIES), -1):
                if has_checksum(undone, checksum, candidates[place].parent):
                    found[candidates.pop(place).row] = frame
                    break
            else:
                strangers += 1
    problems.summarize("chains_outputs.problem.unmatched_undo", strangers, left_out=True)
    return found


def _transactions_of(record: bytes) -> int:
    try:
        return ByteReader(record).compact_size()
    except CutError:
        return -1
