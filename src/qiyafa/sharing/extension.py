"""What a label knows that a TagPack has no field for, kept as a table `qiyafa` in a tag's context.

Every reader of TagPacks keeps the context of a tag as it is, so a label that goes out and comes back loses nothing.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from qiyafa.model.category import Category
from qiyafa.model.label import CONFIDENCES, Label, Tlp
from qiyafa.sharing.label_draft import LONGEST_DETAIL, Statement, is_grade, text_problem

EXTENSION: Final = "qiyafa"
_BROKEN: Final = "labels.problem.extension"


def extended(statement: Statement, context: str) -> dict[str, Any] | str:
    """Return the fields of a label by a tag's own fields and its context, or the key of what is wrong with that."""
    try:
        whole = json.loads(context)
    except (ValueError, RecursionError):
        return statement.fields()
    if not isinstance(whole, dict) or EXTENSION not in whole:
        return statement.fields()
    table = whole[EXTENSION]
    if not isinstance(table, dict):
        return _BROKEN
    try:
        return replace(statement, **{name: _READERS[name](value) for name, value in table.items()}).fields()
    except (KeyError, ValueError, TypeError):
        return _BROKEN


def with_extension(context: str, label: Label, plain: Mapping[str, Any]) -> str:
    """Return the context under which a label comes back whole; `plain` is what a tag's own fields say of it."""
    table = {
        name: _plain(value) for name in _READERS if (value := getattr(label, name)) != plain[name] or name == "details"
    }
    try:
        whole = json.loads(context)
    except (ValueError, RecursionError):
        whole = {}
    kept = whole if isinstance(whole, dict) else {}
    return json.dumps({**kept, EXTENSION: table}, ensure_ascii=False)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _text(value: Any) -> str:
    if not isinstance(value, str) or text_problem(value, LONGEST_DETAIL):
        raise ValueError
    return value


def _texts(value: Any) -> dict[str, str]:
    return {_text(name): _text(text) for name, text in value.items()} if isinstance(value, dict) else _no()


def _flag(value: Any) -> bool:
    return value if isinstance(value, bool) else _no()


def _confidence(value: Any) -> str:
    return str(value) if value in CONFIDENCES else _no()


def _grade(value: Any) -> str:
    return value if isinstance(value, str) and is_grade(value) else _no()


def _category_or_none(value: Any) -> Category | None:
    return None if value is None else Category(value)


def _moment_or_none(value: Any) -> datetime | None:
    if value is None:
        return None
    moment = datetime.fromisoformat(_text(value))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _no() -> Any:
    raise ValueError


_READERS: Final[dict[str, Callable[[Any], Any]]] = {
    "name": _text,
    "entity": _text,
    "category": Category,
    "risk": _category_or_none,
    "routing": _category_or_none,
    "confidence": _confidence,
    "grade": _grade,
    "source": _text,
    "source_url": _text,
    "origin": _text,
    "tlp": Tlp,
    "licence": _text,
    "role": _text,
    "incident": _text,
    "is_cluster_definer": _flag,
    "valid_from": _moment_or_none,
    "valid_to": _moment_or_none,
    "details": _texts,
}
"""Every field that can be given so, and what reads it."""
