"""The merge rules of a chain of outputs, as SQL for DuckDB.

A transaction stands under its hash and its block: two old coinbases of Bitcoin were mined twice with the same hash
(BIP 30), and both are kept. Any other transaction stands in one block, the highest that a source names. Rows of the
same transaction from several sources become one: what one of them lacks is taken from the others, and where they
disagree the highest (of texts: the last) is kept. The result depends on the rows alone, never on their order.

1. `unresolved_<table>`: all rows, new and stored.
2. `repeated`: the hashes that stand in more than one row of `unresolved_transactions`; all others pass through.
3. `chosen_transactions`: one row for each transaction of the ledger to be.
4. For each slice `slice_repeated`, those of 2 that may stand in it, and `slice_<table>`: its rows, with `number`, the
   place of the transaction in the slice.
"""

# ruff: noqa: S608 - every text put into a query is our own or a quoted literal

from typing import Final

from qiyafa.model.tables import INPUTS, OUTPUTS, TRANSACTIONS, Column
from qiyafa.stores import layout
from qiyafa.stores.outputs_tables import SHAPES

_SLICE: Final = "block_number BETWEEN $first AND $last"
_KEYS: Final = {
    layout.TRANSACTIONS: ("hash", "block_number"),
    layout.INPUTS: ("transaction_hash", "block_number", "index"),
    layout.OUTPUTS: ("transaction_hash", "block_number", "index"),
}
_COLUMNS: Final = {layout.TRANSACTIONS: TRANSACTIONS, layout.INPUTS: INPUTS, layout.OUTPUTS: OUTPUTS}


def raw_rows(table: str) -> str:
    """Raw files as rows: `$files`."""
    columns = ", ".join(f'CAST("{one.name}" AS {one.type}) AS "{one.name}"' for one in _COLUMNS[table])
    return f"SELECT {columns} FROM read_parquet($files, hive_partitioning = false, union_by_name = true)"


def no_rows(table: str) -> str:
    """A table without rows, for what no file holds."""
    columns = ", ".join(f'CAST(NULL AS {one.type}) AS "{one.name}"' for one in _COLUMNS[table])
    return f"SELECT {columns} WHERE false"


def new_rows(table: str, *, has_stored: bool) -> str:
    """A raw row of the blocks `$first`..`$last` that the stored files `$files` do not hold just so."""
    names = SHAPES[table].names()
    stored = f"EXCEPT SELECT {names} FROM read_parquet($files, hive_partitioning = false)" if has_stored else ""
    return f"SELECT 1 FROM (SELECT {names} FROM raw_{table} WHERE {_SLICE} {stored}) LIMIT 1"


def repeated() -> str:
    """The hashes that more than one row claims, and whether they claim several blocks."""
    return """
      SELECT hash, min(block_number) < max(block_number) AND NOT bool_and(is_coinbase) AS moved,
        min(block_number) AS first_block, max(block_number) AS last_block
      FROM unresolved_transactions GROUP BY hash HAVING count(*) > 1"""


def two_hashes() -> str:
    """The first block number under which transactions name two block hashes."""
    return """
      SELECT block_number, min(block_hash), max(block_hash) FROM unresolved_transactions
      GROUP BY block_number HAVING min(block_hash) < max(block_hash) ORDER BY block_number LIMIT 1"""


def chosen_transactions(*, has_repeated: bool, repeated: str = "repeated", where: str = "true") -> str:
    """One row for each transaction; `repeated` and `disputed` say whether it was made of several, and which differ."""
    names = SHAPES[layout.TRANSACTIONS].names()
    plain = f"SELECT {names}, false AS disputed, false AS repeated FROM unresolved_transactions"
    if not has_repeated:
        return f"{plain} WHERE {where}"
    return f"""
      {plain} ANTI JOIN {repeated} USING (hash) WHERE {where}
      UNION ALL
      SELECT {_merged(layout.TRANSACTIONS)}, true AS repeated
      FROM unresolved_transactions AS rows JOIN {repeated} USING (hash)
      WHERE {where} AND (NOT moved OR block_number = last_block) GROUP BY hash, block_number"""


def block_rows() -> str:
    """How many rows of all tables each block has."""
    return """
      SELECT block_number, sum(1 + input_count + output_count)::BIGINT AS rows
      FROM chosen_transactions GROUP BY block_number ORDER BY block_number"""


def slice_repeated() -> str:
    """Those of `repeated` that may stand in the blocks `$first`..`$last`."""
    return "SELECT * FROM repeated WHERE first_block <= $last AND last_block >= $first"


def slice_transactions(*, has_repeated: bool) -> str:
    """The transactions of the blocks `$first`..`$last`, numbered as the chain orders them, unknown places last."""
    chosen = chosen_transactions(has_repeated=has_repeated, repeated="slice_repeated", where=_SLICE)
    return f"""
      SELECT row_number() OVER (ORDER BY block_number, "index" NULLS LAST, hash) AS number, * FROM ({chosen})"""


def unplaced() -> str:
    """The transactions of all blocks in which the place of one is unknown."""
    return """
      SELECT block_number, "index", hash, number FROM slice_transactions
      WHERE block_number IN (SELECT block_number FROM slice_transactions WHERE "index" IS NULL)"""


def spends_inside_blocks() -> str:
    """Who spends whom inside the blocks of `unplaced`: block, creating transaction, spending transaction."""
    return f"""
      SELECT DISTINCT i.block_number, i.spent_transaction_hash, i.transaction_hash
      FROM unresolved_inputs AS i
      JOIN unplaced AS spender ON spender.hash = i.transaction_hash AND spender.block_number = i.block_number
      JOIN unplaced AS creator ON creator.hash = i.spent_transaction_hash AND creator.block_number = i.block_number
      WHERE i.{_SLICE}"""


def places() -> str:
    """Lists of blocks, hashes and places as rows."""
    return """
      SELECT unnest($blocks::BIGINT[]) AS block_number, unnest($hashes::VARCHAR[]) AS hash,
        unnest($places::BIGINT[]) AS place"""


def placed() -> str:
    """The transactions of a slice, numbered anew by `places`, which has the place in their block of some."""
    return """
      SELECT row_number() OVER (ORDER BY block_number, place NULLS LAST, "index" NULLS LAST, hash) AS number,
        t.* EXCLUDE (number)
      FROM slice_transactions AS t LEFT JOIN places AS p USING (block_number, hash)"""


def slice_rows(table: str, *, has_repeated: bool) -> str:
    """The inputs or outputs of `slice_transactions`."""
    names = ", ".join(f'rows."{one.name}"' for one in _COLUMNS[table])
    source = f"""
      FROM unresolved_{table} AS rows
      JOIN slice_transactions AS t ON t.hash = rows.transaction_hash AND t.block_number = rows.block_number
      WHERE rows.{_SLICE}"""
    if not has_repeated:
        return f"SELECT t.number, {names}, false AS disputed {source}"
    return f"""
      SELECT t.number, {names}, false AS disputed {source} AND NOT t.repeated
      UNION ALL
      SELECT t.number, {_merged(table)} {source} AND t.repeated GROUP BY t.number, rows."index\""""


def broken() -> str:
    """The transactions of a slice that are not whole, or state what cannot be."""
    return f"""
      SELECT t.number, t.hash FROM slice_transactions AS t
      LEFT JOIN (SELECT number, {_counted("value < 0 OR spent_output_index < 0")} AS bad
        FROM slice_inputs GROUP BY number) AS i USING (number)
      LEFT JOIN (SELECT number, {_counted("value IS NULL OR value < 0")} AS bad
        FROM slice_outputs GROUP BY number) AS o USING (number)
      WHERE coalesce(i.rows, 0) IS DISTINCT FROM t.input_count OR coalesce(o.rows, 0) IS DISTINCT FROM t.output_count
        OR coalesce(i.bad, false) OR coalesce(o.bad, false)
        OR t.is_coinbase IS NULL OR (t.is_coinbase AND t.input_count > 0)
      ORDER BY t.number"""


def in_order(table: str) -> str:
    """The rows of a slice in ledger order."""
    order = "number" if table == layout.TRANSACTIONS else 'number, "index"'
    return f"SELECT {SHAPES[table].names()} FROM slice_{table} ORDER BY {order}"


def disputes(table: str) -> str:
    """Rows of a slice of which sources say different things: transaction hash and index."""
    named, order = (
        ("hash, NULL", "number") if table == layout.TRANSACTIONS else ('transaction_hash, "index"', 'number, "index"')
    )
    return f"SELECT {named} FROM slice_{table} WHERE disputed ORDER BY {order}"


def _counted(impossible: str) -> str:
    return f'count(*) AS rows, max("index") <> count(*) - 1 OR min("index") <> 0 OR bool_or({impossible})'


def _merged(table: str) -> str:
    """The columns of many rows of one thing, and whether any two of the rows disagree."""
    keys = _KEYS[table]
    columns = ", ".join(_of_many(one, keys) for one in _COLUMNS[table])
    others = [f'rows."{one.name}"' for one in _COLUMNS[table] if one.name not in keys]
    return f"{columns}, {' OR '.join(f'coalesce(min({one}) < max({one}), false)' for one in others)} AS disputed"


def _of_many(column: Column, keys: tuple[str, ...]) -> str:
    if column.name in {"spent_transaction_hash", "spent_output_index"}:
        # The two belong together.
        field = "hash" if column.name == "spent_transaction_hash" else "at"
        return f"max({{'hash': spent_transaction_hash, 'at': spent_output_index}}).{field} AS {column.name}"
    chosen = "any_value" if column.name in keys else "max"
    return f'{chosen}(rows."{column.name}") AS "{column.name}"'
