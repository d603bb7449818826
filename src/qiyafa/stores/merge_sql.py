"""The merge rules of transfers, as SQL for DuckDB.

Rows of any number of sources and of the ledger itself become one sequence of transfers. The result depends on the
rows alone, never on the order in which they came. A merge has these steps:

1. `candidates`: all rows, each with the block, index and time that any row of its transaction knows.
2. Rows with a number in their transaction (fee, native value, trace address, log index) are one transfer each:
   the same transfer from several sources is merged, exact units win over lossy, a known status over an unknown.
3. Rows without such a number (explorer downloads) are counted by content: the most that any one file holds, less
   the numbered rows of the same content.
4. `position` numbers the transfers of a transaction; the sort is the chain's own.
"""

# ruff: noqa: S608 - every text put into a query is our own or a quoted literal

from typing import Final

from qiyafa.model.tables import RAW_TRANSFERS, TRANSFERS

LEDGER_FILE: Final = ""
"""The origin of a row that the ledger holds already; the others are named by their raw file."""

_CONTENT: Final = "transaction_hash, kind, source, target, asset, units_text"
_PLACE: Final = "block_number, transaction_index, time"

# What numbers a row inside its transaction; null if the source lacks it. A reward is named by what it is.
_SUB_INDEX: Final = """
  CASE kind
    WHEN 'fee' THEN ''
    WHEN 'native' THEN ''
    WHEN 'internal' THEN trace_address
    WHEN 'token' THEN log_index::VARCHAR
    ELSE concat_ws('|', coalesce(block_number, time), target, trace_address, units_text)
  END"""

_NUMBER_HASH: Final = f"hash(transaction_hash, kind, {_SUB_INDEX})"
_FEE_OR_VALUE: Final = "CASE kind WHEN 'fee' THEN 0 ELSE 1 END"


def incoming_rows() -> str:
    """Raw files as rows: `$files`. A failed value is 0; an empty trace address is none."""
    plain = ", ".join(
        f'CAST("{column.name}" AS {column.type}) AS "{column.name}"'
        for column in RAW_TRANSFERS
        if column.name not in {"transaction_hash", "source", "target", "units_text", "trace_address"}
    )
    return f"""
      SELECT filename AS file, {plain},
        coalesce(transaction_hash, '') AS transaction_hash, coalesce(source, '') AS source,
        coalesce(target, '') AS target,
        CASE WHEN status = 'failed' AND kind <> 'fee' THEN '0' ELSE units_text END AS units_text,
        nullif(trace_address, '') AS trace_address
      FROM read_parquet($files, filename = true, hive_partitioning = false, union_by_name = true)"""


def kept_rows() -> str:
    """Parts of the ledger as rows of the same shape: `$files`."""
    names = ", ".join(f'"{column.name}"' for column in RAW_TRANSFERS)
    return f"SELECT '{LEDGER_FILE}' AS file, {names} FROM read_parquet($files, hive_partitioning = false)"


def resolved_transactions() -> str:
    """Transactions of which some rows lack, or dispute, the block, index or time: the highest claim of each.

    The highest block is the later one: a transaction that a reorganization dropped comes back later.
    """
    return """
      SELECT transaction_hash, max(block_number) AS block_number, max(transaction_index) AS transaction_index,
        max(time) AS time,
        min(block_number) < max(block_number) OR min(transaction_index) < max(transaction_index) AS disputed
      FROM unresolved WHERE transaction_hash <> ''
      GROUP BY transaction_hash
      HAVING min(block_number) IS DISTINCT FROM max(block_number) OR count(block_number) NOT IN (0, count(*))
        OR min(transaction_index) IS DISTINCT FROM max(transaction_index)
        OR count(transaction_index) NOT IN (0, count(*))
        OR min(time) IS DISTINCT FROM max(time) OR count(time) NOT IN (0, count(*))"""


def block_times() -> str:
    """The time of each block of which some row lacks it."""
    return """
      SELECT block_number, max(time) AS time FROM unresolved WHERE block_number IS NOT NULL
      GROUP BY block_number HAVING count(time) NOT IN (0, count(*))"""


def candidates(*, has_resolved: bool, has_block_times: bool) -> str:
    """All rows, with what `resolved` and `block_times` know of them filled in."""
    rest = ", ".join(f'u."{column.name}"' for column in RAW_TRANSFERS if column.name not in set(_PLACE.split(", ")))
    if not has_resolved and not has_block_times:
        return "SELECT * FROM unresolved"
    return f"""
      SELECT u.file, coalesce(r.block_number, u.block_number) AS block_number,
        coalesce(r.transaction_index, u.transaction_index) AS transaction_index,
        coalesce(r.time, u.time, b.time) AS time, {rest}
      FROM unresolved u LEFT JOIN resolved r ON u.transaction_hash = r.transaction_hash
      LEFT JOIN block_times b ON b.block_number = coalesce(r.block_number, u.block_number)"""


def contested(key: str) -> str:
    """Hashes of the numbered transfers in `$first`..`$last` that more than one row claims, and which need a merge."""
    return f"""
      SELECT {_NUMBER_HASH} AS number_hash FROM candidates
      WHERE {key} BETWEEN $first AND $last AND {_SUB_INDEX} IS NOT NULL
      GROUP BY number_hash HAVING count(*) > 1"""


def merged(key: str, *, by_time: bool) -> str:
    """The transfers whose `key` (a column, or an expression) lies in `$first`..`$last`, in ledger order.

    Fees and native values that one row claims are passed through; the rest takes the long way.
    """
    names = ", ".join(_output(column.name) for column in TRANSFERS)
    short = f"kind IN ('fee', 'native') AND {_NUMBER_HASH} NOT IN (SELECT number_hash FROM contested)"
    return f"""
    WITH keyed AS (
      SELECT *, {_SUB_INDEX} AS sub_index FROM candidates WHERE {key} BETWEEN $first AND $last AND NOT ({short})
    ),
    numbered AS ({_one_for_each_number()}),
    unnumbered AS ({_most_in_any_file()}),
    transfers AS (FROM numbered UNION ALL BY NAME FROM unnumbered),
    positioned AS (
      SELECT * EXCLUDE (file), {_FEE_OR_VALUE} AS position
      FROM candidates WHERE {key} BETWEEN $first AND $last AND {short}
      UNION ALL BY NAME ({_positioned()})
    )
    SELECT {names} FROM positioned
    ORDER BY {"coalesce(time, -1), " if by_time else ""}block_number NULLS LAST, kind = 'reward',
      transaction_index NULLS LAST, transaction_hash, position"""


def disputed_numbers(key: str) -> str:
    """Numbered transfers of which two exact rows say different things: transaction hash and kind."""
    return f"""
      SELECT transaction_hash, kind FROM candidates
      WHERE precision = 'exact' AND kind <> 'reward' AND {key} BETWEEN $first AND $last
        AND {_NUMBER_HASH} IN (SELECT number_hash FROM contested)
      GROUP BY transaction_hash, kind, {_SUB_INDEX}
      HAVING min(source) < max(source) OR min(target) < max(target) OR min(asset) < max(asset)
        OR count(DISTINCT units_text) FILTER (status <> 'failed') > 1
        OR (kind <> 'fee' AND bool_or(status = 'failed') AND bool_or(status = 'ok' AND units_text <> '0'))
      ORDER BY ALL"""


def _one_for_each_number() -> str:
    """One row for each (transaction, kind, number). The winner is the least of the exact rows, else of the lossy."""
    return f"""
      SELECT * EXCLUDE (sub_index, winner), winner.source AS source, winner.target AS target, winner.asset AS asset,
        winner.precision AS precision,
        CASE WHEN status = 'failed' AND kind <> 'fee' THEN '0' ELSE winner.units_text END AS units_text
      FROM (
        SELECT {_each("max", _PLACE)}, transaction_hash, kind, sub_index, {_status()} AS status,
          max(trace_address) AS trace_address, max(log_index) AS log_index,
          min(struct_pack(precision, source, target, asset, digits := length(units_text), units_text)) AS winner
        FROM keyed WHERE sub_index IS NOT NULL AND {_NUMBER_HASH} IN (SELECT number_hash FROM contested)
        GROUP BY transaction_hash, kind, sub_index
      )
      UNION ALL BY NAME
      SELECT * EXCLUDE (file, sub_index) FROM keyed
      WHERE sub_index IS NOT NULL AND {_NUMBER_HASH} NOT IN (SELECT number_hash FROM contested)"""


def _most_in_any_file() -> str:
    """Rows without a number, as often as one file holds them, less the numbered rows of the same content.

    The ledger's own rows count together with the numbered rows that stood beside them when they were stored.
    """
    return f"""
      SELECT * EXCLUDE (copies, known), NULL::VARCHAR AS trace_address, NULL::BIGINT AS log_index
      FROM (
        SELECT {_each("max", _PLACE)}, {_CONTENT}, {_each("min", "precision")}, {_status()} AS status,
          max(copies + CASE WHEN file = '{LEDGER_FILE}' THEN coalesce(stored, 0) ELSE 0 END) AS copies,
          any_value(known) AS known
        FROM (
          SELECT file, {_each("max", _PLACE)}, {_CONTENT}, {_each("min", "precision")}, {_status()} AS status,
            count(*) AS copies
          FROM keyed WHERE sub_index IS NULL GROUP BY file, {_CONTENT}
        ) AS of_file
        LEFT JOIN (
          SELECT {_CONTENT}, count(*) AS known FROM numbered WHERE kind IN ('internal', 'token') GROUP BY {_CONTENT}
        ) AS of_numbered USING ({_CONTENT})
        LEFT JOIN (
          SELECT {_CONTENT}, count(*) AS stored FROM keyed
          WHERE file = '{LEDGER_FILE}' AND kind IN ('internal', 'token') AND sub_index IS NOT NULL GROUP BY {_CONTENT}
        ) AS of_stored USING ({_CONTENT})
        GROUP BY {_CONTENT}
      ), range(copies - coalesce(known, 0))"""


def _positioned() -> str:
    """Fee 0, native value 1, then internal transfers by trace address, then tokens by log index; rewards from 0."""
    trace = "TRY_CAST(string_split(trace_address, ',') AS BIGINT[])"
    units = "length(units_text), units_text"
    return f"""
      SELECT *, {_FEE_OR_VALUE} AS position
      FROM transfers WHERE kind IN ('fee', 'native')
      UNION ALL
      SELECT *, 1 + row_number() OVER (
        PARTITION BY transaction_hash
        ORDER BY kind, trace_address IS NULL, {trace}, log_index NULLS LAST, source, target, asset, {units}
      ) AS position FROM transfers WHERE kind IN ('internal', 'token')
      UNION ALL
      SELECT *, row_number() OVER (
        PARTITION BY block_number, time ORDER BY {trace} NULLS FIRST, target, {units}, trace_address
      ) - 1 AS position FROM transfers WHERE kind = 'reward'"""


def _output(name: str) -> str:
    if name == "units":
        return "TRY_CAST(units_text AS DECIMAL(38,0)) AS units"
    if name == "order":
        return """CASE WHEN block_number IS NULL OR (transaction_index IS NULL AND transaction_hash <> '')
          OR (kind = 'internal' AND trace_address IS NULL) OR (kind = 'token' AND log_index IS NULL)
          THEN 'assumed' ELSE 'exact' END AS "order\""""
    return f'"{name}"'


def _status() -> str:
    return "CASE WHEN bool_or(status = 'failed') THEN 'failed' WHEN bool_or(status = 'ok') THEN 'ok' ELSE 'unknown' END"


def _each(aggregate: str, names: str) -> str:
    return ", ".join(f"{aggregate}({name}) AS {name}" for name in names.split(", "))
