"""From pieces of a node's answer to rows of RAW_TRANSFERS as an Arrow table, in the chain's own order.

Texts are not made one by one: each column knows where in the answer its texts begin, and one loop copies them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

import numpy as np
import pyarrow as pa

from qiyafa.chains.json_scan import PADDING
from qiyafa.chains.json_tape import Tape
from qiyafa.chains.readers.evm_rpc import hex_kernels
from qiyafa.chains.readers.evm_rpc.fields import NOWHERE
from qiyafa.chains.readers.raw_columns import ARROW_SCHEMA
from qiyafa.model.columns import I64, U8, U64

NO_INDEX: Final = -1
"""Instead of a transaction index or a log index: there is none."""

_HASH_SIZE, _ADDRESS_SIZE = 66, 42
_RANK_BITS, _INDEX_BITS = 3, 28


class Rank(IntEnum):
    """Kinds of rows in the order in which they stand in a transaction; rewards follow all transactions."""

    FEE = 0
    NATIVE = 1
    INTERNAL = 2
    TOKEN = 3
    REWARD = 4


class Status(IntEnum):
    """Whether a transaction did what it was meant to."""

    OK = 0
    FAILED = 1
    UNKNOWN = 2


_KINDS = ("fee", "native", "internal", "token", "reward")
_STATUSES = ("ok", "failed", "unknown")


@dataclass(slots=True)
class MoreText:
    """Texts that the answer itself does not have: addresses of created contracts, trace addresses."""

    written: bytearray = field(default_factory=bytearray)
    known: dict[str, int] = field(default_factory=dict)

    def put(self, text: str) -> int:
        """Return where a text begins, as `write_texts` counts."""
        if text not in self.known:
            self.known[text] = ~len(self.written)
            self.written += text.encode("ascii")
        return self.known[text]


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of one rank in the order of their block and transaction. Texts are given by where they begin.

    The addresses of token transfers begin at their digits: in the topics of a log nothing else stands before them.
    """

    rank: Rank
    block: I64
    """Place of the block among those that are read."""
    index: I64
    """Of the transaction; NO_INDEX for rewards."""
    hash: I64
    source: I64
    target: I64
    units: U64
    """Limbs."""
    status: I64
    """A `Status`."""
    contract: I64
    """Of the token; NOWHERE for the native asset."""
    trace: I64
    """Trace address; NOWHERE for none."""
    trace_size: I64
    log_index: I64
    """NO_INDEX for none."""


@dataclass(frozen=True, slots=True)
class Blocks:
    """What all rows of a block share, by the block's place."""

    number: I64
    time: I64


def plain_rows(rank: Rank, block: I64, index: I64, *, units: U64, **texts: I64) -> Rows:
    """Return rows in which everything that is not given is empty, and each transaction did what it was meant to."""
    count = len(block)
    nowhere, nothing = np.full(count, NOWHERE, np.int64), np.zeros(count, np.int64)
    given = {name: texts.get(name, nowhere) for name in ("hash", "source", "target", "contract", "trace")}
    return Rows(
        rank=rank,
        block=block,
        index=index,
        units=units,
        status=texts.get("status", nothing),
        trace_size=texts.get("trace_size", nothing),
        log_index=texts.get("log_index", np.full(count, NO_INDEX, np.int64)),
        **given,
    )


def transfers_table(
    tape: Tape, more: MoreText, blocks: Blocks, parts: Sequence[Rows], *, native_asset: str, token_prefix: str
) -> pa.Table:
    """Return the rows of all parts as one table of RAW_TRANSFERS: by block, transaction, fee, value, calls, tokens."""
    order, rank = _order(parts)
    joined = {name: _joined(parts, name)[order] for name in _ARRAYS}
    joined["units"] = _joined(parts, "units")
    words = _Words(more, (*_KINDS, *_STATUSES, "exact", native_asset))
    writer = _Writer(tape.data, np.frombuffer(bytes(more.written) + PADDING, np.uint8), len(order))
    block, is_token = joined["block"], joined["contract"] != NOWHERE
    asset = np.where(is_token, joined["contract"], words.start[-1])
    asset_size = np.where(is_token, _ADDRESS_SIZE, words.size[-1])
    status, exact = joined["status"] + len(_KINDS), np.full(len(order), len(_KINDS) + len(_STATUSES))
    columns = {
        "block_number": _plain(blocks.number[block]),
        "transaction_index": _plain(joined["index"].astype(np.int32), joined["index"] != NO_INDEX),
        "time": _plain(blocks.time[block]),
        "transaction_hash": writer.texts(joined["hash"], _HASH_SIZE),
        "kind": writer.texts(words.start[rank], words.size[rank]),
        "source": writer.addresses(joined["source"], rank),
        "target": writer.addresses(joined["target"], rank),
        "asset": writer.led_texts(token_prefix.encode("ascii"), is_token, asset, asset_size),
        "units_text": _decimals(joined["units"], order),
        "status": writer.texts(words.start[status], words.size[status]),
        "trace_address": writer.texts(joined["trace"], joined["trace_size"], joined["trace"] != NOWHERE),
        "log_index": _plain(joined["log_index"], joined["log_index"] != NO_INDEX),
        "precision": writer.texts(words.start[exact], words.size[exact]),
    }
    return pa.Table.from_arrays([columns[name] for name in ARROW_SCHEMA.names], schema=ARROW_SCHEMA)


_ARRAYS = ("block", "index", "hash", "source", "target", "status", "contract", "trace", "trace_size", "log_index")


class _Words:
    """Words that many rows share: where each begins, and its size."""

    def __init__(self, more: MoreText, words: tuple[str, ...]) -> None:
        self.start = np.array([more.put(word) for word in words], np.int64)
        self.size = np.array([len(word) for word in words], np.int64)


def _order(parts: Sequence[Rows]) -> tuple[I64, U8]:
    """Return the order of all rows, and their ranks in that order."""
    rank = np.concatenate([np.full(len(part.block), part.rank, np.uint8) for part in parts])
    index = _joined(parts, "index")
    place = np.where(index == NO_INDEX, (1 << _INDEX_BITS) - 1, index)
    key = (_joined(parts, "block") << (_INDEX_BITS + _RANK_BITS)) | (place << _RANK_BITS) | rank
    order = np.argsort(key, kind="stable")
    return order, rank[order]


def _joined(parts: Sequence[Rows], name: str) -> np.ndarray:
    return np.concatenate([getattr(part, name) for part in parts])


def _plain(values: np.ndarray, is_valid: np.ndarray | None = None) -> pa.Array:
    """Return numbers as an Arrow array, null where they are not valid."""
    kind = pa.int32() if values.dtype == np.int32 else pa.int64()
    return pa.Array.from_buffers(kind, len(values), [_bitmap(is_valid), pa.py_buffer(np.ascontiguousarray(values))])


def _bitmap(is_valid: np.ndarray | None) -> pa.Buffer | None:
    return None if is_valid is None else pa.py_buffer(np.packbits(is_valid, bitorder="little"))


def _decimals(limbs: U64, order: I64) -> pa.Array:
    # One row more than there are numbers: a vector to spare behind the last.
    digits = np.empty((len(order) + 1, hex_kernels.MOST_DIGITS), np.uint8)
    begins = np.empty(len(order), np.int64)
    hex_kernels.write_decimals(limbs, digits, begins)
    ends = np.arange(1, len(order) + 1) * hex_kernels.MOST_DIGITS
    flat = digits.reshape(-1)
    return _Writer(flat, flat[:0], len(order)).texts(begins[order], (ends - begins)[order])


class _Writer:
    """Makes columns of texts out of pieces of two arrays of bytes."""

    def __init__(self, data: U8, more: U8, rows: int) -> None:
        self._data = data
        self._more = more
        self._rows = rows
        self._no_lead = np.zeros(rows, np.bool_)

    def texts(self, starts: I64, sizes: I64 | int, is_valid: np.ndarray | None = None) -> pa.Array:
        """Return texts of one size or of several; those that begin NOWHERE are empty, those not valid null."""
        whole = np.where(starts == NOWHERE, 0, sizes)
        return self.led_texts(b"", self._no_lead, starts, whole, is_valid)

    def addresses(self, starts: I64, rank: U8) -> pa.Array:
        """Return addresses; those of token transfers begin at their digits, without the `0x`."""
        is_bare = rank == Rank.TOKEN
        sizes = np.where(starts == NOWHERE, 0, np.where(is_bare, _ADDRESS_SIZE - 2, _ADDRESS_SIZE))
        return self.led_texts(b"0x", is_bare, starts, sizes)

    def led_texts(
        self,
        lead: bytes,
        is_led: np.ndarray,
        starts: I64,
        sizes: I64,
        is_valid: np.ndarray | None = None,
    ) -> pa.Array:
        """Return texts, some with a lead before them."""
        ends = np.zeros(self._rows + 1, np.int32)
        size = int(sizes.sum()) + len(lead) * int(np.count_nonzero(is_led))
        written = np.empty(size + len(PADDING), np.uint8)
        leading = np.frombuffer(lead, np.uint8)
        hex_kernels.write_texts(self._data, self._more, starts, sizes, leading, is_led, ends[1:], written)
        buffers = [_bitmap(is_valid), pa.py_buffer(ends), pa.py_buffer(written[:size])]
        return pa.Array.from_buffers(pa.string(), self._rows, buffers)
