"""From a node's answers for some blocks to transfers and block records. Hashes and roots: see `checks.py`."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from qiyafa.chains.chain import Chain
from qiyafa.chains.ethereum import EvmRules, created_contract_address
from qiyafa.chains.readers.evm_rpc import hex_kernels
from qiyafa.chains.readers.evm_rpc.answers import BlockAnswers, Tracing
from qiyafa.chains.readers.evm_rpc.batch import Batch, read_batch
from qiyafa.chains.readers.evm_rpc.calls import traced_calls
from qiyafa.chains.readers.evm_rpc.checks import check_batch
from qiyafa.chains.readers.evm_rpc.fields import NOWHERE
from qiyafa.chains.readers.evm_rpc.headers import Header
from qiyafa.chains.readers.evm_rpc.rewards import BlockFees, reward_rows, whole_numbers
from qiyafa.chains.readers.evm_rpc.rows import Blocks, MoreText, Rank, Rows, Status, plain_rows, transfers_table
from qiyafa.chains.readers.evm_rpc.tokens import Emitters, TokenTransfers, token_transfers
from qiyafa.model.columns import I64, U64


@dataclass(frozen=True, slots=True)
class EvmSource:
    """What answers are of: a chain, and a node that traces or does not."""

    chain: Chain
    rules: EvmRules
    tracing: Tracing


@dataclass(frozen=True, slots=True)
class Decoded:
    """Some blocks, read."""

    transfers: pa.Table
    """RAW_TRANSFERS, in the ledger's order."""
    blocks: tuple[Header, ...]
    single_tokens: int
    """Transfers of single things (EIP-721), left out."""
    odd_tokens: int
    """Transfer events of no known shape, left out."""
    status_unknown: int
    """Transactions of which neither a receipt nor a trace says whether they failed."""
    unchecked_blocks: int = 0
    """Blocks with a transaction of an unknown type, whose roots could not be recomputed."""


def decode_blocks(answers: Sequence[BlockAnswers], source: EvmSource) -> Decoded:
    """Return the transfers of blocks that follow each other, unchecked. Raises Unavailable for what cannot be meant."""
    return decode_batch(read_batch(answers), source)


def checked_blocks(answers: Sequence[BlockAnswers], source: EvmSource) -> Decoded:
    """Return the transfers of blocks that follow each other. Raises Unavailable also where a hash or root is wrong."""
    batch = read_batch(answers)
    # First what a value means, then whether it is true: the error then names the value rather than a root.
    decoded = decode_batch(batch, source)
    return replace(decoded, unchecked_blocks=check_batch(batch))


def decode_batch(batch: Batch, source: EvmSource) -> Decoded:
    """Return the transfers of the blocks of a batch. Raises Unavailable for what cannot be meant."""
    more = MoreText()
    calls = traced_calls(batch, source.tracing, more)
    status = _status(batch, calls.root_failed)
    fees, block_fees = _fees(batch, status)
    tokens = _tokens(batch, source.rules, more)
    parts = [
        fees,
        _values(batch, status, more),
        calls.rows,
        tokens.rows,
        reward_rows(batch.tape, batch.headers, batch.uncles, block_fees, source.rules, more),
    ]
    table = transfers_table(
        batch.tape,
        more,
        Blocks(batch.headers.numbers, batch.headers.times),
        parts,
        native_asset=source.chain.native_asset,
        token_prefix=f"{source.chain.caip2}/{source.chain.token_namespace}:",
    )
    unknown = int(np.count_nonzero(status == Status.UNKNOWN))
    return Decoded(table, batch.headers.blocks, tokens.single, tokens.odd, unknown)


def _status(batch: Batch, root_failed: I64) -> I64:
    """Return whether each transaction failed: by its receipt, or before Byzantium by its trace."""
    given = ~batch.receipts.is_missing("status")
    codes = batch.receipts.quantities("status", is_optional=True)[:, 0]
    large = np.flatnonzero(codes > 1)
    if len(large):
        batch.receipts.differs(int(large[0]), "status", "0x0 or 0x1")
    stated = np.where(codes == 1, Status.OK, Status.FAILED)
    return np.where(given, stated, root_failed).astype(np.int64)


def _fees(batch: Batch, status: I64) -> tuple[Rows, BlockFees]:
    """Return what each transaction paid to be run, failed or not, and what the blocks' makers may claim of it."""
    receipts = batch.receipts
    gas = receipts.quantities("gasUsed")
    units = np.zeros_like(gas)
    _multiply(batch, "gasUsed", gas, _prices(batch), units)
    block_fees = BlockFees(_sums(batch, units), _sums(batch, gas))
    if not receipts.is_missing("blobGasUsed").all():
        blob_gas = receipts.quantities("blobGasUsed", is_optional=True)
        _multiply(batch, "blobGasUsed", blob_gas, receipts.quantities("blobGasPrice", is_optional=True), units)
    if not receipts.is_missing("l1Fee").all():
        one = np.zeros_like(gas)
        one[:, 0] = 1
        _multiply(batch, "l1Fee", one, receipts.quantities("l1Fee", is_optional=True), units)
    rows = plain_rows(
        Rank.FEE,
        batch.block,
        batch.index,
        units=units,
        hash=batch.hash,
        source=batch.sender,
        status=status,
    )
    return rows, block_fees


def _prices(batch: Batch) -> U64:
    """Return what a unit of gas cost each transaction; nodes before London state it in the transaction alone."""
    if not batch.receipts.is_missing("effectiveGasPrice").any():
        return batch.receipts.quantities("effectiveGasPrice")
    given = batch.receipts.quantities("effectiveGasPrice", is_optional=True)
    missing = batch.receipts.is_missing("effectiveGasPrice")
    return np.where(missing[:, None], batch.transactions.quantities("gasPrice"), given)


def _multiply(batch: Batch, field: str, left: U64, right: U64, units: U64) -> None:
    row = hex_kernels.add_products(left, right, units)
    if row >= 0:
        batch.receipts.differs(row, field, "a fee below 2^256")


def _sums(batch: Batch, limbs: U64) -> tuple[int, ...]:
    """Return the sum of the numbers of each block."""
    sums = np.zeros((len(batch.bounds) - 1, hex_kernels.LIMBS), np.uint64)
    hex_kernels.add_blocks(limbs, batch.bounds, sums)
    return tuple(whole_numbers(sums))


def _values(batch: Batch, status: I64, more: MoreText) -> Rows:
    """Return the native value of each transaction; a failed one moves nothing."""
    units = batch.transactions.quantities("value")
    units[status == Status.FAILED] = 0
    return plain_rows(
        Rank.NATIVE,
        batch.block,
        batch.index,
        units=units,
        hash=batch.hash,
        source=batch.sender,
        target=_targets(batch, more),
        status=status,
    )


def _targets(batch: Batch, more: MoreText) -> I64:
    """Return to whom each transaction went: its receiver, or the contract that it created."""
    targets = batch.transactions.optional_addresses("to")
    creating = np.flatnonzero(targets == NOWHERE)
    if len(creating):
        stated = batch.receipts.optional_addresses("contractAddress")
        nonces, senders = batch.transactions.numbers("nonce"), batch.sender
        for row in creating.tolist():
            start = int(senders[row])
            sender = batch.tape.data[start : start + 42].tobytes().decode("ascii")
            created = more.put(created_contract_address(sender, int(nonces[row])))
            targets[row] = stated[row] if stated[row] != NOWHERE else created
    return targets


def _tokens(batch: Batch, rules: EvmRules, more: MoreText) -> TokenTransfers:
    emitters = Emitters(
        block=batch.block,
        number=batch.headers.numbers[batch.block],
        index=batch.index,
        hash=batch.transactions.columns["hash"],
        hash_start=batch.hash,
        block_hash=batch.headers.hash_entry[batch.block],
    )
    wrapped = frozenset(contract.encode("ascii") for contract in rules.wrapped_native)
    return token_transfers(batch.tape, batch.receipts.columns["logs"], emitters, wrapped, more)
