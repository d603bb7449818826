"""The sources that histories can be pulled from, opened with the clock, the cache and the key of this process."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from qiyafa.app.settings import api_key
from qiyafa.chains.answer_cache import AnswerCache
from qiyafa.chains.chain import Chain
from qiyafa.chains.http_client import Budget, Clock, HttpClient, Pace
from qiyafa.chains.readers.esplora import server as esplora
from qiyafa.chains.readers.esplora.reader import MOST_TRANSACTIONS, ServerHistories
from qiyafa.chains.readers.etherscan.listing import ListKind
from qiyafa.chains.readers.etherscan_api import explorer as etherscan
from qiyafa.chains.readers.etherscan_api.reader import LISTS, MOST_ROWS, ExplorerHistories
from qiyafa.chains.readers.history import AddressHistory
from qiyafa.model.case import Theft
from qiyafa.model.errors import InvalidInput
from qiyafa.model.ledger import LedgerModel
from qiyafa.stores.parquet_duckdb import ParquetLedger

ANSWERS = "answers"
"""The folder of kept answers inside a ledger."""


class HistorySource(Protocol):
    """What histories come from, up to one last block."""

    @property
    def last_block(self) -> int:
        """The block up to which histories are read."""

    def starts(self, theft: Theft) -> tuple[str, ...]:
        """Return the canonical addresses that the transactions of a theft concern."""

    def read(self, address: str, scratch_folder: Path) -> AddressHistory:
        """Return the history of one address, its rows as Parquet files in the folder."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> float:
        """Return seconds since some moment; never goes back."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Return after so many seconds."""
        time.sleep(seconds)


@dataclass(frozen=True, slots=True)
class SourceRequest:
    """Which source, and how it may be asked."""

    name: str
    url: str
    budget: Budget
    api_key_file: Path | None = None
    requests_per_second: float | None = None
    """None means what the source allows everybody."""
    most_rows: int | None = None
    """Of one list of an address; with more it is busy. None means the source's own limit."""
    refresh: bool = False
    """Read histories up to the source's head of now, not up to that of the first pull."""
    clock: Clock = SystemClock()  # noqa: RUF009 - it has no state


@dataclass(frozen=True, slots=True)
class OpenSource:
    """A source, the client behind it, and the ledger beside which its answers are kept."""

    client: HttpClient
    histories: HistorySource
    ledger: ParquetLedger


@contextmanager
def open_source(request: SourceRequest, chain: Chain, thefts: Sequence[Theft], ledger: Path) -> Iterator[OpenSource]:
    """Open a source for one chain, and the ledger, which is made if it is missing.

    Raises InvalidInput for an unknown source or one that has no such chains; then no ledger is left behind.
    """
    if request.name not in SOURCES:
        raise InvalidInput("pull.error.source", value=request.name, known=", ".join(SOURCES))
    kind = SOURCES[request.name]
    url = _checked_url(request.url)
    if chain.model is not kind.model:
        raise InvalidInput("pull.error.source_chain", source=request.name, chain=chain.caip2)
    key = api_key(request.api_key_file) if kind.key_parameter else ""
    opened = ParquetLedger.open_or_create(ledger)
    client = HttpClient(
        pace=Pace(request.requests_per_second or kind.requests_per_second),
        clock=request.clock,
        cache=AnswerCache(ledger / ANSWERS),
        budget=request.budget,
        secrets={kind.key_parameter: key} if key else {},
    )
    try:
        yield OpenSource(client, kind.open(replace(request, url=url), client, chain, thefts), opened)
    finally:
        client.close()


def _checked_url(url: str) -> str:
    """Return a URL that can be shown and kept. Raises InvalidInput for one that is none or carries a secret."""
    try:
        parts = urlsplit(url)
        is_web = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_web = False
    if not is_web or not url.isascii() or not url.isprintable():
        raise InvalidInput("pull.error.url", url=url)
    if parts.username is not None or parts.query or parts.fragment:
        raise InvalidInput("pull.error.url_secret")
    return url.rstrip("/")


@dataclass(frozen=True, slots=True)
class SourceKind:
    """What one name after `--source` stands for."""

    model: LedgerModel
    requests_per_second: float
    """What the source allows everybody."""
    key_parameter: str
    """The parameter of an API key; empty where there is none."""
    open: Callable[[SourceRequest, HttpClient, Chain, Sequence[Theft]], HistorySource]


def _etherscan(request: SourceRequest, client: HttpClient, chain: Chain, thefts: Sequence[Theft]) -> HistorySource:
    explorer = etherscan.Explorer(client, request.url, chain.caip2.partition(":")[2])
    only_native = all(theft.asset == chain.native_asset for theft in thefts)
    return ExplorerHistories(
        explorer=explorer,
        chain=chain,
        last_block=explorer.last_block(anew=request.refresh),
        lists=tuple(one for one in LISTS if not (only_native and one is ListKind.TOKENS)),
        most_rows=request.most_rows or MOST_ROWS,
    )


def _esplora(request: SourceRequest, client: HttpClient, chain: Chain, thefts: Sequence[Theft]) -> HistorySource:
    server = esplora.Server(client, request.url)
    return ServerHistories(
        server=server,
        chain=chain,
        last_block=server.last_block(anew=request.refresh),
        most_transactions=request.most_rows or MOST_TRANSACTIONS,
    )


SOURCES: dict[str, SourceKind] = {
    "etherscan": SourceKind(LedgerModel.ACCOUNTS, etherscan.REQUESTS_PER_SECOND, etherscan.KEY_PARAMETER, _etherscan),
    "esplora": SourceKind(LedgerModel.OUTPUTS, esplora.REQUESTS_PER_SECOND, "", _esplora),
}
"""What may stand after `--source`."""
