"""What both British lists come down to: entries with names, a regime and a day, joined by the list's own number."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from qiyafa.lists.prose import addresses_in
from qiyafa.lists.source import DraftDesignation, ParsedList
from qiyafa.model.designation import Party
from qiyafa.model.errors import Problem
from qiyafa.model.ports import AddressReader

_AUTHORITY: Final = "uk"
_KINDS: Final = {"individual": "person", "entity": "organization", "ship": "vessel"}


class UkName(NamedTuple):
    """One name of a party."""

    written: str
    is_primary: bool
    is_low: bool
    """Whether the list calls the alias one of low quality."""


@dataclass(frozen=True, slots=True)
class UkEntry:
    """One element or row; a party may have several rows."""

    entry: str
    place: str
    names: tuple[UkName, ...]
    kind: str
    regime: str
    listed_from: date | None
    remarks: str
    reference: str = ""
    """The number of the same party in the other British list."""


def parsed_list(
    list_id: str, file: str, published: date | None, entries: Iterable[UkEntry], reader: AddressReader
) -> ParsedList:
    """Return the parties, one for each number, and the addresses that their remarks mention."""
    by_number: dict[str, list[UkEntry]] = {}
    problems: list[Problem] = []
    for entry in entries:
        if entry.entry:
            by_number.setdefault(entry.entry, []).append(entry)
        else:
            problems.append(Problem(file, entry.place, "lists_formats.problem.no_number"))
    parties: list[Party] = []
    drafts: list[DraftDesignation] = []
    for same in by_number.values():
        party = _party(list_id, same)
        parties.append(party)
        drafts += _drafts(party, same, reader)
        if party.listed_from is None:
            problems.append(Problem(file, party.entry, "lists_formats.problem.no_day", {"party": party.name}))
    return ParsedList(published, tuple(drafts), tuple(parties), tuple(problems))


def _party(list_id: str, same: list[UkEntry]) -> Party:
    ranked = sorted((name for one in same for name in one.names if name.written), key=_rank)
    names = list(dict.fromkeys(name.written for name in ranked))
    return Party(
        list_id=list_id,
        authority=_AUTHORITY,
        entry=same[0].entry,
        name=names[0] if names else "",
        aliases=tuple(names[1:]),
        kind=_KINDS.get(same[0].kind.lower(), "unknown"),
        programmes=tuple(dict.fromkeys(one.regime for one in same if one.regime)),
        listed_from=min((one.listed_from for one in same if one.listed_from), default=None),
        listed_to=None,
    )


def _rank(name: UkName) -> tuple[bool, bool]:
    return not name.is_primary, name.is_low


def _drafts(party: Party, same: list[UkEntry], reader: AddressReader) -> Iterator[DraftDesignation]:
    remarks = "\n".join(dict.fromkeys(one.remarks for one in same))
    for mentioned in addresses_in(remarks, reader):
        yield DraftDesignation(
            entry=party.entry,
            party=party.name,
            written=mentioned.written,
            declared=mentioned.declared,
            programmes=party.programmes,
            listed_from=party.listed_from,
            reason=same[0].reference,
        )
