"""The Republic of Korea's own sanctions: designations by its Ministry of Foreign Affairs, as a CSV table.

The ministry publishes them as notices (HWP, PDF, web pages) with a table each, and no data file. This reads the table
as an official would type it, UTF-8, with these columns in English or Korean, in any order; those marked * are needed:

| column | Korean | what |
|---|---|---|
| `number`* | 번호 | the party's number in the notice |
| `name`* | 영문명 | the name in Latin letters |
| `korean_name` | 국문명 | the name in Hangul |
| `aliases` | 이명 | other names, separated by semicolons |
| `kind` | 구분 | `person` (개인) or `organization` (기관, 단체) |
| `designated_on`* | 지정일 | the day of the designation, 2023-02-10 or 2023.2.10 |
| `delisted_on` | 해제일 | the first day without it |
| `identifiers` | 식별정보 | the addresses of digital assets among them, as in the notice of 2023-02-10 |
| `ground` | 지정사유 | the legal ground or reason |
"""

from collections.abc import Iterator, Mapping
from typing import Final

from qiyafa.lists.csv_records import csv_records, csv_rows
from qiyafa.lists.days import day_of
from qiyafa.lists.prose import addresses_in
from qiyafa.lists.source import DraftDesignation, ListSource, ParsedList, only_file
from qiyafa.model.designation import Party
from qiyafa.model.errors import Problem
from qiyafa.model.ports import AddressReader

_ID: Final = "rok"
_KOREAN: Final = {
    "번호": "number",
    "영문명": "name",
    "국문명": "korean_name",
    "이명": "aliases",
    "구분": "kind",
    "지정일": "designated_on",
    "해제일": "delisted_on",
    "식별정보": "identifiers",
    "지정사유": "ground",
}
_NEEDED: Final = ("number", "name", "designated_on")
_KINDS: Final = {
    "person": "person",
    "개인": "person",
    "organization": "organization",
    "기관": "organization",
    "단체": "organization",
}


def parse(files: Mapping[str, bytes], reader: AddressReader) -> ParsedList:
    """Return the designated parties; the user states the edition's day. Raises InvalidInput for another table."""
    file, data = only_file(files, _ID)
    rows = [[_KOREAN.get(cell.strip(), cell) for cell in row] for row in csv_rows(file, data)]
    parties: list[Party] = []
    drafts: list[DraftDesignation] = []
    problems: list[Problem] = []
    for number, row in csv_records(file, rows, _NEEDED):
        party = _party(row)
        if not party.name:
            problems.append(Problem(file, f"row {number}", "lists_formats.problem.no_name"))
        if party.listed_from is None:
            problems.append(Problem(file, f"row {number}", "lists_formats.problem.no_day", {"party": party.name}))
        parties.append(party)
        drafts += _drafts(row, party, reader)
    return ParsedList(None, tuple(drafts), tuple(parties), tuple(problems))


def _party(row: Mapping[str, str]) -> Party:
    others = [row.get("korean_name", ""), *row.get("aliases", "").split(";")]
    aliases = dict.fromkeys(alias.strip() for alias in others)
    return Party(
        list_id=_ID,
        authority=_ID,
        entry=row["number"],
        name=row["name"],
        aliases=tuple(alias for alias in aliases if alias and alias != row["name"]),
        kind=_KINDS.get(row.get("kind", "").lower(), "unknown"),
        programmes=(),
        listed_from=day_of(row["designated_on"]),
        listed_to=day_of(row.get("delisted_on", "")),
    )


def _drafts(row: Mapping[str, str], party: Party, reader: AddressReader) -> Iterator[DraftDesignation]:
    for mentioned in addresses_in(row.get("identifiers", ""), reader):
        yield DraftDesignation(
            entry=party.entry,
            party=party.name,
            written=mentioned.written,
            declared=mentioned.declared,
            listed_from=party.listed_from,
            listed_to=party.listed_to,
            reason=row.get("ground", ""),
        )


SOURCE: Final = ListSource(
    id=_ID,
    authority=_ID,
    title="The Republic of Korea's own designations",
    publisher="Ministry of Foreign Affairs of the Republic of Korea",
    format="a CSV table of the notices",
    licence="public notices (Korea Open Government License)",
    parse=parse,
    least_parties=1,
)
