"""The chosen blocks of a file, some megabytes at a time, each with its undo data."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from qiyafa.chains.outputs.block_layout import HEADER_BYTES, MOST_BLOCK_BYTES, BlockBytes
from qiyafa.chains.outputs.proof_of_work import sha256d
from qiyafa.chains.readers.bitcoin_blk.decoding import BlockBatch
from qiyafa.chains.readers.bitcoin_blk.files import BlockFile
from qiyafa.chains.readers.bitcoin_blk.framing import Frame
from qiyafa.chains.readers.bitcoin_blk.header_table import Headers
from qiyafa.chains.readers.bitcoin_blk.undo import CoreUndo, Undo
from qiyafa.model.columns import I64
from qiyafa.model.errors import Unavailable

BATCH_BYTES = MOST_BLOCK_BYTES
"""Of a file that are read at once: the largest block, or several smaller ones."""


@dataclass(frozen=True, slots=True)
class KeptUndo:
    """The undo data of a file's blocks."""

    file: BlockFile | None = None
    records: Mapping[int, Frame] = field(default_factory=dict)
    """By the row of the block: where its record stands in the file."""
    single: Undo | None = None
    """That of a file with a single block."""


def batches(
    file: BlockFile, rows: I64, headers: Headers, heights: I64, undo: KeptUndo
) -> Iterator[tuple[int, BlockBatch]]:
    """Yield blocks of a file, given by their rows, and the byte of the file at which their bytes begin.

    Raises Unavailable if the file was changed since its headers were read.
    """
    with file.opened() as opened:
        for part in _parts(rows, headers):
            start = int(headers.at[part[0]])
            end = int(headers.at[part[-1]] + headers.size[part[-1]])
            content = opened.read(start, end - start)
            starts = headers.at[part] - start
            _require_unchanged(file, content, part, starts, headers)
            data = np.frombuffer(content, np.uint8)
            blocks = BlockBytes(data, starts, starts + headers.body[part], starts + headers.size[part])
            yield start, BlockBatch(blocks, heights[part], _undo(part, undo))


def _parts(rows: I64, headers: Headers) -> Iterator[I64]:
    """Yield rows that lie so close together in the file that they can be read at once."""
    first = 0
    ends = headers.at[rows] + headers.size[rows]
    while first < len(rows):
        limit = headers.at[rows[first]] + BATCH_BYTES
        last = max(int(np.searchsorted(ends, limit, side="right")), first + 1)
        yield rows[first:last]
        first = last


def _require_unchanged(file: BlockFile, content: bytes, rows: I64, starts: I64, headers: Headers) -> None:
    """Require that blocks still stand where the first pass found them. Raises Unavailable."""
    last = int(starts[-1] + headers.size[rows[-1]])
    for row, start in zip(rows.tolist(), starts.tolist(), strict=True):
        if sha256d(content[start : start + HEADER_BYTES]) != headers.hash_bytes(row) or len(content) < last:
            raise Unavailable("chains_outputs.error.file_changed", file=str(file.path))


def _undo(rows: I64, undo: KeptUndo) -> tuple[Undo | None, ...]:
    file = undo.file
    if file is None:
        return tuple(undo.single for _ in rows)
    found: list[Undo | None] = []
    with file.opened() as opened:
        for row in rows.tolist():
            frame = undo.records.get(row)
            found.append(None if frame is None else CoreUndo(str(file.path), opened.read(frame.at, frame.size)))
    return tuple(found)
