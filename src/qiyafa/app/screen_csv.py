"""Screen the addresses of a CSV file: one row out for each row in, in order, the address as given, byte for byte.

The file may be of any size: rows are read, screened and written a few thousand at a time. Bytes that are no UTF-8 pass
through as they are. Whatever else is written is made safe for spreadsheets, which run what looks like a formula.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, TextIO

from qiyafa.app.screen import Screener
from qiyafa.app.verdict_json import canonical_bytes, exposure_object
from qiyafa.documents.ordinary import refuse_special
from qiyafa.model.errors import InvalidInput, NotFound, Unavailable
from qiyafa.model.exposure import Exposure
from qiyafa.model.ports import Progress, silent
from qiyafa.model.verdict import Outcome, Reason, ScreenRequest, Verdict
from qiyafa.text import text

COLUMNS: Final = ("address", "chain", "verdict", "reasons", "not_covered", "exposure")
_ADDRESS: Final = "address"
_CHAIN: Final = "chain"
_BATCH: Final = 2_000
_LONGEST_FIELD: Final = 1 << 24
"""Characters of one field; a quote that is never closed ends here instead of swallowing the memory."""
_LONGEST_HEADER: Final = 1 << 20
_DELIMITERS: Final = (",", ";", "\t")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_STAGE: Final = "screen.stage.rows"


@dataclass(frozen=True, slots=True)
class ScreenedFile:
    """How many rows had which verdict."""

    rows: int
    outcomes: dict[Outcome, int]


@dataclass(frozen=True, slots=True)
class CsvQuestion:
    """A file of addresses, and what is asked about them."""

    path: Path
    chain: str | None = None
    """For rows that name none."""
    as_of: datetime | None = None
    known_at: datetime | None = None


def screen_csv(screener: Screener, question: CsvQuestion, out: TextIO, progress: Progress = silent) -> ScreenedFile:
    """Screen a file and write a row for each row to `out`, an open text file that passes surrogates through.

    Raises NotFound or Unavailable if the file cannot be read, InvalidInput if it is no CSV with a column `address`.
    """
    counts: Counter[Outcome] = Counter()
    plain = csv.writer(out, lineterminator="\n")
    # The writer leaves a carriage return bare where lines end without one, and readers would break the line there.
    quoted = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
    batches = screened_batches(screener, question, progress)
    plain.writerow(COLUMNS)
    for verdicts in batches:
        for verdict in verdicts:
            (quoted if "\r" in verdict.address else plain).writerow(_row(verdict))
        counts.update(verdict.outcome for verdict in verdicts)
    return ScreenedFile(counts.total(), {outcome: counts[outcome] for outcome in Outcome})


def screened_batches(screener: Screener, question: CsvQuestion, progress: Progress = silent) -> Iterator[list[Verdict]]:
    """Return the verdicts of a file's rows, in order, some thousand at a time, all as of one moment.

    The whole file is read once before: one that is refused leaves nothing behind that looks like an answer. Raises
    as `screen_csv` does.
    """
    for _ in requested(question):
        pass
    return _screened(screener, question, screener.moment(question.as_of), progress)


def _screened(
    screener: Screener, question: CsvQuestion, as_of: datetime, progress: Progress
) -> Iterator[list[Verdict]]:
    done, size = 0, 0
    with _opened(question.path) as file:
        total = question.path.stat().st_size
        for batch, size in _batches(_requests(file, question)):
            yield screener.screen(batch, as_of=as_of, known_at=question.known_at, with_evidence=False)
            done += size
            progress(_STAGE, min(done, total), total)


def requested(question: CsvQuestion) -> Iterator[ScreenRequest]:
    """Yield what each row of a file asks."""
    with _opened(question.path) as file:
        yield from (request for request, _ in _requests(file, question))


def _batches(requests: Iterator[tuple[ScreenRequest, int]]) -> Iterator[tuple[list[ScreenRequest], int]]:
    """Yield requests together, with about how many bytes of the file they took."""
    batch: list[ScreenRequest] = []
    size = 0
    for request, length in requests:
        batch.append(request)
        size += length
        if len(batch) == _BATCH or size >= _LONGEST_FIELD:
            yield batch, size
            batch, size = [], 0
    if batch:
        yield batch, size


def _requests(file: TextIO, question: CsvQuestion) -> Iterator[tuple[ScreenRequest, int]]:
    """Yield what each row asks, and about how long the row is. A row that lacks the address asks for an empty one."""
    delimiter = _delimiter(file)
    reader = csv.reader(file, delimiter=delimiter)
    rows = _long_rows(reader)
    try:
        header = [name.strip().lower() for name in next(rows, [])]
        at, chain_at = _columns(header, question.path)
        for row in rows:
            if row:
                written = row[at] if at < len(row) else ""
                chain = row[chain_at].strip() if chain_at is not None and chain_at < len(row) else ""
                yield ScreenRequest(written, chain or question.chain), sum(map(len, row)) + len(row)
    except csv.Error as error:
        place = f"{reader.line_num}"
        raise InvalidInput("screen.csv.broken", path=str(question.path), line=place, reason=str(error)) from error


def _long_rows(rows: Iterator[list[str]]) -> Iterator[list[str]]:
    """Yield rows whose fields may be long.

    Python's limit is one of the whole process, so others get theirs back after each row, however files interleave.
    """
    while True:
        before = csv.field_size_limit(_LONGEST_FIELD)
        try:
            row = next(rows, None)
        finally:
            csv.field_size_limit(before)
        if row is None:
            return
        yield row


def _columns(header: Sequence[str], path: Path) -> tuple[int, int | None]:
    if _ADDRESS not in header:
        raise InvalidInput("screen.csv.no_column", path=str(path), found=", ".join(header) or "-")
    return header.index(_ADDRESS), header.index(_CHAIN) if _CHAIN in header else None


def _delimiter(file: TextIO) -> str:
    """Return the delimiter under which the header has a column `address`; a comma where none does."""
    header = file.readline(_LONGEST_HEADER)
    file.seek(0)
    for delimiter in _DELIMITERS:
        names = next(csv.reader([header], delimiter=delimiter), [])
        if _ADDRESS in (name.strip().lower() for name in names):
            return delimiter
    return _DELIMITERS[0]


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    try:
        refuse_special(path)
        with path.open("rb") as raw:
            if raw.read(2) in (b"\xff\xfe", b"\xfe\xff"):
                raise InvalidInput("screen.csv.not_utf8", path=str(path))
            raw.seek(0)
            with io.TextIOWrapper(raw, encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
                yield file
    except FileNotFoundError as error:
        raise NotFound("screen.csv.not_found", path=str(path)) from error
    except OSError as error:
        raise Unavailable("screen.csv.not_readable", path=str(path), reason=error.strerror or str(error)) from error


def _row(verdict: Verdict) -> list[str]:
    sentences = (_joined(verdict.reasons), _joined(verdict.not_covered))
    cells = (verdict.chain or "", verdict.outcome.value, *sentences, _exposure(verdict.exposures))
    return [verdict.address, *map(harmless, cells)]


def _exposure(exposures: Sequence[Exposure]) -> str:
    """Return exposures as JSON, exact: the sentences cut what they say of units. Empty if there are none."""
    return canonical_bytes([exposure_object(one) for one in exposures]).decode("ascii") if exposures else ""


def _joined(reasons: Sequence[Reason]) -> str:
    return " ".join(text(reason.key, **reason.fields) for reason in reasons)


def harmless(cell: str) -> str:
    """Return a cell that no spreadsheet runs as a formula (CWE-1236)."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
