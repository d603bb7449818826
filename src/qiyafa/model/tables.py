"""The columns of every table a ledger keeps: the one source of schemas, checks and documentation."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a stored table."""

    name: str
    type: str
    """A DuckDB type."""
    meaning: str


TRANSFERS: tuple[Column, ...] = (
    Column("block_number", "BIGINT", "height of the block; null where the source has no blocks"),
    Column("transaction_index", "INTEGER", "place of the transaction in its block; null where the source lacks it"),
    Column("position", "INTEGER", "order in the transaction: 0 fee, 1 native value, then internal, then tokens"),
    Column("time", "BIGINT", "seconds since 1970 UTC; null if unknown"),
    Column("transaction_hash", "VARCHAR", "canonical spelling; empty for a block reward"),
    Column("kind", "VARCHAR", "fee, native, internal, token or reward"),
    Column("source", "VARCHAR", "canonical address; empty for a reward"),
    Column("target", "VARCHAR", "canonical address; empty for a fee"),
    Column("asset", "VARCHAR", "CAIP-19"),
    Column("units", "DECIMAL(38,0)", "base units; null above 38 digits"),
    Column("units_text", "VARCHAR", "base units as exact decimal text, always set"),
    Column("status", "VARCHAR", "ok, failed (then a value of 0) or unknown (no receipt seen)"),
    Column("trace_address", "VARCHAR", "internal transfers: e.g. `0,2`; null where the source lacks it"),
    Column("log_index", "BIGINT", "token transfers: index of the log in its block; null where the source lacks it"),
    Column("order", "VARCHAR", "exact, or assumed where the source lacks block, index or position"),
    Column("precision", "VARCHAR", "exact, or lossy where the units came through a floating-point number"),
)
"""Table `transfers`: one row a transfer, sorted as the chain orders them."""

RAW_TRANSFERS: tuple[Column, ...] = tuple(
    column for column in TRANSFERS if column.name not in {"position", "units", "order"}
)
"""What a reader yields: transfers before the ledger has merged, numbered and sorted them."""

ADDRESS_COVERAGE: tuple[Column, ...] = (
    Column("address", "VARCHAR", "canonical address"),
    Column("status", "VARCHAR", "complete, capped, absent"),
    Column("detail", "VARCHAR", "the source's own words"),
)

BLOCK_COVERAGE: tuple[Column, ...] = (
    Column("first_block", "BIGINT", "first block that is held whole"),
    Column("last_block", "BIGINT", "last block that is held whole, included"),
)

BLOCKS: tuple[Column, ...] = (
    Column("number", "BIGINT", "height"),
    Column("hash", "VARCHAR", "canonical spelling"),
    Column("parent_hash", "VARCHAR", "hash of the block before it"),
    Column("timestamp", "BIGINT", "seconds since 1970 UTC"),
    Column("transaction_count", "INTEGER", "transactions in the block, those that move nothing included"),
)
"""Table `blocks`: one row a block that a source held whole; what a reorganization is found by."""

TOKENS: tuple[Column, ...] = (
    Column("asset", "VARCHAR", "CAIP-19"),
    Column("symbol", "VARCHAR", "what the contract calls it, at most 100 characters: hostile text; empty if unknown"),
    Column("name", "VARCHAR", "the contract's longer name for it: hostile text as well"),
    Column("decimals", "INTEGER", "digits after the point, 0 to 255, as the contract says; null if it does not"),
    Column("unreconciled", "BOOLEAN", "true if balances do not follow from transfers; null if that was not checked"),
    Column("checked_block", "BIGINT", "the block of the balances that were compared; null if none were"),
    Column("detail", "VARCHAR", "what differed, or why nothing was compared"),
)
"""Table `tokens`: one row a token whose contract was asked. Answers of a moment, not part of the chain's history."""

TRANSACTIONS: tuple[Column, ...] = (
    Column("hash", "VARCHAR", "transaction id, as explorers show it"),
    Column("block_number", "BIGINT", "height of the block"),
    Column("block_hash", "VARCHAR", "hash of the block"),
    Column("index", "INTEGER", "place of the transaction in its block; null where the source lacks it"),
    Column("block_timestamp", "BIGINT", "seconds since 1970 UTC, as the block states it"),
    Column("is_coinbase", "BOOLEAN", "creates the block's reward"),
    Column("input_count", "INTEGER", "inputs of the transaction, 0 for a coinbase"),
    Column("output_count", "INTEGER", "outputs of the transaction"),
    Column("size", "INTEGER", "bytes, witness included; null where the source lacks it"),
)
"""Table `transactions` of a chain of outputs, one row a transaction; names as bitcoin-etl has them."""

INPUTS: tuple[Column, ...] = (
    Column("transaction_hash", "VARCHAR", "the spending transaction"),
    Column("block_number", "BIGINT", "height of the spending transaction's block"),
    Column("index", "INTEGER", "place of the input in its transaction"),
    Column("spent_transaction_hash", "VARCHAR", "the transaction whose output is spent"),
    Column("spent_output_index", "BIGINT", "and which output of it"),
    Column("value", "BIGINT", "base units of the spent output, where the source states them; else null"),
    Column("type", "VARCHAR", "script type of the spent output, where the source states it; else null"),
    Column("address", "VARCHAR", "owner of the spent output, where the source states it; else null"),
)
"""Table `inputs`: one row an input; a coinbase has none. Values that the ledger can look up are not repeated here."""

OUTPUTS: tuple[Column, ...] = (
    Column("transaction_hash", "VARCHAR", "the creating transaction"),
    Column("block_number", "BIGINT", "height of the creating transaction's block"),
    Column("index", "INTEGER", "place of the output in its transaction"),
    Column("value", "BIGINT", "base units"),
    Column(
        "type", "VARCHAR", "p2pk, multisig, p2pkh, p2sh, p2wpkh, p2wsh, p2tr, op_return, witness_unknown, nonstandard"
    ),
    Column("address", "VARCHAR", "canonical address, or `scripthash:` and the script's hash where it has none"),
    Column("script_hex", "VARCHAR", "the locking script; null where the source lacks it"),
)
"""Table `outputs`: one row an output. `scripthash:` is followed by the SHA-256 of the script in reversed byte order,
as Electrum's protocol has it."""
