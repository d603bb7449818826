"""A downloaded file, its kind recognised by its content, its rows still as the explorer wrote them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from qiyafa.chains.readers.etherscan.row_values import Row


class ListKind(StrEnum):
    """The lists that an explorer keeps of an address, by the names of its API."""

    TRANSACTIONS = "txlist"
    INTERNAL = "txlistinternal"
    TOKENS = "tokentx"
    EMPTY = "empty"
    """An answer without rows, which does not say of which list."""


@dataclass(frozen=True, slots=True)
class Context:
    """What the rows of a list do not say themselves."""

    native_asset: str
    native_decimals: int
    token_asset: Callable[[str], str]
    decimals: dict[str, int]
    """Token contract to its decimals, for lists that give decimal numbers."""


@dataclass(frozen=True, slots=True)
class Listing:
    """One file."""

    path: Path
    kind: ListKind
    rows: tuple[tuple[str, Row], ...]
    """Each with its place, e.g. `line 17`. Missing columns are empty texts."""
    broken: tuple[tuple[str, str], ...]
    """Rows that are no rows: place, and the key of the problem."""
    row_limit: int
    """The most rows that the explorer gives in one file of this form: a file with so many may be cut."""
    transfers_of: Callable[[Row, ListKind, Context], Iterator[dict[str, object]]]
    """From a row to rows of RAW_TRANSFERS. Raises BadRowError."""

    @property
    def row_count(self) -> int:
        """How many rows the file has, broken ones included."""
        return len(self.rows) + len(self.broken)
