"""Table `transactions`: a fee and a native value for each transaction.

The fee is gas used times the price that was paid, with what blobs and a layer below cost where the source says it;
it is paid by a failed transaction too. Without gas used there is no fee, and without a status nobody knows whether
the value arrived: both are said of the whole source.
"""

# ruff: noqa: S608 - every text put into a query is our own, or quoted by `literal` and `identifier`

from pathlib import Path

from qiyafa.chains.readers.ethereum_etl.receipts import EMBEDDED_FIELDS, SETTLEMENT_NAMES
from qiyafa.chains.readers.ethereum_etl.run import Run
from qiyafa.chains.readers.tabular.fields import (
    ADDRESS,
    BLOCK,
    HASH,
    INDEX,
    PRICE,
    TIME,
    UNITS,
    Field,
    may,
    must,
    must_exist,
)
from qiyafa.chains.readers.tabular.staging import Staged, note_faults

FIELDS: tuple[Field, ...] = (
    must("hash", HASH, "transaction_hash"),
    must("block_number", BLOCK),
    may("transaction_index", INDEX),
    must("from_address", ADDRESS),
    must_exist("to_address", ADDRESS),
    must("value", UNITS),
    may("nonce", BLOCK),
    may("gas_price", PRICE),
    may("block_timestamp", TIME),
    *EMBEDDED_FIELDS,
)

_FEE = """
  CAST(gas_used AS HUGEINT) * CAST(paid_price AS HUGEINT) + coalesce(CAST(l1_fee AS HUGEINT), 0)
  + coalesce(CAST(blob_gas_used AS HUGEINT) * CAST(blob_gas_price AS HUGEINT), 0)"""

_EMBEDDED_NAMES = [field.name for field in EMBEDDED_FIELDS]

_COMMON = {
    "block_number": "block_number",
    "transaction_index": "transaction_index",
    "time": "block_timestamp",
    "transaction_hash": "hash",
    "source": "from_address",
    "status": "coalesce(status, 'unknown')",
}


def read_transactions(run: Run, files: tuple[Path, ...], *, are_traced: bool) -> None:
    """Write the fees and native values of all files; the receipts must have been read before.

    Fills the scratch tables `failed_transactions` and, if traces follow, `transaction_places`.
    """
    run.scratch.run("CREATE TABLE failed_transactions (transaction_hash VARCHAR)")
    run.scratch.run(
        "CREATE TABLE transaction_places (transaction_hash VARCHAR, block_number VARCHAR, transaction_index VARCHAR)"
    )
    fees_are_known = bool(files)
    for path in files:
        staged = run.staged(path, "transactions", FIELDS)
        _settle(run)
        note_faults(run.scratch, staged, "settled")
        rows = _write_native(run, staged)
        _write_fees(run, staged)
        fees_are_known &= _note_unknown(run, staged)
        run.scratch.run("INSERT INTO failed_transactions SELECT hash FROM settled WHERE status = 'failed'")
        if are_traced:
            run.scratch.run("INSERT INTO transaction_places SELECT hash, block_number, transaction_index FROM settled")
        run.finish(staged, "transactions", rows)
    run.provides |= {"native"} if files else set()
    run.provides |= {"fees"} if fees_are_known else set()


def _settle(run: Run) -> None:
    """Put each good transaction and its receipt, wherever that stands, side by side in `settled`."""
    if run.has_receipts:
        receipt = ", ".join(f"coalesce(r.{name}, t.receipt_{name}) AS {name}" for name in SETTLEMENT_NAMES)
        kind, rows = "TABLE", "staged t LEFT JOIN receipts r ON t.hash = r.transaction_hash"
    else:
        receipt = ", ".join(f"receipt_{name} AS {name}" for name in SETTLEMENT_NAMES)
        kind, rows = "VIEW", "staged t"
    run.scratch.run(f"""
        CREATE OR REPLACE {kind} settled AS
        SELECT *, CASE WHEN target IS NULL THEN 'chains.problem.created_contract' END AS fault, NULL AS fault_text
        FROM (
          SELECT *, coalesce(effective_gas_price, gas_price) AS paid_price,
            coalesce(to_address, contract_address, created_contract_of(from_address, nonce)) AS target
          FROM (SELECT t.* EXCLUDE (fault, fault_text), {receipt} FROM {rows} WHERE t.fault IS NULL)
        )""")


def _write_native(run: Run, staged: Staged) -> int:
    columns = _COMMON | {
        "kind": "'native'",
        "target": "target",
        "asset": f"'{run.chain.native_asset}'",
        "units_text": "CASE WHEN status = 'failed' THEN '0' ELSE value END",
        "precision": staged.precision("value"),
    }
    return run.scratch.write_transfers(columns, "settled WHERE fault IS NULL")


def _write_fees(run: Run, staged: Staged) -> int:
    columns = _COMMON | {
        "kind": "'fee'",
        "target": "''",
        "asset": f"'{run.chain.native_asset}'",
        "units_text": _FEE,
        "precision": "'lossy'" if run.receipts_are_lossy else staged.precision("gas_price", *_EMBEDDED_NAMES),
    }
    return run.scratch.write_transfers(
        columns, "settled WHERE fault IS NULL AND gas_used IS NOT NULL AND paid_price IS NOT NULL"
    )


def _note_unknown(run: Run, staged: Staged) -> bool:
    """Say how many fees and failures are unknown; return whether none is."""
    [(without_fee, without_status)] = run.scratch.run("""
        SELECT count(*) FILTER (gas_used IS NULL OR paid_price IS NULL), count(*) FILTER (status IS NULL)
        FROM settled""")
    problems = staged.file.problems
    problems.summarize("chains.problem.fees_unknown", without_fee, left_out=False)
    problems.summarize("chains.problem.status_unknown", without_status, left_out=False)
    return not without_fee and not without_status
