"""Values of a node's answer as the bytes that Ethereum serializes: what a hash or a root is computed of.

Sources: yellow paper; EIP-2718, 2930, 1559, 4844, 7702.
"""

from collections.abc import Sequence

import numpy as np

from qiyafa.chains.json_scan import ARRAY, END, NULL, OBJECT, START, STRING
from qiyafa.chains.json_tape import ABSENT, Tape
from qiyafa.chains.readers.evm_rpc.batch import Batch
from qiyafa.chains.readers.evm_rpc.fields import Objects
from qiyafa.chains.readers.evm_rpc.rlp import Item, encoded
from qiyafa.model.columns import I64

_TO_DATA = ("to", "value:", "input")
_FEE_CAPS = ("maxPriorityFeePerGas:", "maxFeePerGas:", "gas:")
_SIGNATURE = ("yParity:", "r:", "s:")
_TRANSACTIONS = {
    0: ("nonce:", "gasPrice:", "gas:", *_TO_DATA, "v:", "r:", "s:"),
    1: ("chainId:", "nonce:", "gasPrice:", "gas:", *_TO_DATA, "accessList", *_SIGNATURE),
    2: ("chainId:", "nonce:", *_FEE_CAPS, *_TO_DATA, "accessList", *_SIGNATURE),
    3: (
        *("chainId:", "nonce:", *_FEE_CAPS, *_TO_DATA, "accessList"),
        *("maxFeePerBlobGas:", "blobVersionedHashes", *_SIGNATURE),
    ),
    4: ("chainId:", "nonce:", *_FEE_CAPS, *_TO_DATA, "accessList", "authorizationList", *_SIGNATURE),
}
"""By type: the fields in their order; a colon marks numbers."""
_LISTS = {
    "accessList": ("address", "storageKeys"),
    "authorizationList": ("chainId:", "address", "nonce:", "yParity:", "r:", "s:"),
    "blobVersionedHashes": (),
    "storageKeys": (),
    "topics": (),
}
"""Fields that are lists, and of what each of their objects is made."""
_LOG = ("address", "topics", "data")
_EVERY_FIELD = ("type:", *dict.fromkeys(name for names in _TRANSACTIONS.values() for name in names))

Values = list[Item | None]


class Serializer:
    """Takes values out of one text."""

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        self._text = tape.data.tobytes().decode("latin-1")

    def columns(self, objects: Objects, names: Sequence[str]) -> dict[str, Values]:
        """Return the values of fields, None where they are missing. Raises Unavailable for what is no hex."""
        fields = objects.read(tuple(name.rstrip(":") for name in names))
        return {name: self._column(objects, name, fields.columns[name.rstrip(":")]) for name in names}

    def _column(self, objects: Objects, name: str, entries: I64) -> Values:
        if name in _LISTS:
            found = enumerate(entries.tolist())
            return [None if self.tape.is_null(entry) else self._list(objects, row, name, entry) for row, entry in found]
        values: Values = []
        is_number = name.endswith(":")
        kinds = np.where(entries == ABSENT, NULL, self.tape.kinds[entries]).tolist()
        starts, ends = self.tape.starts[entries].tolist(), self.tape.ends[entries].tolist()
        for row, (kind, start, end) in enumerate(zip(kinds, starts, ends, strict=True)):
            value = self._value(start, end, is_number=is_number) if kind == STRING else None
            if kind == STRING and value is None:
                raise objects.lie(row, name.rstrip(":"), int(entries[row]))
            values.append(value)
        return values

    def items(self, objects: Objects, row: int, holder: int, names: Sequence[str]) -> list[Item]:
        """Return the fields of one object in their order. Raises Unavailable if one is missing or no hex."""
        entries = self.tape.members(np.array([holder]), tuple(name.rstrip(":") for name in names))[0].tolist()
        return [self._item(objects, row, name, entry) for name, entry in zip(names, entries, strict=True)]

    def _item(self, objects: Objects, row: int, name: str, entry: int) -> Item:
        if name in _LISTS:
            return self._list(objects, row, name, entry)
        value = None
        if entry != ABSENT and self.tape.kind(entry) == STRING:
            start, end = int(self.tape.marks[entry, START]), int(self.tape.marks[entry, END])
            value = self._value(start, end, is_number=name.endswith(":"))
        if value is None:
            raise objects.lie(row, name.rstrip(":"), entry)
        return value

    def _list(self, objects: Objects, row: int, name: str, entry: int) -> Item:
        if entry == ABSENT or self.tape.kind(entry) != ARRAY:
            raise objects.lie(row, name, entry)
        inside: list[Item] = []
        for one in self.tape.elements(entry).tolist():
            if self.tape.kind(one) == OBJECT and _LISTS[name]:
                inside.append(self.items(objects, row, one, _LISTS[name]))
            else:
                inside.append(self._item(objects, row, f"{name} item", one))
        return inside

    def _value(self, start: int, end: int, *, is_number: bool) -> bytes | None:
        """Return hexadecimal text as bytes, a number without leading zeros; None if it is none."""
        digits = self._text[start + 2 : end]
        if is_number:
            digits = digits.lstrip("0")
            digits = "0" + digits if len(digits) % 2 else digits
        try:
            return bytes.fromhex(digits) if self._text.startswith("0x", start) else None
        except ValueError:
            return None


def transaction_bodies(batch: Batch, serializer: Serializer) -> list[bytes | None]:
    """Return each transaction as its hash is computed of; None for types that are not Ethereum's own."""
    objects = batch.transactions.objects
    columns = serializer.columns(objects, _EVERY_FIELD)
    # Older nodes give the parity as v, and leave the receiver of a creation out.
    parity = zip(columns["yParity:"], columns["v:"], strict=True)
    columns["yParity:"] = [v if given is None else given for given, v in parity]
    columns["to"] = [b"" if value is None else value for value in columns["to"]]
    bodies: list[bytes | None] = []
    for row, type_ in enumerate(columns["type:"]):
        kind = int.from_bytes(type_, "big") if isinstance(type_, bytes) else 0
        if kind not in _TRANSACTIONS:
            bodies.append(None)
            continue
        items: list[Item] = []
        for name in _TRANSACTIONS[kind]:
            value = columns[name][row]
            if value is None:
                raise objects.lie(row, name.rstrip(":"), ABSENT)
            items.append(value)
        bodies.append(_typed(kind, items))
    return bodies


def receipt_bodies(batch: Batch, serializer: Serializer) -> list[bytes]:
    """Return each receipt as the root of receipts is computed of."""
    objects, tape = batch.receipts.objects, serializer.tape
    columns = serializer.columns(objects, ("type:", "status:", "root", "cumulativeGasUsed:", "logsBloom"))
    bodies = []
    for row, logs in enumerate(batch.receipts.columns["logs"].tolist()):
        type_, status, root = columns["type:"][row], columns["status:"][row], columns["root"][row]
        gas, bloom = columns["cumulativeGasUsed:"][row], columns["logsBloom"][row]
        outcome = root if status is None else status
        for name, value in (("status", outcome), ("cumulativeGasUsed", gas), ("logsBloom", bloom)):
            if value is None:
                raise objects.lie(row, name, ABSENT)
        listed: list[Item] = [serializer.items(objects, row, log, _LOG) for log in tape.elements(logs).tolist()]
        kind = int.from_bytes(type_, "big") if isinstance(type_, bytes) else 0
        bodies.append(_typed(kind, [outcome or b"", gas or b"", bloom or b"", listed]))
    return bodies


def _typed(kind: int, items: list[Item]) -> bytes:
    """Return a list behind its type (EIP-2718); the oldest type has no number."""
    return (bytes([kind]) if kind else b"") + encoded(items)
