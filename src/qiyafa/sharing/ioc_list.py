"""Addresses to look out for, as a plain list and as a table that is harmless in spreadsheets."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from qiyafa.model.label import Label
from qiyafa.sharing.table_text import write_table

COLUMNS: Final = (
    "address",
    "chain",
    "symbol",
    "name",
    "category",
    "incident",
    "confidence",
    "grade",
    "tlp",
    "source",
    "source_url",
)
SymbolOf = Callable[[str], str]
"""From a chain (CAIP-2) to the ticker of its own asset."""


def indicators(labels: Iterable[Label]) -> list[Label]:
    """Return the labels that state a risk, by address, chain and id."""
    found = {one.id: one for one in labels if one.risk is not None}
    return sorted(found.values(), key=lambda one: (str(one.identity), one.chain or "", one.id))


def write_ioc_list(labels: Iterable[Label]) -> Iterator[str]:
    """Yield the addresses of labels, each once, one a line. What no line can hold as it is is left out."""
    addresses = dict.fromkeys(one.written.strip() for one in labels)
    return (f"{address}\n" for address in addresses if address.isascii() and address.isprintable())


def write_ioc_csv(labels: Iterable[Label], symbol_of: SymbolOf) -> Iterator[str]:
    """Yield the lines of a table of labels, one row each."""
    return write_table(COLUMNS, (_cells(one, symbol_of) for one in labels))


def _cells(label: Label, symbol_of: SymbolOf) -> Iterator[str]:
    for name in COLUMNS:
        match name:
            case "address":
                yield label.written
            case "symbol":
                yield "" if label.chain is None else symbol_of(label.chain)
            case _:
                yield str(getattr(label, name) or "")
