"""The MimbleWimble extension block behind a Litecoin block's last transaction (LIP-0002).

What moves inside it is hidden and never traced; what goes in and out are outputs and inputs of ordinary transactions.
Read of it is what shows that it is one and belongs here: its mark, its height and the fixed part of its header.
"""

from qiyafa.chains.outputs.byte_reader import ByteReader, CutError

_HASHES, _HASH_BYTES = 5, 32
"""Roots of outputs, kernels and leaves, and two offsets."""


def is_extension_block(rest: bytes, height: int) -> bool:
    """Tell whether the bytes behind the last transaction are the extension block of a height, or say there is none."""
    if rest == b"\0":
        return True
    reader = ByteReader(rest)
    try:
        is_there = reader.number(1)
        stated_height = reader.variable_integer()
        reader.take(_HASHES * _HASH_BYTES)
        reader.variable_integer()
        reader.variable_integer()
    except CutError:
        return False
    return is_there == 1 and stated_height == height
