"""What a reader hands to a store: transfers as they were found, not yet merged, numbered or sorted."""

from dataclasses import dataclass

from qiyafa.model.ledger import AddressCoverage, BlockCoverage


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file that was read, for the manifest."""

    name: str
    """File name without its folder."""
    sha256: str
    rows: int
    """Rows that were taken."""
    problems: int
    """Rows that were left out."""
    reader: str
    """Reader and its version, e.g. `ethereum-etl/1`."""
    table: str
    """What the file is: transactions, receipts, token_transfers, traces, logs, txlist ..."""


@dataclass(frozen=True, slots=True)
class RawTransfers:
    """Everything one run of a reader found."""

    chain: str
    """CAIP-2."""
    parquet_files: tuple[str, ...]
    """Paths in the caller's scratch folder, columns `tables.RAW_TRANSFERS`; any order, duplicates allowed."""
    sources: tuple[SourceFile, ...]
    provides: frozenset[str]
    """Which kinds of knowledge the source offers: `native`, `fees` (with failures), `internal`, `tokens`."""
    address_coverage: tuple[AddressCoverage, ...] = ()
    block_coverage: tuple[BlockCoverage, ...] = ()
    block_files: tuple[str, ...] = ()
    """Paths in the caller's scratch folder, columns `tables.BLOCKS`: the blocks that a node held whole."""
    token_files: tuple[str, ...] = ()
    """Paths in the caller's scratch folder, columns `tables.TOKENS`: what contracts said of their tokens."""


@dataclass(frozen=True, slots=True)
class RawOutputs:
    """Everything one run of a reader found on a chain whose transactions spend outputs. Any order, duplicates allowed.

    The paths are Parquet files in the caller's scratch folder.
    """

    chain: str
    """CAIP-2."""
    transaction_files: tuple[str, ...]
    """Columns `tables.TRANSACTIONS`."""
    input_files: tuple[str, ...]
    """Columns `tables.INPUTS`."""
    output_files: tuple[str, ...]
    """Columns `tables.OUTPUTS`. A transaction comes with all its inputs and outputs or not at all."""
    sources: tuple[SourceFile, ...]
    address_coverage: tuple[AddressCoverage, ...] = ()
    block_coverage: tuple[BlockCoverage, ...] = ()
    block_files: tuple[str, ...] = ()
    """Columns `tables.BLOCKS`: the blocks that were held whole."""
