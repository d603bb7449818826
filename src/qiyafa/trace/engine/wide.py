"""Unsigned 128-bit integers in two 64-bit halves, and the memory hint, for use inside numba kernels.

All values here stay below 2^127 (38 decimal digits), so sums of two never wrap. In numba an unsigned integer
next to a literal of another type becomes a float: every literal below is a uint64 by name.
"""

from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

ZERO = np.uint64(0)
ONE = np.uint64(1)
TOP_BIT = np.uint64(1 << 63)
WITHOUT_TOP_BIT = np.uint64((1 << 63) - 1)
MAX_UNITS_LO = np.uint64((10**38 - 1) & (2**64 - 1))
MAX_UNITS_HI = np.uint64((10**38 - 1) >> 64)

_TWO_64 = 18446744073709551616.0
_BELOW = 1.0 - 2.0**-50
"""A quotient of two rounded floats, times this, is never above the true quotient."""


@intrinsic
def multiply(typing_context: Any, left: Any, right: Any) -> Any:
    """Return the 128-bit product of two uint64 as (low, high)."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        wide = ir.IntType(128)
        product = builder.mul(builder.zext(arguments[0], wide), builder.zext(arguments[1], wide))
        low = builder.trunc(product, ir.IntType(64))
        high = builder.trunc(builder.lshr(product, ir.Constant(wide, 64)), ir.IntType(64))
        return context.make_tuple(builder, signature.return_type, (low, high))

    return types.UniTuple(types.uint64, 2)(types.uint64, types.uint64), generate


@intrinsic
def prefetch(typing_context: Any, address: Any) -> Any:
    """Tell the processor that the cache line at an address will be written soon. Never faults."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        byte_pointer = ir.IntType(8).as_pointer()
        hint = ir.IntType(32)
        pointer = builder.inttoptr(arguments[0], byte_pointer)
        function = builder.module.declare_intrinsic(
            "llvm.prefetch", [byte_pointer], ir.FunctionType(ir.VoidType(), [byte_pointer, hint, hint, hint])
        )
        builder.call(function, [pointer, hint(1), hint(3), hint(1)])
        return context.get_dummy_value()

    return types.void(types.intp), generate


@njit(inline="always")
def add(a_lo, a_hi, b_lo, b_hi):  # type: ignore[no-untyped-def]
    """Return a + b."""
    low = a_lo + b_lo
    return low, a_hi + b_hi + (ONE if low < a_lo else ZERO)


@njit(inline="always")
def subtract(a_lo, a_hi, b_lo, b_hi):  # type: ignore[no-untyped-def]
    """Return a - b for a >= b (else wrapped)."""
    return a_lo - b_lo, a_hi - b_hi - (ONE if a_lo < b_lo else ZERO)


@njit(inline="always")
def less(a_lo, a_hi, b_lo, b_hi):  # type: ignore[no-untyped-def]
    """Tell whether a < b."""
    return a_hi < b_hi or (a_hi == b_hi and a_lo < b_lo)


@njit(inline="always")
def as_float(lo, hi):  # type: ignore[no-untyped-def]
    """Return the nearest float, within one part in 2^52."""
    return np.float64(hi) * _TWO_64 + np.float64(lo)


@njit(cache=True)
def _from_float(value):  # type: ignore[no-untyped-def]
    """Return the whole part of a float in [0, 2^127) as (low, high)."""
    if value < 9.2e18:
        return np.uint64(np.int64(value)), ZERO
    high = np.uint64(np.int64(value / _TWO_64))
    rest = value - np.float64(high) * _TWO_64
    if rest >= 9.2e18:
        return np.uint64(np.int64(rest - 9.2e18)) + np.uint64(9200000000000000000), high
    return np.uint64(np.int64(rest)), high


@njit(cache=True)
def share(part_lo, part_hi, units_lo, units_hi, whole_lo, whole_hi):  # type: ignore[no-untyped-def]
    """Return part * units / whole, rounded half up; part <= whole, units <= whole, whole > 0."""
    if (part_lo | part_hi) == ZERO:
        return ZERO, ZERO
    if part_lo == whole_lo and part_hi == whole_hi:
        return units_lo, units_hi
    if units_lo == whole_lo and units_hi == whole_hi:
        return part_lo, part_hi
    if whole_hi == ZERO:
        return _share_64(part_lo, units_lo, whole_lo), ZERO
    return _share_128(part_lo, part_hi, units_lo, units_hi, whole_lo, whole_hi)


@njit(cache=True)
def _share_64(part, units, whole):  # type: ignore[no-untyped-def]
    """The case of a whole below 2^64: one estimate in floats, then exact corrections in 128 bits."""
    product_lo, product_hi = multiply(part, units)
    quotient = ZERO
    rest_lo, rest_hi = product_lo, product_hi
    while rest_hi != ZERO or rest_lo >= whole:
        step, _ = _from_float(as_float(rest_lo, rest_hi) / np.float64(whole) * _BELOW)
        if step == ZERO:
            step = ONE
        quotient += step
        taken_lo, taken_hi = multiply(step, whole)
        rest_lo, rest_hi = subtract(rest_lo, rest_hi, taken_lo, taken_hi)
    if rest_lo >= whole - rest_lo:
        quotient += ONE
    return quotient


@njit(cache=True)
def _multiply_128(a_lo, a_hi, b_lo, b_hi):  # type: ignore[no-untyped-def]
    """Return the 256-bit product as four halves, lowest first."""
    ll_lo, ll_hi = multiply(a_lo, b_lo)
    lh_lo, lh_hi = multiply(a_lo, b_hi)
    hl_lo, hl_hi = multiply(a_hi, b_lo)
    hh_lo, hh_hi = multiply(a_hi, b_hi)
    middle_lo, middle_hi = add(lh_lo, lh_hi, hl_lo, hl_hi)
    middle_lo, middle_hi = add(middle_lo, middle_hi, ll_hi, ZERO)
    top_lo, top_hi = add(hh_lo, hh_hi, middle_hi, ZERO)
    return ll_lo, middle_lo, top_lo, top_hi


@njit(cache=True)
def _share_128(part_lo, part_hi, units_lo, units_hi, whole_lo, whole_hi):  # type: ignore[no-untyped-def]
    """The general case: 256-bit products, about 50 bits of the quotient at a time."""
    r0, r1, r2, r3 = _multiply_128(part_lo, part_hi, units_lo, units_hi)
    quotient_lo, quotient_hi = ZERO, ZERO
    whole = as_float(whole_lo, whole_hi)
    while r2 != ZERO or r3 != ZERO or not less(r0, r1, whole_lo, whole_hi):
        rest = as_float(r2, r3) * _TWO_64 * _TWO_64 + as_float(r0, r1)
        step_lo, step_hi = _from_float(rest / whole * _BELOW)
        if (step_lo | step_hi) == ZERO:
            step_lo = ONE
        quotient_lo, quotient_hi = add(quotient_lo, quotient_hi, step_lo, step_hi)
        t0, t1, t2, t3 = _multiply_128(step_lo, step_hi, whole_lo, whole_hi)
        borrow = ONE if less(r0, r1, t0, t1) else ZERO
        r0, r1 = subtract(r0, r1, t0, t1)
        r2, r3 = subtract(r2, r3, t2, t3)
        r2, r3 = subtract(r2, r3, borrow, ZERO)
    other_lo, other_hi = subtract(whole_lo, whole_hi, r0, r1)
    if not less(r0, r1, other_lo, other_hi):
        quotient_lo, quotient_hi = add(quotient_lo, quotient_hi, ONE, ZERO)
    return quotient_lo, quotient_hi
