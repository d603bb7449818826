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
