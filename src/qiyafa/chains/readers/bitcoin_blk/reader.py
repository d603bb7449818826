"""From files with blocks to raw outputs: a first pass over headers alone, a second over the blocks of the chain."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from qiyafa.chains import NETWORKS
from qiyafa.chains.outputs.block_layout import HEADER_BYTES
from qiyafa.chains.outputs.network import Network
from qiyafa.chains.outputs.proof_of_work import sha256d
from qiyafa.chains.readers.bitcoin_blk.batches import KeptUndo, batches
from qiyafa.chains.readers.bitcoin_blk.block_tables import tables_of
from qiyafa.chains.readers.bitcoin_blk.decoding import BatchFault, decode_blocks
from qiyafa.chains.readers.bitcoin_blk.files import BlockFile, block_files_in, open_block_file
from qiyafa.chains.readers.bitcoin_blk.header_table import Headers, HeaderTable
from qiyafa.chains.readers.bitcoin_blk.header_tree import Fate, place_blocks
from qiyafa.chains.readers.bitcoin_blk.scanning import block_place, scan_file
from qiyafa.chains.readers.bitcoin_blk.undo import PlainUndo
from qiyafa.chains.readers.bitcoin_blk.undo_files import UndoneBlock, match_undo
from qiyafa.chains.readers.output_tables import OutputTables
from qiyafa.chains.readers.reading import FileProblems, OutputsReading, joined
from qiyafa.chains.readers.source_file import reading, sha256_of, size_of, writing
from qiyafa.model.columns import I64, U8
from qiyafa.model.errors import InvalidInput
from qiyafa.model.ledger import BlockCoverage
from qiyafa.model.ports import Progress, silent
from qiyafa.model.raw import RawOutputs, SourceFile

READER = "bitcoin-blk/1"
"""Goes into the manifest; the number changes when the same file would give other rows."""

_BLOCKS, _UNDO = "blocks", "undo"
_LONGEST_UNDO = 64_000_000
_TOLD_ONE_BY_ONE = (Fate.STALE, Fate.FOREIGN, Fate.WITHOUT_HEIGHT, Fate.CONTRADICTING)


@dataclass(frozen=True, slots=True)
class BlockPaths:
    """What a user names: folders of a node, its files, and files with a single block."""

    paths: tuple[Path, ...]
    undo: tuple[Path, ...] = ()
    """Undo data in bcoin's form: one file for each file with a single block, in the same order."""

    def files(self) -> tuple[Path, ...]:
        """Return the files with blocks. Raises InvalidInput or NotFound if there are none."""
        if not self.paths:
            raise InvalidInput("chains_outputs.error.no_files")
        return tuple(file for path in self.paths for file in (block_files_in(path) if path.is_dir() else (path,)))

    def total_bytes(self) -> int:
        """Return the size of all files. Raises InvalidInput or NotFound if there are none."""
        return sum(size_of(path) for path in (*self.files(), *self.undo))


@dataclass(slots=True)
class _File:
    """One file with blocks, and what became of it."""

    blocks: BlockFile
    problems: FileProblems
    taken: int = 0


@dataclass(slots=True)
class _UndoFile:
    """One file of undo data, and what became of it."""

    problems: FileProblems
    matched: int
    """Blocks whose undo data it holds."""


def read_bitcoin_blk(
    request: BlockPaths, network: Network, scratch_folder: Path, progress: Progress = silent
) -> OutputsReading:
    """Read the files and write their rows as Parquet into a folder that the caller removes.

    Raises InvalidInput or NotFound for a file that is of another network or cannot be read.
    """
    run = _Run(request, network, progress)
    with writing(scratch_folder), OutputTables(scratch_folder) as tables:
        run.read_blocks(tables)
    problems, problem_count = joined(
        [*(file.problems for file in run.files), *(file.problems for file in run.undo_files.values())]
    )
    raw = RawOutputs(
        chain=network.caip2,
        transaction_files=(tables.path("transactions"),),
        input_files=(tables.path("inputs"),),
        output_files=(tables.path("outputs"),),
        sources=tuple(run.sources()),
        block_coverage=run.coverage(),
        block_files=(tables.path("blocks"),),
    )
    return OutputsReading(raw, problems, problem_count)


class _Run:
    """The files of one request on their way to rows."""

    def __init__(self, request: BlockPaths, network: Network, progress: Progress) -> None:
        others = [one for one in NETWORKS.values() if one.magic != network.magic]
        self.files = [
            _File(open_block_file(path, network, others), FileProblems(str(path))) for path in request.files()
        ]
        self.undo_files: dict[Path, _UndoFile] = {}
        self._network = network
        self._progress = progress
        self._plain_undo = self._plain_undo_of(request.undo)
        self._headers = self._scanned()
        self._placement = place_blocks(self._headers, network)
        self._heights: list[I64] = []

    def read_blocks(self, tables: OutputTables) -> None:
        """Write the rows of every block on the chain that passes its checks."""
        total_bytes, done_bytes = int(self._headers.size.sum()), 0
        for number, file in enumerate(self.files):
            rows = np.flatnonzero(self._headers.file == number).astype(np.int64)
            self._tell_fates(file.problems, rows)
            chosen = rows[self._placement.fate[rows] == Fate.CHOSEN]
            claiming_less = 0
            for start, batch in batches(
                file.blocks, chosen, self._headers, self._placement.height, self._undo_of(file.blocks, rows)
            ):
                decoded, faults = decode_blocks(batch, self._network)
                self._tell_faults(file.problems, faults, batch.blocks.data, start)
                for name, table in tables_of(decoded).items():
                    tables.add(name, table)
                file.taken += len(decoded.heights)
                claiming_less += decoded.claiming_less
                self._heights.append(decoded.heights)
                done_bytes += int((batch.blocks.ends - batch.blocks.starts).sum())
                self._progress("chains_outputs.stage.blocks", done_bytes, total_bytes)
            file.problems.summarize("chains_outputs.problem.claims_less", claiming_less, left_out=False)

    def sources(self) -> Iterator[SourceFile]:
        """Yield what the manifest keeps of each file."""
        for file in self.files:
            path = file.blocks.path
            left_out = file.problems.rows_left_out
            yield SourceFile(path.name, sha256_of(path), file.taken, left_out, READER, _BLOCKS)
        for path, undo in self.undo_files.items():
            yield SourceFile(path.name, sha256_of(path), undo.matched, undo.problems.rows_left_out, READER, _UNDO)

    def coverage(self) -> tuple[BlockCoverage, ...]:
        """Return the ranges of heights that were taken whole."""
        heights = np.concatenate([np.empty(0, np.int64), *self._heights])
        heights.sort()
        if not len(heights):
            return ()
        breaks = np.flatnonzero(np.diff(heights) > 1) + 1
        return tuple(BlockCoverage(int(run[0]), int(run[-1])) for run in np.split(heights, breaks))

    def _scanned(self) -> Headers:
        table = HeaderTable()
        for number, file in enumerate(self.files):
            scan_file(file.blocks, number, self._network, table, file.problems)
            self._progress("chains_outputs.stage.headers", number + 1, len(self.files))
        return table.headers()

    def _tell_fates(self, problems: FileProblems, rows: I64) -> None:
        """Say of the blocks of a file why they were not taken."""
        fates, headers = self._placement.fate[rows], self._headers
        for row in rows[np.isin(fates, _TOLD_ONE_BY_ONE)].tolist():
            place = block_place(int(headers.at[row]), headers.shown_hash(row))
            key = f"chains_outputs.fate.{Fate(int(self._placement.fate[row])).name.lower()}"
            problems.add(place, key, height=int(self._placement.height[row]), chain=self._network.name)
        repeated = int((fates == Fate.REPEATED).sum())
        problems.summarize("chains_outputs.fate.repeated", repeated, left_out=False)

    def _tell_faults(self, problems: FileProblems, faults: list[BatchFault], data: U8, start: int) -> None:
        for fault in faults:
            header = data[fault.start : fault.start + HEADER_BYTES].tobytes()
            shown = sha256d(header)[::-1].hex()
            if fault.undo_source:
                self.undo_files[Path(fault.undo_source)].problems.add(block_place(fault.at, shown), fault.key)
            else:
                problems.add(block_place(start + fault.at, shown), fault.key, **fault.fields)

    def _undo_of(self, file: BlockFile, rows: I64) -> KeptUndo:
        """Return the undo data of a file's blocks, wherever it stands."""
        if file.is_single:
            return KeptUndo(single=self._plain_undo_beside(file.path))
        path = file.path.with_name(file.path.name.replace("blk", "rev", 1))
        if path == file.path or not path.exists():
            return KeptUndo()
        fate, height = self._placement
        looking = rows[fate[rows] != Fate.REPEATED]
        wanted = [
            UndoneBlock(row, self._headers.parent_bytes(row), int(self._headers.transaction_count[row]))
            for row in looking[np.argsort(height[looking], kind="stable")].tolist()
        ]
        problems = FileProblems(str(path))
        undo = BlockFile(path, size_of(path), file.key)
        records = match_undo(undo, wanted, self._network, problems)
        self.undo_files[path] = _UndoFile(problems, len(records))
        return KeptUndo(undo, records)

    def _plain_undo_beside(self, block: Path) -> PlainUndo | None:
        """Return the undo data that was named for a file with a single block."""
        path = self._plain_undo.get(block)
        if path is None:
            return None
        with reading(path):
            return PlainUndo(str(path), path.read_bytes())

    def _plain_undo_of(self, paths: tuple[Path, ...]) -> dict[Path, Path]:
        """Return the files of undo data by the files of their blocks. Raises InvalidInput if the counts differ."""
        singles = [file.blocks.path for file in self.files if file.blocks.is_single]
        if paths and len(paths) != len(singles):
            raise InvalidInput("chains_outputs.error.undo_files", blocks=len(singles), undo=len(paths))
        for path in paths:
            if size_of(path) > _LONGEST_UNDO:
                raise InvalidInput("chains_outputs.error.long_undo", file=str(path))
            self.undo_files[path] = _UndoFile(FileProblems(str(path)), 1)
        return dict(zip(singles, paths, strict=False))
