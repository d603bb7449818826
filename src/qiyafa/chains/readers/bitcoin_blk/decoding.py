"""Some blocks at once, from bytes to checked columns. A block that fails a check is left out whole."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from qiyafa.chains.outputs.address_columns import AddressRules, address_rules
from qiyafa.chains.outputs.block_columns import BlockColumns, columns_of, merkle_roots
from qiyafa.chains.outputs.block_layout import HEADER_BYTES, BlockBytes, BlockFault, Shapes, fault_of, shapes_of
from qiyafa.chains.outputs.block_sums import claims_of
from qiyafa.chains.outputs.extension_block import is_extension_block
from qiyafa.chains.outputs.network import Network
from qiyafa.chains.outputs.proof_of_work import sha256d
from qiyafa.chains.outputs.undo_columns import SpentOutputs, UndoFaultError, joined_spent_outputs, nothing_spent
from qiyafa.chains.readers.bitcoin_blk.undo import Undo
from qiyafa.model.columns import I64, U8
from qiyafa.model.errors import Field

_HASH_BYTES = 32
_PARENT_AT, _ROOT_AT, _TIME_AT = 4, 36, 68


@dataclass(frozen=True, slots=True)
class BlockBatch:
    """Some serialized blocks whose headers were checked, and their heights."""

    blocks: BlockBytes
    heights: I64
    undo: tuple[Undo | None, ...]
    """One entry a block."""

    def chosen(self, wanted: NDArray[np.bool_]) -> "BlockBatch":
        """Return some of the blocks."""
        data, *places = self.blocks
        undo = tuple(one for one, is_wanted in zip(self.undo, wanted.tolist(), strict=True) if is_wanted)
        return BlockBatch(BlockBytes(data, *(one[wanted] for one in places)), self.heights[wanted], undo)


@dataclass(frozen=True, slots=True)
class DecodedBlocks:
    """Checked blocks. Hashes are 32 bytes each, end to end, as they are hashed."""

    data: U8
    columns: BlockColumns
    spent: SpentOutputs
    """What the inputs spend, where undo data says it."""
    heights: I64
    hashes: U8
    parents: U8
    times: NDArray[np.uint32]
    """Seconds since 1970 UTC."""
    rules: AddressRules
    claiming_less: int
    """Blocks that claim less than they may; the rest never came into being."""


@dataclass(frozen=True, slots=True)
class BatchFault:
    """One block that was left out, or whose undo data was."""

    start: int
    """Where the block begins in the bytes of the batch."""
    at: int
    """Where in the bytes of the batch the fault is."""
    key: str
    fields: dict[str, Field] = field(default_factory=dict)
    undo_source: str = ""
    """Set where the fault is in undo data: its file. The block was taken without it."""


def decode_blocks(batch: BlockBatch, network: Network) -> tuple[DecodedBlocks, list[BatchFault]]:
    """Return the blocks that pass every check as columns, and why the others do not."""
    shapes = shapes_of(batch.blocks, network.most_units, has_extensions=network.has_extension_blocks)
    broken = _broken_blocks(batch, shapes)
    if broken:
        batch, shapes = _without(batch, shapes, broken)
    columns = columns_of(batch.blocks, shapes)
    spent, undo_faults = _spent(batch, columns, network)
    claims = claims_of(columns, spent, batch.heights, network.subsidy, network.most_units)
    wrong = _blocks_with_other_transactions(batch, columns)
    claiming_less = 0
    for block in range(len(batch.heights)):
        start, allowed, claimed = int(batch.blocks.starts[block]), claims.allowed[block], claims.claimed[block]
        if claims.is_overspent[block]:
            wrong.setdefault(block, BatchFault(start, start, "chains_outputs.problem.overspent"))
        elif claims.is_known[block] and claimed > allowed:
            fields: dict[str, Field] = {"claimed": claimed, "allowed": allowed}
            wrong.setdefault(block, BatchFault(start, start, "chains_outputs.problem.claim", fields))
        elif claims.is_known[block]:
            claiming_less += claimed < allowed
    if wrong:
        rest, more = decode_blocks(_without(batch, shapes, wrong)[0], network)
        return rest, [*broken.values(), *wrong.values(), *more]
    decoded = DecodedBlocks(
        batch.blocks.data,
        columns,
        spent,
        batch.heights,
        _hashes(batch.blocks),
        _field(batch.blocks, _PARENT_AT, _HASH_BYTES).ravel(),
        _field(batch.blocks, _TIME_AT, 4).view("<u4").ravel(),
        address_rules(network.versions),
        claiming_less,
    )
    return decoded, [*broken.values(), *undo_faults]


def _broken_blocks(batch: BlockBatch, shapes: Shapes) -> dict[int, BatchFault]:
    """Return the blocks whose bytes are no block."""
    broken = {}
    for block in np.flatnonzero(shapes.ends < 0).tolist():
        fault, at = fault_of(int(shapes.ends[block]))
        key = f"chains_outputs.block.{fault.name.lower()}"
        broken[block] = BatchFault(int(batch.blocks.starts[block]), at, key)
    for block in np.flatnonzero((shapes.ends >= 0) & (shapes.ends != batch.blocks.ends)).tolist():
        end, limit = int(shapes.ends[block]), int(batch.blocks.ends[block])
        if not is_extension_block(batch.blocks.data[end:limit].tobytes(), int(batch.heights[block])):
            key = f"chains_outputs.block.{BlockFault.REST.name.lower()}"
            broken[block] = BatchFault(int(batch.blocks.starts[block]), end, key)
    return broken


def _without(batch: BlockBatch, shapes: Shapes, faults: dict[int, BatchFault]) -> tuple[BlockBatch, Shapes]:
    wanted = np.ones(len(batch.heights), np.bool_)
    wanted[list(faults)] = False
    return batch.chosen(wanted), Shapes(*(one[wanted] for one in shapes))


def _blocks_with_other_transactions(batch: BlockBatch, columns: BlockColumns) -> dict[int, BatchFault]:
    """Return the blocks whose transactions are not those that the header commits to."""
    roots, repeats = merkle_roots(columns)
    stated = _field(batch.blocks, _ROOT_AT, _HASH_BYTES)
    wrong = (roots.reshape(-1, _HASH_BYTES) != stated).any(axis=1)
    faults = {}
    for block in np.flatnonzero(wrong | repeats.astype(np.bool_)).tolist():
        start = int(batch.blocks.starts[block])
        key = "chains_outputs.problem.merkle_root" if wrong[block] else "chains_outputs.problem.repeats"
        faults[block] = BatchFault(start, start + _ROOT_AT, key)
    return faults


def _spent(batch: BlockBatch, columns: BlockColumns, network: Network) -> tuple[SpentOutputs, list[BatchFault]]:
    """Return what all inputs of a batch spend, as far as undo data says it."""
    first_input = columns.transactions.first_input
    if not any(batch.undo):
        return nothing_spent(int(first_input[-1])), []
    parts, faults = [], []
    for block, undo in enumerate(batch.undo):
        first, end = columns.first_transaction[block : block + 2].tolist()
        inputs = int(first_input[end] - first_input[first])
        part = nothing_spent(inputs)
        if undo is not None:
            try:
                part = undo.spent_by(np.diff(first_input[first + 1 : end + 1]), network)
            except UndoFaultError as error:
                start = int(batch.blocks.starts[block])
                key = f"chains_outputs.undo.{error.fault.name.lower()}"
                faults.append(BatchFault(start, error.at, key, undo_source=undo.source))
        parts.append(part)
    return joined_spent_outputs(parts), faults


def _field(blocks: BlockBytes, at: int, size: int) -> U8:
    """Return a field of every header: one row a block."""
    return np.ascontiguousarray(blocks.data[blocks.starts[:, None] + np.arange(at, at + size)])


def _hashes(blocks: BlockBytes) -> U8:
    headers = _field(blocks, 0, HEADER_BYTES)
    return np.frombuffer(b"".join(sha256d(header.tobytes()) for header in headers), np.uint8)
