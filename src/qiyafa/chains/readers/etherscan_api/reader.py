"""From an explorer's lists of one address to raw transfers, with what is complete and what is cut.

A list that cannot be read leaves the address capped, or absent if it is the list of its transactions. The rows are
those that the same API gives as files (`readers/etherscan`), and are read by the same rules.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from qiyafa.chains.answer_cache import KeptAnswer
from qiyafa.chains.chain import Chain
from qiyafa.chains.http_client import BadAnswerError
from qiyafa.chains.readers.etherscan.account_json import row_of, transfers_of
from qiyafa.chains.readers.etherscan.listing import Context, Listing, ListKind
from qiyafa.chains.readers.etherscan.reader import listing_transfers
from qiyafa.chains.readers.etherscan_api.explorer import Explorer
from qiyafa.chains.readers.etherscan_api.windows import WINDOW_ROWS, BlockRange, Window, Windows, read_windows
from qiyafa.chains.readers.history import AddressHistory
from qiyafa.chains.readers.raw_columns import write_raw_rows
from qiyafa.chains.readers.reading import FileProblems, Reading, joined
from qiyafa.chains.readers.source_file import writing
from qiyafa.model.case import Theft
from qiyafa.model.errors import InvalidInput
from qiyafa.model.ledger import AddressCoverage, CoverageStatus
from qiyafa.model.raw import RawTransfers, SourceFile

READER = "etherscan-api/1"
"""Goes into the manifest; the number changes when the same answer would give other transfers."""

MOST_ROWS = 5 * WINDOW_ROWS
"""An address with more rows in one list is busy: a service, as a rule. What is beyond is left out."""

_PROVIDED = {
    ListKind.TRANSACTIONS: {"native", "fees"},
    ListKind.INTERNAL: {"internal"},
    ListKind.TOKENS: {"tokens"},
}
LISTS = tuple(_PROVIDED)


@dataclass(frozen=True, slots=True)
class ExplorerHistories:
    """The explorer as a source of histories."""

    explorer: Explorer
    chain: Chain
    last_block: int
    """Histories are read up to it."""
    lists: tuple[ListKind, ...] = LISTS
    most_rows: int = MOST_ROWS

    def starts(self, theft: Theft) -> tuple[str, ...]:
        """Return sender and receiver of each transaction of a theft. Raises NotFound or BadAnswerError."""
        parties = (one for ref in theft.transfers for one in self.explorer.parties(ref.transaction_hash))
        try:
            return tuple(dict.fromkeys(self.chain.formats.canonical(one) for one in parties))
        except InvalidInput as error:
            raise BadAnswerError(error.key, **error.fields) from error

    def read(self, address: str, scratch_folder: Path) -> AddressHistory:
        """Return the history of one address, its transfers as a Parquet file in a folder of its own.

        Raises LimitReachedError, Unavailable if the explorer cannot be reached, InvalidInput for a wrong key.
        """
        history = _History(self, address)
        for kind in self.lists:
            history.read_list(kind)
        path = scratch_folder / "transfers.parquet"
        with writing(scratch_folder):
            write_raw_rows(history.transfers(), path)
        return history.history(path)


@dataclass(frozen=True, slots=True)
class _List:
    kind: ListKind
    windows: Windows
    faults: tuple[FileProblems, ...]
    """One for each window."""

    @property
    def rows_left_out(self) -> int:
        """Say how many rows of all windows could not be taken."""
        return sum(faults.rows_left_out for faults in self.faults)

    def detail(self) -> str:
        """Say in words how much of the list was read."""
        left_out = f" ({self.rows_left_out} of them left out)" if self.rows_left_out else ""
        more = " and perhaps more" if self.windows.cut else ""
        return f"{self.kind.value} {self.windows.row_count} rows{left_out}{more}"


class _History:
    def __init__(self, source: ExplorerHistories, address: str) -> None:
        self.source, self.address = source, address
        self.lists: list[_List] = []
        self.unread: list[ListKind] = []
        self.faults: list[FileProblems] = []
        """Of whole lists."""

    def read_list(self, kind: ListKind) -> None:
        """Read one list, or note why it cannot be read."""
        explorer = self.source.explorer
        asked = BlockRange(0, self.source.last_block)

        def ask(blocks: BlockRange) -> tuple[list[object], KeptAnswer]:
            nonlocal asked
            asked = blocks
            return explorer.rows(kind, self.address, blocks)

        try:
            windows = read_windows(ask, self.source.last_block, self.source.most_rows)
        except BadAnswerError as bad:
            self.unread.append(kind)
            cut: BadAnswerError | None = bad
        else:
            places = (f"{kind.value} {self.address} ({window.answer.file})" for window in windows.windows)
            self.lists.append(_List(kind, windows, tuple(FileProblems(place) for place in places)))
            cut = windows.cut
        if cut is not None:
            fault = FileProblems(str(explorer.list_question(kind, self.address, asked)))
            fault.add("", cut.key, **cut.fields)
            self.faults.append(fault)

    def transfers(self) -> Iterator[dict[str, object]]:
        """Yield the raw transfers of all lists."""
        chain = self.source.chain
        context = Context(chain.native_asset, chain.native_decimals, chain.token_asset, {})
        for one in self.lists:
            for window, faults in zip(one.windows.windows, one.faults, strict=True):
                yield from listing_transfers(_listing(one.kind, window), self.address, context, faults)

    def history(self, scratch_file: Path) -> AddressHistory:
        """Return what was read, once all transfers were written."""
        kept, problem_count = joined([*(fault for one in self.lists for fault in one.faults), *self.faults])
        raw = RawTransfers(
            chain=self.source.chain.caip2,
            parquet_files=(str(scratch_file),),
            sources=tuple(self._sources()),
            provides=frozenset(word for one in self.lists for word in _PROVIDED[one.kind]),
            address_coverage=(AddressCoverage(self.address, self._status(), self._detail()),),
        )
        is_busy = any(one.windows.cut for one in self.lists)
        return AddressHistory(Reading(raw, kept, problem_count), is_busy)

    def _sources(self) -> Iterable[SourceFile]:
        for one in self.lists:
            for window, faults in zip(one.windows.windows, one.faults, strict=True):
                taken, left_out = len(window.rows) - faults.rows_left_out, faults.rows_left_out
                answer = window.answer
                yield SourceFile(answer.file, answer.sha256, taken, left_out, READER, one.kind.value)

    def _status(self) -> CoverageStatus:
        if ListKind.TRANSACTIONS in self.unread:
            return CoverageStatus.ABSENT
        is_cut = any(one.windows.cut or one.rows_left_out for one in self.lists)
        return CoverageStatus.CAPPED if is_cut or self.unread else CoverageStatus.COMPLETE

    def _detail(self) -> str:
        parts = [one.detail() for one in self.lists] + [f"{kind.value} not read" for kind in self.unread]
        return f"{', '.join(parts)}, up to block {self.source.last_block}"


def _listing(kind: ListKind, window: Window) -> Listing:
    rows, broken = [], []
    for number, entry in enumerate(window.rows, 1):
        if isinstance(entry, dict):
            rows.append((f"row {number}", row_of(entry)))
        else:
            broken.append((f"row {number}", "chains.problem.no_row"))
    return Listing(Path(window.answer.file), kind, tuple(rows), tuple(broken), WINDOW_ROWS, transfers_of)
