"""Labels as a table, in and out: one row a label, one column a field (`COLUMNS`); `docs/labels.md` explains each.

Only `address`, `name` and `source` must be there. Without a column `risk` or `routing` a label has what its category
says; an empty cell means none.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Final

from qiyafa.model.category import ROUTES, Category
from qiyafa.model.errors import InvalidInput
from qiyafa.model.label import CONFIDENCES, Label, Tlp
from qiyafa.model.ports import AddressReader
from qiyafa.sharing.label_draft import (
    GRADES,
    LONGEST_DETAIL,
    LONGEST_TEXT,
    Drafting,
    LabelsRead,
    Statement,
    is_grade,
    quoted,
    risk_of,
    text_problem,
)
from qiyafa.sharing.table_text import read_table, write_table

COLUMNS: Final = (
    "address",
    "chain",
    "name",
    "entity",
    "category",
    "risk",
    "routing",
    "confidence",
    "grade",
    "source",
    "source_url",
    "origin",
    "tlp",
    "licence",
    "role",
    "incident",
    "is_cluster_definer",
    "valid_from",
    "valid_to",
    "details",
)
_REQUIRED: Final = frozenset({"address", "name", "source"})
_BOOLEANS: Final = {"true": True, "false": False, "": False}


def is_label_table(names: frozenset[str]) -> bool:
    """Tell whether a table with such columns holds labels."""
    return names >= _REQUIRED


def read_label_csv(content: bytes, source: str, reader: AddressReader, tlp: Tlp) -> LabelsRead:
    """Return the labels of a table. A bad row is a problem; a table without the columns raises InvalidInput."""
    read = LabelsRead(source)
    drafting = Drafting(reader, read)
    statements: dict[tuple[str, ...], dict[str, Any]] = {}
    for line, row in read_table(content, source):
        place = f"line {line}"
        if row is None:
            read.leave_out(place, "labels.problem.row")
            continue
        for name in row.keys() - set(COLUMNS):
            read.note(place, "labels.problem.unknown_field", name)
        wrong = next((name for name, cell in row.items() if text_problem(cell, _longest(name))), None)
        if wrong is not None:
            read.leave_out(place, text_problem(row[wrong], _longest(wrong)), key=wrong)
            continue
        address, chain = row.pop("address", ""), row.pop("chain", "")
        key = tuple(row.values())
        try:
            # Most rows of a table say the same of many addresses.
            statement = statements.get(key) or statements.setdefault(key, _statement(row, tlp).fields())
        except _Wrong as error:
            read.leave_out(place, error.key, key=error.column, value=quoted(row[error.column]))
            continue
        drafting.add(place, address, chain, statement)
    return read.closed()


class _Wrong(Exception):
    """A cell that cannot be meant."""

    def __init__(self, column: str, key: str = "labels.problem.cell") -> None:
        super().__init__(column)
        self.column = column
        self.key = key


def _longest(name: str) -> int:
    return LONGEST_DETAIL if name == "details" else LONGEST_TEXT


def _statement(row: dict[str, str], tlp: Tlp) -> Statement:
    """Return what a row says. Raises _Wrong with the column that cannot be meant."""
    for name in ("name", "source"):
        if not row.get(name, "").strip():
            raise _Wrong(name)
    category = _category(row, "category", Category.OTHER) or Category.OTHER
    confidence = row.get("confidence") or "unknown"
    if confidence not in CONFIDENCES:
        raise _Wrong("confidence")
    grade = row.get("grade") or GRADES[confidence]
    if not is_grade(grade):
        raise _Wrong("grade")
    valid_from, valid_to = _moment(row, "valid_from"), _moment(row, "valid_to")
    if valid_from is not None and valid_to is not None and valid_to <= valid_from:
        raise _Wrong("valid_to", "labels.problem.never")
    url = row.get("source_url", "")
    return Statement(
        name=row["name"],
        entity=row.get("entity", ""),
        category=category,
        risk=_category(row, "risk", risk_of(category)),
        routing=_category(row, "routing", category if category in ROUTES else None),
        confidence=confidence,
        grade=grade,
        source=row["source"],
        source_url=url,
        origin=row.get("origin") or url or row["source"],
        tlp=_tlp(row, tlp),
        licence=row.get("licence", ""),
        role=row.get("role", ""),
        incident=row.get("incident", ""),
        is_cluster_definer=_boolean(row),
        valid_from=valid_from,
        valid_to=valid_to,
        details=_details(row),
    )


def _category(row: dict[str, str], name: str, missing: Category | None) -> Category | None:
    if name not in row:
        return missing
    try:
        return Category(row[name]) if row[name] else None
    except ValueError as error:
        raise _Wrong(name) from error


def _tlp(row: dict[str, str], missing: Tlp) -> Tlp:
    try:
        return Tlp(row["tlp"]) if row.get("tlp") else missing
    except ValueError as error:
        raise _Wrong("tlp") from error


def _boolean(row: dict[str, str]) -> bool:
    written = row.get("is_cluster_definer", "").lower()
    if written not in _BOOLEANS:
        raise _Wrong("is_cluster_definer")
    return _BOOLEANS[written]


def _moment(row: dict[str, str], name: str) -> datetime | None:
    """Return a moment; a day means its beginning, and UTC counts where no zone is named."""
    if not row.get(name):
        return None
    try:
        moment = datetime.fromisoformat(row[name])
    except ValueError as error:
        raise _Wrong(name) from error
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _details(row: dict[str, str]) -> dict[str, str]:
    try:
        table = json.loads(row.get("details") or "{}")
    except (ValueError, RecursionError) as error:
        raise _Wrong("details") from error
    if not isinstance(table, dict) or not all(isinstance(value, str) for value in table.values()):
        raise _Wrong("details")
    return table


def write_label_csv(labels: Iterable[Label]) -> Iterator[str]:
    """Yield the lines of a table of labels."""
    return write_table(COLUMNS, (_cells(label) for label in labels))


def _cells(label: Label) -> Iterator[str]:
    for name in COLUMNS:
        yield label.written if name == "address" else _cell(getattr(label, name))


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)


def require_label_table(names: frozenset[str], source: str) -> None:
    """Raise InvalidInput if a table lacks what a label needs."""
    missing = sorted(_REQUIRED - names)
    if missing:
        raise InvalidInput("labels.csv.columns", file=source, missing=", ".join(missing))
