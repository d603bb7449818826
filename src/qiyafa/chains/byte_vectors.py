"""Bytes taken many at a time by the compiled loops: words of eight, vectors of thirty-two.

Each takes the address of a byte and does not ask what is there: whoever calls sees to it that the bytes behind it are
the array's own. Vectors become what the machine has.
"""

from typing import Any, Final

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

VECTOR: Final = 32

_QUOTE, _BACKSLASH, _SPACE = 34, 92, 32


@intrinsic  # type: ignore[untyped-decorator]
def byte_at(typing_context: Any, address: Any) -> Any:
    """Return the byte at an address."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        byte = builder.load(builder.inttoptr(arguments[0], ir.IntType(8).as_pointer()))
        return builder.zext(byte, ir.IntType(64))

    return types.int64(types.intp), generate


@intrinsic  # type: ignore[untyped-decorator]
def number_at(typing_context: Any, address: Any) -> Any:
    """Return the number of 32 bits at an address."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        number = builder.load(builder.inttoptr(arguments[0], ir.IntType(32).as_pointer()), align=4)
        return builder.sext(number, ir.IntType(64))

    return types.int64(types.intp), generate


@intrinsic  # type: ignore[untyped-decorator]
def put_number(typing_context: Any, address: Any, number: Any) -> Any:
    """Write a number of 32 bits to an address."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        pointer = builder.inttoptr(arguments[0], ir.IntType(32).as_pointer())
        builder.store(builder.trunc(arguments[1], ir.IntType(32)), pointer, align=4)
        return context.get_dummy_value()

    return types.void(types.intp, types.int64), generate


@intrinsic  # type: ignore[untyped-decorator]
def word_at(typing_context: Any, address: Any) -> Any:
    """Return the eight bytes from an address on as one word, the first byte lowest."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.load(builder.inttoptr(arguments[0], ir.IntType(64).as_pointer()), align=1)

    return types.uint64(types.intp), generate


@intrinsic  # type: ignore[untyped-decorator]
def put_word(typing_context: Any, address: Any, word: Any) -> Any:
    """Write eight bytes from an address on, the lowest byte of the word first."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        pointer = builder.inttoptr(arguments[0], ir.IntType(64).as_pointer())
        builder.store(arguments[1], pointer, align=1)
        return context.get_dummy_value()

    return types.void(types.intp, types.uint64), generate


@intrinsic  # type: ignore[untyped-decorator]
def trailing_zeros(typing_context: Any, word: Any) -> Any:
    """Return how many of the lowest bits of a word that is not 0 are 0."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.uint64), generate


def _mask(builder: Any, bits: Any) -> Any:
    """Return a vector of bits as a word, the first bit lowest."""
    return builder.zext(builder.bitcast(bits, ir.IntType(VECTOR)), ir.IntType(64))


def _loaded(builder: Any, address: Any) -> Any:
    """Return the bytes from an address on as a vector."""
    return builder.load(builder.inttoptr(address, ir.VectorType(ir.IntType(8), VECTOR).as_pointer()), align=1)


@intrinsic  # type: ignore[untyped-decorator]
def string_stops_at(typing_context: Any, address: Any) -> Any:
    """Return which of thirty-two bytes a string cannot simply hold: quotes, backslashes, those below a space."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        found = _loaded(builder, arguments[0])
        quote, back, space = (ir.Constant(found.type, [byte] * VECTOR) for byte in (_QUOTE, _BACKSLASH, _SPACE))
        ends = builder.or_(builder.icmp_unsigned("==", found, quote), builder.icmp_unsigned("==", found, back))
        return _mask(builder, builder.or_(ends, builder.icmp_unsigned("<", found, space)))

    return types.uint64(types.intp), generate


@intrinsic  # type: ignore[untyped-decorator]
def not_hex_at(typing_context: Any, address: Any) -> Any:
    """Return which of the thirty-two bytes from an address on are no hexadecimal digits."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        found = _loaded(builder, arguments[0])
        zero, letter, small, ten, six = (ir.Constant(found.type, [byte] * VECTOR) for byte in (48, 97, 32, 10, 6))
        is_digit = builder.icmp_unsigned("<", builder.sub(found, zero), ten)
        is_letter = builder.icmp_unsigned("<", builder.sub(builder.or_(found, small), letter), six)
        return _mask(builder, builder.not_(builder.or_(is_digit, is_letter)))

    return types.uint64(types.intp), generate


@intrinsic  # type: ignore[untyped-decorator]
def put_small(typing_context: Any, target: Any, source: Any) -> Any:
    """Write the thirty-two bytes from an address on to another, with the bit set that tells small letters."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        found = _loaded(builder, arguments[1])
        pointer = builder.inttoptr(arguments[0], found.type.as_pointer())
        builder.store(builder.or_(found, ir.Constant(found.type, [_SPACE] * VECTOR)), pointer, align=1)
        return context.get_dummy_value()

    return types.void(types.intp, types.intp), generate


@intrinsic  # type: ignore[untyped-decorator]
def different_at(typing_context: Any, left: Any, right: Any) -> Any:
    """Return which of the thirty-two bytes from two addresses on are different."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        one, other = (_loaded(builder, address) for address in arguments)
        return _mask(builder, builder.icmp_unsigned("!=", one, other))

    return types.uint64(types.intp, types.intp), generate
