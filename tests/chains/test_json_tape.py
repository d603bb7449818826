"""Strict JSON: what Python's own reader takes, less what two readers could take differently."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiyafa.chains.json_scan import FALSE, MOST_DEPTH, NULL, NUMBER, OBJECT, STRING, TRUE, Fault
from qiyafa.chains.json_tape import ABSENT, NotJsonError, Tape, Value, read_tape, together

ANSWER = (
    b'{"jsonrpc": "2.0", "id": 1,\n "result": {"hash": "0xab", "list": [1, -2.5e+3, true, null, "x\\"y"], "empty": {}}}'
)

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inside: st.lists(inside, max_size=5) | st.dictionaries(st.text(max_size=30), inside, max_size=5),
    max_leaves=30,
)


def fault_of(text: bytes) -> Fault:
    with pytest.raises(NotJsonError) as refused:
        read_tape(text)
    assert 0 <= refused.value.byte <= len(text)
    return refused.value.fault


def content(tape: Tape, entry: int = 0) -> object:
    """Return a read text as Python's own reader gives it, except that no escape in a key is decoded."""
    kind = tape.kind(entry)
    if kind == OBJECT:
        return {json.loads(f'"{name}"'): content(tape, value) for name, value in tape.items(entry)}
    if kind == STRING:
        return json.loads(b'"' + tape.raw(entry) + b'"')
    if kind in (NUMBER, TRUE, FALSE, NULL):
        return json.loads(tape.raw(entry))
    return [content(tape, int(one)) for one in tape.elements(entry)]


@given(values, st.sampled_from([None, 1]))
def test_what_python_writes_is_read_as_it_was(value: object, indent: int | None) -> None:
    assert content(read_tape(json.dumps(value, indent=indent).encode())) == value


@given(st.text(max_size=40).map(str.encode) | st.binary(max_size=40))
def test_what_python_refuses_is_refused(text: bytes) -> None:
    try:
        json.loads(text.decode("utf-8"))
        is_json = b"NaN" not in text and b"Infinity" not in text
    except (ValueError, UnicodeDecodeError):
        is_json = False
    try:
        read_tape(text)
        is_read = True
    except NotJsonError:
        is_read = False
    # Bytes inside strings are checked by whoever takes the string.
    assert is_read == is_json or b'"' in text


@pytest.mark.parametrize("size", range(len(ANSWER)))
def test_an_answer_cut_at_any_byte_is_refused(size: int) -> None:
    with pytest.raises(NotJsonError):
        read_tape(ANSWER[:size])


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (b"", Fault.CUT),
        (b"<html>busy</html>", Fault.GRAMMAR),
        (b"[NaN]", Fault.GRAMMAR),
        (b"[-Infinity]", Fault.GRAMMAR),
        (b"[01]", Fault.GRAMMAR),
        (b"[1,]", Fault.GRAMMAR),
        (b'{"a":1,}', Fault.GRAMMAR),
        (b"[1] [2]", Fault.GRAMMAR),
        (b'["\x01"]', Fault.GRAMMAR),
        (b"[}", Fault.GRAMMAR),
        (b'{"a" 1}', Fault.GRAMMAR),
        (b'{"value":1,"value":2}', Fault.DUPLICATE_KEY),
        (b'[{"a":1,"b":2},{"a":1,"b":2},{"a":1,"a":2}]', Fault.DUPLICATE_KEY),
        (b'{"a":{"b":1},"c":2,"a":3}', Fault.DUPLICATE_KEY),
        (b"[" * 100_000, Fault.TOO_DEEP),
        (b'{"a":' * 100_000, Fault.TOO_DEEP),
        (b"{" + b",".join(b'"%d":1' % number for number in range(1000)) + b"}", Fault.TOO_MANY_KEYS),
    ],
)
def test_a_text_that_two_readers_could_take_differently_is_refused(text: bytes, fault: Fault) -> None:
    assert fault_of(text) is fault


@given(st.lists(st.lists(st.sampled_from(["a", "b", "c", "name", "name2", "x" * 31, "x" * 32, "y" * 70]), max_size=6)))
def test_a_repeated_key_is_found_in_whatever_order_the_keys_of_other_objects_came(objects: list[list[str]]) -> None:
    spelled = ["{" + ",".join(f'"{key}":{place}' for place, key in enumerate(keys)) + "}" for keys in objects]
    text = ("[" + ", ".join(spelled) + "]").encode()
    if any(len(set(keys)) < len(keys) for keys in objects):
        assert fault_of(text) is Fault.DUPLICATE_KEY
    else:
        assert content(read_tape(text)) == [{key: place for place, key in enumerate(keys)} for keys in objects]


@given(st.lists(st.sampled_from(["x" * 30, "x" * 31, "x" * 33, '"', "\\", "\n", "\u20ac", "0" * 512])))
def test_strings_end_where_they_end_however_long_they_are(pieces: list[str]) -> None:
    value = ["".join(pieces), {"".join(pieces): "".join(reversed(pieces))}]
    assert content(read_tape(json.dumps(value).encode())) == value
    assert content(read_tape(json.dumps(value, ensure_ascii=False).encode())) == value


@pytest.mark.parametrize("depth", [MOST_DEPTH, MOST_DEPTH + 1])
def test_arrays_nest_as_deep_as_is_allowed(depth: int) -> None:
    text = b"[" * depth + b"1" + b"]" * depth
    if depth > MOST_DEPTH:
        assert fault_of(text) is Fault.TOO_DEEP
    else:
        assert read_tape(text).kind(depth) == NUMBER


def test_the_same_key_in_different_objects_is_no_repetition() -> None:
    tape = read_tape(b'[{"a":{"a":1}},{"a":2}]')
    assert content(tape) == [{"a": {"a": 1}}, {"a": 2}]


def test_members_are_found_wherever_they_stand() -> None:
    tape = read_tape(b'[{"hash":"x","to":null},{"to":"y","more":[{"hash":0}],"hash":"z"},{},7]')
    found = tape.members(tape.elements(0), ("hash", "to", "absent"))
    texts = [[None if entry == ABSENT else tape.text(entry) for entry in row] for row in found.tolist()]
    assert texts == [["x", "null", None], ["z", "y", None], [None] * 3, [None] * 3]
    assert tape.is_null(int(found[0, 1]))
    assert tape.is_null(ABSENT)


def test_values_of_several_texts_come_together() -> None:
    one, other = read_tape(b'{"id":1,"result":{"a":"b"}}'), read_tape(b'["x",null]')
    values = [Value(one, one.member(0, "result")), *(Value(other, int(entry)) for entry in other.elements(0))]
    tape, entries = together(values)
    assert [content(tape, entry) for entry in entries] == [{"a": "b"}, "x", None]
    assert together(values[1:])[0] is other


def test_a_text_with_more_entries_than_usual_is_read_whole() -> None:
    numbers = list(range(10)) * 1000
    tape = read_tape(json.dumps(numbers).encode())
    assert np.array_equal([int(tape.raw(int(entry))) for entry in tape.elements(0)], numbers)
