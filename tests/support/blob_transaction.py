"""A signed transaction that carries an empty blob (EIP-4844): nodes make every other type themselves, but not this."""

import hashlib

from qiyafa.chains.keccak import keccak256
from qiyafa.chains.readers.evm_rpc.rlp import Item, encoded, integer

_FIELD = 2**256 - 2**32 - 977
_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
_BASE = (
    0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
    0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8,
)
_KEY = 0xAC0974BEC39A17E36BA4A6B4D238FF944BACB478CBED5EFCAE784D7BF4F2FF80
"""The published key of the first account of every test chain."""
_INFINITY = b"\xc0" + bytes(47)
"""Commitment and proof of a blob of zeros: the point at infinity."""
_BLOB_BYTES = 1 << 17


def blob_transaction(chain_id: int, nonce: int, target: str, units: int) -> str:
    """Return a raw transaction of the first account, with its blob, in hexadecimal."""
    versioned_hash = b"\x01" + hashlib.sha256(_INFINITY).digest()[1:]
    gwei = 10**9
    numbers = [integer(one) for one in (chain_id, nonce, gwei, 100 * gwei, 21_000)]
    payload: list[Item] = [
        *numbers,
        bytes.fromhex(target[2:]),
        integer(units),
        b"",
        [],
        integer(gwei),
        [versioned_hash],
    ]
    parity, r, s = _signature(keccak256(b"\x03" + encoded(payload)))
    payload += [integer(parity), integer(r), integer(s)]
    return "0x03" + encoded([payload, [bytes(_BLOB_BYTES)], [_INFINITY], [_INFINITY]]).hex()


def _signature(digest: bytes) -> tuple[int, int, int]:
    """Return parity, r and s (SEC 1, section 4.1.3; the low s of EIP-2). The number once used is no secret here."""
    once = int.from_bytes(keccak256(digest), "big") % _ORDER
    x, y = _times(once, _BASE)
    r = x % _ORDER
    s = pow(once, -1, _ORDER) * (int.from_bytes(digest, "big") + r * _KEY) % _ORDER
    return (y & 1, r, s) if s <= _ORDER // 2 else ((y & 1) ^ 1, r, _ORDER - s)


def _times(number: int, point: tuple[int, int]) -> tuple[int, int]:
    found: tuple[int, int] | None = None
    while number:
        if number & 1:
            found = point if found is None else _sum(found, point)
        point, number = _sum(point, point), number >> 1
    assert found is not None
    return found


def _sum(left: tuple[int, int], right: tuple[int, int]) -> tuple[int, int]:
    if left == right:
        slope = 3 * left[0] ** 2 * pow(2 * left[1], -1, _FIELD)
    else:
        slope = (right[1] - left[1]) * pow(right[0] - left[0], -1, _FIELD)
    x = (slope * slope - left[0] - right[0]) % _FIELD
    return x, (slope * (left[0] - x) - left[1]) % _FIELD
