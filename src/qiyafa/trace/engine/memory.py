"""Memory that begins on a cache line: a record of 32 or 128 bytes then never straddles one more line than it must."""

import math
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

CACHE_LINE = 64

Scalar = TypeVar("Scalar", bound=np.generic)


def aligned_zeros(shape: tuple[int, ...], dtype: type[Scalar]) -> NDArray[Scalar]:
    """Return zeros of a shape that begin on a cache line."""
    item = np.dtype(dtype).itemsize
    size = math.prod(shape)
    memory = np.zeros(size + CACHE_LINE // item, dtype=dtype)
    skip = (-memory.ctypes.data % CACHE_LINE) // item
    return memory[skip : skip + size].reshape(shape)
