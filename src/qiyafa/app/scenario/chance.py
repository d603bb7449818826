"""Chance and names from a seed: the same draws, addresses and hashes on every machine and Python.

Only `getrandbits` of the Mersenne Twister is used, and whole numbers only, so that no amount ever passes through a
floating-point number and no change in the standard library's way of choosing can alter a scenario.
"""

from collections.abc import Sequence
from hashlib import sha256
from random import Random
from typing import TypeVar

T = TypeVar("T")

_DRAW_BITS = 64


class Chance:
    """A stream of draws that a seed fixes."""

    def __init__(self, seed: int) -> None:
        self._bits = Random(seed).getrandbits  # noqa: S311 - an invented ledger, no secret

    def below(self, bound: int) -> int:
        """Draw a whole number from 0 to `bound` - 1. The bias is below `bound` / 2^64."""
        return self._bits(_DRAW_BITS) * bound >> _DRAW_BITS

    def between(self, least: int, most: int) -> int:
        """Draw a whole number from `least` to `most`, both included."""
        return least + self.below(most - least + 1)

    def happens(self, permille: int) -> bool:
        """Draw whether something happens that happens so many times in a thousand."""
        return self.below(1000) < permille

    def one_of(self, choices: Sequence[T]) -> T:
        """Draw one of some choices, each as likely as the others."""
        return choices[self.below(len(choices))]

    def small_part(self, units: int) -> int:
        """Draw a part of some units, small ones more often (the square of an even draw)."""
        share = self._bits(_DRAW_BITS)
        return units * share * share >> 2 * _DRAW_BITS


def derived_address(seed: int, name: str) -> str:
    """Return the address that a name has in the scenario of a seed. Nobody knows a key to it."""
    return "0x" + sha256(f"qiyafa scenario {seed} address {name}".encode()).hexdigest()[:40]


def derived_hash(seed: int, name: str) -> str:
    """Return the hash that a transaction or block has in the scenario of a seed."""
    return "0x" + sha256(f"qiyafa scenario {seed} hash {name}".encode()).hexdigest()


def look_alike(seed: int, address: str) -> str:
    """Return another address with the same first six and last four digits, as address poisoners make them."""
    return address[:8] + derived_address(seed, f"look-alike of {address}")[8:38] + address[38:]
