"""Table `token_transfers`: transfers of tokens, one row a Transfer event.

ethereum-etl writes events of single things (ERC-721) here too, with the number of the thing as the value, and nothing
in the row tells them apart. Where the logs of the same run show which they are, they are left out.
"""

# ruff: noqa: S608 - every text put into a query is our own, or quoted by `literal` and `identifier`

from pathlib import Path

from qiyafa.chains.readers.ethereum_etl.run import Run
from qiyafa.chains.readers.tabular.fields import ADDRESS, BLOCK, HASH, INDEX, TIME, UNITS, Field, may, must
from qiyafa.chains.readers.tabular.staging import Staged

FIELDS: tuple[Field, ...] = (
    must("token_address", ADDRESS),
    must("from_address", ADDRESS),
    must("to_address", ADDRESS),
    must("value", UNITS),
    must("transaction_hash", HASH),
    must("log_index", INDEX),
    must("block_number", BLOCK),
    may("transaction_index", INDEX),
    may("block_timestamp", TIME),
)

_COLUMNS = {
    "block_number": "block_number",
    "transaction_index": "transaction_index",
    "time": "block_timestamp",
    "transaction_hash": "transaction_hash",
    "kind": "'token'",
    "source": "from_address",
    "target": "to_address",
    "units_text": "value",
    # A failed transaction leaves no events.
    "status": "'ok'",
    "log_index": "log_index",
}


def read_token_transfers(run: Run, files: tuple[Path, ...]) -> None:
    """Write the token transfers of all files; the logs must have been read before."""
    for path in files:
        staged = run.staged(path, "token_transfers", FIELDS)
        known = "(SELECT transaction_hash, log_index FROM single_tokens)"
        single = f"fault IS NULL AND (transaction_hash, log_index) IN {known}"
        count = run.scratch.number(f"SELECT count(*) FROM staged WHERE {single}")
        staged.file.problems.summarize("chains.problem.single_tokens", count, left_out=True)
        rows = write_token_transfers(run, staged, f"(SELECT * FROM staged WHERE fault IS NULL AND NOT ({single}))")
        run.finish(staged, "token_transfers", rows)
    run.provides |= {"tokens"} if files else set()


def write_token_transfers(run: Run, staged: Staged, relation: str) -> int:
    """Write the rows of a relation that has the FIELDS of this table, and return how many rows were written."""
    failed = "transaction_hash IN (SELECT transaction_hash FROM failed_transactions)"
    count = run.scratch.number(f"SELECT count(*) FROM {relation} WHERE {failed}")
    staged.file.problems.summarize("chains.problem.tokens_in_failed", count, left_out=True)
    columns = _COLUMNS | {
        "asset": f"'{run.chain.caip2}/{run.chain.token_namespace}:' || token_address",
        "precision": staged.precision("value"),
    }
    return run.scratch.write_transfers(columns, f"{relation} WHERE NOT ({failed})")
