"""The outputs that a block spends, as a node states them, in one plain form.

The form: in the order of the block's inputs, coinbase left out, the units of each spent output in 8 bytes and its
script behind its length (CompactSize), little-endian. Bitcoin Core writes them so in `/rest/spenttxouts/<hash>.bin`
(since 30; Knots since 29), with counts between them, and in words in `getblock` with verbosity 3 (since 23).
"""

from decimal import Decimal

_UNITS_PER_COIN = 10**8
_MOST_UNITS = 2**63 - 1
_UNITS_BYTES = 8
_LENGTH_BYTES = {0xFD: 2, 0xFE: 4, 0xFF: 8}


class BadSpentError(Exception):
    """The node's statement is no such list."""


def spent_in_binary(content: bytes) -> bytes:
    """Return the plain form of an answer of `/rest/spenttxouts`. Raises BadSpentError.

    The answer: how many transactions, and for each how many outputs it spends, then these; the coinbase spends none.
    """
    transactions, at = _length(content, 0)
    found = bytearray()
    for _ in range(min(transactions, len(content))):
        spent, at = _length(content, at)
        begin = at
        for _ in range(min(spent, len(content))):
            size, script = _length(content, at + _UNITS_BYTES)
            at = script + size
            if at > len(content):
                raise BadSpentError
        found += content[begin:at]
    if at != len(content):
        raise BadSpentError
    return bytes(found)


def spent_in_json(block: dict[str, object]) -> bytes | None:
    """Return the plain form of a block as `getblock` tells it, or None if it leaves them out. Raises BadSpentError."""
    found = bytearray()
    for transaction in _listed(block, "tx"):
        for one in _listed(transaction, "vin"):
            if isinstance(one, dict) and "coinbase" in one:
                continue
            spent = one.get("prevout") if isinstance(one, dict) else None
            if spent is None:
                return None
            found += _output(spent)
    return bytes(found)


def _output(spent: object) -> bytes:
    lock = spent.get("scriptPubKey") if isinstance(spent, dict) else None
    if not isinstance(spent, dict) or not isinstance(lock, dict):
        raise BadSpentError
    try:
        script = bytes.fromhex(str(lock.get("hex")))
        units = Decimal(str(spent.get("value"))) * _UNITS_PER_COIN
        # Before it becomes an integer: 1e999999999 would fill the memory.
        is_whole = 0 <= units <= _MOST_UNITS and units == units.to_integral_value()
    except (ValueError, ArithmeticError) as error:
        raise BadSpentError from error
    if not is_whole:
        raise BadSpentError
    return int(units).to_bytes(_UNITS_BYTES, "little") + _compact_size(len(script)) + script


def _listed(entry: object, name: str) -> list[object]:
    found = entry.get(name) if isinstance(entry, dict) else None
    if not isinstance(found, list):
        raise BadSpentError
    return found


def _length(content: bytes, at: int) -> tuple[int, int]:
    """Return the number at a place (CompactSize) and the place behind it."""
    if at >= len(content):
        raise BadSpentError
    extra = _LENGTH_BYTES.get(content[at], 0)
    behind = at + 1 + extra
    if behind > len(content):
        raise BadSpentError
    return int.from_bytes(content[at + 1 : behind] if extra else content[at : at + 1], "little"), behind


def _compact_size(number: int) -> bytes:
    if number < min(_LENGTH_BYTES):
        return bytes([number])
    marker, size = next((marker, size) for marker, size in _LENGTH_BYTES.items() if number < 1 << 8 * size)
    return bytes([marker]) + number.to_bytes(size, "little")
