"""Table `receipts`: what each transaction used, whether it failed, and which contract it created.

Blocks before Byzantium (4,370,000 on Ethereum) have no status: whether a transaction failed is then unknown.
"""

# ruff: noqa: S608 - every text put into a query is our own, or quoted by `literal` and `identifier`

from pathlib import Path

from qiyafa.chains.readers.ethereum_etl.run import Run
from qiyafa.chains.readers.reading import FileProblems
from qiyafa.chains.readers.tabular.fields import (
    ADDRESS,
    GAS,
    HASH,
    LAYER_FEE,
    PRICE,
    STATUS,
    Field,
    may,
    must,
    must_exist,
)

_SETTLEMENT: tuple[Field, ...] = (
    may("effective_gas_price", PRICE),
    may("contract_address", ADDRESS),
    may("blob_gas_used", GAS),
    may("blob_gas_price", PRICE),
    may("l1_fee", LAYER_FEE),
)

FIELDS: tuple[Field, ...] = (
    must("transaction_hash", HASH, "hash"),
    must_exist("gas_used", GAS),
    must_exist("status", STATUS),
    *_SETTLEMENT,
)

SETTLEMENT_NAMES: tuple[str, ...] = ("gas_used", "status", *(one.name for one in _SETTLEMENT))
"""What a receipt says; the transactions of some sources carry the same as `receipt_<name>`."""

EMBEDDED_FIELDS: tuple[Field, ...] = (
    may("receipt_gas_used", GAS),
    may("receipt_status", STATUS),
    *(may(f"receipt_{one.name}", one.check) for one in _SETTLEMENT),
)
"""The receipt's columns where they stand in the transactions."""


def read_receipts(run: Run, files: tuple[Path, ...]) -> None:
    """Load all receipts into the scratch table `receipts`, one row a transaction."""
    columns = ", ".join(f"{name} VARCHAR" for name in SETTLEMENT_NAMES)
    run.scratch.run(f"CREATE TABLE receipts (transaction_hash VARCHAR, {columns})")
    run.has_receipts = bool(files)
    for path in files:
        staged = run.staged(path, "receipts", FIELDS)
        names = ", ".join(SETTLEMENT_NAMES)
        rows = run.scratch.number(
            f"INSERT INTO receipts SELECT transaction_hash, {names} FROM staged WHERE fault IS NULL"
        )
        run.receipts_are_lossy |= bool(staged.lossy)
        run.finish(staged, "receipts", rows)
    repeated = run.scratch.number("SELECT count(*) - count(DISTINCT hash(transaction_hash)) FROM receipts")
    if repeated:
        _merge_repeated(run)


def _merge_repeated(run: Run) -> None:
    """Leave one receipt a transaction. Where two contradict each other, the same one wins whichever came first."""
    packed = ", ".join(f"{name} := {name}" for name in SETTLEMENT_NAMES)
    run.scratch.run(f"""
        CREATE TABLE merged_receipts AS
        SELECT transaction_hash, min(receipt) AS receipt, min(receipt) <> max(receipt) AS is_disputed
        FROM (SELECT transaction_hash, struct_pack({packed}) AS receipt FROM receipts) GROUP BY transaction_hash""")
    disputes = FileProblems("receipts")
    for (transaction_hash,) in run.scratch.run(
        "SELECT transaction_hash FROM merged_receipts WHERE is_disputed ORDER BY transaction_hash"
    ):
        disputes.add(f"transaction {transaction_hash}", "chains.problem.receipts_disagree")
    run.problems.append(disputes)
    run.scratch.run("CREATE OR REPLACE TABLE receipts AS SELECT transaction_hash, receipt.* FROM merged_receipts")
    run.scratch.run("DROP TABLE merged_receipts")
