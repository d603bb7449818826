"""One Parquet file of the ledger, written in row groups of a fixed size, whatever batches its rows arrive in."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from qiyafa.stores.disk import sha256_of, sync_file
from qiyafa.stores.part_schema import DICTIONARY_BYTES


class RowGroupFile:
    """A file that is being written. Equal rows give equal bytes."""

    def __init__(
        self,
        path: Path,
        schema: pa.Schema,
        dictionaries: tuple[str, ...],
        row_group_rows: int,
        told: Callable[[pa.Table], None] = lambda rows: None,
    ) -> None:
        """`told` hears each row group before it is written."""
        self.rows = 0
        self._path = path
        self._row_group_rows = row_group_rows
        self._told = told
        self._waiting: list[pa.Table] = []
        self._waiting_rows = 0
        self._file = pa.OSFile(str(path), "wb")
        self._writer = pq.ParquetWriter(
            self._file,
            schema,
            compression="zstd",
            use_dictionary=list(dictionaries),
            dictionary_pagesize_limit=DICTIONARY_BYTES,
            write_page_checksum=True,
            store_schema=False,
        )

    def append(self, rows: pa.Table) -> None:
        """Add rows behind all earlier ones."""
        self._waiting.append(rows)
        self._waiting_rows += len(rows)
        self.rows += len(rows)
        while self._waiting_rows >= self._row_group_rows:
            waiting = pa.concat_tables(self._waiting)
            self._write_group(waiting.slice(0, self._row_group_rows))
            self._waiting = [waiting.slice(self._row_group_rows)]
            self._waiting_rows -= self._row_group_rows

    def finish(self) -> str:
        """Write the rest, return once the file is on the disk, and say its SHA-256."""
        if self._waiting_rows:
            self._write_group(pa.concat_tables(self._waiting))
        self._writer.close()
        self._file.close()
        sync_file(self._path)
        return sha256_of(self._path)

    def abandon(self) -> None:
        """Let go of the file as it is."""
        # The writer's destructor would try to write the footer, and a full disk would complain on stderr.
        self._writer.is_open = False
        self._file.close()

    def _write_group(self, rows: pa.Table) -> None:
        # One chunk a column: how the rows arrived must not show in the file's pages.
        whole = rows.combine_chunks()
        self._told(whole)
        self._writer.write_table(whole, row_group_size=len(whole))
