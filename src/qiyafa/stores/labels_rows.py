"""Labels as rows and back: what is said as canonical JSON, times as whole microseconds since 1970."""

import hashlib
import json
from dataclasses import MISSING, fields
from datetime import datetime
from typing import Any, Final, NamedTuple

from qiyafa.model.address import Identity
from qiyafa.model.category import Category
from qiyafa.model.label import CONFIDENCES, Label, LabelState, Tlp
from qiyafa.stores.moments import microseconds, moment_of

_OWN_COLUMNS: Final = frozenset({"id", "identity", "written", "known_from", "known_to", "state", "objection"})
"""Fields of a label that `versions` has columns for; all others are what is said."""
_SAID: Final = tuple(field for field in fields(Label) if field.name not in _OWN_COLUMNS)
_CATEGORIES: Final = frozenset({"category", "risk", "routing"})
_MOMENTS: Final = frozenset({"valid_from", "valid_to"})


class Statement(NamedTuple):
    """What is said, ready to be stored."""

    digest: bytes
    name: str
    entity: str
    routes: int
    body: str


def statement_key(label: Label) -> tuple[Any, ...]:
    """Return what tells the statement of a label from others, quickly."""
    return (*(getattr(label, field.name) for field in _SAID if field.name != "details"), *label.details.items())


def statement_of(label: Label) -> Statement:
    """Return what a label says."""
    table = {
        field.name: microseconds(value) if isinstance(value, datetime) else value
        for field in _SAID
        if (value := getattr(label, field.name)) != _default(field)
    }
    body = json.dumps(table, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    routes = 0 if label.routing is None else label.level
    return Statement(hashlib.sha256(body.encode()).digest(), label.name, label.entity, routes, body)


def said(body: str | None) -> dict[str, Any]:
    """Return the fields of a label that a statement gives. Raises ValueError for what is none."""
    table = None if body is None else json.loads(body)
    if not isinstance(table, dict):
        raise ValueError(body)
    for name, value in table.items():
        if value is not None and name in _CATEGORIES:
            table[name] = Category(value)
        elif name in _MOMENTS:
            table[name] = moment_of(value)
    if table["confidence"] not in CONFIDENCES:
        raise ValueError(body)
    if "tlp" in table:
        table["tlp"] = Tlp(table["tlp"])
    for name in ("chain", "risk", "routing"):
        table.setdefault(name, None)
    return table


class VersionRow(NamedTuple):
    """One version of a label, as it is stored."""

    id: bytes
    format: str
    key: str
    written: str
    statement: int
    state: str
    objection: str
    known_from: int
    known_to: int | None
    """When the next version came; None for the present one."""

    def label(self, fields_said: dict[str, Any]) -> Label:
        """Return the label, given what its statement says. Raises ValueError for a damaged row."""
        return Label(
            id=self.id.hex(),
            identity=Identity(self.format, self.key),
            written=self.written,
            known_from=moment_of(self.known_from),
            known_to=None if self.known_to is None else moment_of(self.known_to),
            state=LabelState(self.state),
            objection=self.objection,
            **fields_said,
        )


def _default(field: Any) -> Any:
    """Return the value that is left out of a statement's body."""
    if field.default_factory is not MISSING:
        return field.default_factory()
    return None if field.default is MISSING else field.default
