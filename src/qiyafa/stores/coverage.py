"""What is known of the completeness of a chain's history: by address, and by ranges of blocks."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from qiyafa.model.ledger import AddressCoverage, BlockCoverage, CoverageStatus
from qiyafa.stores.disk import sha256_of, sync_file
from qiyafa.stores.layout import ADDRESS_COVERAGE, BLOCK_COVERAGE, table_folder
from qiyafa.stores.manifest import StoredFile
from qiyafa.stores.part_schema import ADDRESS_COVERAGE_SCHEMA, BLOCK_COVERAGE_SCHEMA

_RANK = {CoverageStatus.COMPLETE: 0, CoverageStatus.CAPPED: 1, CoverageStatus.ABSENT: 2}


@dataclass(frozen=True, slots=True)
class Coverage:
    """The completeness of one chain's history."""

    addresses: dict[str, AddressCoverage]
    """By address, sorted; an address that no source spoke of is not here."""
    blocks: tuple[BlockCoverage, ...]
    """Ascending, apart from each other."""

    def of_address(self, address: str, head_block: int | None) -> AddressCoverage:
        """Return how complete an address's history is. All blocks up to the head make every address complete."""
        stated = self.addresses.get(address)
        if stated is not None and stated.status is CoverageStatus.COMPLETE:
            return stated
        if self._holds_all_blocks(head_block):
            return AddressCoverage(address, CoverageStatus.COMPLETE)
        return stated or AddressCoverage(address, CoverageStatus.UNKNOWN)

    def statuses(self, head_block: int | None) -> Callable[[str], CoverageStatus]:
        """Return what answers, for any number of addresses, how complete the history of each is."""
        if self._holds_all_blocks(head_block):
            return lambda _: CoverageStatus.COMPLETE
        stated = {address: one.status for address, one in self.addresses.items()}
        return lambda address: stated.get(address, CoverageStatus.UNKNOWN)

    def _holds_all_blocks(self, head_block: int | None) -> bool:
        return head_block is not None and any(r.first_block <= 0 and r.last_block >= head_block for r in self.blocks)


NOTHING_KNOWN = Coverage({}, ())


def merged_coverage(known: Coverage, addresses: Iterable[AddressCoverage], blocks: Iterable[BlockCoverage]) -> Coverage:
    """Return both together: for each address the best status stated, block ranges united."""
    best = dict(known.addresses)
    for one in addresses:
        if one.status is CoverageStatus.UNKNOWN:
            continue
        other = best.get(one.address)
        if other is None or _preference(one) < _preference(other):
            best[one.address] = one
    return Coverage({address: best[address] for address in sorted(best)}, _united([*known.blocks, *blocks]))


def read_coverage(ledger: Path, files: Iterable[StoredFile]) -> Coverage:
    """Return the coverage in a chain's files."""
    addresses: dict[str, AddressCoverage] = {}
    blocks: list[BlockCoverage] = []
    for file in files:
        if file.table == ADDRESS_COVERAGE:
            for address, status, detail in _rows(ledger / file.path):
                addresses[address] = AddressCoverage(address, CoverageStatus(status), detail)
        elif file.table == BLOCK_COVERAGE:
            blocks += [BlockCoverage(first, last) for first, last in _rows(ledger / file.path)]
    return Coverage(addresses, tuple(blocks))


def write_coverage(chain: str, coverage: Coverage, aside: Path) -> tuple[StoredFile, ...]:
    """Write the tables that are not empty into the folder aside and return what the manifest says of them."""
    files = []
    if coverage.addresses:
        rows = [
            {"address": c.address, "status": c.status.value, "detail": c.detail} for c in coverage.addresses.values()
        ]
        files.append(
            write_small_table(chain, ADDRESS_COVERAGE, pa.Table.from_pylist(rows, ADDRESS_COVERAGE_SCHEMA), aside)
        )
    if coverage.blocks:
        ranges = [{"first_block": r.first_block, "last_block": r.last_block} for r in coverage.blocks]
        files.append(
            write_small_table(chain, BLOCK_COVERAGE, pa.Table.from_pylist(ranges, BLOCK_COVERAGE_SCHEMA), aside)
        )
    return tuple(files)


def _preference(one: AddressCoverage) -> tuple[int, int, str]:
    """Order statements on one address, the one to keep first: best status, then the most words."""
    return _RANK[one.status], -len(one.detail), one.detail


def _united(ranges: Iterable[BlockCoverage]) -> tuple[BlockCoverage, ...]:
    united: list[BlockCoverage] = []
    for one in sorted(ranges, key=lambda r: (r.first_block, r.last_block)):
        if united and one.first_block <= united[-1].last_block + 1:
            united[-1] = BlockCoverage(united[-1].first_block, max(united[-1].last_block, one.last_block))
        else:
            united.append(one)
    return tuple(united)


def _rows(path: Path) -> Iterator[tuple[Any, ...]]:
    table = pq.ParquetFile(path).read()
    return zip(*(column.to_pylist() for column in table.columns), strict=True)


def write_small_table(chain: str, table: str, rows: pa.Table, aside: Path) -> StoredFile:
    """Write a table as one file into the folder aside and return what the manifest says of it."""
    path = aside / f"{table}.parquet"
    pq.write_table(rows, path, compression="zstd", store_schema=False)
    sync_file(path)
    digest = sha256_of(path)
    path = path.rename(aside / f"{digest[:16]}.parquet")
    return StoredFile(
        path=f"{table_folder(chain, table)}/{path.name}",
        table=table,
        sha256=digest,
        bytes=path.stat().st_size,
        rows=len(rows),
    )
