"""The United Nations Security Council's Consolidated List (`consolidated.xml`).

One `INDIVIDUAL` or `ENTITY` a party, with its permanent reference number (`KPe.001`: K for the DPRK's committee, P, e
for an entity), names in up to four parts, aliases with a quality, and the day it was listed. The list has no field for
addresses of digital assets; those that comments mention are taken from there.
Format: https://main.un.org/securitycouncil/en/content/un-sc-consolidated-list and its XSD.
"""

from collections.abc import Iterator, Mapping
from typing import Final
from xml.etree.ElementTree import Element

from qiyafa.lists.days import day_of, day_of_root
from qiyafa.lists.prose import addresses_in
from qiyafa.lists.source import DraftDesignation, ListSource, ParsedList, only_file
from qiyafa.lists.xml_records import xml_records
from qiyafa.model.designation import Party
from qiyafa.model.errors import Problem
from qiyafa.model.ports import AddressReader

_ID: Final = "un"
_KINDS: Final = {"INDIVIDUAL": "person", "ENTITY": "organization"}
_NAME_PARTS: Final = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")
_QUALITIES: Final = {"good": 0, "a.k.a.": 0, "f.k.a.": 1, "low": 2}
"""Aliases are kept in this order: an alias of low quality does not identify the party by itself."""
_REMARKS: Final = ("COMMENTS1", "NOTE")


def parse(files: Mapping[str, bytes], reader: AddressReader) -> ParsedList:
    """Return the listed parties. Raises InvalidInput for what is not this list, or not the whole of it."""
    file, data = only_file(files, _ID)
    parties: list[Party] = []
    drafts: list[DraftDesignation] = []
    problems: list[Problem] = []
    for element in xml_records(file, data, "CONSOLIDATED_LIST", frozenset(_KINDS)):
        party = _party(element)
        if party.listed_from is None:
            problems.append(Problem(file, party.entry, "lists_formats.problem.no_day", {"party": party.name}))
        parties.append(party)
        drafts += _drafts(element, party, reader)
    return ParsedList(day_of_root(data, "dateGenerated"), tuple(drafts), tuple(parties), tuple(problems))


def _party(element: Element) -> Party:
    name = " ".join(filter(None, (_text(element, part) for part in _NAME_PARTS)))
    aliases = sorted(_aliases(element, f"{element.tag}_ALIAS"), key=lambda alias: alias[0])
    original = _text(element, "NAME_ORIGINAL_SCRIPT")
    names = dict.fromkeys([original, *(alias for _, alias in aliases)])
    return Party(
        list_id=_ID,
        authority=_ID,
        entry=_text(element, "REFERENCE_NUMBER") or _text(element, "DATAID"),
        name=name,
        aliases=tuple(alias for alias in names if alias and alias != name),
        kind=_KINDS[element.tag],
        programmes=tuple(filter(None, [_text(element, "UN_LIST_TYPE")])),
        listed_from=day_of(_text(element, "LISTED_ON")),
        listed_to=None,
    )


def _aliases(element: Element, tag: str) -> Iterator[tuple[int, str]]:
    for alias in element.findall(tag):
        yield _QUALITIES.get(_text(alias, "QUALITY").lower(), 1), _text(alias, "ALIAS_NAME")


def _drafts(element: Element, party: Party, reader: AddressReader) -> Iterator[DraftDesignation]:
    remarks = "\n".join(one.text or "" for tag in _REMARKS for one in element.iter(tag))
    for mentioned in addresses_in(remarks, reader):
        yield DraftDesignation(
            entry=party.entry,
            party=party.name,
            written=mentioned.written,
            declared=mentioned.declared,
            programmes=party.programmes,
            listed_from=party.listed_from,
        )


def _text(element: Element, tag: str) -> str:
    return " ".join((element.findtext(tag) or "").split())


SOURCE: Final = ListSource(
    id=_ID,
    authority=_ID,
    title="The United Nations Security Council's Consolidated List",
    publisher="United Nations Security Council",
    format="consolidated.xml (sc-sanctions.xsd)",
    licence="published by the United Nations for use by everyone",
    parse=parse,
    urls=("https://scsanctions.un.org/resources/xml/en/consolidated.xml",),
    least_parties=1,
)
