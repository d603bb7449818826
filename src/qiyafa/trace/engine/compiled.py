"""How loops are compiled by numba, with their types kept for the checker."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

_Function = TypeVar("_Function", bound=Callable[..., object])


def compiled(function: _Function) -> _Function:
    """Compile a function by numba at its first use, keep the result on disk, and let other threads run meanwhile."""
    return cast("_Function", numba.njit(cache=True, nogil=True)(function))


def compiled_in_place(function: _Function) -> _Function:
    """Compile a function into each of its callers."""
    return cast("_Function", numba.njit(inline="always")(function))


def called_from_outside(signature: Any) -> Callable[[Callable[..., int]], Any]:
    """Compile a function that code in other languages calls; its attribute `address` is where it stands in memory."""
    return cast("Callable[[Callable[..., int]], Any]", numba.cfunc(signature, cache=True, nopython=True))
