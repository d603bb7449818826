"""Entries of the record as TOML (`docs/casebook.md`): the casebook's own files, and those that users add.

A table that cannot be read is a problem of that table; the others are read.
"""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from qiyafa.model.actor import Actor
from qiyafa.model.attribution import Attribution
from qiyafa.model.claim import Claim
from qiyafa.model.errors import InvalidInput, Problem
from qiyafa.model.incident import Incident
from qiyafa.model.record import ENTRY_KINDS, EntriesRead, Entry, EntryKind
from qiyafa.model.source import Source
from qiyafa.stores.entry_values import Fault, read_record

Table = dict[str, Any]


def read_entries(written: str, file: str) -> EntriesRead:
    """Return the entries that a TOML text writes down. Raises InvalidInput if it is no TOML or has other tables."""
    try:
        document = tomllib.loads(written)
    except (ValueError, RecursionError) as error:
        raise InvalidInput("entries.error.not_toml", file=file, reason=str(error)) from error
    for name, listed in document.items():
        if name not in _TABLES or not isinstance(listed, list):
            known = ", ".join(f"[[{table}]]" for table in _TABLES)
            raise InvalidInput("entries.error.table", file=file, table=name, known=known)
    entries: list[Entry] = []
    problems: list[Problem] = []
    levelled: set[tuple[EntryKind, str]] = set()
    for name, (shape, plain) in _TABLES.items():
        for place, table in _places(name, document.get(name, [])):
            try:
                tables = list(plain(table, place))
                read = [read_record(shape, one, at) for at, one in tables]
            except Fault as fault:
                problems.append(Problem(file, fault.place, fault.key, fault.fields))
                continue
            entries += read
            levelled |= {
                (ENTRY_KINDS[shape], entry.id) for entry, (_, one) in zip(read, tables, strict=True) if _says_level(one)
            }
    return EntriesRead(tuple(entries), tuple(problems), frozenset(levelled))


def _says_level(table: object) -> bool:
    return isinstance(table, dict) and "tlp" in table


def _places(name: str, tables: list[object]) -> Iterator[tuple[str, object]]:
    """Yield each table after the name by which a person finds it: its id, or its number."""
    for number, table in enumerate(tables, start=1):
        named = table.get("id", number) if isinstance(table, dict) else number
        yield f"[[{name}]] {named}", table


Plain = Iterator[tuple[str, object]]


def _as_written(table: object, place: str) -> Plain:
    yield place, table


def _series(table: object, place: str) -> Plain:
    """Yield the claims of a series: each has what the series says of all, and what it says itself."""
    if not isinstance(table, dict) or not isinstance(table.get("claims"), list):
        raise Fault("entries.problem.missing", place, key="claims")
    shared = {key: value for key, value in table.items() if key != "claims"}
    for at, claim in _places("claim", table["claims"]):
        if not isinstance(claim, dict):
            raise Fault("entries.problem.table", f"{place}, {at}")
        yield at, {**shared, **claim}


def _actor(table: object, place: str) -> Plain:
    """Yield an actor, its identifiers as pairs: a table of catalogues, with one identifier or several of each."""
    named = table.get("identifiers") if isinstance(table, dict) else None
    if not isinstance(table, dict) or named is None:
        yield place, table
        return
    if not isinstance(named, dict):
        raise Fault("entries.problem.table", f"{place}, identifiers")
    pairs = [
        [catalogue, one]
        for catalogue, listed in named.items()
        for one in (listed if isinstance(listed, list) else [listed])
    ]
    yield place, {**table, "identifiers": pairs}


def _incident(table: object, place: str) -> Plain:
    """Yield an incident whose items name their source, by default the title's, and whose thefts stand apart from it."""
    if not isinstance(table, dict):
        yield place, table
        return
    sourced = {key: _sourced(value, table.get("title_source")) for key, value in table.items()}
    if isinstance(table.get("thefts"), list):
        sourced["thefts"] = [
            _theft(one, _theft_id(table.get("id"), number)) for number, one in enumerate(sourced["thefts"], start=1)
        ]
    yield place, sourced


def _sourced(value: object, source: object) -> Any:
    """Return a list's items with a source each; other values as they are."""
    if not isinstance(value, list) or source is None:
        return value
    return [{"source": source, **item} if isinstance(item, dict) else item for item in value]


def _theft_id(incident: object, number: int) -> str:
    return str(incident) if number == 1 else f"{incident}-{number}"


def _theft(written: object, id: str) -> object:
    """Return a theft as case files write it in the shape of the model."""
    if not isinstance(written, dict):
        return written
    theft = {"id": id, **{key: value for key, value in written.items() if key != "source"}}
    for key in ("transfers", "outputs"):
        if isinstance(theft.get(key), list):
            theft[key] = [_transaction(one) for one in theft[key]]
    return {"theft": theft, "source": written.get("source")}


def _transaction(written: object) -> object:
    if not isinstance(written, dict) or "transaction" not in written:
        return written
    return {"transaction_hash" if key == "transaction" else key: value for key, value in written.items()}


_TABLES: Final[Mapping[str, tuple[type[Entry], Callable[[object, str], Plain]]]] = {
    "source": (Source, _as_written),
    "actor": (Actor, _actor),
    "incident": (Incident, _incident),
    "claim": (Claim, _as_written),
    "series": (Claim, _series),
    "attribution": (Attribution, _as_written),
}
