"""Compiles the loops of clustering with numba, keeping their types for the checker."""

from collections.abc import Callable
from typing import TypeVar, cast

import numba

_Function = TypeVar("_Function", bound=Callable[..., object])


def compiled(function: _Function) -> _Function:
    """Return a function compiled at its first call and kept for the next process."""
    return cast("_Function", numba.njit(cache=True, nogil=True)(function))
