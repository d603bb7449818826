"""What a locking script is: its type by Bitcoin Core's rules (`script/solver.cpp`), and the payload of its address.

`op_return` is every script that begins with OP_RETURN, since none of them can be spent; Core calls those that go on
with anything but pushes non-standard.
"""

from enum import IntEnum
from typing import Final

from qiyafa.model.columns import U8
from qiyafa.trace.engine.compiled import compiled


class ScriptType(IntEnum):
    """The number of a script's type in columns."""

    NONSTANDARD = 0
    P2PK = 1
    MULTISIG = 2
    P2PKH = 3
    P2SH = 4
    P2WPKH = 5
    P2WSH = 6
    P2TR = 7
    OP_RETURN = 8
    WITNESS_UNKNOWN = 9


SCRIPT_TYPE_NAMES: Final = tuple(one.name.lower() for one in ScriptType)
"""By number: the names in the column `type`."""

_NONSTANDARD, _P2PK, _MULTISIG = int(ScriptType.NONSTANDARD), int(ScriptType.P2PK), int(ScriptType.MULTISIG)
_P2PKH, _P2SH, _P2WPKH = int(ScriptType.P2PKH), int(ScriptType.P2SH), int(ScriptType.P2WPKH)
_P2WSH, _P2TR = int(ScriptType.P2WSH), int(ScriptType.P2TR)
_RETURN, _WITNESS = int(ScriptType.OP_RETURN), int(ScriptType.WITNESS_UNKNOWN)

_OP_0, _OP_1, _OP_16, _OP_RETURN, _OP_DUP = 0x00, 0x51, 0x60, 0x6A, 0x76
_OP_EQUAL, _OP_EQUALVERIFY, _OP_HASH160, _OP_CHECKSIG, _OP_CHECKMULTISIG = 0x87, 0x88, 0xA9, 0xAC, 0xAE
_HASH, _WIDE_HASH, _SHORT_KEY, _LONG_KEY = 20, 32, 33, 65
_LEAST_PROGRAM, _MOST_PROGRAM = 2, 40
_MOST_KEYS = 20


@compiled
def script_type(data: U8, start: int, size: int, has_segwit: bool) -> int:
    """Return the `ScriptType` of the script in data[start : start + size]."""
    if size == 0:
        return _NONSTANDARD
    first, last = data[start], data[start + size - 1]
    if first == _OP_RETURN:
        return _RETURN
    if _is_pay_to_pubkey_hash(data, start, size):
        return _P2PKH
    if size == _HASH + 3 and first == _OP_HASH160 and data[start + 1] == _HASH and last == _OP_EQUAL:
        return _P2SH
    if has_segwit and _is_witness_program(data, start, size):
        return _witness_type(first, size - 2)
    if last == _OP_CHECKSIG and _is_key(data, start, size - 1):
        return _P2PK
    if last == _OP_CHECKMULTISIG and _is_multisig(data, start, size):
        return _MULTISIG
    return _NONSTANDARD


@compiled
def witness_version(opcode: int) -> int:
    """Return the number that OP_0 and OP_1 to OP_16 push."""
    return 0 if opcode == _OP_0 else opcode - _OP_1 + 1


@compiled
def _is_pay_to_pubkey_hash(data: U8, start: int, size: int) -> bool:
    return bool(
        size == _HASH + 5
        and data[start] == _OP_DUP
        and data[start + 1] == _OP_HASH160
        and data[start + 2] == _HASH
        and data[start + 23] == _OP_EQUALVERIFY
        and data[start + 24] == _OP_CHECKSIG
    )


@compiled
def _is_witness_program(data: U8, start: int, size: int) -> bool:
    """BIP141: a version, then one push of 2 to 40 bytes and nothing else."""
    opcode = data[start]
    return bool(
        _LEAST_PROGRAM + 2 <= size <= _MOST_PROGRAM + 2
        and (opcode == _OP_0 or _OP_1 <= opcode <= _OP_16)
        and data[start + 1] == size - 2
    )


@compiled
def _witness_type(opcode: int, program_size: int) -> int:
    if opcode == _OP_0:
        if program_size == _HASH:
            return _P2WPKH
        return _P2WSH if program_size == _WIDE_HASH else _NONSTANDARD
    return _P2TR if opcode == _OP_1 and program_size == _WIDE_HASH else _WITNESS


@compiled
def _is_key(data: U8, start: int, size: int) -> bool:
    """Tell whether a script's part is one push of a public key."""
    if size == _SHORT_KEY + 1:
        return bool(data[start] == _SHORT_KEY and (data[start + 1] == 2 or data[start + 1] == 3))
    kind = data[start + 1] if size == _LONG_KEY + 1 else 0
    return bool(size == _LONG_KEY + 1 and data[start] == _LONG_KEY and (kind == 4 or kind == 6 or kind == 7))


@compiled
def _is_multisig(data: U8, start: int, size: int) -> bool:
    """Tell whether a script is: least signatures, keys, number of keys, OP_CHECKMULTISIG."""
    end = start + size - 1
    needed, at = _small_number(data, start, end)
    keys = 0
    while 0 <= at < end and (data[at] == _SHORT_KEY or data[at] == _LONG_KEY):
        key_size = data[at] + 1
        if at + key_size > end or not _is_key(data, at, key_size):
            return False
        at += key_size
        keys += 1
    stated, at = _small_number(data, at, end)
    return bool(at == end and 1 <= needed <= keys == stated <= _MOST_KEYS)


@compiled
def _small_number(data: U8, at: int, end: int) -> tuple[int, int]:
    """Return a pushed number from 1 to 20 and where it ends, else 0 and -1."""
    if 0 <= at < end and _OP_1 <= data[at] <= _OP_16:
        return int(data[at]) - _OP_1 + 1, at + 1
    if 0 <= at < end - 1 and data[at] == 1 and 16 < data[at + 1] <= _MOST_KEYS:
        return int(data[at + 1]), at + 2
    return 0, -1
