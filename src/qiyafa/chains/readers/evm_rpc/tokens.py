"""Token transfers out of the logs of receipts.

A Transfer of a fungible token (EIP-20) has three topics, the signature and two addresses, and 32 bytes of data, the
units. With four topics it is of a single thing (EIP-721): counted, not traced; so is every Transfer of another shape.

Wrapped native assets (WETH9 and its copies) write Deposit and Withdrawal instead: units that appear at a holder, or
vanish from one. They are taken from the contracts that the chain knows as its wrapped native asset, or that the user
names, and count as transfers from and to the zero address, as other tokens write them.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from qiyafa.chains.json_scan import ARRAY
from qiyafa.chains.json_tape import ABSENT, Tape
from qiyafa.chains.readers.evm_rpc import hex_kernels
from qiyafa.chains.readers.evm_rpc.fields import NOWHERE, Fields, Objects
from qiyafa.chains.readers.evm_rpc.rows import MoreText, Rank, Rows, plain_rows
from qiyafa.model.columns import I64
from qiyafa.model.errors import Unavailable

_ZERO_DIGITS: Final = "0" * 40
TRANSFER: Final = b"0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"
DEPOSIT: Final = b"0xe1fffcc4923d04b559f4d29a8bfc6cda04eb5b0d3c460751c2402c5c5cc9109c"
WITHDRAWAL: Final = b"0x7fcf532c15f0a6db0bd6d0e038bea71d30d808c7d98cb3bf7268a95bf5081b65"
"""Keccak of `Transfer(address,address,uint256)`, `Deposit(address,uint256)`, `Withdrawal(address,uint256)`."""

_LOG = ("address", "topics", "data", "logIndex", "transactionHash", "transactionIndex", "blockHash", "blockNumber")
_WORD_DIGITS = 64
_ADDRESS_FROM = 26
"""In a topic, `0x` and 24 zeros stand before the digits of an address."""


@dataclass(frozen=True, slots=True)
class Emitters:
    """The transactions whose logs are read, one entry each."""

    block: I64
    """Place of the block."""
    number: I64
    """Number of the block."""
    index: I64
    hash: I64
    """Entry of the transaction's hash."""
    hash_start: I64
    block_hash: I64
    """Entry of the block's hash."""


@dataclass(frozen=True, slots=True)
class TokenTransfers:
    """The token transfers of some blocks, and what was left out."""

    rows: Rows
    single: int
    """Transfers of single things (EIP-721)."""
    odd: int
    """Transfer events of another shape, or with topics that are no addresses."""


_NO_ROWS = plain_rows(
    Rank.TOKEN, np.empty(0, np.int64), np.empty(0, np.int64), units=np.empty((0, hex_kernels.LIMBS), np.uint64)
)


def token_transfers(
    tape: Tape, logs: I64, emitters: Emitters, wrapped: frozenset[bytes], more: MoreText
) -> TokenTransfers:
    """Return the token transfers in the `logs` of receipts: one entry a transaction, in the order of the emitters.

    Raises Unavailable for a log that is misshapen or of another transaction.
    """
    entries, owner = _all_logs(tape, logs, emitters)
    if not len(entries):
        return TokenTransfers(_NO_ROWS, 0, 0)
    block = emitters.block[owner]
    first = np.searchsorted(block, block)
    objects = Objects(tape, entries, emitters.number[owner], np.arange(len(entries)) - first, "log")
    fields = objects.read(_LOG)
    _check(fields, emitters, owner, first)
    topics = _topics(fields)
    shape, single, odd = _shapes(tape, fields, topics, wrapped)
    rows = np.flatnonzero(shape != _NOTHING)
    zero = more.put(_ZERO_DIGITS)
    first, second = _address_in(tape, topics[rows, 1]), _address_in(tape, topics[rows, 2])
    kind = shape[rows]
    chosen = Objects(tape, entries[rows], objects.block[rows], objects.number[rows], "log")
    picked = Fields(chosen, {name: column[rows] for name, column in fields.columns.items()})
    built = plain_rows(
        Rank.TOKEN,
        emitters.block[owner[rows]],
        emitters.index[owner[rows]],
        units=picked.quantities("data"),
        hash=emitters.hash_start[owner[rows]],
        source=np.where(kind == _DEPOSIT, zero, first),
        target=np.where(kind == _DEPOSIT, first, np.where(kind == _WITHDRAWAL, zero, second)),
        contract=picked.addresses("address"),
        log_index=picked.numbers("logIndex"),
    )
    return TokenTransfers(built, single, odd)


_NOTHING, _TRANSFER, _DEPOSIT, _WITHDRAWAL = 0, 1, 2, 3


def _all_logs(tape: Tape, logs: I64, emitters: Emitters) -> tuple[I64, I64]:
    """Return every log, and the row of its transaction."""
    kinds = np.where(logs == ABSENT, 0, tape.kinds[logs])
    if np.any(kinds != ARRAY):
        row = int(np.flatnonzero(kinds != ARRAY)[0])
        value = "-" if logs[row] == ABSENT else tape.text(int(logs[row]))
        place = f"receipt {int(emitters.index[row])}"
        raise Unavailable("nodes.lie.field", block=int(emitters.number[row]), place=place, field="logs", value=value)
    # Most transactions have no logs: an empty array's next entry is the one behind it.
    full = np.flatnonzero(tape.afters[logs] > logs + 1)
    found = [tape.elements(int(entry)) for entry in logs[full].tolist()]
    owner = np.repeat(full, [len(one) for one in found]) if found else np.empty(0, np.int64)
    return np.concatenate(found) if found else np.empty(0, np.int64), owner.astype(np.int64)


def _check(fields: Fields, emitters: Emitters, owner: I64, first: I64) -> None:
    """Require each log to say that it is of its receipt's transaction and block, in ascending order."""
    fields.must_equal({"transactionHash": emitters.hash[owner], "blockHash": emitters.block_hash[owner]})
    fields.must_count("blockNumber", emitters.number[owner])
    fields.must_count("transactionIndex", emitters.index[owner])
    index = fields.numbers("logIndex")
    fields.must_count("logIndex", index[first] + fields.objects.number)


def _topics(fields: Fields) -> I64:
    """Return the entries of each log's topics, at most four, and in a fifth column how many there are."""
    tape, entries = fields.objects.tape, fields.columns["topics"]
    topics = np.full((len(entries), 5), ABSENT, np.int64)
    kinds = np.where(entries == ABSENT, 0, tape.kinds[entries])
    if np.any(kinds != ARRAY):
        row = int(np.flatnonzero(kinds != ARRAY)[0])
        raise fields.objects.lie(row, "topics", int(entries[row]))
    # The topics of a log are texts, so they stand one after the other.
    count = tape.afters[entries] - entries - 1
    for place in range(4):
        topics[:, place] = np.where(count > place, entries + 1 + place, ABSENT)
    topics[:, 4] = count
    for place in range(4):
        rows = np.flatnonzero(topics[:, place] != ABSENT)
        bad = hex_kernels.first_not_hex(tape.data, tape.marks, topics[rows, place], _WORD_DIGITS)
        if bad >= 0:
            raise fields.objects.lie(int(rows[bad]), "topics", int(topics[rows[bad], place]))
    return topics


def _shapes(tape: Tape, fields: Fields, topics: I64, wrapped: frozenset[bytes]) -> tuple[I64, int, int]:
    """Return what each log moves (nothing, a transfer, a deposit, a withdrawal), and how many were left out."""
    count = topics[:, 4]
    data_digits = tape.ends[fields.columns["data"]] - tape.starts[fields.columns["data"]] - 2
    is_word = data_digits == _WORD_DIGITS
    is_transfer = _begins_with(tape, topics[:, 0], TRANSFER)
    is_fungible = is_transfer & (count == 3) & is_word
    is_padded = _is_padded(tape, topics[:, 1]) & _is_padded(tape, topics[:, 2])
    shape = np.where(is_fungible & is_padded, _TRANSFER, _NOTHING)
    single = int(np.count_nonzero(is_transfer & (count == 4)))
    odd = int(np.count_nonzero(is_transfer & (count != 4))) - int(np.count_nonzero(shape))
    if wrapped:
        native = (count == 2) & is_word & _is_padded(tape, topics[:, 1])
        native &= np.array([tape.raw(entry).lower() in wrapped for entry in fields.columns["address"].tolist()], bool)
        shape = np.where(native & _begins_with(tape, topics[:, 0], DEPOSIT), _DEPOSIT, shape)
        shape = np.where(native & _begins_with(tape, topics[:, 0], WITHDRAWAL), _WITHDRAWAL, shape)
    return shape, single, odd


def _begins_with(tape: Tape, entries: I64, topic: bytes) -> np.ndarray:
    """Say which topics, all of 66 characters or missing, are a certain one."""
    rows = np.flatnonzero(entries != ABSENT)
    same = np.zeros(len(entries), bool)
    wanted = np.frombuffer(topic, np.uint8)
    places = tape.starts[entries[rows]][:, None] + np.arange(len(topic))
    same[rows] = ((tape.data[places] | 0x20) == (wanted | 0x20)).all(axis=1)
    return same


def _is_padded(tape: Tape, entries: I64) -> np.ndarray:
    """Say which topics are an address: 24 zeros before its digits."""
    rows = np.flatnonzero(entries != ABSENT)
    padded = np.zeros(len(entries), bool)
    places = tape.starts[entries[rows]][:, None] + np.arange(2, _ADDRESS_FROM)
    padded[rows] = (tape.data[places] == ord("0")).all(axis=1)
    return padded


def _address_in(tape: Tape, topics: I64) -> I64:
    """Return where the digits of the address in a topic begin."""
    return np.where(topics == ABSENT, NOWHERE, tape.starts[topics].astype(np.int64) + _ADDRESS_FROM)
