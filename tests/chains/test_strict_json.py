"""JSON from outside: nothing is read that the text does not say once and exactly."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiyafa.chains.strict_json import StrictJsonError, strict_json

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(VALUES)
def test_json_without_fractions_is_read_as_it_was_written(value: object) -> None:
    assert strict_json(json.dumps(value).encode()) == value


@pytest.mark.parametrize(
    ("written", "read"), [("1e400", "1e400"), ("0.1", "0.1"), ("NaN", "NaN"), ("-Infinity", "-Infinity")]
)
def test_a_number_that_is_not_whole_stays_text(written: str, read: str) -> None:
    assert strict_json(written.encode()) == read


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>Bad gateway</body></html>",
        b'{"result": [{"value": "1"',
        b'{"value": "1", "value": "2"}',
        b'{"a": {"b": 1, "b": 1}}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"9" * 5_000,
        b"\xff\xfe\x00",
        b'{"a": 1} {"b": 2}',
    ],
)
def test_what_is_no_json_or_says_a_thing_twice_is_refused(body: bytes) -> None:
    with pytest.raises(StrictJsonError):
        strict_json(body)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    with suppress(StrictJsonError):
        strict_json(body)
