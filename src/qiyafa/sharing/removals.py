"""What receivers of labels are to remove: for formats in which nothing can be taken back.

GraphSense has no word for the end of a tag; the list names each tag by what identifies it there.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from qiyafa.model.label import Label
from qiyafa.sharing.table_text import write_table
from qiyafa.sharing.yaml_text import yaml_text

_COLUMNS: Final = ("address", "chain", "name", "source", "source_url", "label", "withdrawn")


@dataclass(frozen=True, slots=True)
class Removal:
    """A label that no longer stands."""

    label: Label
    since: str
    """The moment of its withdrawal, in ISO 8601."""


def write_removals_csv(removals: Iterable[Removal]) -> Iterator[str]:
    """Yield the lines of a table of labels to remove."""
    return write_table(_COLUMNS, ([value for _, value in _cells(one)] for one in removals))


def write_removals_yaml(removals: Iterable[Removal]) -> Iterator[str]:
    """Yield the lines of a list of tags to remove."""
    yield 'title: "Tags to remove"\nremove:\n'
    for one in removals:
        lines = [f"{name}: {yaml_text(value)}\n" for name, value in _cells(one) if value]
        yield "- " + "  ".join(lines)


def _cells(removal: Removal) -> Iterator[tuple[str, str]]:
    label = removal.label
    values = (label.written, label.chain or "", label.name, label.source, label.source_url, label.id, removal.since)
    return zip(_COLUMNS, values, strict=True)
