"""Hashing inside compiled loops equals Python's own, by OpenSSL and without it."""

import ctypes
import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiyafa.chains.outputs import sha256 as hashing
from qiyafa.chains.outputs.sha256 import new_state, sha256, sha256d, sha256d_of_parts
from qiyafa.chains.outputs.sha256_plain import plain_functions

STATE_BYTES = 256


@given(st.binary(max_size=300))
def test_a_hash_is_that_of_hashlib(data: bytes) -> None:
    array, out, state = np.frombuffer(b"-" + data, np.uint8), np.zeros(96, np.uint8), new_state()
    sha256(array, 1, len(data), out, 0, state)
    sha256d(array, 1, len(data), out, 32, state)
    once = hashlib.sha256(data).digest()
    assert out.tobytes() == once + hashlib.sha256(once).digest() + bytes(32)


@given(st.binary(max_size=90), st.binary(max_size=90), st.binary(max_size=90))
def test_parts_are_hashed_as_if_they_stood_together(first: bytes, second: bytes, third: bytes) -> None:
    array = np.frombuffer(first + b"gap" + second + b"gap" + third + b"!", np.uint8)
    parts = (0, len(first), len(first) + 3, len(second), len(first) + 6 + len(second), len(third))
    out = np.zeros(32, np.uint8)
    sha256d_of_parts(array, parts, out, 0, new_state())
    assert out.tobytes() == hashlib.sha256(hashlib.sha256(first + second + third).digest()).digest()


@given(st.lists(st.binary(max_size=150), max_size=4))
def test_the_plain_functions_stand_in_for_openssl(parts: list[bytes]) -> None:
    begin, update, end = plain_functions()
    state, digest = ctypes.create_string_buffer(STATE_BYTES), ctypes.create_string_buffer(32)
    ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)(begin)(state)
    for part in parts:
        take = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t)(update)
        take(state, part, len(part))
    ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)(end)(digest, state)
    assert digest.raw == hashlib.sha256(b"".join(parts)).digest()


def test_openssl_is_found_through_python_and_done_without_where_it_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    assert hashing._openssl() is not None
    monkeypatch.setattr(hashing, "_libraries", lambda: iter(()))
    assert hashing._functions() == plain_functions()


def test_a_library_that_hashes_wrongly_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashing, "_hashes_rightly", lambda functions: False)
    assert hashing._openssl() is None
