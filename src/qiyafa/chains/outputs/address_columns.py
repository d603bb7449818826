"""The owners of many locking scripts at once: the address of each, or its script hash, as one column of texts.

The same rules as `addresses.py` and `bech32.py`, compiled.
"""

from typing import Final, NamedTuple

import numpy as np

from qiyafa.chains.outputs.addresses import SCRIPT_HASH, AddressVersions
from qiyafa.chains.outputs.bech32 import ALPHABET, BECH32, BECH32M, CHECKSUM_DIGITS, checksum_of, prefix_digits
from qiyafa.chains.outputs.scripts import ScriptType, script_type, witness_version
from qiyafa.chains.outputs.sha256 import HASH_BYTES, new_state, sha256, sha256d
from qiyafa.model.columns import I64, U8, U64
from qiyafa.trace.engine.compiled import compiled

_LONGEST = 80
"""Of any owner's text: `scripthash:` and 64 digits is 75; a segwit address with a prefix of 4 is at most 76."""
_P2PKH, _P2SH, _P2TR = int(ScriptType.P2PKH), int(ScriptType.P2SH), int(ScriptType.P2TR)
_P2WPKH, _P2WSH, _WITNESS = int(ScriptType.P2WPKH), int(ScriptType.P2WSH), int(ScriptType.WITNESS_UNKNOWN)

_BASE58: Final = np.frombuffer(b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz", np.uint8)
_BECH32: Final = np.frombuffer(ALPHABET.encode(), np.uint8)
_HEX: Final = np.frombuffer(b"0123456789abcdef", np.uint8)
_SCRIPT_HASH: Final = np.frombuffer(SCRIPT_HASH.encode(), np.uint8)

_PAYLOAD, _WHOLE = 21, 25
_GROUPS = 7
"""25 bytes are seven limbs of 32 bits, and at most 35 digits of Base58, which are seven groups of five."""
_BASE, _GROUP_BASE, _BYTE = np.uint64(58), np.uint64(58**5), np.uint64(8)
_LIMB_GROUPS: Final = np.array(
    [
        [2 ** (32 * (_GROUPS - 1 - limb)) // 58 ** (5 * (_GROUPS - 1 - group)) % 58**5 for group in range(_GROUPS)]
        for limb in range(_GROUPS)
    ],
    np.uint64,
)
"""What one unit of each limb is in groups. Seven limbs (the first a single byte) times groups fit 64 bits together."""


_REMAINDERS: Final = np.array([checksum_of((0, 0), top << 20) for top in range(1 << 10)], np.int64)


class AddressRules(NamedTuple):
    """What the compiled loops need of `AddressVersions`."""

    pubkey_hash: int
    script_hash: int
    segwit: U8
    """Prefix of segwit addresses; empty where the chain has none."""
    checksum_start: int
    """BIP173's checksum of that prefix."""


class Texts(NamedTuple):
    """A column of texts: end to end in one byte array."""

    data: U8
    ends: I64
    """One entry more than there are texts, the first 0: text i is data[ends[i] : ends[i + 1]]."""


class _Desk(NamedTuple):
    """Memory that the loops use again for each text."""

    whole: U8
    """Payload and checksum of a Base58 address; also any hash."""
    digits: U8
    groups: U64
    state: U8
    remainders: I64
    """What BIP173's checksum adds for each value of its ten highest bits, when it takes two digits at once."""


def address_rules(versions: AddressVersions) -> AddressRules:
    """Return a network's address versions for the compiled loops."""
    return AddressRules(
        versions.pubkey_hash,
        versions.script_hash,
        np.frombuffer(versions.segwit.encode(), np.uint8),
        checksum_of(prefix_digits(versions.segwit)),
    )


def owners_of(data: U8, starts: I64, sizes: I64, rules: AddressRules) -> tuple[U8, Texts]:
    """Return the `ScriptType` and the owner of each script data[start : start + size].

    A negative size stands for a script that is not known; its type is 0 and its owner the empty text.
    """
    data = data.view()
    data.flags.writeable = False  # One type of array, so that the loops are compiled once.
    count = len(starts)
    kinds, text = np.zeros(count, np.uint8), np.empty(count * _LONGEST, np.uint8)
    ends = np.zeros(count + 1, np.int64)
    used = _write_owners(data, starts, sizes, rules, (kinds, text, ends), _desk())
    return kinds, Texts(text[:used], ends)


def _desk() -> _Desk:
    return _Desk(
        whole=np.zeros(_WHOLE - 4 + HASH_BYTES, np.uint8),
        digits=np.zeros(_LONGEST, np.uint8),
        groups=np.zeros(_GROUPS, np.uint64),
        state=new_state(),
        remainders=_REMAINDERS,
    )


@compiled
def _write_owners(
    data: U8, starts: I64, sizes: I64, rules: AddressRules, columns: tuple[U8, U8, I64], desk: _Desk
) -> int:
    kinds, text, ends = columns
    at = ends[0]  # 0, but no literal, for which everything below would be compiled once more.
    for i in range(len(starts)):
        start, size = starts[i], sizes[i]
        if size < 0:
            ends[i + 1] = at
            continue
        kind = script_type(data, start, size, len(rules.segwit) > 0)
        kinds[i] = kind
        if kind == _P2PKH:
            at = _write_base58(data, start + 3, rules.pubkey_hash, text, at, desk)
        elif kind == _P2SH:
            at = _write_base58(data, start + 2, rules.script_hash, text, at, desk)
        elif kind in (_P2WPKH, _P2WSH, _P2TR, _WITNESS):
            at = _write_segwit(data, start, size, rules, text, at, desk)
        else:
            at = _write_script_hash(data, start, size, text, at, desk)
        ends[i + 1] = at
    written: int = at
    return written


@compiled
def _write_base58(data: U8, start: int, version: int, text: U8, at: int, desk: _Desk) -> int:
    """Write version, 20 bytes and checksum in Base58; return where the text ends."""
    whole, groups, digits = desk.whole, desk.groups, desk.digits
    whole[0] = version
    for i in range(_PAYLOAD - 1):
        whole[1 + i] = data[start + i]
    sha256d(whole, 0, _PAYLOAD, whole, _PAYLOAD, desk.state)
    groups[:] = 0
    for i in range(_GROUPS):
        limb = np.uint64(0)
        for j in range(max(4 * i - 3, 0), 4 * i + 1):
            limb = limb << _BYTE | np.uint64(whole[j])
        for group in range(_GROUPS):
            groups[group] += limb * _LIMB_GROUPS[i, group]
    for group in range(_GROUPS - 1, -1, -1):
        value = groups[group]
        if group:
            groups[group - 1] += value // _GROUP_BASE
            value %= _GROUP_BASE
        for i in range(5):
            digits[5 * (_GROUPS - 1 - group) + i] = value % _BASE
            value //= _BASE
    count = 5 * _GROUPS
    while count and digits[count - 1] == 0:
        count -= 1
    zeros = 0
    while zeros < _WHOLE and whole[zeros] == 0:
        text[at] = _BASE58[0]
        at += 1
        zeros += 1
    for i in range(count):
        text[at + i] = _BASE58[digits[count - 1 - i]]
    return at + count


@compiled
def _write_segwit(data: U8, start: int, size: int, rules: AddressRules, text: U8, at: int, desk: _Desk) -> int:
    """Write the address of the witness program of a script; return where the text ends."""
    digits = desk.digits
    version = witness_version(data[start])
    digits[0] = version
    count, bits, held = 1, 0, 0
    for i in range(start + 2, start + size):
        held = (held << 8 | data[i]) & 0xFFF
        bits += 8
        while bits >= 5:
            bits -= 5
            digits[count] = held >> bits & 31
            count += 1
    if bits:
        digits[count] = held << (5 - bits) & 31
        count += 1
    for i in range(count, count + CHECKSUM_DIGITS):
        digits[i] = 0
    remainder, first = rules.checksum_start, (count + CHECKSUM_DIGITS) % 2
    if first:
        remainder = (remainder & 0x1FFFFFF) << 5 ^ digits[0] ^ desk.remainders[remainder >> 25]
    for i in range(first, count + CHECKSUM_DIGITS, 2):
        pair = np.int64(digits[i]) << 5 | digits[i + 1]
        remainder = (remainder & 0xFFFFF) << 10 ^ pair ^ desk.remainders[remainder >> 20]
    remainder ^= BECH32M if version else BECH32
    for letter in rules.segwit:
        text[at] = letter
        at += 1
    text[at] = ord("1")
    at += 1
    for i in range(count):
        text[at + i] = _BECH32[digits[i]]
    at += count
    for i in range(CHECKSUM_DIGITS):
        text[at + i] = _BECH32[remainder >> 5 * (CHECKSUM_DIGITS - 1 - i) & 31]
    return at + CHECKSUM_DIGITS


@compiled
def _write_script_hash(data: U8, start: int, size: int, text: U8, at: int, desk: _Desk) -> int:
    """Write `scripthash:` and the hash of a script, its bytes reversed; return where the text ends."""
    sha256(data, start, size, desk.whole, 0, desk.state)
    for letter in _SCRIPT_HASH:
        text[at] = letter
        at += 1
    for i in range(HASH_BYTES):
        byte = desk.whole[HASH_BYTES - 1 - i]
        text[at + 2 * i] = _HEX[byte >> 4]
        text[at + 2 * i + 1] = _HEX[byte & 15]
    return at + 2 * HASH_BYTES
