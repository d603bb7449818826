"""Addresses that were published in connection with incidents: a table of chain, address, incident, role and source.

Each row gives a label by the rules of `incident_roles`, and a second one, with the days of the listing, if the role
says that the address was put on a sanctions list: that it is a mixer stays true after the listing ends.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from qiyafa.model.category import Category
from qiyafa.model.label import Tlp
from qiyafa.model.ports import AddressReader
from qiyafa.sharing.incident_roles import RoleMeaning, listing_of, meaning_of, standing_of
from qiyafa.sharing.label_draft import Drafting, LabelsRead, Statement, text_problem
from qiyafa.sharing.table_text import read_table

_COLUMNS: Final = frozenset({"chain", "address", "incident", "role", "source", "source_url"})
_UNKNOWN: Final = RoleMeaning(Category.OTHER, None, None)


def is_incident_table(names: frozenset[str]) -> bool:
    """Tell whether a table with such columns lists addresses of incidents."""
    return names >= _COLUMNS


def read_incident_csv(content: bytes, source: str, reader: AddressReader, tlp: Tlp) -> LabelsRead:
    """Return the labels of a table. A bad row is a problem; a role without a rule gives a label without risk."""
    read = LabelsRead(source)
    drafting = Drafting(reader, read)
    for line, row in read_table(content, source):
        place = f"line {line}"
        if row is None:
            read.leave_out(place, "labels.problem.row")
            continue
        wrong = next((name for name, cell in row.items() if text_problem(cell)), None)
        if wrong is not None:
            read.leave_out(place, text_problem(row[wrong]), key=wrong)
            continue
        if not row["role"].strip() or not row["source"].strip():
            read.leave_out(place, "labels.problem.cell", key="role", value=row["role"])
            continue
        if meaning_of(row["role"], row["incident"]) is None:
            read.note(place, "labels.problem.role", row["role"])
        for statement in _statements(row, tlp):
            drafting.add(place, row["address"], row["chain"], statement.fields())
    return read.closed()


def _statements(row: dict[str, str], tlp: Tlp) -> Iterator[Statement]:
    """Yield what a row says: the part in the incident, and that the address was listed."""
    role, incident, source = row["role"], row["incident"], row["source"]
    meaning = meaning_of(role, incident) or _UNKNOWN
    standing = standing_of(role, source)
    listing = listing_of(role, incident, source)
    statement = Statement(
        name=f"{incident}: {role}",
        entity=meaning.entity,
        category=meaning.category,
        risk=meaning.risk,
        routing=meaning.routing,
        confidence=standing.confidence,
        grade=standing.grade,
        source=source,
        source_url=row["source_url"],
        origin=row["source_url"] or source,
        tlp=tlp,
        role=role,
        incident=incident,
        details={"ticker": row["chain"]},
    )
    if listing is None:
        yield statement
        return
    if meaning.category is not Category.SANCTIONED:
        yield statement
    yield replace(
        statement,
        name=f"{incident}: {role} (listing)",
        category=Category.SANCTIONED,
        risk=Category.SANCTIONED,
        routing=None,
        valid_from=listing.valid_from,
        valid_to=listing.valid_to,
    )
