"""Table `traces`: internal transfers and block rewards.

A call, a creation and a self-destruct move their value; calls that run another's code in place (`delegatecall`,
`staticcall`, `callcode`) move nothing. The root trace is the transaction's own value and is counted there. A trace
that failed moves nothing, nor does anything below it, nor anything in a failed transaction.
Traces of go-ethereum lack the transaction hash, which then comes from the transactions of the same run, and of a
self-destruct they may lack the value, which is then counted and said.
"""

# ruff: noqa: S608 - every text put into a query is our own, or quoted by `literal` and `identifier`

from pathlib import Path

from qiyafa.chains.readers.ethereum_etl.run import Run
from qiyafa.chains.readers.tabular.fields import (
    ADDRESS,
    BLOCK,
    HASH,
    INDEX,
    STATUS,
    TEXT,
    TIME,
    TRACE_ADDRESS,
    UNITS,
    Field,
    may,
    must,
    must_exist,
)
from qiyafa.chains.readers.tabular.staging import Staged, note_faults
from qiyafa.model.errors import InvalidInput

FIELDS: tuple[Field, ...] = (
    must("block_number", BLOCK),
    may("transaction_hash", HASH),
    may("transaction_index", INDEX),
    may("block_timestamp", TIME),
    must_exist("from_address", ADDRESS),
    must_exist("to_address", ADDRESS),
    must_exist("value", UNITS),
    must("trace_type", TEXT),
    may("call_type", TEXT),
    may("reward_type", TEXT),
    may("trace_address", TRACE_ADDRESS),
    may("trace_id", TEXT),
    may("status", STATUS),
    may("error", TEXT),
)

_COLUMNS = {
    "block_number": "block_number",
    "transaction_index": "transaction_index",
    "time": "block_timestamp",
    "target": "to_address",
    "units_text": "value",
    "precision": "precision",
}

# How the trace moves value: `internal`, `reward`, `nothing`, or `other` for what is neither.
_MOVES = """
  CASE WHEN trace_type IN ('reward', 'genesis') THEN 'reward'
       WHEN trace_type IN ('delegatecall', 'staticcall', 'callcode') THEN 'nothing'
       WHEN trace_type NOT IN ('call', 'create', 'create2', 'suicide', 'selfdestruct') THEN 'other'
       WHEN trace_address = '' OR is_failed THEN 'nothing'
       WHEN trace_type = 'call' AND coalesce(lower(call_type), 'call') <> 'call' THEN 'nothing'
       WHEN trace_type IN ('suicide', 'selfdestruct') AND value IS NULL THEN 'unknown'
       ELSE 'internal' END"""

_ID_OF_TRANSACTION_TRACE = "^[a-z0-9]+_(0x[0-9a-f]{64})_([0-9_]*)$"
"""`trace_id`, e.g. `call_0x…_0_2`: type, transaction, trace address."""


def read_traces(run: Run, files: tuple[Path, ...]) -> None:
    """Write the internal transfers and rewards of all files; the transactions must have been read before."""
    for number, path in enumerate(files):
        staged = run.staged(path, "traces", FIELDS)
        if not staged.present & {"trace_address", "trace_id"}:
            raise InvalidInput(
                "chains.error.column_missing", file=str(path), column="trace_address", found=", ".join(staged.present)
            )
        _load(run, staged, number)
        note_faults(run.scratch, staged, f"(SELECT * FROM traces WHERE file = {number})")
        for moves in ("other", "unknown"):
            count = run.scratch.number(f"SELECT count(*) FROM traces WHERE file = {number} AND moves = '{moves}'")
            staged.file.problems.summarize(f"chains.problem.{moves}_traces", count, left_out=True)
        rows = run.scratch.number(f"SELECT count(*) FROM traces WHERE file = {number} AND fault IS NULL")
        run.finish(staged, "traces", rows)
    if files:
        _write_internal(run)
        _write_rewards(run)
        run.provides.add("internal")


def _load(run: Run, staged: Staged, number: int) -> None:
    """Add the staged traces of file `number` to the scratch table `traces`, failed and unmoving ones too."""
    into = "INSERT INTO traces" if number else "CREATE TABLE traces AS"
    has_address, has_outcome = "trace_address" in staged.present, staged.present & {"status", "error"}
    trace_address = "coalesce(trace_address, '')" if has_address else f"replace({_from_id(2)}, '_', ',')"
    run.scratch.run(f"""
        {into}
        SELECT *, CASE
            WHEN moves = 'internal' AND transaction_hash IS NULL THEN 'chains.problem.trace_transaction'
            WHEN moves IN ('internal', 'reward') AND to_address IS NULL THEN 'to_address'
            WHEN moves = 'internal' AND from_address IS NULL THEN 'from_address'
            WHEN moves IN ('internal', 'reward') AND value IS NULL THEN 'value' END AS fault,
          NULL::VARCHAR AS fault_text
        FROM (
          SELECT *, {_MOVES} AS moves
          FROM (
            SELECT {number} AS file, place, block_number, transaction_index, block_timestamp, from_address, to_address,
              value, lower(trace_type) AS trace_type, call_type, reward_type, trace_id,
              {trace_address} AS trace_address,
              coalesce(transaction_hash, nullif({_from_id(1)}, '')) AS transaction_hash,
              coalesce(status = 'failed', false) OR error IS NOT NULL AS is_failed,
              {"'ok'" if has_outcome else "'unknown'"} AS status, {staged.precision("value")} AS precision
            FROM {_with_transaction_hash(run)}
          )
        )""")


def _from_id(group: int) -> str:
    return f"coalesce(regexp_extract(trace_id, '{_ID_OF_TRANSACTION_TRACE}', {group}), '')"


def _with_transaction_hash(run: Run) -> str:
    """Return the good staged rows as a relation, their transaction found by block and index where it is not named."""
    good = "(SELECT * FROM staged WHERE fault IS NULL)"
    nameless = "transaction_hash IS NULL AND trace_id IS NULL AND transaction_index IS NOT NULL"
    if not run.scratch.number(f"SELECT count(*) FROM {good} WHERE {nameless}"):
        return good
    return f"""(
        SELECT t.* EXCLUDE (transaction_hash), coalesce(t.transaction_hash, known.transaction_hash) AS transaction_hash
        FROM {good} t LEFT JOIN (
          SELECT block_number, transaction_index, min(transaction_hash) AS transaction_hash
          FROM transaction_places GROUP BY ALL
        ) known USING (block_number, transaction_index)
    )"""


def _write_internal(run: Run) -> None:
    """Write what moves inside transactions, except below a failed trace; a failed transaction has a failed root."""
    run.scratch.run("""
        CREATE TABLE failed_traces AS
        SELECT transaction_hash, trace_address FROM traces WHERE is_failed
        UNION SELECT transaction_hash, '' FROM failed_transactions""")
    run.scratch.run("""
        CREATE TABLE undone_traces AS
        SELECT DISTINCT transaction_hash, trace_address
        FROM (
          SELECT transaction_hash, trace_address, unnest(list_prepend('', list_transform(
            range(1, len(string_split(trace_address, ',')) + 1),
            lambda depth: array_to_string(string_split(trace_address, ',')[1:depth], ',')
          ))) AS ancestor
          FROM traces SEMI JOIN failed_traces USING (transaction_hash) WHERE moves = 'internal'
        ) traced
        SEMI JOIN failed_traces failed
          ON traced.transaction_hash = failed.transaction_hash AND traced.ancestor = failed.trace_address""")
    columns = _COLUMNS | {
        "transaction_hash": "transaction_hash",
        "kind": "'internal'",
        "source": "from_address",
        "asset": f"'{run.chain.native_asset}'",
        "status": "status",
        "trace_address": "trace_address",
    }
    moving = "traces ANTI JOIN undone_traces USING (transaction_hash, trace_address)"
    run.scratch.write_transfers(columns, f"{moving} WHERE moves = 'internal' AND fault IS NULL")


def _write_rewards(run: Run) -> None:
    """Write block rewards and the balances of the genesis block.

    A reward has no transaction; its name, kept as the trace address, tells equal ones of one block apart: `uncle:1`.
    """
    columns = _COLUMNS | {
        "transaction_index": "NULL",
        "transaction_hash": "''",
        "kind": "'reward'",
        "source": "''",
        "asset": f"'{run.chain.native_asset}'",
        "status": "'ok'",
        "trace_address": "reward || ':' || nth",
    }
    run.scratch.write_transfers(
        columns,
        """(
          SELECT *, dense_rank() OVER (
            PARTITION BY file, block_number, to_address, reward, value
            ORDER BY coalesce(trace_id, ''), CASE WHEN trace_id IS NULL THEN place END
          ) - 1 AS nth
          FROM (
            SELECT *, coalesce(nullif(regexp_extract(lower(reward_type), '^[a-z_]+$'), ''), trace_type) AS reward
            FROM traces WHERE moves = 'reward' AND fault IS NULL
          )
        )""",
    )
