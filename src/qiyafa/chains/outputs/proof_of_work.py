"""Whether a block's header is worth the work it claims: its hash, or its scrypt hash, must not exceed its target."""

import hashlib

from qiyafa.chains.outputs.network import Network, Proof

_MANTISSA_BITS, _SIGN = 23, 1 << 23
_SCRYPT_MEMORY = 1 << 18


def sha256d(data: bytes) -> bytes:
    """Return the SHA-256 of the SHA-256 of some bytes."""
    return hashlib.sha256(hashlib.sha256(data).digest()).digest()


def target_of(bits: int) -> int:
    """Return the target that a header's field `bits` stands for; 0, which nothing can meet, for what is none."""
    size, mantissa = bits >> 24, bits & 0xFFFFFF
    if mantissa & _SIGN or size > 34:
        return 0
    return mantissa << 8 * (size - 3) if size > 3 else mantissa >> 8 * (3 - size)


def work_of(target: int) -> int:
    """Return how many hashes it takes on average to meet a target."""
    return (1 << 256) // (target + 1)


def meets_target(header: bytes, target: int, network: Network) -> bool:
    """Tell whether 80 bytes of a header are worth a target."""
    if not 0 < target <= network.easiest_target:
        return False
    return int.from_bytes(_proof(header, network.proof), "little") <= target


def _proof(header: bytes, proof: Proof) -> bytes:
    if proof is Proof.SHA256D:
        return sha256d(header)
    return hashlib.scrypt(header, salt=header, n=1024, r=1, p=1, maxmem=_SCRYPT_MEMORY, dklen=32)
