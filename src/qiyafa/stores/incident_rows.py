"""Incidents as rows of named columns: a table to import, or one row written on a command line (`docs/incidents.md`).

A row says one thing of an incident, or several: who lost how much when, according to which source. Rows with one id are
one incident, each with the source of its own facts. A row that cannot be read is a problem, and nothing of it is kept.
"""

import difflib
import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any, Final

from qiyafa.model.errors import InvalidInput, Problem
from qiyafa.model.incident import Incident
from qiyafa.model.record import EntriesRead
from qiyafa.model.source import Source
from qiyafa.stores.entry_values import Fault, read_record

Row = Mapping[str, str]

_DATES: Final = ("theft", "disclosure", "accusation", "confirmation")
_LISTS: Final[Mapping[str, tuple[str, Mapping[str, str]]]] = {
    "victims": ("victim", {"name": "victim", "kind": "victim_kind", "country": "country"}),
    "actors": ("actor", {"actor": "actor", "status": "status", "since": "since"}),
    "methods": ("method", {"value": "method"}),
    "chains": ("chain", {"value": "chain"}),
    "summary": ("summary", {"value": "summary"}),
    "relations": ("related", {"kind": "relation", "incident": "related"}),
}
"""Lists of an incident: the column that says there is an item, and the columns that it is taken from."""
_AMOUNT: Final = {
    "kind": "amount_kind",
    "value": "amount",
    "currency": "currency",
    "bound": "bound",
    "basis": "basis",
    "as_of": "as_of",
    "note": "note",
}
_ASSET: Final = {"symbol": "asset", "quantity": "quantity", "value": "amount", "currency": "currency", "basis": "basis"}
_SOURCE: Final = {
    "publisher": "publisher",
    "title": "source_title",
    "url": "source_url",
    "published": "published",
    "edition": "edition",
    "grade": "grade",
    "language": "language",
}
_DEFAULTS: Final = {
    "kind": "theft",
    "amount_kind": "executed",
    "currency": "USD",
    "status": "suspected",
    "victim_kind": "company",
    "country": "",
    "relation": "part of",
}
_LOST_WITHOUT: Final = {
    "country": "victim",
    "since": "actor",
    "quantity": "asset",
    "bound": "amount",
    "as_of": "amount",
    "note": "amount",
}
"""Columns that say something of another one, which must be there for it to be kept."""
_NOT_OF_ASSETS: Final = frozenset({"bound", "as_of", "note"})
_CAPITALS: Final = frozenset({"country", "currency"})
"""Columns of codes, which tables write in small letters too."""
COLUMNS: Final = tuple(
    dict.fromkeys(
        ["id", "title", "kind", *_DATES]
        + [
            column
            for columns in (*(parts for _, parts in _LISTS.values()), _AMOUNT, _ASSET)
            for column in columns.values()
        ]
        + ["source", *_SOURCE.values()]
    )
)
"""Every column that means something."""


@dataclass(slots=True)
class _Reading:
    file: str
    sources: dict[str, Source] = field(default_factory=dict)
    incidents: dict[str, Incident] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read_rows(rows: Iterable[tuple[str, Row | None]], file: str) -> EntriesRead:
    """Return the sources and incidents of rows, each with the words for its place; None is a row that is none."""
    reading = _Reading(file)
    for place, row in rows:
        try:
            if row is None:
                raise Fault("entries.problem.row", place)
            _take(reading, {name: _tidied(name, cell) for name, cell in row.items() if cell.strip()}, place)
        except Fault as fault:
            reading.problems.append(Problem(file, fault.place, fault.key, fault.fields))
    return EntriesRead((*reading.sources.values(), *reading.incidents.values()), tuple(reading.problems))


def check_columns(names: Iterable[str], file: str) -> None:
    """Raise InvalidInput for the first name that is no column: nothing of a table is lost silently."""
    for name in names:
        if name not in COLUMNS:
            nearest = difflib.get_close_matches(name, COLUMNS, n=1, cutoff=0.0)[0]
            known = ", ".join(COLUMNS)
            raise InvalidInput("entries.error.column", file=file, column=name, nearest=nearest, known=known)


def _tidied(name: str, cell: str) -> str:
    return cell.strip().upper() if name in _CAPITALS else cell.strip()


def _take(reading: _Reading, row: Row, place: str) -> None:
    source = _source(reading, row, place)
    id = row.get("id") or _own_id(row, place)
    said = _incident(row, id, source.id if isinstance(source, Source) else source, place)
    before = reading.incidents.get(id)
    reading.incidents[id] = said if before is None else _joined(before, said, row, place)
    if isinstance(source, Source):
        reading.sources[source.id] = source


def _refuse_lost(row: Row, place: str) -> None:
    """Raise Fault for a column that would be lost, as the row lacks what it speaks of."""
    for column, owner in _LOST_WITHOUT.items():
        if column in row and (owner not in row or (column in _NOT_OF_ASSETS and "asset" in row)):
            raise Fault("entries.problem.lost", place, column=column, owner=owner)


def _source(reading: _Reading, row: Row, place: str) -> Source | str:
    """Return the source that a row describes, or the id of one that stands elsewhere. Raises Fault for neither."""
    if "source_url" not in row:
        if "source" not in row:
            raise Fault("entries.problem.no_source", place)
        return row["source"]
    id = row.get("source") or f"{_slug(row.get('publisher', ''))}-{_short_hash(row['source_url'])}".lstrip("-")
    described = {"title": row["source_url"]} | {key: row[name] for key, name in _SOURCE.items() if name in row}
    source = read_record(Source, {"id": id, **described, **_published(row, place)}, place)
    known = reading.sources.get(id)
    if known is not None and known != source:
        raise Fault("entries.problem.two_sources", place, id=id)
    return source


def _published(row: Row, place: str) -> dict[str, date]:
    if "published" not in row:
        return {}
    try:
        return {"published": date.fromisoformat(row["published"])}
    except ValueError:
        raise Fault("entries.problem.day", f"{place}, published", value=row["published"]) from None


def _incident(row: Row, id: str, source: str, place: str) -> Incident:
    """Return what one row says of an incident, in the form of the casebook."""
    _refuse_lost(row, place)
    filled = {**_DEFAULTS, **row}
    table: dict[str, Any] = {"id": id, "title": row.get("title", id), "kind": filled["kind"], "title_source": source}
    table["dates"] = [{"kind": kind, "period": row[kind], "source": source} for kind in _DATES if kind in row]
    for name, (marker, columns) in _LISTS.items():
        if marker in row:
            table[name] = [_item(filled, columns, source)]
    if "asset" in row:
        priced = {} if "amount" in row else {"currency": ""}
        table["assets"] = [_item(filled, _ASSET, source) | priced]
    elif "amount" in row:
        table["amounts"] = [_item(filled, _AMOUNT, source)]
    return read_record(Incident, table, place)


def _item(row: Row, columns: Mapping[str, str], source: str) -> dict[str, str]:
    return {key: row[column] for key, column in columns.items() if column in row} | {"source": source}


def _joined(one: Incident, other: Incident, row: Row, place: str) -> Incident:
    """Return an incident with what another row says of it; nothing stands twice."""
    if "title" in row and row["title"] != one.title:
        raise Fault("entries.problem.two_titles", place, id=one.id, title=one.title)
    lists = {part.name: getattr(other, part.name) for part in fields(Incident)}
    added = {name: items for name, items in lists.items() if isinstance(items, tuple) and items}
    return replace(
        one,
        **{
            name: getattr(one, name) + tuple(item for item in items if item not in getattr(one, name))
            for name, items in added.items()
        },
    )


def _own_id(row: Row, place: str) -> str:
    """Return an id made of the title and the year of the theft."""
    slug = _slug(row.get("title", ""))
    year = row.get("theft", "")[:4]
    if not slug or not year.isdigit():
        raise Fault("entries.problem.no_id", place)
    return f"{slug}-{year}"


def _slug(words: str) -> str:
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def _short_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]
