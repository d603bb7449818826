"""From a user's file to a checked table in scratch: canonical values, and for each bad row its place and reason."""

# ruff: noqa: S608 - the relations put into a query are our own

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from qiyafa.chains.readers.reading import KEPT_PROBLEMS, FileProblems
from qiyafa.chains.readers.source_file import PARQUET_MAGIC, first_bytes
from qiyafa.chains.readers.tabular.checking import checked
from qiyafa.chains.readers.tabular.csv import LINE_COLUMN, CsvTable, OddLines, csv_tables, open_csv
from qiyafa.chains.readers.tabular.fields import Field
from qiyafa.chains.readers.tabular.parquet import ParquetTable, damaged, open_parquet
from qiyafa.chains.readers.tabular.plain_csv import OtherLines, PlainCsv
from qiyafa.chains.readers.tabular.scratch import Scratch
from qiyafa.chains.readers.tabular.sql_text import identifier
from qiyafa.model.columns import I64
from qiyafa.model.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class TableFile:
    """One file to stage."""

    path: Path
    fields: tuple[Field, ...]
    problems: FileProblems
    told: Callable[[int], None]
    """Hears how many bytes of the file were read."""


@dataclass(frozen=True, slots=True)
class Staged:
    """What stands in the scratch view `staged`: the fields as canonical text, `place`, `fault` and `fault_text`.

    `place` is the number of the line or row; `fault` names the field that is bad, and is null in a good row.
    """

    file: TableFile
    present: frozenset[str]
    """Fields whose column is in the file; the others are null in every row."""
    lossy: frozenset[str]
    """Fields that came through floating-point numbers."""
    counted_as: str
    """What `place` counts: `line` or `row`."""

    def precision(self, *fields: str) -> str:
        """Return, as an SQL text, how exact a value is that rests on these fields."""
        return "'lossy'" if self.lossy & set(fields) else "'exact'"


def stage(scratch: Scratch, file: TableFile) -> Staged:
    """Load and check a file into `staged`, in the place of the last one, and note its bad rows.

    Raises InvalidInput if the file cannot be read as a table or lacks a column.
    """
    if _is_parquet(file.path):
        staged = _stage_parquet(scratch, file, open_parquet(scratch, file.path))
    else:
        staged = _stage_csv(scratch, file, open_csv(file.path))
    note_faults(scratch, staged, "staged")
    return staged


def open_plain(scratch: Scratch, file: TableFile) -> PlainCsv | None:
    """Return the reader of a file's plainly clean lines, or None if it is Parquet.

    Raises InvalidInput as `stage` does.
    """
    if _is_parquet(file.path):
        return None
    table = open_csv(file.path)
    found = _found(file, table.columns)
    others = OtherLines(scratch.folder / f"lines-{next(scratch.numbers):06}.csv", table.columns)
    return PlainCsv(table, file.fields, found, others)


def stage_again(scratch: Scratch, file: TableFile, source: PlainCsv) -> Staged:
    """Stage a file that turned out not to be plain; `told` does not hear of the same bytes twice."""
    again = 0

    def told(read: int) -> None:
        nonlocal again
        again += read
        if again > source.bytes_read:
            file.told(again - source.bytes_read)
            source.bytes_read = again

    return stage(scratch, replace(file, told=told))


def stage_others(scratch: Scratch, file: TableFile, others: OtherLines) -> Staged:
    """Load and check the lines of a file that are not plainly clean, as `stage` does with all lines."""
    rest = replace(file, told=lambda _: None)
    staged = _stage_csv(scratch, rest, others.table(), np.array(others.numbers, np.int64))
    note_faults(scratch, staged, "staged")
    return staged


def note_faults(scratch: Scratch, staged: Staged, relation: str) -> None:
    """Note every row of a relation whose `fault` is a field, or the key of a sentence, as a problem of its file."""
    checks = {field.name: field.check.name for field in staged.file.fields}
    problems = staged.file.problems
    faults = scratch.run(
        f"SELECT place, fault, fault_text FROM {relation} WHERE fault IS NOT NULL ORDER BY place LIMIT {KEPT_PROBLEMS}"
    )
    for place, fault, value in faults:
        check = "empty" if fault in checks and value is None else checks.get(fault)
        key = fault if check is None else f"chains.problem.{check}"
        problems.add(f"{staged.counted_as} {place}", key, column=fault, value=value or "")
    if len(faults) == KEPT_PROBLEMS:
        total = scratch.number(f"SELECT count(*) FROM {relation} WHERE fault IS NOT NULL")
        problems.add_uncounted(total - len(faults))


def _is_parquet(path: Path) -> bool:
    is_parquet = first_bytes(path) == PARQUET_MAGIC
    if path.suffix == ".parquet" and not is_parquet:
        raise InvalidInput("chains.error.not_parquet", file=str(path))
    return is_parquet


def _stage_parquet(scratch: Scratch, file: TableFile, table: ParquetTable) -> Staged:
    found = _found(file, table.columns)
    texts = {name: table.text_of(column) for name, column in found.items()}
    query = checked(file.fields, texts, "file_row_number + 1", table.relation)
    try:
        scratch.stage(query)
    except duckdb.Error as error:
        raise damaged(file.path, error) from error
    file.told(file.path.stat().st_size)
    lossy = frozenset(name for name, column in found.items() if table.is_lossy(column))
    return Staged(file, frozenset(found), lossy, "row")


def _stage_csv(scratch: Scratch, file: TableFile, table: CsvTable, numbers: I64 | None = None) -> Staged:
    """Stage a table; `numbers` are the lines of the user's file that its rows stand for, if not those of the table."""
    found = _found(file, table.columns)
    texts = {name: identifier(column) for name, column in found.items()}
    not_blank = " OR ".join(f"{text} <> ''" for text in texts.values())
    query = checked(file.fields, texts, identifier(LINE_COLUMN), f"incoming WHERE {not_blank}")
    odd = OddLines()
    tables = csv_tables(table, list(dict.fromkeys(found.values())), odd, file.told)
    scratch.stage_each(query, tables if numbers is None else _renumbered(tables, numbers))
    for line, values in odd.kept:
        key = "chains.problem.odd_line"
        shown = line if numbers is None else numbers[line - 2]
        file.problems.add(f"line {shown}", key, values=values, columns=len(table.columns))
    file.problems.add_uncounted(len(odd.lines) - len(odd.kept))
    return Staged(file, frozenset(found), frozenset(), "line")


def _renumbered(tables: Iterator[pa.Table], numbers: I64) -> Iterator[pa.Table]:
    for table in tables:
        lines = numbers[table[LINE_COLUMN].to_numpy() - 2]
        yield table.set_column(table.num_columns - 1, LINE_COLUMN, pa.array(lines))


def _found(file: TableFile, columns: tuple[str, ...]) -> dict[str, str]:
    """Return which column of the file is which field."""
    found = {field.name: field.found_in(columns) for field in file.fields}
    for field in file.fields:
        if field.required and found[field.name] is None:
            listed = ", ".join(columns)
            raise InvalidInput("chains.error.column_missing", file=str(file.path), column=field.name, found=listed)
    return {name: column for name, column in found.items() if column is not None}
