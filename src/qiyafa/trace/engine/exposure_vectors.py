"""The steps of exposure lanes as vector instructions: sixteen categories at once, as in `vectors`."""

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from qiyafa.trace.engine.vectors import LANES

_ALIGNMENT = 64
_HOPS_ALIGNMENT = 16
UNREACHED = 255
MOST_HOPS = 254
"""Hops fit a byte; a longer way counts as so many."""


@intrinsic
def carry_lanes(typing_context: Any, payer: Any, payee: Any, counted: Any, share: Any, left: Any) -> Any:
    """Move a share of the payer's lanes to the payee and count it as received. Of the payer's, `left` remains.

    Payer, payee and counter are given by their address; a counter of 0 counts nothing.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        lanes = ir.VectorType(ir.DoubleType(), LANES)
        payer, payee, counted = (builder.inttoptr(address, lanes.as_pointer()) for address in arguments[:3])
        share, left = (_repeated(builder, lanes, number) for number in arguments[3:])
        held = builder.load(payer, align=_ALIGNMENT)
        moved = builder.fmul(held, share)
        builder.store(builder.fmul(held, left), payer, align=_ALIGNMENT)
        builder.store(builder.fadd(builder.load(payee, align=_ALIGNMENT), moved), payee, align=_ALIGNMENT)
        with builder.if_then(_is_set(builder, arguments[2])):
            builder.store(builder.fadd(builder.load(counted, align=_ALIGNMENT), moved), counted, align=_ALIGNMENT)
        return context.get_dummy_value()

    return types.void(types.intp, types.intp, types.intp, types.float64, types.float64), generate


@intrinsic
def draw_lanes(typing_context: Any, payer: Any, payee: Any, counted: Any, share: Any, left: Any, units: Any) -> Any:
    """Go back over a payment: the payer's lanes become `left` of their own and a share of the payee's; what the units
    will bring is counted as sent.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        lanes = ir.VectorType(ir.DoubleType(), LANES)
        payer, payee, counted = (builder.inttoptr(address, lanes.as_pointer()) for address in arguments[:3])
        share, left, units = (_repeated(builder, lanes, number) for number in arguments[3:])
        ahead = builder.load(payee, align=_ALIGNMENT)
        own = builder.fmul(builder.load(payer, align=_ALIGNMENT), left)
        builder.store(builder.fadd(own, builder.fmul(ahead, share)), payer, align=_ALIGNMENT)
        with builder.if_then(_is_set(builder, arguments[2])):
            sent = builder.fmul(ahead, units)
            builder.store(builder.fadd(builder.load(counted, align=_ALIGNMENT), sent), counted, align=_ALIGNMENT)
        return context.get_dummy_value()

    return types.void(types.intp, types.intp, types.intp, types.float64, types.float64, types.float64), generate


@intrinsic
def nearer_lanes(typing_context: Any, near: Any, far: Any, step: Any) -> Any:
    """Make the sixteen hop counts at `far` at most those at `near` and a step; unreached stays unreached."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        lanes = ir.VectorType(ir.IntType(8), LANES)
        near, far = (builder.inttoptr(address, lanes.as_pointer()) for address in arguments[:2])
        step = _repeated(builder, lanes, builder.trunc(arguments[2], ir.IntType(8)))
        most = ir.Constant(lanes, [MOST_HOPS] * LANES)
        hops = builder.load(near, align=_HOPS_ALIGNMENT)
        grown = builder.select(builder.icmp_unsigned("<", hops, most), builder.add(hops, step), hops)
        known = builder.load(far, align=_HOPS_ALIGNMENT)
        fewer = builder.select(builder.icmp_unsigned("<", grown, known), grown, known)
        builder.store(fewer, far, align=_HOPS_ALIGNMENT)
        return context.get_dummy_value()

    return types.void(types.intp, types.intp, types.int64), generate


def _is_set(builder: Any, address: Any) -> Any:
    return builder.icmp_unsigned("!=", address, ir.Constant(address.type, 0))


def _repeated(builder: Any, lanes: ir.VectorType, number: Any) -> Any:
    """Return a vector with one number in every lane."""
    nothing = ir.Constant(lanes, ir.Undefined)
    first = builder.insert_element(nothing, number, ir.Constant(ir.IntType(32), 0))
    return builder.shuffle_vector(first, nothing, ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES))
