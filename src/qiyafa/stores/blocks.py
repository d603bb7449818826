"""The table `blocks`: which blocks a source held whole, and their hashes, by which a reorganization is found.

Blocks of one chain fit together: a number has one hash, and a block names the hash of the block before it. Blocks that
contradict each other are never stored side by side, so that two histories cannot mix in one ledger. Gaps are allowed.
Parts of the table never share a number; a part's name begins with its range and ends with its content's hash.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from qiyafa.model.columns import I64
from qiyafa.model.errors import Conflict
from qiyafa.model.ledger import BlockCoverage
from qiyafa.model.tables import BLOCKS
from qiyafa.stores import layout
from qiyafa.stores.disk import sha256_of, sync_file
from qiyafa.stores.manifest import Head, StoredFile
from qiyafa.stores.part_schema import arrow_schema
from qiyafa.stores.part_writer import PartSizes

BLOCKS_SCHEMA: Final = arrow_schema(BLOCKS)

_ORDER: Final = [(column.name, "ascending") for column in BLOCKS]


@dataclass(frozen=True, slots=True)
class BlockParts:
    """The stored blocks of one chain, and where they lie. Both kinds of chains keep them alike."""

    ledger: Path
    chain: str
    parts: tuple[StoredFile, ...]
    """Ascending."""


def read_block_files(paths: Iterable[str | Path]) -> pa.Table:
    """Return the blocks in a reader's files, sorted by number, each once. Raises Conflict if they do not fit."""
    tables = [read_part(Path(path)) for path in paths]
    return fitting(pa.concat_tables([BLOCKS_SCHEMA.empty_table(), *tables]))


def fitting(rows: pa.Table) -> pa.Table:
    """Return blocks sorted by number, each once.

    Raises Conflict if one number has two hashes or a block does not follow the one before it. Of rows with the same
    hash the one is kept that states most.
    """
    rows = rows.sort_by(_ORDER).combine_chunks()
    if len(rows) < 2:
        return rows
    numbers = block_numbers(rows)
    again = numbers[1:] == numbers[:-1]
    hashes, earlier = rows["hash"].slice(1), rows["hash"].slice(0, len(rows) - 1)
    differs = pc.not_equal(hashes, earlier).to_numpy()
    _refuse("sync.blocks.two_hashes", rows, np.flatnonzero(again & differs))
    if again.any():
        rows = rows.filter(pa.array(np.concatenate([[True], ~again])))
        return fitting(rows)
    linked = pc.equal(rows["parent_hash"].slice(1), earlier).fill_null(True).to_numpy()
    _refuse("sync.blocks.unlinked", rows, np.flatnonzero((numbers[1:] == numbers[:-1] + 1) & ~linked))
    return rows


def merge_blocks(stored: BlockParts, new: pa.Table, aside: Path, sizes: PartSizes) -> tuple[StoredFile, ...]:
    """Return the parts of the table with new blocks in it; what is written lies in the folder aside.

    Parts that a new block touches and small ones are written anew. Raises Conflict if a new block does not fit.
    """
    if not len(new):
        return stored.parts
    numbers = block_numbers(new)
    first, last = int(numbers[0]), int(numbers[-1])
    touched = {
        part.path
        for part in stored.parts
        if part.rows < sizes.small_rows or (_first(part) <= last + 1 and _last(part) >= first - 1)
    }
    rest = [part for part in stored.parts if part.path not in touched]
    rewritten = [read_part(stored.ledger / part.path) for part in stored.parts if part.path in touched]
    rows = fitting(pa.concat_tables([new, *rewritten]))
    written: list[StoredFile] = []
    begin = 0
    numbers = block_numbers(rows)
    for part in rest:
        end = int(np.searchsorted(numbers, _first(part)))
        written += [*write_blocks(stored.chain, rows.slice(begin, end - begin), aside, sizes), part]
        begin = end
    return (*written, *write_blocks(stored.chain, rows.slice(begin), aside, sizes))


def write_blocks(chain: str, rows: pa.Table, aside: Path, sizes: PartSizes) -> list[StoredFile]:
    """Write sorted blocks as parts into the folder aside and return what the manifest says of them."""
    starts = range(0, len(rows), sizes.part_rows)
    return [_write(chain, rows.slice(start, sizes.part_rows), aside, sizes) for start in starts]


def read_part(path: Path) -> pa.Table:
    """Return the blocks in one file."""
    with pq.ParquetFile(path) as file:
        return file.read(columns=BLOCKS_SCHEMA.names).select(BLOCKS_SCHEMA.names).cast(BLOCKS_SCHEMA)


def block_numbers(rows: pa.Table) -> I64:
    """Return the number of each block."""
    numbers: I64 = rows["number"].to_numpy()
    return numbers


def whole_spans(rows: pa.Table) -> list[BlockCoverage]:
    """Return the stretches without a gap in some sorted blocks."""
    numbers = block_numbers(rows)
    if not len(numbers):
        return []
    breaks = np.flatnonzero(numbers[1:] != numbers[:-1] + 1)
    firsts, lasts = np.concatenate([[0], breaks + 1]), np.concatenate([breaks, [len(numbers) - 1]])
    pairs = zip(numbers[firsts].tolist(), numbers[lasts].tolist(), strict=True)
    return [BlockCoverage(first, last) for first, last in pairs]


def head_of(rows: pa.Table) -> Head:
    """Return the last of some sorted blocks; nothing is known of an empty table."""
    if not len(rows):
        return Head()
    last = rows.slice(len(rows) - 1).to_pylist()[0]
    return Head(last["number"], last["timestamp"], last["hash"])


def stored_head(ledger: Path, parts: Sequence[StoredFile], aside: Path | None = None) -> Head:
    """Return the last stored block; a part that was just written still lies in the folder aside."""
    if not parts:
        return Head()
    name = Path(parts[-1].path).name
    written = None if aside is None else aside / name
    with pq.ParquetFile(written if written is not None and written.exists() else ledger / parts[-1].path) as file:
        return head_of(file.read_row_group(file.num_row_groups - 1).cast(BLOCKS_SCHEMA))


@dataclass(slots=True)
class BlockHashes(Sequence[tuple[int, str]]):
    """Number and hash of each stored block, ascending; parts are read as they are asked for, the last ones first."""

    stored: BlockParts
    _ends: list[int] = field(init=False)
    _read: dict[int, tuple[I64, pa.ChunkedArray]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._ends = [int(end) for end in np.cumsum([part.rows for part in self.stored.parts])]

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def __getitem__(self, index: int) -> tuple[int, str]:  # type: ignore[override]
        if not 0 <= index < len(self):
            raise IndexError(index)
        part = bisect_right(self._ends, index)
        numbers, hashes = self._part(part)
        at = index - (self._ends[part - 1] if part else 0)
        return int(numbers[at]), hashes[at].as_py()

    def _part(self, part: int) -> tuple[I64, pa.ChunkedArray]:
        if part not in self._read:
            with pq.ParquetFile(self.stored.ledger / self.stored.parts[part].path) as file:
                rows = file.read(columns=["number", "hash"])
            # Only one is kept: who walks back never returns.
            self._read = {part: (block_numbers(rows), rows["hash"])}
        return self._read[part]


def _write(chain: str, rows: pa.Table, aside: Path, sizes: PartSizes) -> StoredFile:
    rows = rows.combine_chunks()
    path = aside / "blocks.parquet"
    # Hashes do not repeat: a dictionary of them only takes room.
    pq.write_table(
        rows,
        path,
        compression="zstd",
        use_dictionary=False,
        row_group_size=sizes.row_group_rows,
        write_page_checksum=True,
        store_schema=False,
    )
    sync_file(path)
    digest = sha256_of(path)
    numbers = block_numbers(rows)
    times = pc.min_max(rows["timestamp"]).as_py()
    path = path.rename(aside / f"{numbers[0]:012d}-{numbers[-1]:012d}-{digest[:16]}.parquet")
    return StoredFile(
        path=f"{layout.table_folder(chain, layout.BLOCKS)}/{path.name}",
        table=layout.BLOCKS,
        sha256=digest,
        bytes=path.stat().st_size,
        rows=len(rows),
        first_block=int(numbers[0]),
        last_block=int(numbers[-1]),
        first_time=times["min"],
        last_time=times["max"],
    )


def _refuse(key: str, rows: pa.Table, at: I64) -> None:
    """Raise Conflict for the first row that does not fit the one before it."""
    if len(at):
        before, after = rows.slice(int(at[0]), 2).to_pylist()
        raise Conflict(
            key, block=after["number"], hash=after["hash"], other=before["hash"], parent=after["parent_hash"] or "-"
        )


def _first(part: StoredFile) -> int:
    assert part.first_block is not None
    return part.first_block


def _last(part: StoredFile) -> int:
    assert part.last_block is not None
    return part.last_block
