"""What the tables of one run share: the chain, the scratch database, the files read, and what they know together."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from qiyafa.chains.chain import Chain
from qiyafa.chains.readers.reading import FileProblems
from qiyafa.chains.readers.source_file import sha256_of
from qiyafa.chains.readers.tabular.fields import Field
from qiyafa.chains.readers.tabular.scratch import Scratch
from qiyafa.chains.readers.tabular.staging import Staged, TableFile, stage
from qiyafa.model.ports import Progress
from qiyafa.model.raw import SourceFile

READER = "ethereum-etl/1"
"""Goes into the manifest; the number changes when the same file would give other transfers."""


@dataclass(slots=True)
class Run:
    """One run of the reader."""

    chain: Chain
    scratch: Scratch
    progress: Progress
    total_bytes: int
    done_bytes: int = 0
    sources: list[SourceFile] = field(default_factory=list)
    problems: list[FileProblems] = field(default_factory=list)
    provides: set[str] = field(default_factory=set)
    has_receipts: bool = False
    receipts_are_lossy: bool = False
    """Whether some receipt's numbers came through floating-point numbers."""

    def __post_init__(self) -> None:
        created_contract = self.chain.created_contract
        self.scratch.define("created_contract_of", lambda sender, nonce: created_contract(sender, int(nonce)))

    def opened(self, path: Path, table: str, fields: tuple[Field, ...]) -> TableFile:
        """Return one file of a table, to be staged."""
        problems = FileProblems(str(path))
        self.problems.append(problems)
        return TableFile(path, fields, problems, self._told(f"chains.stage.{table}"))

    def staged(self, path: Path, table: str, fields: tuple[Field, ...]) -> Staged:
        """Stage one file of a table."""
        return stage(self.scratch, self.opened(path, table, fields))

    def finish(self, staged: Staged, table: str, rows: int) -> None:
        """Note that a staged file was read, and how many of its rows were taken."""
        self.finish_file(staged.file, table, rows)

    def finish_file(self, file: TableFile, table: str, rows: int, sha256: str | None = None) -> None:
        """Note that a file was read, how many of its rows were taken, and its hash if that is known already."""
        path, problems = file.path, file.problems
        self.sources.append(
            SourceFile(path.name, sha256 or sha256_of(path), rows, problems.rows_left_out, READER, table)
        )

    def _told(self, stage_key: str) -> Callable[[int], None]:
        def told(read: int) -> None:
            self.done_bytes += read
            self.progress(stage_key, self.done_bytes, self.total_bytes)

        return told
