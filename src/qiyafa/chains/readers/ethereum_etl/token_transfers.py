"""Table `token_transfers`: transfers of tokens, one row a Transfer event.

ethereum-etl writes events of single things (ERC-721) here too, with the number of the thing as the value, and nothing
in the row tells them apart. Where the logs of the same run show which they are, they are left out.
"""

# ruff: noqa: S608 - every text put into a query is our own, or quoted by `literal` and `identifier`

from pathlib import Path

from qiyafa.chains.readers.ethereum_etl.plain_token_transfers import PlainTransfers, write_plain_transfers
from qiyafa.chains.readers.ethereum_etl.run import Run
from qiyafa.chains.readers.tabular.fields import ADDRESS, BLOCK, HASH, INDEX, TIME, UNITS, Field, may, must
from qiyafa.chains.readers.tabular.plain_csv import PlainCsv
from qiyafa.chains.readers.tabular.staging import Staged, TableFile, open_plain, stage, stage_again, stage_others

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

_GOOD = "staged WHERE fault IS NULL"
_FAILED = "transaction_hash IN (SELECT transaction_hash FROM failed_transactions)"
_SINGLE = "(transaction_hash, log_index) IN (SELECT transaction_hash, log_index FROM single_tokens)"

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
        file = run.opened(path, "token_transfers", FIELDS)
        source = open_plain(run.scratch, file)
        rows = _write_file(run, file, source)
        run.finish_file(file, "token_transfers", rows, None if source is None else source.sha256)
    run.provides |= {"tokens"} if files else set()


def _write_file(run: Run, file: TableFile, source: PlainCsv | None) -> int:
    """Write the token transfers of one file, and return how many."""
    if source is None:
        return _write_good(run, stage(run.scratch, file), (_GOOD,))
    plain = write_plain_transfers(run, source, file.told)
    if plain is None:
        return _write_good(run, stage_again(run.scratch, file, source), (_GOOD,))
    if _has_left_out(run, plain):
        return _write_good(run, stage_others(run.scratch, file, source.others), (_GOOD, plain.as_fields))
    run.scratch.parquet_files.append(str(plain.path))
    if not source.others.numbers:
        return plain.rows
    return plain.rows + _write_good(run, stage_others(run.scratch, file, source.others), (_GOOD,))


def _has_left_out(run: Run, plain: PlainTransfers) -> bool:
    """Return whether any of the transfers is to be left out."""
    known = "(FROM single_tokens LIMIT 1) UNION ALL (SELECT transaction_hash, NULL FROM failed_transactions LIMIT 1)"
    if not run.scratch.run(f"FROM ({known}) LIMIT 1"):
        return False
    return bool(run.scratch.number(f"SELECT count(*) FROM {plain.as_fields} WHERE {_SINGLE} OR {_FAILED}"))


def _write_good(run: Run, staged: Staged, relations: tuple[str, ...]) -> int:
    """Write the transfers in some relations, except those of single things, and return how many."""
    names = ", ".join(field.name for field in FIELDS)
    good = " UNION ALL ".join(f"SELECT {names} FROM {relation}" for relation in relations)
    count = run.scratch.number(f"SELECT count(*) FROM ({good}) WHERE {_SINGLE}")
    staged.file.problems.summarize("chains.problem.single_tokens", count, left_out=True)
    return write_token_transfers(run, staged, f"(SELECT * FROM ({good}) WHERE NOT ({_SINGLE}))")


def write_token_transfers(run: Run, staged: Staged, relation: str) -> int:
    """Write the rows of a relation that has the FIELDS of this table, and return how many rows were written."""
    count = run.scratch.number(f"SELECT count(*) FROM {relation} WHERE {_FAILED}")
    staged.file.problems.summarize("chains.problem.tokens_in_failed", count, left_out=True)
    columns = _COLUMNS | {
        "asset": f"'{run.chain.caip2}/{run.chain.token_namespace}:' || token_address",
        "precision": staged.precision("value"),
    }
    return run.scratch.write_transfers(columns, f"{relation} WHERE NOT ({_FAILED})")
