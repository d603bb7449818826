"""A reader's DuckDB: in memory within bounds, the rest in the scratch folder, silent on the network."""

# ruff: noqa: S608 - every text put into a query is our own, or quoted by `literal` and `identifier`

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
import pyarrow as pa

from qiyafa.chains.readers.raw_columns import raw_select
from qiyafa.chains.readers.source_file import writing
from qiyafa.chains.readers.tabular.sql_text import file_literal, literal
from qiyafa.chains.readers.tabular.values import define_values
from qiyafa.model.errors import QiyafaError, Unavailable

MEMORY_LIMIT = "1200MB"
_OFFLINE: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}
_DISK_FAILURES = ("No space left", "File too large", "Disk quota", "Read-only file system", "max_temp_directory_size")


class Scratch:
    """Tables for one run of a reader, and the files of transfers it writes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.parquet_files: list[str] = []
        """Files of RAW_TRANSFERS written so far."""
        self._staged: list[Path] = []
        self.numbers = count()
        """Tells the names of files in the folder apart."""
        with outside_failures(folder):
            self.connection = duckdb.connect(config=_OFFLINE)
            define_values(self.connection)
            self.connection.execute(f"SET memory_limit = '{MEMORY_LIMIT}'")
            self.connection.execute(f"SET temp_directory = {literal(str(folder / 'spill'))}")
            self.connection.execute("SET preserve_insertion_order = false")
            self.connection.execute("SET enable_progress_bar = false")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.connection.close()

    def define(self, name: str, function: Callable[[str, str], str]) -> None:
        """Give SQL a function of two texts; it is not asked about nulls."""
        self.connection.create_function(name, function, ["VARCHAR", "VARCHAR"], "VARCHAR")

    def run(self, sql: str) -> list[tuple[Any, ...]]:
        """Run a statement and return its rows. Raises Unavailable if the disk or the memory fails."""
        with outside_failures(self.folder):
            return self.connection.execute(sql).fetchall()

    def stage(self, query: str) -> None:
        """Keep what a query answers as the view `staged`, on disk, in the place of the last one."""
        self._drop_staged()
        self._add_staged(query)

    def stage_each(self, query: str, tables: Iterable[pa.Table]) -> None:
        """Keep what a query over `incoming` answers for each of some tables, at least one, as the view `staged`."""
        self._drop_staged()
        for table in tables:
            self.connection.register("incoming", table)
            self._add_staged(query)
            self.connection.unregister("incoming")

    def number(self, sql: str) -> int:
        """Return the one number that a query answers."""
        return int(self.run(sql)[0][0])

    def write_transfers(self, columns: Mapping[str, str], relation: str) -> int:
        """Write RAW_TRANSFERS, selected from a relation, as one more Parquet file and return how many rows it has.

        `columns` gives the SQL of each column; the rest are null.
        """
        path = str(self.folder / f"transfers-{len(self.parquet_files):05}.parquet")
        rows = self.number(f"COPY (SELECT {raw_select(columns)} FROM {relation}) TO {literal(path)} (FORMAT parquet)")
        self.parquet_files.append(path)
        return rows

    def _add_staged(self, query: str) -> None:
        path = self.folder / f"staged-{next(self.numbers):06}.parquet"
        self.run(f"COPY ({query}) TO {literal(str(path))} (FORMAT parquet)")
        self._staged.append(path)
        files = ", ".join(file_literal(path) for path in self._staged)
        self.run(f"CREATE OR REPLACE VIEW staged AS FROM read_parquet([{files}], hive_partitioning = false)")

    def _drop_staged(self) -> None:
        with writing(self.folder):
            for path in self._staged:
                path.unlink()
        self._staged = []


@contextmanager
def outside_failures(folder: Path) -> Iterator[None]:
    """Turn what DuckDB says of a failing disk, too little memory or Ctrl-C into what it means."""
    try:
        yield
    except (duckdb.Error, RuntimeError) as error:
        if "interrupt" in str(error).lower():
            raise KeyboardInterrupt from error
        failure = _failure(error, folder)
        if failure is None:
            raise
        raise failure from error


def _failure(error: Exception, folder: Path) -> QiyafaError | None:
    reason = str(error).splitlines()[0]
    # A failure that names neither the disk nor the scratch folder is that of the user's file.
    sign = next((sign for sign in _DISK_FAILURES if sign in reason), None)
    if sign or str(folder) in reason:
        return Unavailable("chains.error.scratch", path=str(folder), reason=sign or reason)
    if isinstance(error, duckdb.OutOfMemoryException):
        return Unavailable("chains.error.memory", reason=reason)
    return None
