"""What a ledger holds and lacks, whether it is whole, and its content as text."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from qiyafa.model.columns import iso_time
from qiyafa.model.ledger import BlockCoverage, CoverageStatus, LedgerModel, TransferKind
from qiyafa.model.ports import Progress, silent
from qiyafa.model.raw import SourceFile
from qiyafa.stores.knowledge import Knowledge
from qiyafa.stores.manifest import ChainRecord
from qiyafa.stores.outputs_totals import OutputsTotals, outputs_totals
from qiyafa.stores.parquet_duckdb import ParquetLedger
from qiyafa.stores.verify import Damage, verify_ledger

KNOWLEDGE: Final = ("native", "fees", "internal", "tokens")
"""What sources can provide; what a chain of accounts lacks of it is a gap in every answer."""


@dataclass(frozen=True, slots=True)
class ChainInfo:
    """What a ledger holds of one chain."""

    chain: str
    native_asset: str
    model: LedgerModel
    diverged: str
    """Why the chain cannot be trusted; empty if it can."""
    rows: int
    """Transfers, or transactions on a chain of outputs."""
    rows_by_kind: dict[str, int]
    addresses: int
    ordered_by: str
    first_block: int | None
    head_block: int | None
    head_hash: str | None
    first_time: str | None
    """ISO 8601 in UTC."""
    head_time: str | None
    provides: tuple[str, ...]
    lacks: tuple[str, ...]
    knowledge: Knowledge
    coverage: dict[str, int]
    """Addresses by status, of those whose sources spoke of it."""
    blocks_held_whole: tuple[BlockCoverage, ...]
    sources: tuple[SourceFile, ...]
    outputs: OutputsTotals | None = None
    """Only for a chain of outputs."""
    unreconciled: int = 0
    """Transactions that create more units than they spend."""
    tokens_known: int = 0
    """Tokens whose contracts were asked."""
    tokens_unreconciled: int = 0
    """Of these, tokens whose balances do not follow from their transfers."""


@dataclass(frozen=True, slots=True)
class LedgerInfo:
    """What a ledger holds."""

    path: str
    manifest_sha256: str
    bytes: int
    """On the disk, kept columns included."""
    chains: tuple[ChainInfo, ...]


def ledger_info(path: Path) -> LedgerInfo:
    """Return what a ledger holds. Raises NotFound if there is none, Conflict if its manifest was changed."""
    ledger = ParquetLedger.open(path)
    chains = tuple(_chain_info(ledger, chain) for chain in ledger.chains())
    return LedgerInfo(str(path), ledger.manifest.sha256, ledger.bytes_on_disk(), chains)


def verify(path: Path, progress: Progress = silent) -> tuple[Damage, ...]:
    """Return every damaged file of a ledger; empty if it is sound. Raises NotFound if there is none."""
    return verify_ledger(path, progress)


def dump(path: Path, chain: str | None = None) -> Iterator[str]:
    """Yield the content of a ledger, or of one chain, as lines; equal ledgers give equal lines."""
    ledger = ParquetLedger.open(path)
    for name in ledger.chains() if chain is None else (chain,):
        yield from ledger.dump(name)


def _chain_info(ledger: ParquetLedger, chain: str) -> ChainInfo:
    record = ledger.record(chain)
    parts = record.in_order()
    totals = outputs_totals(ledger.outputs(chain)) if record.model == LedgerModel.OUTPUTS else None
    coverage = ledger.coverage(chain)
    tokens = ledger.tokens(chain).values()
    statuses = Counter(one.status for one in coverage.addresses.values())
    return ChainInfo(
        chain=chain,
        native_asset=record.native_asset,
        model=LedgerModel(record.model),
        diverged=record.diverged,
        rows=record.rows(),
        rows_by_kind={kind.value: count for kind in TransferKind if (count := record.count(kind.value))},
        addresses=ledger.count_addresses(chain) if totals is None else totals.addresses,
        ordered_by=record.ordered_by,
        first_block=min((part.first_block for part in parts if part.first_block is not None), default=None),
        head_block=record.head.block_number,
        head_hash=record.head.hash,
        first_time=_moment(min((part.first_time for part in parts if part.first_time is not None), default=None)),
        head_time=_moment(record.head.time),
        provides=tuple(one for one in KNOWLEDGE if one in record.provides),
        lacks=_lacks(record),
        knowledge=ledger.knowledge(chain),
        coverage={status.value: statuses[status] for status in CoverageStatus if statuses[status]},
        blocks_held_whole=coverage.blocks,
        sources=record.sources,
        outputs=totals,
        unreconciled=record.count("unreconciled"),
        tokens_known=len(tokens),
        tokens_unreconciled=sum(one.unreconciled is True for one in tokens),
    )


def _lacks(record: ChainRecord) -> tuple[str, ...]:
    """Return what the sources of a chain of accounts left out; transactions of outputs are whole or not there."""
    if record.model == LedgerModel.OUTPUTS:
        return ()
    return tuple(one for one in KNOWLEDGE if one not in record.provides)


def _moment(seconds: int | None) -> str | None:
    return None if seconds is None else iso_time(seconds)
