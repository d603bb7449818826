"""Keccak-256 as Ethereum uses it (the Keccak team's padding, not SHA-3's), compiled: for hashing every part of a block.

`eth-hash` answers the same several times as slowly, which is enough for single addresses.
Source: keccak.team, "Keccak implementation overview".
"""

from typing import Final

import numpy as np

from qiyafa.model.columns import U64
from qiyafa.trace.engine.compiled import compiled

_RATE, _LANES, _ROUNDS = 136, 17, 24
_HASH_LANES: Final = 4


def _round_constants() -> U64:
    """Return the constants of step iota: bits of a shift register over x^8 + x^6 + x^5 + x^4 + 1."""
    register, constants = 1, []
    for _ in range(_ROUNDS):
        constant = 0
        for power in range(7):
            constant |= (register & 1) << ((1 << power) - 1)
            register = register << 1 ^ (0x171 if register & 0x80 else 0)
        constants.append(constant)
    return np.array(constants, np.uint64)


def _rotations() -> tuple[np.ndarray, np.ndarray]:
    """Return, for steps rho and pi, the lane that each lane of the walk goes to, and by how many bits it turns."""
    lanes, turns, x, y = [], [], 1, 0
    for step in range(24):
        x, y = y, (2 * x + 3 * y) % 5
        lanes.append(x + 5 * y)
        turns.append((step + 1) * (step + 2) // 2 % 64)
    return np.array(lanes, np.int64), np.array(turns, np.uint64)


_CONSTANTS = _round_constants()
_WALK, _TURNS = _rotations()
_WORD = np.uint64(64)


def keccak256(data: bytes) -> bytes:
    """Return the 32 bytes of the hash."""
    gap = _RATE - len(data) % _RATE
    padding = b"\x81" if gap == 1 else b"\x01" + bytes(gap - 2) + b"\x80"
    digest = np.empty(_HASH_LANES, np.uint64)
    _hash(np.frombuffer(data + padding, np.uint64), digest)
    return digest.tobytes()


@compiled
def _permute(state: U64, column: U64) -> None:
    for number in range(_ROUNDS):
        for x in range(5):
            column[x] = state[x] ^ state[x + 5] ^ state[x + 10] ^ state[x + 15] ^ state[x + 20]
        for x in range(5):
            right = column[(x + 1) % 5]
            mixed = column[(x + 4) % 5] ^ (right << np.uint64(1) | right >> np.uint64(63))
            for y in range(0, 25, 5):
                state[x + y] ^= mixed
        moving = state[1]
        for step in range(24):
            lane, turn = _WALK[step], _TURNS[step]
            waiting = state[lane]
            state[lane] = moving << turn | moving >> (_WORD - turn)
            moving = waiting
        for y in range(0, 25, 5):
            for x in range(5):
                column[x] = state[y + x]
            for x in range(5):
                state[y + x] = column[x] ^ (~column[(x + 1) % 5] & column[(x + 2) % 5])
        state[0] ^= _CONSTANTS[number]


@compiled
def _hash(lanes: U64, digest: U64) -> None:
    state, column = np.zeros(25, np.uint64), np.empty(5, np.uint64)
    for begin in range(0, len(lanes), _LANES):
        for place in range(_LANES):
            state[place] ^= lanes[begin + place]
        _permute(state, column)
    digest[:] = state[:_HASH_LANES]
