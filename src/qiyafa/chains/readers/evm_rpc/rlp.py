"""Ethereum's serialization and the tree that its roots are of (yellow paper, appendices B, C and D)."""

from collections.abc import Sequence
from typing import TypeAlias

from qiyafa.chains.keccak import keccak256

Item: TypeAlias = bytes | Sequence["Item"]

_SHORT = 55
_TEXT, _LIST = 0x80, 0xC0
_SHORT_TEXT = tuple(bytes([_TEXT + size]) for size in range(_SHORT + 1))
_HASH_SIZE = 32
_LEAF_FLAG, _ODD_FLAG = 2, 1
_CHILDREN = 16


def encoded(item: Item) -> bytes:
    """Return an item by the recursive length prefix."""
    if isinstance(item, bytes):
        size = len(item)
        if size <= _SHORT:
            return item if size == 1 and item[0] < _TEXT else _SHORT_TEXT[size] + item
        return _prefix(size, _TEXT) + item
    body = b"".join([encoded(one) for one in item])
    return _prefix(len(body), _LIST) + body


def integer(number: int) -> bytes:
    """Return a whole number as the bytes that stand for it: no leading zeros, nothing for 0."""
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def ordered_root(values: Sequence[bytes]) -> bytes:
    """Return the root of the tree that holds values under their numbers from 0 on."""
    leaves = sorted((_nibbles(encoded(integer(place))), value) for place, value in enumerate(values))
    return keccak256(encoded(_node(leaves, 0) if leaves else b""))


def _prefix(size: int, kind: int) -> bytes:
    if size <= _SHORT:
        return bytes([kind + size])
    digits = integer(size)
    return bytes([kind + _SHORT + len(digits)]) + digits


def _nibbles(key: bytes) -> bytes:
    return bytes(nibble for byte in key for nibble in (byte >> 4, byte & 15))


def _node(leaves: Sequence[tuple[bytes, bytes]], depth: int) -> list[Item]:
    """Return the node over leaves whose keys agree up to a depth. No key begins another, so branches have no value."""
    first, last = leaves[0][0], leaves[-1][0]
    if len(leaves) == 1:
        return [_path(first[depth:], is_leaf=True), leaves[0][1]]
    shared = depth
    while first[shared] == last[shared]:
        shared += 1
    if shared > depth:
        return [_path(first[depth:shared], is_leaf=False), _reference(_node(leaves, shared))]
    children: list[Item] = [b""] * (_CHILDREN + 1)
    begin = 0
    while begin < len(leaves):
        nibble, end = leaves[begin][0][depth], begin
        while end < len(leaves) and leaves[end][0][depth] == nibble:
            end += 1
        children[nibble] = _reference(_node(leaves[begin:end], depth + 1))
        begin = end
    return children


def _reference(node: list[Item]) -> Item:
    """Return a node as its parent holds it: itself if it is short, else its hash."""
    body = encoded(node)
    return node if len(body) < _HASH_SIZE else keccak256(body)


def _path(nibbles: bytes, *, is_leaf: bool) -> bytes:
    """Return nibbles packed into bytes, behind a flag for leaves and one for odd numbers (hex prefix)."""
    flag = _LEAF_FLAG * is_leaf
    whole = bytes([flag | _ODD_FLAG]) + nibbles if len(nibbles) % 2 else bytes([flag, 0]) + nibbles
    return bytes(high << 4 | low for high, low in zip(whole[::2], whole[1::2], strict=True))
