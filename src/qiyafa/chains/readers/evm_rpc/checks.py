"""Recomputes what a block's hash stands for, so that a node cannot make up blocks, transactions, receipts or logs.

The header's hash, each transaction's hash, the roots of transactions, receipts, withdrawals and uncles. What no hash
covers is compared: gas used with the cumulative gas, the price paid with the transaction's offer, blob gas with the
number of blobs. The sender of a transaction follows from its signature alone, and traces from running it again; both
are the node's word. A transaction of a type that is not Ethereum's own (deposits of rollups) cannot be recomputed;
the blocks that hold one are counted.
Sources: yellow paper; EIP-1559, 4895, 4844, 4788, 7685.
"""

from dataclasses import dataclass

import numpy as np

from qiyafa.chains.json_tape import ABSENT
from qiyafa.chains.keccak import keccak256
from qiyafa.chains.readers.evm_rpc.batch import Batch
from qiyafa.chains.readers.evm_rpc.fields import Objects
from qiyafa.chains.readers.evm_rpc.rewards import whole_numbers
from qiyafa.chains.readers.evm_rpc.rlp import Item, encoded, ordered_root
from qiyafa.chains.readers.evm_rpc.serialized import Serializer, Values, receipt_bodies, transaction_bodies
from qiyafa.model.errors import Unavailable

_HEADER = (
    *("parentHash", "sha3Uncles", "miner", "stateRoot", "transactionsRoot", "receiptsRoot", "logsBloom"),
    *("difficulty:", "number:", "gasLimit:", "gasUsed:", "timestamp:", "extraData", "mixHash", "nonce"),
)
"""The fields of a header in their order; a colon marks numbers."""
_LATER_HEADER = (
    *("baseFeePerGas:", "withdrawalsRoot", "blobGasUsed:", "excessBlobGas:", "parentBeaconBlockRoot", "requestsHash"),
)
"""Fields that forks added, each behind those before it."""
_WITHDRAWAL = ("index:", "validatorIndex:", "address", "amount:")
_GAS_A_BLOB = 1 << 17
_KNOWN_TYPES = range(5)


@dataclass(frozen=True, slots=True)
class _Header:
    """One header whose fields must be what is recomputed."""

    number: int
    values: dict[str, Item | None]

    def item(self) -> list[Item]:
        """Return the fields as they are serialized."""
        items: list[Item] = []
        for name in _HEADER:
            value = self.values[name]
            if value is None:
                raise Unavailable("nodes.lie.field", block=self.number, place="header", field=name, value="-")
            items.append(value)
        for name in _LATER_HEADER:
            value = self.values[name]
            if value is None:
                break
            items.append(value)
        return items

    def must_be(self, name: str, wanted: bytes) -> None:
        """Require a hash of the header to be what its content gives."""
        value = self.values[name]
        stated = value if isinstance(value, bytes) else b""
        if stated != wanted:
            fields: dict[str, str | int] = {"block": self.number, "place": "header", "field": name}
            raise Unavailable("nodes.lie.differs", value="0x" + stated.hex(), wanted="0x" + wanted.hex(), **fields)


def check_batch(batch: Batch) -> int:
    """Require the blocks of a batch to be what their hashes stand for; return how many could not be recomputed whole.

    Raises Unavailable that names the block and the field that is wrong.
    """
    serializer = Serializer(batch.tape)
    headers = _headers(batch, serializer)
    for header in headers:
        header.must_be("hash", keccak256(encoded(header.item())))
    bodies, receipts = transaction_bodies(batch, serializer), receipt_bodies(batch, serializer)
    _check_transaction_hashes(batch, serializer, bodies)
    _check_gas(batch)
    unchecked = 0
    for place, header in enumerate(headers):
        span = slice(int(batch.bounds[place]), int(batch.bounds[place + 1]))
        known = [body for body in bodies[span] if body is not None]
        if len(known) == span.stop - span.start:
            header.must_be("transactionsRoot", ordered_root(known))
            header.must_be("receiptsRoot", ordered_root(receipts[span]))
        else:
            unchecked += 1
        _check_withdrawals(batch, serializer, header, place)
        _check_uncles(batch, serializer, header, place)
    return unchecked


def _headers(batch: Batch, serializer: Serializer) -> list[_Header]:
    zeros = np.zeros(len(batch.headers.entries), np.int64)
    objects = Objects(batch.tape, batch.headers.entries, batch.headers.numbers, zeros, "header")
    return _headers_of(objects, serializer)


def _headers_of(objects: Objects, serializer: Serializer) -> list[_Header]:
    columns = serializer.columns(objects, ("hash", *_HEADER, *_LATER_HEADER))
    return [
        _Header(int(number), {name: values[row] for name, values in columns.items()})
        for row, number in enumerate(objects.block.tolist())
    ]


def _check_transaction_hashes(batch: Batch, serializer: Serializer, bodies: list[bytes | None]) -> None:
    stated: Values = serializer.columns(batch.transactions.objects, ("hash",))["hash"]
    for row, body in enumerate(bodies):
        if body is not None and (digest := keccak256(body)) != stated[row]:
            batch.transactions.differs(row, "hash", "0x" + digest.hex())


def _check_withdrawals(batch: Batch, serializer: Serializer, header: _Header, place: int) -> None:
    listed = batch.tape.member(int(batch.headers.entries[place]), "withdrawals")
    if header.values["withdrawalsRoot"] is None and batch.tape.is_null(listed):
        return
    entries = batch.tape.elements(listed)
    objects = Objects(batch.tape, entries, np.full(len(entries), header.number), np.arange(len(entries)), "withdrawal")
    bodies = [encoded(serializer.items(objects, row, entry, _WITHDRAWAL)) for row, entry in enumerate(entries.tolist())]
    header.must_be("withdrawalsRoot", ordered_root(bodies))


def _check_uncles(batch: Batch, serializer: Serializer, header: _Header, place: int) -> None:
    """Require the uncles that were asked for, where they are paid, to be those that the header names."""
    entries = np.array(batch.uncles[place], np.int64)
    if not len(entries) and len(batch.tape.elements(batch.tape.member(int(batch.headers.entries[place]), "uncles"))):
        return
    objects = Objects(batch.tape, entries, np.full(len(entries), header.number), np.arange(len(entries)), "uncle")
    uncles: list[Item] = [uncle.item() for uncle in _headers_of(objects, serializer)] if len(entries) else []
    header.must_be("sha3Uncles", keccak256(encoded(uncles)))


def _check_gas(batch: Batch) -> None:
    """Require what a fee is made of to fit what the hashes cover."""
    if not len(batch.block):
        return
    receipts = batch.receipts
    cumulative = receipts.objects.read(("cumulativeGasUsed",)).numbers("cumulativeGasUsed")
    before = np.concatenate([np.zeros(1, np.int64), cumulative[:-1]])
    before[batch.index == 0] = 0
    receipts.must_count("gasUsed", cumulative - before)
    _check_prices(batch)
    blobs = [
        len(batch.tape.elements(entry))
        for entry in batch.transactions.objects.read(("blobVersionedHashes",)).columns["blobVersionedHashes"].tolist()
    ]
    gas = receipts.quantities("blobGasUsed", is_optional=True)[:, 0].astype(np.int64)
    wrong = np.flatnonzero(gas != np.array(blobs, np.int64) * _GAS_A_BLOB)
    if len(wrong):
        receipts.differs(int(wrong[0]), "blobGasUsed", hex(blobs[int(wrong[0])] * _GAS_A_BLOB))


def _check_prices(batch: Batch) -> None:
    """Require each price paid to be the offer: the gas price, or the base fee and a tip within the cap (EIP-1559)."""
    stated = batch.receipts.columns["effectiveGasPrice"]
    offers = batch.transactions.objects.read(("type", "gasPrice", "maxFeePerGas", "maxPriorityFeePerGas"))
    capped = ~offers.is_missing("maxFeePerGas")
    limbs = {name: whole_numbers(offers.quantities(name, is_optional=True)) for name in offers.columns}
    paid = whole_numbers(batch.receipts.quantities("effectiveGasPrice", is_optional=True))
    entries = Objects(batch.tape, batch.headers.entries, batch.headers.numbers, batch.headers.numbers * 0, "header")
    base = whole_numbers(entries.read(("baseFeePerGas",)).quantities("baseFeePerGas", is_optional=True))
    for row, block in enumerate(batch.block.tolist()):
        if stated[row] == ABSENT or limbs["type"][row] not in _KNOWN_TYPES:
            continue
        wanted = limbs["gasPrice"][row]
        if capped[row]:
            wanted = min(limbs["maxFeePerGas"][row], base[block] + limbs["maxPriorityFeePerGas"][row])
        if paid[row] != wanted:
            batch.receipts.differs(row, "effectiveGasPrice", hex(wanted))
