"""The UK Sanctions List of the Foreign, Commonwealth and Development Office, as XML or as CSV.

XML: one `Designation` a party. CSV: a line `Report Date: 13-Feb-2026`, a header, and one row for each name of a party,
joined by `Unique ID` (`CYB0051`). In both the family's name stands in `Name6`, the given ones in `Name1` to `Name5`.
Addresses of digital assets are named in `Other Information`.
Format: https://www.gov.uk/government/publications/the-uk-sanctions-list.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final
from xml.etree.ElementTree import Element

from qiyafa.lists.csv_records import csv_records, csv_rows
from qiyafa.lists.days import day_of
from qiyafa.lists.source import ListSource, ParsedList, only_file
from qiyafa.lists.uk_entries import UkEntry, UkName, parsed_list
from qiyafa.lists.xml_records import refuse_other_content, xml_records
from qiyafa.model.ports import AddressReader

_ID: Final = "uk"
_NAME_PARTS: Final = ("1", "2", "3", "4", "5", "6")
_REPORT_DATE: Final = "Report Date:"
_COLUMNS: Final = ("Unique ID", "Name 6", "Name 1", "Name type", "Regime Name", "Designation Type", "Date Designated")


def parse(files: Mapping[str, bytes], reader: AddressReader) -> ParsedList:
    """Return the listed parties. Raises InvalidInput for what is not this list, or not the whole of it."""
    file, data = only_file(files, _ID)
    refuse_other_content(file, data)
    is_xml = data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
    published, entries = _read_xml(file, data) if is_xml else _read_csv(file, data)
    return parsed_list(_ID, file, published, entries, reader)


def _read_xml(file: str, data: bytes) -> tuple[date | None, list[UkEntry]]:
    published, entries = None, []
    for element in xml_records(file, data, "Designations", frozenset({"DateGenerated", "Designation"})):
        if element.tag == "DateGenerated":
            published = day_of(element.text or "")
        else:
            entries.append(_designation(element))
    return published, entries


def _designation(element: Element) -> UkEntry:
    names = [
        UkName(
            " ".join(filter(None, (_text(name, f"Name{part}") for part in _NAME_PARTS))),
            _text(name, "NameType").lower() == "primary name",
            _text(name, "AliasStrength").lower().startswith("low"),
        )
        for name in element.iter("Name")
    ]
    names += [UkName(_text(name, "NameNonLatinScript"), False, False) for name in element.iter("NonLatinName")]
    return UkEntry(
        entry=_text(element, "UniqueID"),
        place=_text(element, "UniqueID"),
        names=tuple(names),
        kind=_text(element, "IndividualEntityShip"),
        regime=_text(element, "RegimeName"),
        listed_from=day_of(_text(element, "DateDesignated")),
        remarks=element.findtext("OtherInformation") or "",
    )


def _read_csv(file: str, data: bytes) -> tuple[date | None, list[UkEntry]]:
    rows = csv_rows(file, data)
    report = rows[0][0] if rows and rows[0] else ""
    published = day_of(report.removeprefix(_REPORT_DATE)) if report.startswith(_REPORT_DATE) else None
    return published, [_row(number, row) for number, row in csv_records(file, rows, _COLUMNS)]


def _row(number: int, row: Mapping[str, str]) -> UkEntry:
    return UkEntry(
        entry=row["Unique ID"],
        place=f"row {number}",
        names=tuple(_row_names(row)),
        kind=row["Designation Type"],
        regime=row["Regime Name"],
        listed_from=day_of(row["Date Designated"]),
        remarks=row.get("Other Information", ""),
    )


def _row_names(row: Mapping[str, str]) -> Iterator[UkName]:
    written = " ".join(filter(None, (row.get(f"Name {part}", "") for part in _NAME_PARTS)))
    is_low = row.get("Alias strength", "").lower().startswith("low")
    yield UkName(written, row["Name type"].lower() == "primary name", is_low)
    yield UkName(row.get("Name non-latin script", ""), False, False)


def _text(element: Element, tag: str) -> str:
    return " ".join((element.findtext(tag) or "").split())


SOURCE: Final = ListSource(
    id=_ID,
    authority=_ID,
    title="The UK Sanctions List",
    publisher="Foreign, Commonwealth and Development Office",
    format="UK-Sanctions-List.xml or .csv",
    licence="Open Government Licence v3.0",
    parse=parse,
    urls=("https://sanctionslist.fcdo.gov.uk/docs/UK-Sanctions-List.xml",),
    least_parties=1,
)
