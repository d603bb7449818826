"""Where added incidents come from: TOML in the casebook's form, tables, columns on a command line, and relations."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Final

from qiyafa.app.incidents import find_incident
from qiyafa.documents.ordinary import refuse_special
from qiyafa.model.errors import InvalidInput, NotFound, Problem, Unavailable
from qiyafa.model.incident import Relation, RelationKind
from qiyafa.model.ports import Progress, silent
from qiyafa.model.record import EntriesRead, RecordBook
from qiyafa.sharing.table_text import TableRow, column_names, read_table
from qiyafa.stores.entry_toml import read_entries
from qiyafa.stores.incident_rows import check_columns, read_rows

TOML: Final = ".toml"
TABLES: Final = (".csv", ".tsv")
_MOST_BYTES: Final = 1 << 28
_STAGE: Final = "incidents.stage.read"
_TOLD_EVERY: Final = 500
_FIRST: Final = "line 1"


def read_file(path: Path, progress: Progress = silent) -> EntriesRead:
    """Return the entries of a file, by its suffix. Raises NotFound, Unavailable, or InvalidInput for another file."""
    suffix = path.suffix.lower()
    if suffix != TOML and suffix not in TABLES:
        raise InvalidInput("entries.error.suffix", file=str(path), known=", ".join((TOML, *TABLES)))
    content = _content(path)
    if suffix in TABLES:
        return _read_table(content, str(path), progress)
    try:
        read = read_entries(content.decode("utf-8-sig"), str(path))
    except UnicodeDecodeError as error:
        raise InvalidInput("entries.error.not_text", file=str(path)) from error
    if read.entries or read.problems:
        return read
    return EntriesRead((), (Problem(str(path), _FIRST, "entries.problem.nothing"),))


def read_columns(written: Sequence[str]) -> EntriesRead:
    """Return the incident of columns written as NAME=VALUE. Raises InvalidInput for anything else."""
    row: dict[str, str] = {}
    for pair in written:
        name, equals, value = pair.partition("=")
        if not equals or name.strip() in row:
            raise InvalidInput("entries.error.pair", written=pair)
        row[name.strip()] = value
    check_columns(row, "NAME=VALUE")
    return read_rows([("NAME=VALUE", row)], "")


def related(book: RecordBook, id: str, relation: Relation, *, remove: bool = False) -> EntriesRead:
    """Return an incident with one relation more, or one less.

    Raises NotFound for an incident that is not there, or a relation that it does not have.
    """
    incident = find_incident(book, id)
    find_incident(book, relation.incident)
    same = [one for one in incident.relations if (one.kind, one.incident) == (relation.kind, relation.incident)]
    if remove and not same:
        raise NotFound("incidents.error.no_relation", id=id, kind=relation.kind.value, other=relation.incident)
    kept = tuple(one for one in incident.relations if one not in same)
    return EntriesRead((replace(incident, relations=kept if remove else (*kept, relation)),), ())


def read_relation(written: str) -> RelationKind:
    """Return the way two incidents relate; hyphens stand for spaces. Raises InvalidInput for another word."""
    try:
        return RelationKind(written.strip().lower().replace("-", " "))
    except ValueError:
        known = ", ".join(one.value.replace(" ", "-") for one in RelationKind)
        raise InvalidInput("incidents.error.relation", value=written, known=known) from None


def _read_table(content: bytes, file: str, progress: Progress) -> EntriesRead:
    rows = read_table(content, file)
    first = next(rows, None)
    # Without a row that can be read the names are taken from the first line as it stands.
    check_columns(column_names(content) if first is None or first[1] is None else first[1], file)
    if first is None:
        return EntriesRead((), (Problem(file, _FIRST, "entries.problem.nothing"),))
    return read_rows(_places(chain([first], rows), content.count(b"\n"), progress), file)


def _places(rows: Iterator[TableRow], lines: int, progress: Progress) -> Iterator[tuple[str, dict[str, str] | None]]:
    for number, (line, row) in enumerate(rows):
        if number % _TOLD_EVERY == 0:
            progress(_STAGE, min(line, lines), lines)
        yield f"line {line}", row


def _content(path: Path) -> bytes:
    try:
        refuse_special(path)
        if path.stat().st_size > _MOST_BYTES:
            raise InvalidInput("entries.error.too_long", file=str(path), most=_MOST_BYTES >> 20)
        return path.read_bytes()
    except FileNotFoundError as error:
        raise NotFound("entries.error.no_file", file=str(path)) from error
    except OSError as error:
        raise Unavailable("entries.error.unreadable", file=str(path), reason=error.strerror or str(error)) from error
