"""SHA-256 inside compiled loops, by OpenSSL's own code.

OpenSSL is found through Python itself, whose `hashlib` is linked to it, and its three functions are made known to the
compiler under names of ours; where it is not to be had or does not answer as it must, plain functions stand in.
Compiled loops that are kept on disk know only the names, so they stay right when the library moves.
"""

import ctypes
import ctypes.util
import hashlib
from collections.abc import Iterator
from typing import Any, Final

import llvmlite.binding as compiler
import numpy as np
from numba import types

from qiyafa.model.columns import U8
from qiyafa.trace.engine.compiled import compiled

HASH_BYTES: Final = 32

_STATE_BYTES = 256
"""More than the 112 of OpenSSL's SHA256_CTX."""
_NAMES = ("SHA256_Init", "SHA256_Update", "SHA256_Final")
_PREFIX = "qiyafa_"


def new_state() -> U8:
    """Return memory for hashing: the state, and a first hash that is hashed again."""
    return np.zeros(_STATE_BYTES + HASH_BYTES, np.uint8)


def _libraries() -> Iterator[ctypes.CDLL]:
    """Yield what may hold OpenSSL: Python's own module linked to it, the program itself, the system's library."""
    import _hashlib

    for path in (getattr(_hashlib, "__file__", None), None):
        yield ctypes.CDLL(path)
    system = ctypes.util.find_library("crypto")
    if system:
        yield ctypes.CDLL(system)


def _openssl() -> tuple[int, ...] | None:
    """Return the addresses of the three functions, or None where they are not to be had."""
    for library in _libraries():
        try:
            functions = [getattr(library, name) for name in _NAMES]
        except AttributeError:
            continue
        if _hashes_rightly(functions):
            return tuple(ctypes.cast(function, ctypes.c_void_p).value or 0 for function in functions)
    return None


def _hashes_rightly(functions: list[Any]) -> bool:
    state, digest = ctypes.create_string_buffer(_STATE_BYTES), ctypes.create_string_buffer(HASH_BYTES)
    sample = bytes(range(200))
    begin, update, end = functions
    update.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t]
    begin(state)
    update(state, sample, len(sample))
    end(digest, state)
    return digest.raw == hashlib.sha256(sample).digest()


def _functions() -> tuple[int, ...]:
    found = _openssl()
    if found is None:
        from qiyafa.chains.outputs.sha256_plain import plain_functions

        found = plain_functions()
    return found


for _name, _address in zip(_NAMES, _functions(), strict=True):
    compiler.add_symbol(_PREFIX + _name, _address)

_begin = types.ExternalFunction(_PREFIX + _NAMES[0], types.int32(types.intp))
_update = types.ExternalFunction(_PREFIX + _NAMES[1], types.int32(types.intp, types.intp, types.intp))
_end = types.ExternalFunction(_PREFIX + _NAMES[2], types.int32(types.intp, types.intp))


@compiled
def sha256(data: U8, start: int, size: int, out: U8, at: int, state: U8) -> None:
    """Write the SHA-256 of data[start : start + size] to out[at : at + 32]."""
    _begin(state.ctypes.data)
    _update(state.ctypes.data, data.ctypes.data + start, size)
    _end(out.ctypes.data + at, state.ctypes.data)


@compiled
def sha256d(data: U8, start: int, size: int, out: U8, at: int, state: U8) -> None:
    """Write the SHA-256 of the SHA-256 of data[start : start + size] to out[at : at + 32]."""
    _begin(state.ctypes.data)
    _update(state.ctypes.data, data.ctypes.data + start, size)
    _hash_again(out, at, state)


@compiled
def sha256d_of_parts(data: U8, parts: tuple[int, int, int, int, int, int], out: U8, at: int, state: U8) -> None:
    """Write the SHA-256 of the SHA-256 of three parts of data, each a start and a size, put together."""
    _begin(state.ctypes.data)
    _update(state.ctypes.data, data.ctypes.data + parts[0], parts[1])
    _update(state.ctypes.data, data.ctypes.data + parts[2], parts[3])
    _update(state.ctypes.data, data.ctypes.data + parts[4], parts[5])
    _hash_again(out, at, state)


@compiled
def _hash_again(out: U8, at: int, state: U8) -> None:
    first = state.ctypes.data + _STATE_BYTES
    _end(first, state.ctypes.data)
    _begin(state.ctypes.data)
    _update(state.ctypes.data, first, HASH_BYTES)
    _end(out.ctypes.data + at, state.ctypes.data)
