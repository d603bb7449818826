"""Sixteen numbers at once: the steps of pro rata lanes, as vector instructions.

Compilers do not see that the lanes of payer and payee fit vector registers; written out the step takes half the time.
"""

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

LANES = 16
_ALIGNMENT = 64


@intrinsic
def pay_lanes(typing_context: Any, payer: Any, payee: Any, share: Any, kept: Any) -> Any:
    """Move a share of the payer's lanes to the payee, both given by their address; they may be one.

    `kept`: 1.0 adds to what the payee has, 0.0 forgets it; a factor costs less than a branch that is often
    mispredicted.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        lanes = ir.VectorType(ir.DoubleType(), LANES)
        payer, payee = (builder.inttoptr(address, lanes.as_pointer()) for address in arguments[:2])
        share, kept = (_repeated(builder, lanes, number) for number in arguments[2:])
        held = builder.load(payer, align=_ALIGNMENT)
        moved = builder.fmul(held, share)
        builder.store(builder.fsub(held, moved), payer, align=_ALIGNMENT)
        rest = builder.fmul(builder.load(payee, align=_ALIGNMENT), kept)
        builder.store(builder.fadd(rest, moved), payee, align=_ALIGNMENT)
        return context.get_dummy_value()

    return types.void(types.intp, types.intp, types.float64, types.float64), generate


@intrinsic
def add_lanes(typing_context: Any, source: Any, target: Any, weight: Any) -> Any:
    """Add the weighted lanes of one address to those of another."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        lanes = ir.VectorType(ir.DoubleType(), LANES)
        source, target = (builder.inttoptr(address, lanes.as_pointer()) for address in arguments[:2])
        added = builder.fmul(builder.load(source, align=_ALIGNMENT), _repeated(builder, lanes, arguments[2]))
        builder.store(builder.fadd(builder.load(target, align=_ALIGNMENT), added), target, align=_ALIGNMENT)
        return context.get_dummy_value()

    return types.void(types.intp, types.intp, types.float64), generate


def _repeated(builder: Any, lanes: ir.VectorType, number: Any) -> Any:
    """Return a vector with one number in every lane."""
    nothing = ir.Constant(lanes, ir.Undefined)
    first = builder.insert_element(nothing, number, ir.Constant(ir.IntType(32), 0))
    return builder.shuffle_vector(first, nothing, ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES))
