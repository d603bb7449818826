"""The answers for some blocks, brought together in one text, their transactions and receipts side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qiyafa.chains.json_scan import ARRAY, NULL
from qiyafa.chains.json_tape import Tape, together
from qiyafa.chains.readers.evm_rpc.answers import BlockAnswers
from qiyafa.chains.readers.evm_rpc.fields import Fields, Objects
from qiyafa.chains.readers.evm_rpc.headers import Headers, read_headers
from qiyafa.model.columns import I64
from qiyafa.model.errors import Unavailable

_TRANSACTION = (
    "hash",
    "from",
    "to",
    "value",
    "nonce",
    "gasPrice",
    "transactionIndex",
    "blockHash",
    "blockNumber",
)
_RECEIPT = (
    "transactionHash",
    "blockHash",
    "blockNumber",
    "transactionIndex",
    "from",
    "status",
    "root",
    "gasUsed",
    "effectiveGasPrice",
    "contractAddress",
    "blobGasUsed",
    "blobGasPrice",
    "l1Fee",
    "logs",
)


@dataclass(frozen=True, slots=True)
class Batch:
    """The parts of some blocks."""

    tape: Tape
    headers: Headers
    transactions: Fields
    receipts: Fields
    """One for each transaction, in the same order, and of the same block."""
    block: I64
    """Place of each transaction's block."""
    index: I64
    """Of each transaction in its block."""
    bounds: I64
    """The first transaction of each block, and behind the last."""
    hash: I64
    """Where the hash of each transaction begins."""
    sender: I64
    """Where the address of each transaction's sender begins."""
    traces: tuple[int | None, ...]
    uncles: tuple[tuple[int, ...], ...]


def read_batch(answers: Sequence[BlockAnswers]) -> Batch:
    """Return what a node answered for blocks that follow each other.

    Raises Unavailable for parts that are missing, misshapen, or of other blocks or transactions.
    """
    tape, entries = together([value for one in answers for value in one.values()])
    supply = iter(entries)
    blocks, receipts, traces, uncles = [], [], [], []
    for one in answers:
        blocks.append(next(supply))
        receipts.append(tuple(next(supply) for _ in one.receipts))
        traces.append(None if one.traces is None else next(supply))
        uncles.append(tuple(next(supply) for _ in one.uncles))
    headers = read_headers(tape, blocks, answers[0].number)
    listed = headers.transactions
    received = [
        _receipts(tape, answer, given, len(list_))
        for answer, given, list_ in zip(answers, receipts, listed, strict=True)
    ]
    counts = np.array([len(one) for one in listed], np.int64)
    bounds = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
    block = np.repeat(np.arange(len(answers)), counts)
    index = np.arange(len(block)) - bounds[block]
    numbers = headers.numbers[block]
    transactions = Objects(tape, np.concatenate(listed), numbers, index, "transaction").read(_TRANSACTION)
    settled = Objects(tape, np.concatenate(received), numbers, index, "receipt").read(_RECEIPT)
    batch = Batch(
        tape=tape,
        headers=headers,
        transactions=transactions,
        receipts=settled,
        block=block,
        index=index,
        bounds=bounds,
        hash=transactions.hashes("hash"),
        sender=transactions.addresses("from"),
        traces=tuple(traces),
        uncles=tuple(uncles),
    )
    _check_places(batch)
    return batch


def _receipts(tape: Tape, answer: BlockAnswers, given: tuple[int, ...], wanted: int) -> I64:
    """Return the receipts of one block. A null among them, or another number of them, is a lie."""
    entries = np.array(given, np.int64)
    if answer.are_listed:
        if tape.kind(given[0]) != ARRAY:
            raise Unavailable("nodes.lie.no_receipts", block=answer.number)
        entries = tape.elements(given[0])
    if len(entries) != wanted:
        raise Unavailable("nodes.lie.count", block=answer.number, field="receipts", found=len(entries), wanted=wanted)
    if np.any(tape.kinds[entries] == NULL):
        raise Unavailable("nodes.lie.no_receipts", block=answer.number)
    return entries


def _check_places(batch: Batch) -> None:
    """Require transactions and receipts to say that they are of their block, and stand where they stand."""
    numbers, hashes = batch.headers.number_entry[batch.block], batch.headers.hash_entry[batch.block]
    block = {"blockHash": hashes, "blockNumber": numbers}
    batch.transactions.must_equal(block)
    batch.transactions.must_count("transactionIndex", batch.index)
    given = batch.transactions.columns
    own = {"transactionIndex": given["transactionIndex"], "transactionHash": given["hash"], "from": given["from"]}
    batch.receipts.must_equal(block | own)
