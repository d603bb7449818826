"""SHA-256 (FIPS 180-4) in plain compiled code with OpenSSL's calling convention, for machines without OpenSSL.

The memory of a state, like OpenSSL's SHA256_CTX: eight words of the hash, the count of bytes (8 bytes), the block of
64 bytes that is being filled.
"""

from typing import Any, Final

import numpy as np
from numba import carray, types

from qiyafa.trace.engine.compiled import called_from_outside, compiled, compiled_in_place

_BLOCK: Final = 64
_HASH_WORDS: Final = 8
_COUNT_AT: Final = 32
_BLOCK_AT: Final = 40
_STATE_BYTES: Final = _BLOCK_AT + _BLOCK
_LENGTH_AT: Final = _BLOCK - 8


def _primes(count: int) -> list[int]:
    found: list[int] = []
    candidate = 2
    while len(found) < count:
        if all(candidate % prime for prime in found):
            found.append(candidate)
        candidate += 1
    return found


def _root_bits(prime: int, power: int) -> int:
    """Return the first 32 bits of the fraction of a prime's square or cube root, by whole numbers alone."""
    scaled = prime << 32 * power
    low, high = 0, 1 << 40
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**power <= scaled else (low, middle - 1)
    return low & 0xFFFFFFFF


_START = np.array([_root_bits(prime, 2) for prime in _primes(_HASH_WORDS)], np.uint32)
_ROUNDS = np.array([_root_bits(prime, 3) for prime in _primes(_BLOCK)], np.uint32)

_pointer = types.CPointer(types.uint8)


@compiled_in_place
def _turned(word: Any, bits: Any) -> Any:
    return np.uint32(word >> np.uint32(bits)) | np.uint32(word << np.uint32(32 - bits))


@compiled
def _compress(words: Any, block: Any) -> None:
    schedule = np.empty(_BLOCK, np.uint32)
    for i in range(16):
        schedule[i] = (
            np.uint32(block[4 * i]) << np.uint32(24)
            | np.uint32(block[4 * i + 1]) << np.uint32(16)
            | np.uint32(block[4 * i + 2]) << np.uint32(8)
            | np.uint32(block[4 * i + 3])
        )
    for i in range(16, _BLOCK):
        early, late = schedule[i - 15], schedule[i - 2]
        first = _turned(early, 7) ^ _turned(early, 18) ^ np.uint32(early >> np.uint32(3))
        second = _turned(late, 17) ^ _turned(late, 19) ^ np.uint32(late >> np.uint32(10))
        schedule[i] = np.uint32(schedule[i - 16] + first + schedule[i - 7] + second)
    a, b, c, d, e, f, g, h = words[0], words[1], words[2], words[3], words[4], words[5], words[6], words[7]
    for i in range(_BLOCK):
        mixed = _turned(e, 6) ^ _turned(e, 11) ^ _turned(e, 25)
        first = np.uint32(h + mixed + ((e & f) ^ (~e & g)) + _ROUNDS[i] + schedule[i])
        mixed = _turned(a, 2) ^ _turned(a, 13) ^ _turned(a, 22)
        second = np.uint32(mixed + ((a & b) ^ (a & c) ^ (b & c)))
        a, b, c, d, e, f, g, h = np.uint32(first + second), a, b, c, np.uint32(d + first), e, f, g
    for i, word in enumerate((a, b, c, d, e, f, g, h)):
        words[i] = np.uint32(words[i] + word)


@compiled
def _take(state: Any, data: Any, size: Any) -> None:
    """Hash some bytes, block by block."""
    words = state[:_COUNT_AT].view(np.uint32)
    count = state[_COUNT_AT:_BLOCK_AT].view(np.uint64)
    block = state[_BLOCK_AT:_STATE_BYTES]
    for i in range(size):
        filled = np.int64(count[0] % np.uint64(_BLOCK))
        block[filled] = data[i]
        count[0] += np.uint64(1)
        if filled == _BLOCK - 1:
            _compress(words, block)


@called_from_outside(types.int32(_pointer))
def _begin(state_pointer: Any) -> int:
    state = carray(state_pointer, _STATE_BYTES)
    state[:_COUNT_AT].view(np.uint32)[:] = _START
    state[_COUNT_AT:_BLOCK_AT] = 0
    return 1


@called_from_outside(types.int32(_pointer, _pointer, types.intp))
def _update(state_pointer: Any, data_pointer: Any, size: Any) -> int:
    _take(carray(state_pointer, _STATE_BYTES), carray(data_pointer, size), size)
    return 1


@called_from_outside(types.int32(_pointer, _pointer))
def _end(out_pointer: Any, state_pointer: Any) -> int:
    state, out = carray(state_pointer, _STATE_BYTES), carray(out_pointer, 4 * _HASH_WORDS)
    bits = state[_COUNT_AT:_BLOCK_AT].view(np.uint64)[0] * np.uint64(8)
    padding = np.zeros(_BLOCK + 8, np.uint8)
    padding[0] = 0x80
    filled = np.int64(bits // np.uint64(8) % np.uint64(_BLOCK))
    size = (_LENGTH_AT - 1 - filled) % _BLOCK + 1
    for i in range(8):
        padding[size + i] = np.uint8(bits >> np.uint64(56 - 8 * i) & np.uint64(255))
    _take(state, padding, size + 8)
    words = state[:_COUNT_AT].view(np.uint32)
    for i in range(4 * _HASH_WORDS):
        out[i] = np.uint8(words[i // 4] >> np.uint32(24 - 8 * (i % 4)) & np.uint32(255))
    return 1


def plain_functions() -> tuple[int, int, int]:
    """Return the addresses of the functions that begin a hash, take bytes, and write the hash."""
    return _begin.address, _update.address, _end.address
