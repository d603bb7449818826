"""What blocks spend, by undo data: Bitcoin Core's compressed form against an encoder written from its definition."""

import struct
from contextlib import suppress

import numpy as np
import pytest
from coincurve import PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from tests.support.made_blocks import compact

from qiyafa.chains.outputs.block_layout import BlockFault
from qiyafa.chains.outputs.undo_columns import (
    SpentOutputs,
    UndoFaultError,
    core_spent_outputs,
    joined_spent_outputs,
    nothing_spent,
    plain_spent_outputs,
)

MOST = 21_000_000 * 10**8
KEY = PrivateKey(b"\x07" * 32).public_key
SPECIAL = [
    b"\x76\xa9\x14" + b"\x11" * 20 + b"\x88\xac",
    b"\xa9\x14" + b"\x22" * 20 + b"\x87",
    b"\x21" + KEY.format() + b"\xac",
    b"\x41" + KEY.format(compressed=False) + b"\xac",
]
Spent = tuple[int, bytes]


def variable(number: int) -> bytes:
    digits = [number & 0x7F]
    while number > 0x7F:
        number = (number >> 7) - 1
        digits.append(number & 0x7F | 0x80)
    return bytes(reversed(digits))


def compressed_units(units: int) -> int:
    if units == 0:
        return 0
    zeros = 0
    while units % 10 == 0 and zeros < 9:
        units, zeros = units // 10, zeros + 1
    if zeros == 9:
        return 1 + (units - 1) * 10 + 9
    return 1 + (units // 10 * 9 + units % 10 - 1) * 10 + zeros


def compressed_script(script: bytes) -> bytes:
    if len(script) == 25 and script[:3] == b"\x76\xa9\x14":
        return b"\x00" + script[3:23]
    if len(script) == 23 and script[:2] == b"\xa9\x14":
        return b"\x01" + script[2:22]
    if len(script) == 35 and script[0] == 0x21 and script[1] in (2, 3):
        return script[1:34]
    if len(script) == 67 and script[:2] == b"\x41\x04":
        return bytes([4 + script[65] % 2]) + script[2:34]
    return variable(len(script) + 6) + script


def core_undo(transactions: list[list[Spent]], height: int = 300_000) -> bytes:
    parts = [compact(len(transactions))]
    for outputs in transactions:
        parts.append(compact(len(outputs)))
        for units, script in outputs:
            parts += [variable(2 * height), b"\x00" if height else b"", variable(compressed_units(units))]
            parts.append(compressed_script(script))
    return b"".join(parts)


def rows(spent: SpentOutputs) -> list[Spent]:
    scripts = spent.scripts.tobytes()
    places = zip(spent.units.tolist(), spent.script_start.tolist(), spent.script_size.tolist(), strict=True)
    return [(units, scripts[start : start + size]) for units, start, size in places]


def core(undo: bytes, counts: list[int], *, may_go_on: bool = False) -> SpentOutputs:
    return core_spent_outputs(np.frombuffer(undo, np.uint8), np.array(counts, np.int64), MOST, may_go_on=may_go_on)


some_script = st.one_of(st.sampled_from(SPECIAL), st.binary(max_size=80))
some_outputs = st.lists(st.tuples(st.integers(0, MOST), some_script), min_size=1, max_size=4)


@given(st.lists(some_outputs, max_size=4), st.sampled_from([0, 1, 300_000]))
def test_what_core_compresses_comes_back(transactions: list[list[Spent]], height: int) -> None:
    spent = core(core_undo(transactions, height), [len(outputs) for outputs in transactions])
    assert rows(spent) == [one for outputs in transactions for one in outputs]


@given(some_outputs)
def test_the_plain_form_comes_back(outputs: list[Spent]) -> None:
    undo = b"".join(struct.pack("<Q", units) + compact(len(script)) + script for units, script in outputs)
    assert rows(plain_spent_outputs(np.frombuffer(undo, np.uint8), len(outputs), MOST)) == outputs


def test_undo_data_of_other_inputs_is_refused() -> None:
    undo = core_undo([[(5, b"\x51")], [(6, b"\x51"), (7, b"\x51")]])
    assert rows(core(undo, [1, 2])) == [(5, b"\x51"), (6, b"\x51"), (7, b"\x51")]
    for counts in ([1], [2, 1], [1, 2, 1], [3], []):
        with pytest.raises(UndoFaultError) as refused:
            core(undo, counts)
        assert refused.value.fault is BlockFault.COUNT


def test_only_some_chains_have_more_behind_it() -> None:
    undo = core_undo([[(5, b"\x51")]]) + b"extension"
    assert rows(core(undo, [1], may_go_on=True)) == [(5, b"\x51")]
    with pytest.raises(UndoFaultError):
        core(undo, [1])


def test_undo_data_cut_at_any_byte_is_refused() -> None:
    outputs = [(units, script) for units, script in zip((1, 10**9, 0, MOST), SPECIAL, strict=True)]
    undo = core_undo([outputs])
    plain = b"".join(struct.pack("<Q", units) + compact(len(script)) + script for units, script in outputs)
    for end in range(len(undo)):
        with pytest.raises(UndoFaultError):
            core(undo[:end], [4])
    for end in range(len(plain)):
        with pytest.raises(UndoFaultError):
            plain_spent_outputs(np.frombuffer(plain[:end], np.uint8), 4, MOST)


def test_more_than_can_exist_and_a_key_off_the_curve_are_refused() -> None:
    for undo in (
        core_undo([[(MOST + 1, b"\x51")]]),
        compact(1) + compact(1) + b"\x00" + b"\xff" * 30,
        compact(1) + compact(1) + b"\x00\x01\x04" + b"\xff" * 32,
        compact(1) + compact(1) + b"\x00\x01\x04" + (5).to_bytes(32, "big"),
    ):
        with pytest.raises(UndoFaultError) as refused:
            core(undo, [1])
        assert refused.value.fault is BlockFault.VALUE


@given(st.binary(max_size=200), st.lists(st.integers(1, 5), max_size=4))
def test_any_bytes_are_read_or_refused(undo: bytes, counts: list[int]) -> None:
    for read in (
        lambda: core(undo, counts, may_go_on=True),
        lambda: plain_spent_outputs(np.frombuffer(undo, np.uint8), sum(counts), MOST),
    ):
        with suppress(UndoFaultError):
            assert all(0 <= units <= MOST for units, _ in rows(read()))


def test_parts_are_joined_and_what_is_unknown_stays_unknown() -> None:
    known = core(core_undo([[(5, b"\x51\x52")]]), [1])
    joined = joined_spent_outputs([nothing_spent(2), known, known])
    assert rows(joined)[2:] == [(5, b"\x51\x52")] * 2
    assert joined.script_size.tolist() == [-1, -1, 2, 2]
