"""Values of Esplora's JSON, checked one by one. What cannot be meant raises BadAnswerError."""

import re
from collections.abc import Mapping

from qiyafa.chains.http_client import BadAnswerError

_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)
_HEX = re.compile(r"([0-9a-f]{2})*", re.ASCII)

Entry = Mapping[str, object]


def entry_in(value: object, name: str) -> Entry:
    """Return an object."""
    if not isinstance(value, dict):
        raise _bad(name, value)
    return value


def entries_in(entry: Entry, name: str) -> list[Entry]:
    """Return a list of objects."""
    values = entry.get(name)
    if not isinstance(values, list):
        raise _bad(name, values)
    return [entry_in(value, name) for value in values]


def whole_in(entry: Entry, name: str, most: int) -> int:
    """Return a whole number from 0 on."""
    value = entry.get(name)
    if type(value) is not int or not 0 <= value <= most:
        raise _bad(name, value)
    return value


def signed_in(entry: Entry, name: str, bits: int) -> int:
    """Return a number that is written with or without a sign, as it stands in so many bits."""
    value = entry.get(name)
    if type(value) is not int or not -(1 << (bits - 1)) <= value < 1 << bits:
        raise _bad(name, value)
    return value % (1 << bits)


def hash_in(entry: Entry, name: str) -> str:
    """Return a hash of 32 bytes in lower case."""
    value = entry.get(name)
    if not isinstance(value, str) or not _HASH.fullmatch(value):
        raise _bad(name, value)
    return value


def bytes_in(entry: Entry, name: str) -> bytes:
    """Return bytes that are written in hexadecimal."""
    value = entry.get(name)
    if not isinstance(value, str) or not _HEX.fullmatch(value):
        raise _bad(name, value)
    return bytes.fromhex(value)


def _bad(name: str, value: object) -> BadAnswerError:
    return BadAnswerError("pull.problem.field", field=name, value=str(value)[:80])
