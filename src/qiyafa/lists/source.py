"""What a published list is, and what its parser returns: entries as the list states them, before any store sees them.

A parser is pure: bytes in, records out. It opens no file, asks no clock and no network. Whether an address has a known
format is checked once for all lists when one is imported, not by each parser.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from qiyafa.model.designation import Party
from qiyafa.model.errors import InvalidInput, Problem
from qiyafa.model.ports import AddressReader


@dataclass(frozen=True, slots=True)
class DraftDesignation:
    """One listed address as a list states it."""

    entry: str
    """The list's own id of the party; empty where the list has none."""
    party: str
    """The party's main name; empty on a plain list of addresses. Hostile text."""
    written: str
    """The address as the list spells it."""
    declared: str
    """The ticker or chain that the list states; it may be wrong. Empty if it states none."""
    programmes: tuple[str, ...] = ()
    listed_from: date | None = None
    """The designation's date; None where the list gives none."""
    listed_to: date | None = None
    """The first day it was no longer listed, where the list itself says so."""
    reason: str = ""
    """The legal ground or remark. Hostile text."""


@dataclass(frozen=True, slots=True)
class ParsedList:
    """What one edition of a list says."""

    published: date | None
    """The edition's date; None if the files do not state it."""
    drafts: tuple[DraftDesignation, ...]
    parties: tuple[Party, ...]
    problems: tuple[Problem, ...]


Parse = Callable[[Mapping[str, bytes], AddressReader], ParsedList]
"""Read one edition from its files, by name. Raises InvalidInput for what is not this list at all."""


@dataclass(frozen=True, slots=True)
class ListSource:
    """One list that somebody publishes, and how it is read."""

    id: str
    authority: str
    """Who lists, in short: `ofac`, `un`, `eu`, `uk`, `rok`; lists of one authority share their dates."""
    title: str
    publisher: str
    """Who publishes these very files, which need not be the authority."""
    format: str
    """Name and edition of the format."""
    licence: str
    parse: Parse
    urls: tuple[str, ...] = ()
    """Where the files are published; empty if they cannot be fetched without an account."""
    least_parties: int = 0
    """An edition with fewer is not believed."""
    least_addresses: int = 0
    whole: bool = True
    """Whether an edition has every entry in force, so that an entry that is missing has been taken off."""


def only_file(files: Mapping[str, bytes], list_id: str) -> tuple[str, bytes]:
    """Return the name and bytes of the one file that a list consists of. Raises InvalidInput for none or several."""
    if len(files) != 1:
        raise InvalidInput("lists.error.one_file", list=list_id, count=len(files))
    return next(iter(files.items()))
