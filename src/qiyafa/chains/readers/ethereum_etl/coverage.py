"""A coverage file: what a source holds whole, by address or by ranges of blocks.

Columns `address,status`, where the status begins with `complete`, `capped` or `absent` and may go on in words; or
`from_block,to_block`, both included. Other columns are ignored.
"""

# ruff: noqa: S608 - every text put into a query is our own, or quoted by `literal` and `identifier`

from pathlib import Path

from qiyafa.chains.readers.ethereum_etl.run import Run
from qiyafa.chains.readers.tabular.fields import ADDRESS, BLOCK, COVERAGE_STATUS, TEXT, Field, may
from qiyafa.chains.readers.tabular.staging import note_faults
from qiyafa.model.errors import InvalidInput
from qiyafa.model.ledger import AddressCoverage, BlockCoverage, CoverageStatus

FIELDS: tuple[Field, ...] = (
    may("address", ADDRESS),
    may("status", COVERAGE_STATUS),
    may("detail", TEXT, "status"),
    may("from_block", BLOCK),
    may("to_block", BLOCK),
)

Coverage = tuple[tuple[AddressCoverage, ...], tuple[BlockCoverage, ...]]


def read_coverage(run: Run, path: Path | None) -> Coverage:
    """Return what a coverage file says of addresses and of blocks. Raises InvalidInput if it is of neither kind."""
    if path is None:
        return (), ()
    staged = run.staged(path, "coverage", FIELDS)
    if {"address", "status"} <= staged.present:
        faults = "WHEN address IS NULL THEN 'address' WHEN status IS NULL THEN 'status'"
    elif {"from_block", "to_block"} <= staged.present:
        faults = """WHEN from_block IS NULL THEN 'from_block' WHEN to_block IS NULL THEN 'to_block'
            WHEN CAST(from_block AS BIGINT) > CAST(to_block AS BIGINT) THEN 'chains.problem.block_range'"""
    else:
        raise InvalidInput("chains.error.coverage_columns", file=str(path))
    run.scratch.run(f"""
        CREATE TABLE coverage AS
        SELECT * EXCLUDE (fault, fault_text), CASE {faults} END AS fault, from_block || ' > ' || to_block AS fault_text
        FROM staged WHERE fault IS NULL""")
    note_faults(run.scratch, staged, "coverage")
    rows = run.scratch.run(
        "SELECT address, status, detail, from_block, to_block FROM coverage WHERE fault IS NULL ORDER BY place"
    )
    run.finish(staged, "coverage", len(rows))
    addresses = tuple(
        AddressCoverage(address, CoverageStatus(status), detail) for address, status, detail, *_ in rows if address
    )
    blocks = tuple(BlockCoverage(int(first), int(last)) for *_, first, last in rows if first is not None)
    return addresses, blocks
