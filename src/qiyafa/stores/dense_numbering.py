"""Tables that number texts and places and grow with them; the loops are in `dense_kernels`."""

from typing import TypeVar

import numpy as np
import pyarrow as pa

from qiyafa.model.columns import I64, U8, U16, U32, U64
from qiyafa.stores.dense_kernels import (
    ChunkRows,
    PlaceTable,
    TextTable,
    number_places,
    number_texts,
    refill_places,
    refill_texts,
)

_FIRST_SLOTS = 1 << 16

_Array = TypeVar("_Array", U8, U16, U32, I64)


class TextNumbers:
    """Numbers texts in the order in which they first come; 0 is the empty text."""

    def __init__(self, expected: int = 0) -> None:
        self._count = 1
        slots = np.zeros(max(_FIRST_SLOTS, _slots_for(expected)), np.uint64)
        self._table = TextTable(slots, np.empty(0, np.uint8), np.zeros(1, np.int64))

    def numbers(self, texts: pa.StringArray) -> U32:
        """Return the number of each text."""
        data, ends = text_bytes(texts)
        self._make_room(len(ends), len(data))
        numbers = np.empty(len(ends), np.uint32)
        self._count = number_texts(data, ends, self._table, self._count, numbers)
        return numbers

    def finished(self) -> tuple[U64, U8, I64]:
        """Return the slots, the texts end to end, and the end of each."""
        ends = self._table.ends[: self._count].copy()
        return self._table.slots, self._table.data[: ends[-1]].copy(), ends

    def _make_room(self, texts: int, size: int) -> None:
        slots, data, ends = self._table
        filled = int(ends[self._count - 1])
        if filled + size > len(data):
            data = _grown(data, filled + size)
        if self._count + texts > len(ends):
            ends = _grown(ends, self._count + texts)
        too_full = 2 * (self._count + texts) > len(slots)
        if too_full:
            slots = np.zeros(_slots_for(self._count + texts), np.uint64)
        self._table = TextTable(slots, data, ends)
        if too_full:
            refill_texts(self._table, self._count)


class PlaceNumbers:
    """Numbers (address, asset) pairs in the order in which they first come; 0 is nobody."""

    def __init__(self, expected: int = 0) -> None:
        self._count = 1
        slots = np.zeros(max(_FIRST_SLOTS, _slots_for(expected)), np.uint32)
        self._table = PlaceTable(slots, np.zeros(1, np.uint32), np.zeros(1, np.uint16))

    def numbers(self, rows: ChunkRows) -> tuple[U32, U32]:
        """Return the places of each row's source and target; 0 for rows that do not move anything."""
        self._make_room(2 * len(rows.source))
        sources = np.zeros(len(rows.source), np.uint32)
        targets = np.zeros(len(rows.source), np.uint32)
        self._count = number_places(rows, self._table, self._count, sources, targets)
        return sources, targets

    def pairs(self) -> tuple[U32, U16]:
        """Return the address and the asset of each place."""
        return self._table.address[: self._count].copy(), self._table.asset[: self._count].copy()

    def _make_room(self, places: int) -> None:
        slots, address, asset = self._table
        if self._count + places > len(address):
            address = _grown(address, self._count + places)
            asset = _grown(asset, self._count + places)
        too_full = 2 * (self._count + places) > len(slots)
        if too_full:
            slots = np.zeros(_slots_for(self._count + places), np.uint32)
        self._table = PlaceTable(slots, address, asset)
        if too_full:
            refill_places(self._table, self._count)


def text_bytes(texts: pa.StringArray) -> tuple[U8, I64]:
    """Return the bytes of texts end to end, and where each ends."""
    _, offsets_buffer, data_buffer = texts.buffers()
    offsets = np.frombuffer(offsets_buffer, np.int32)[texts.offset : texts.offset + len(texts) + 1].astype(np.int64)
    data = np.frombuffer(data_buffer, np.uint8) if data_buffer is not None else np.empty(0, np.uint8)
    return data[offsets[0] : offsets[-1]], offsets[1:] - offsets[0]


def _grown(array: _Array, least: int) -> _Array:
    bigger = np.zeros(max(least, 2 * len(array)), array.dtype)
    bigger[: len(array)] = array
    return bigger


def _slots_for(count: int) -> int:
    return 1 << max(0, 2 * count - 1).bit_length()
