"""Exact arithmetic on limbs, against Python's own integers."""

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from qiyafa.chains.json_tape import read_tape
from qiyafa.chains.readers.evm_rpc.hex_kernels import (
    MOST_DIGITS,
    add_products,
    first_different,
    first_not_hex,
    read_numbers,
    read_quantities,
    write_decimals,
)
from qiyafa.chains.readers.evm_rpc.rewards import limbs_of, whole_numbers
from qiyafa.model.ledger import MAX_UINT256

HEX = b"0123456789abcdefABCDEF"
others = st.sampled_from([byte for byte in range(0x20, 0x100) if byte not in HEX + b'"\\'])

numbers = st.integers(0, MAX_UINT256) | st.integers(0, 2**64) | st.sampled_from([2**32, 2**64, 2**128, MAX_UINT256])


def decimals(values: list[int]) -> list[str]:
    digits, begins = np.empty((len(values), MOST_DIGITS), np.uint8), np.empty(len(values), np.int64)
    write_decimals(limbs_of(values), digits, begins)
    text = digits.tobytes().decode("ascii", errors="replace")
    return [text[begin : MOST_DIGITS * (row + 1)] for row, begin in enumerate(begins.tolist())]


@given(st.lists(numbers, min_size=1, max_size=20))
@example([0, 1, 9, 10, 10**9 - 1, 10**9, 10**18, 10**38, 10**77, MAX_UINT256])
def test_numbers_are_written_as_python_writes_them(values: list[int]) -> None:
    assert decimals(values) == [str(value) for value in values]


@given(numbers, numbers, numbers)
@example(2**128, 2**128, 0)
@example(2**128 - 1, 2**128, 2**128)
@example(MAX_UINT256, 1, 1)
@example(0, MAX_UINT256, MAX_UINT256)
def test_sums_of_products_are_exact_or_refused(left: int, right: int, start: int) -> None:
    sums = limbs_of([start])
    row = add_products(limbs_of([left]), limbs_of([right]), sums)
    wanted = start + left * right
    assert row == (0 if wanted > MAX_UINT256 else -1)
    if row < 0:
        assert whole_numbers(sums) == [wanted]


@given(st.lists(numbers, min_size=1, max_size=20), st.booleans())
def test_quantities_are_read_in_either_case(values: list[int], is_upper: bool) -> None:
    spelled = ['"0x' + (f"{value:X}" if is_upper else f"{value:x}") + '"' for value in values]
    tape = read_tape(("[" + ",".join(spelled) + "]").encode())
    limbs = np.empty((len(values), 8), np.uint64)
    assert read_quantities(tape.data, tape.marks, tape.elements(0), False, limbs) == -1
    assert whole_numbers(limbs) == values


@given(
    st.sampled_from(['"0x"', '""', "1", "null", '"0xg"', '"1x0"', '"0x' + "f" * 65 + '"', '"0X1"', '"-0x1"', '"0x 1"'])
)
def test_what_is_no_quantity_is_refused(spelled: str) -> None:
    tape = read_tape(f'["0x1",{spelled}]'.encode())
    assert read_quantities(tape.data, tape.marks, tape.elements(0), False, np.empty((2, 8), np.uint64)) == 1


@given(st.sampled_from([40, 64]), st.data())
def test_a_byte_that_is_no_digit_is_found_wherever_it_stands(digits: int, data: st.DataObject) -> None:
    right = bytes(data.draw(st.lists(st.sampled_from(list(HEX)), min_size=digits, max_size=digits)))
    place, byte = data.draw(st.integers(0, digits - 1)), data.draw(others)
    wrong = right[:place] + bytes([byte]) + right[place + 1 :]
    tape = read_tape(b'["0x%b","0x%b"]' % (right, wrong))
    assert first_not_hex(tape.data, tape.marks, tape.elements(0), digits) == 1
    assert first_not_hex(tape.data, tape.marks, tape.elements(0)[:1], digits) == -1
    limbs = np.empty((2, 8), np.uint64)
    assert read_quantities(tape.data, tape.marks, tape.elements(0), False, limbs) == 1
    assert whole_numbers(limbs[:1]) == [int(right, 16)]


@given(st.integers(0, 14), others, st.integers(0, 16**15 - 1))
def test_a_number_is_of_digits_alone(place: int, byte: int, number: int) -> None:
    right = b"%015x" % number
    tape = read_tape(b'["0x%b","0x%x","0x%b"]' % (right, number, right[:place] + bytes([byte]) + right[place + 1 :]))
    numbers = np.empty(3, np.int64)
    assert read_numbers(tape.data, tape.marks, tape.elements(0), numbers) == 2
    assert numbers[:2].tolist() == [number, number]


@given(st.integers(0, 100), st.data())
def test_texts_differ_where_one_byte_does(size: int, data: st.DataObject) -> None:
    text = bytes(data.draw(st.lists(st.sampled_from(list(HEX)), min_size=size, max_size=size)))
    tape = read_tape(b'["%b","%b","%b0"]' % (text, text, text))
    one, same, longer = tape.elements(0).reshape(3, 1, 1)
    assert first_different(tape.data, tape.marks, one, same) == -1
    assert first_different(tape.data, tape.marks, np.vstack([one, one]), np.vstack([same, longer])) == 1
    if size:
        place = data.draw(st.integers(0, size - 1))
        tape = read_tape(b'["%b","%b-%b"]' % (text, text[:place], text[place + 1 :]))
        one, other = tape.elements(0).reshape(2, 1, 1)
        assert first_different(tape.data, tape.marks, one, other) == 0
