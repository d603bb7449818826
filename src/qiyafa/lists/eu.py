"""The European Union's consolidated list of financial sanctions (FSF, XML 1.1).

One `sanctionEntity` a party, with a reference number, any number of names (each with its language and whether it is
strong), the regulation that lists it, and remarks. The format states the day of a designation for some parties only;
for the others it is the earliest publication of any act that the entry cites. Addresses of digital assets stand in
remarks and, as `identification`, among the documents.
Format: https://webgate.ec.europa.eu/fsd/fsf, `xmlFullSanctionsList_1_1`.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final
from xml.etree.ElementTree import Element

from qiyafa.lists.days import day_of, day_of_root
from qiyafa.lists.prose import addresses_in
from qiyafa.lists.source import DraftDesignation, ListSource, ParsedList, only_file
from qiyafa.lists.xml_records import xml_records
from qiyafa.model.designation import Party
from qiyafa.model.errors import Problem
from qiyafa.model.ports import AddressReader

_ID: Final = "eu"
_KINDS: Final = {"P": "person", "E": "organization"}
_MAIN_LANGUAGES: Final = ("", "EN")
"""A name without a language is the name as the act has it."""


def parse(files: Mapping[str, bytes], reader: AddressReader) -> ParsedList:
    """Return the listed parties. Raises InvalidInput for what is not this list, or not the whole of it."""
    file, data = only_file(files, _ID)
    parties: list[Party] = []
    drafts: list[DraftDesignation] = []
    problems: list[Problem] = []
    for element in xml_records(file, data, "export", frozenset({"sanctionEntity"})):
        party = _party(element)
        if party.listed_from is None:
            problems.append(Problem(file, party.entry, "lists_formats.problem.no_day", {"party": party.name}))
        parties.append(party)
        drafts += _drafts(element, party, reader)
    return ParsedList(day_of_root(data, "generationDate"), tuple(drafts), tuple(parties), tuple(problems))


def _party(element: Element) -> Party:
    names = list(dict.fromkeys(name for _, name in sorted(_names(element), key=lambda found: found[0])))
    subject = element.find("subjectType")
    return Party(
        list_id=_ID,
        authority=_ID,
        entry=element.get("euReferenceNumber", "") or element.get("logicalId", ""),
        name=names[0] if names else "",
        aliases=tuple(names[1:]),
        kind=_KINDS.get("" if subject is None else subject.get("classificationCode", ""), "unknown"),
        programmes=tuple(_programmes(element)),
        listed_from=_listed_from(element),
        listed_to=None,
    )


def _names(element: Element) -> Iterator[tuple[tuple[bool, bool], str]]:
    """Yield each name with its rank: strong before weak, the act's own and the English one before other languages."""
    for alias in element.findall("nameAlias"):
        parts = (alias.get(part, "") for part in ("firstName", "middleName", "lastName"))
        name = " ".join((alias.get("wholeName") or " ".join(parts)).split())
        if name:
            strength = alias.get("strong", "true")
            yield (strength.lower() != "true", alias.get("nameLanguage", "").upper() not in _MAIN_LANGUAGES), name


def _programmes(element: Element) -> dict[str, None]:
    return dict.fromkeys(
        programme for regulation in element.findall("regulation") if (programme := regulation.get("programme", ""))
    )


def _listed_from(element: Element) -> date | None:
    stated = day_of(element.get("designationDate", ""))
    if stated is not None:
        return stated
    cited = (*element.iter("regulation"), *element.iter("regulationSummary"))
    return min((day for act in cited if (day := day_of(act.get("publicationDate", "")))), default=None)


def _drafts(element: Element, party: Party, reader: AddressReader) -> Iterator[DraftDesignation]:
    remarks = [one.text or "" for one in element.iter("remark")]
    numbers = [one.get("number", "") for one in element.iter("identification")]
    for mentioned in addresses_in("\n".join([*remarks, *numbers, element.get("designationDetails", "")]), reader):
        yield DraftDesignation(
            entry=party.entry,
            party=party.name,
            written=mentioned.written,
            declared=mentioned.declared,
            programmes=party.programmes,
            listed_from=party.listed_from,
            reason="; ".join(dict.fromkeys(one.get("numberTitle", "") for one in element.findall("regulation"))),
        )


SOURCE: Final = ListSource(
    id=_ID,
    authority=_ID,
    title="The European Union's consolidated list of financial sanctions",
    publisher="European Commission",
    format="xmlFullSanctionsList_1_1",
    licence="reuse allowed with the source named (Commission Decision 2011/833/EU)",
    parse=parse,
    urls=("https://webgate.ec.europa.eu/fsd/fsf/public/files/xmlFullSanctionsList_1_1/content?token=dG9rZW4tMjAxNw",),
    least_parties=1,
)
