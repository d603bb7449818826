"""One transaction of Esplora's JSON, checked and as rows of a chain of outputs.

Format: https://github.com/Blockstream/esplora/blob/master/API.md#transaction-format. Nothing is taken on trust that
can be computed: the transaction id is the hash of the parts, so inputs and outputs are those of the chain; types and
addresses come from the locking scripts; and the inputs pay for the outputs and the stated fee. What remains the
server's word is the values of spent outputs (until their transactions are in the ledger) and the block.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from qiyafa.chains.http_client import BadAnswerError
from qiyafa.chains.outputs.address_columns import address_rules, owners_of
from qiyafa.chains.outputs.network import Network
from qiyafa.chains.outputs.scripts import SCRIPT_TYPE_NAMES
from qiyafa.chains.readers.esplora.fields import (
    Entry,
    bytes_in,
    entries_in,
    entry_in,
    hash_in,
    signed_in,
    whole_in,
)

_MOST_32_BITS = (1 << 32) - 1
_NO_TRANSACTION = "0" * 64
_LAST_BLOCK = 10**9
_LAST_SECOND = 10**11

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class ReadTransaction:
    """A transaction as rows of the tables TRANSACTIONS, INPUTS and OUTPUTS."""

    row: Row
    inputs: tuple[Row, ...]
    outputs: tuple[Row, ...]

    @property
    def hash(self) -> str:
        """The transaction id."""
        return str(self.row["hash"])

    @property
    def height(self) -> int:
        """The height of its block."""
        return int(str(self.row["block_number"]))

    def touches(self, address: str) -> bool:
        """Tell whether an address pays or is paid here."""
        return any(row["address"] == address for row in (*self.inputs, *self.outputs))


@dataclass(frozen=True, slots=True)
class _Output:
    value: int
    script: bytes


def read_transaction(entry: Entry, network: Network) -> ReadTransaction:
    """Return a confirmed transaction. Raises BadAnswerError for one that cannot be."""
    is_coinbase = _is_coinbase(entries_in(entry, "vin"))
    spends = [] if is_coinbase else entries_in(entry, "vin")
    prevouts = [_output(entry_in(one.get("prevout"), "prevout"), network) for one in spends]
    outputs = [_output(one, network) for one in entries_in(entry, "vout")]
    _check_id(entry, outputs)
    if not is_coinbase:
        _check_sums(entry, prevouts, outputs)
    status = entry_in(entry.get("status"), "status")
    if status.get("confirmed") is not True:
        raise BadAnswerError("pull.problem.unconfirmed", transaction=hash_in(entry, "txid"))
    place: Row = {
        "transaction_hash": hash_in(entry, "txid"),
        "block_number": whole_in(status, "block_height", _LAST_BLOCK),
    }
    owners = _owners([one.script for one in (*prevouts, *outputs)], network)
    return ReadTransaction(
        row={
            "hash": place["transaction_hash"],
            "block_number": place["block_number"],
            "block_hash": hash_in(status, "block_hash"),
            "block_timestamp": whole_in(status, "block_time", _LAST_SECOND),
            "is_coinbase": is_coinbase,
            "input_count": len(spends),
            "output_count": len(outputs),
            "size": whole_in(entry, "size", _MOST_32_BITS >> 1),
        },
        inputs=tuple(
            place
            | {
                "index": index,
                "spent_transaction_hash": hash_in(one, "txid"),
                "spent_output_index": whole_in(one, "vout", _MOST_32_BITS),
                "value": spent.value,
                "type": kind,
                "address": owner,
            }
            for index, (one, spent, (kind, owner)) in enumerate(zip(spends, prevouts, owners, strict=False))
        ),
        outputs=tuple(
            place | {"index": index, "value": one.value, "type": kind, "address": owner, "script_hex": one.script.hex()}
            for index, (one, (kind, owner)) in enumerate(zip(outputs, owners[len(prevouts) :], strict=True))
        ),
    )


def _is_coinbase(spends: Sequence[Entry]) -> bool:
    """Tell whether a transaction creates a reward: its only input spends nothing, whatever the server calls it."""
    return len(spends) == 1 and hash_in(spends[0], "txid") == _NO_TRANSACTION


def _output(entry: Entry, network: Network) -> _Output:
    return _Output(whole_in(entry, "value", network.most_units), bytes_in(entry, "scriptpubkey"))


def _check_id(entry: Entry, outputs: Sequence[_Output]) -> None:
    """Refuse a transaction whose id is not the hash of its parts, its witnesses left out (BIP141)."""
    spends = entries_in(entry, "vin")
    parts = [signed_in(entry, "version", 32).to_bytes(4, "little"), _compact(len(spends))]
    for one in spends:
        parts.append(bytes.fromhex(hash_in(one, "txid"))[::-1])
        parts.append(whole_in(one, "vout", _MOST_32_BITS).to_bytes(4, "little"))
        parts.append(_with_length(bytes_in(one, "scriptsig")))
        parts.append(whole_in(one, "sequence", _MOST_32_BITS).to_bytes(4, "little"))
    parts.append(_compact(len(outputs)))
    parts += [one.value.to_bytes(8, "little") + _with_length(one.script) for one in outputs]
    parts.append(whole_in(entry, "locktime", _MOST_32_BITS).to_bytes(4, "little"))
    computed = hashlib.sha256(hashlib.sha256(b"".join(parts)).digest()).digest()[::-1].hex()
    stated = hash_in(entry, "txid")
    if computed != stated:
        raise BadAnswerError("pull.problem.transaction_id", stated=stated, computed=computed)


def _check_sums(entry: Entry, prevouts: Iterable[_Output], outputs: Iterable[_Output]) -> None:
    inward, outward = sum(one.value for one in prevouts), sum(one.value for one in outputs)
    fee = whole_in(entry, "fee", max(inward, 0))
    if inward != outward + fee:
        raise BadAnswerError("pull.problem.sums", inputs=inward, outputs=outward, fee=fee)


def _owners(scripts: Sequence[bytes], network: Network) -> list[tuple[str, str]]:
    """Return the type and the owner of each locking script."""
    sizes = np.array([len(script) for script in scripts], np.int64)
    starts = np.cumsum(sizes) - sizes
    # One byte more, since an array of nothing has no address.
    data = np.frombuffer(b"".join(scripts) + b"\0", np.uint8)
    kinds, texts = owners_of(data, starts, sizes, address_rules(network.versions))
    written, ends = texts.data.tobytes(), texts.ends.tolist()
    return [
        (SCRIPT_TYPE_NAMES[kind], written[first:last].decode("ascii"))
        for kind, first, last in zip(kinds.tolist(), ends, ends[1:], strict=False)
    ]


def _compact(number: int) -> bytes:
    """Return a number in Bitcoin's CompactSize."""
    if number < 0xFD:
        return bytes([number])
    if number <= 0xFFFF:
        return b"\xfd" + number.to_bytes(2, "little")
    return b"\xfe" + number.to_bytes(4, "little")


def _with_length(script: bytes) -> bytes:
    return _compact(len(script)) + script
