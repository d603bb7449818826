"""Lists of TRC-20 transfers as Tronscan gives them for an address, as CSV.

The columns are those of its API (`/api/token_trc20/transfers`), flattened: `timestamp` (milliseconds), `tx_id`,
`from_address`, `to_address`, `quant` (whole base units, not decimals), `token_id` (the contract), and, where they are
there, `token_type`, `contract_return`, `result` and `wallet` (the holder whose list the row is from, where lists of
several stand in one file). A list knows neither blocks nor the order in a transaction. Names and tags are not read.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from qiyafa.chains.chain import Chain
from qiyafa.chains.readers.etherscan.row_values import BadRowError
from qiyafa.chains.readers.raw_columns import ARROW_SCHEMA
from qiyafa.chains.readers.reading import FileProblems, Reading, joined
from qiyafa.chains.readers.source_file import first_bytes, size_of, writing
from qiyafa.chains.readers.tronscan.lines import CsvRow, csv_rows
from qiyafa.chains.readers.tronscan.rows import Mover, holder_in, is_done, is_fungible
from qiyafa.model.errors import InvalidInput
from qiyafa.model.ports import Progress, silent
from qiyafa.model.raw import RawTransfers, SourceFile

READER = "tronscan-csv/1"
"""Goes into the manifest; the number changes when the same file would give other transfers."""

_NEEDED = ("timestamp", "tx_id", "from_address", "to_address", "quant", "token_id")
_CONTENT = ("transaction_hash", "source", "target", "asset", "units_text")
"""What makes two rows the same transfer, or equal ones of one transaction."""
_ROWS_TOGETHER = 50_000


@dataclass(frozen=True, slots=True)
class TronscanFiles:
    """What was downloaded."""

    files: tuple[Path, ...]

    def total_bytes(self) -> int:
        """Return the size of all files. Raises InvalidInput or NotFound if there are none."""
        if not self.files:
            raise InvalidInput("chains.error.no_files")
        return sum(size_of(path) for path in self.files)


def read_tronscan(request: TronscanFiles, chain: Chain, scratch_folder: Path, progress: Progress = silent) -> Reading:
    """Read the files and write their transfers as Parquet, one for each file, into a folder that the caller removes.

    Raises InvalidInput or NotFound for a file that is no such list.
    """
    run = _Run(chain, scratch_folder, progress, request.total_bytes())
    for path in request.files:
        run.read(path)
    kept, problem_count = joined(run.problems)
    raw = RawTransfers(
        chain=chain.caip2,
        parquet_files=tuple(run.written),
        sources=tuple(run.sources),
        provides=frozenset({"tokens"}),
    )
    return Reading(raw, kept, problem_count)


@dataclass(slots=True)
class _Run:
    chain: Chain
    scratch: Path
    progress: Progress
    total_bytes: int
    done_bytes: int = 0
    written: list[str] = field(default_factory=list)
    sources: list[SourceFile] = field(default_factory=list)
    problems: list[FileProblems] = field(default_factory=list)

    def read(self, path: Path) -> None:
        """Read one file, into one file of transfers. Raises InvalidInput if it cannot be read at all."""
        first_bytes(path)
        digest = hashlib.sha256()

        def told(line: bytes) -> None:
            digest.update(line)
            self.done_bytes += len(line)

        rows = csv_rows(path, told)
        columns = _columns(path, next(rows, None))
        problems = FileProblems(str(path))
        target = self.scratch / f"tronscan-{len(self.written):05}.parquet"
        taken = 0
        with writing(self.scratch), pq.ParquetWriter(target, ARROW_SCHEMA) as writer:
            transfers = _once(_transfers(rows, columns, Mover(self.chain), problems))
            while batch := list(islice(transfers, _ROWS_TOGETHER)):
                writer.write_table(pa.Table.from_pylist(batch, schema=ARROW_SCHEMA))
                taken += len(batch)
                self.progress("tron.stage.tronscan", self.done_bytes, self.total_bytes)
        self.progress("tron.stage.tronscan", self.done_bytes, self.total_bytes)
        left_out = problems.rows_left_out
        self.sources.append(SourceFile(path.name, digest.hexdigest(), taken, left_out, READER, "trc20_transfers"))
        self.written.append(str(target))
        self.problems.append(problems)


def _columns(path: Path, header: CsvRow | None) -> tuple[str, ...]:
    if header is None or not header.values:
        raise InvalidInput("chains.error.csv_header", file=str(path))
    columns = tuple(name.removeprefix("\ufeff").strip().lower() for name in header.values)
    for needed in _NEEDED:
        if needed not in columns:
            raise InvalidInput("chains.error.column_missing", file=str(path), column=needed, found=", ".join(columns))
    return columns


def _transfers(
    rows: Iterable[CsvRow], columns: tuple[str, ...], mover: Mover, problems: FileProblems
) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield each transfer with the holder whose list it is from."""
    failed = other = 0
    for row in rows:
        place = f"line {row.line}"
        if len(row.values) != len(columns):
            key = "chains.problem.odd_line" if row.values else "chains.problem.no_row"
            counts = {"values": len(row.values), "columns": len(columns)} if row.values else {}
            problems.add(place, key, **counts)
            continue
        values = defaultdict(str, zip(columns, row.values, strict=True))
        if not is_done(values):
            failed += 1
        elif not is_fungible(values):
            other += 1
        else:
            try:
                yield holder_in(values), mover.transfer(values)
            except BadRowError as bad:
                problems.add(place, bad.key, **bad.fields)
    problems.summarize("chains.problem.tokens_in_failed", failed, left_out=True)
    problems.summarize("chains.problem.single_tokens", other, left_out=True)


def _once(transfers: Iterable[tuple[str, dict[str, object]]]) -> Iterator[dict[str, object]]:
    """Yield a transfer that stands in the lists of both its ends once.

    Equal transfers of one transaction in one holder's list are several: so each is yielded as often as the list
    that has most of it.
    """
    listed: dict[bytes, int] = defaultdict(int)
    yielded: dict[bytes, int] = defaultdict(int)
    for holder, transfer in transfers:
        content = "|".join(
            str(transfer[name]) for name in ("transaction_hash", "source", "target", "asset", "units_text")
        )
        in_list, anywhere = _key(f"{holder}|{content}"), _key(content)
        listed[in_list] += 1
        if listed[in_list] > yielded[anywhere]:
            yielded[anywhere] += 1
            yield transfer


def _key(content: str) -> bytes:
    """Return a short stand-in: a file may have millions of rows."""
    return hashlib.blake2b(content.encode(), digest_size=16).digest()
