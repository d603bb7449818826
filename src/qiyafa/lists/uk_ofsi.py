"""OFSI's consolidated list of asset-freeze targets (`ConList.csv`, the format of 2022).

The first line is `Last Updated,27/01/2026`, the second the header, then one row for each name of a party, joined by
`Group ID`. `Other Information` begins with the party's number in the UK Sanctions List. HM Treasury froze this list in
January 2026 in favour of the UK Sanctions List (`uk.py`); it answers for the days before, and so has no address from
which it would be fetched again and again.
Format: https://www.gov.uk/government/publications/financial-sanctions-consolidated-list-of-targets.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from qiyafa.lists.csv_records import csv_records, csv_rows
from qiyafa.lists.days import day_of
from qiyafa.lists.source import ListSource, ParsedList, only_file
from qiyafa.lists.uk_entries import UkEntry, UkName, parsed_list
from qiyafa.model.ports import AddressReader

_ID: Final = "uk-ofsi"
_NAMES: Final = ("Name 1", "Name 2", "Name 3", "Name 4", "Name 5", "Name 6")
_COLUMNS: Final = (*_NAMES, "Group Type", "Alias Type", "Regime", "Listed On", "Group ID")
_LAST_UPDATED: Final = "Last Updated"
_REFERENCE: Final = re.compile(r"\(?UK Sanctions List Ref\)?:?\s*([A-Z]{3}\d{4})", re.IGNORECASE)


def parse(files: Mapping[str, bytes], reader: AddressReader) -> ParsedList:
    """Return the listed parties. Raises InvalidInput for what is not this list, or not the whole of it."""
    file, data = only_file(files, _ID)
    rows = csv_rows(file, data)
    first = rows[0] if rows else []
    published = day_of(first[1]) if len(first) > 1 and first[0].strip() == _LAST_UPDATED else None
    entries = [_entry(number, row) for number, row in csv_records(file, rows, _COLUMNS)]
    return parsed_list(_ID, file, published, entries, reader)


def _entry(number: int, row: Mapping[str, str]) -> UkEntry:
    remarks = row.get("Other Information", "")
    reference = _REFERENCE.search(remarks)
    return UkEntry(
        entry=row["Group ID"],
        place=f"row {number}",
        names=tuple(_names(row)),
        kind=row["Group Type"],
        regime=row["Regime"],
        listed_from=day_of(row["Listed On"]) or day_of(row.get("UK Sanctions List Date Designated", "")),
        remarks=remarks,
        reference=f"UK Sanctions List {reference[1].upper()}" if reference else "",
    )


def _names(row: Mapping[str, str]) -> Iterator[UkName]:
    written = " ".join(filter(None, (row[name] for name in _NAMES)))
    is_low = row.get("Alias Quality", "").lower().startswith("low")
    yield UkName(written, row["Alias Type"].lower() == "primary name", is_low)
    yield UkName(row.get("Name Non-Latin Script", ""), False, False)


SOURCE: Final = ListSource(
    id=_ID,
    authority="uk",
    title="OFSI's consolidated list of asset-freeze targets",
    publisher="Office of Financial Sanctions Implementation, HM Treasury",
    format="ConList.csv (2022 format)",
    licence="Open Government Licence v3.0",
    parse=parse,
    least_parties=1,
)
