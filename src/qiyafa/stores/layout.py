"""Where everything stands inside a ledger's folder. Paths in the manifest use `/` and are relative to the folder."""

from pathlib import Path
from typing import Final

MANIFEST: Final = "manifest.json"
LOCK: Final = ".lock"
WRITING: Final = ".writing"
"""What a running ingest writes aside; anything in it after a crash is a leftover."""
JOURNAL: Final = ".writing/journal.json"
"""Which files the running ingest puts in place and takes away."""
COLUMNS: Final = "columns"
"""The kept dense columns, one folder a chain state. They can be deleted at any time and are made again."""

TRANSFERS: Final = "transfers"
BLOCKS: Final = "blocks"
TOKENS: Final = "tokens"
TRANSACTIONS: Final = "transactions"
INPUTS: Final = "inputs"
OUTPUTS: Final = "outputs"
ADDRESS_COVERAGE: Final = "address_coverage"
BLOCK_COVERAGE: Final = "block_coverage"


def table_folder(chain: str, table: str) -> str:
    """Return the hive-partitioned folder of a chain's table, e.g. `chain=eip155:1/table=transfers`."""
    return f"chain={chain}/table={table}"


def stored_paths(ledger: Path) -> list[str]:
    """Return every file below the chain folders, whether the manifest names it or not, sorted."""
    found = (path for folder in ledger.glob("chain=*") for path in folder.rglob("*"))
    return sorted(path.relative_to(ledger).as_posix() for path in found if not path.is_dir())
