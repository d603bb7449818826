"""The casebook: what Qiyafa knows of incidents and claims before anything is imported, each fact with its source.

It is data that ships with the package, the TOML files in the folder `casebook` beside this module; `docs/casebook.md`
is their form. A mistake in them is ours, so it is an assertion that fails.
"""

import hashlib
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Final, TypeVar

import msgspec

from qiyafa.model.actor import Actor
from qiyafa.model.attribution import Attribution
from qiyafa.model.claim import Claim
from qiyafa.model.incident import Incident
from qiyafa.model.record import ENTRY_KINDS, Entry, RecordContent
from qiyafa.model.source import Source
from qiyafa.record.references import dangling
from qiyafa.stores.entry_toml import read_entries
from qiyafa.text import text

_HEADER: Final = "casebook.toml"
_DIGEST_LENGTH: Final = 12

E = TypeVar("E", Source, Actor, Incident, Claim, Attribution)


@cache
def casebook() -> RecordContent:
    """Return the casebook, every kind of entry by id. Raises AssertionError if one of its files is wrong."""
    folder = resources.files("qiyafa.stores") / "casebook"
    entries = sorted(_entries(folder), key=lambda entry: (list(ENTRY_KINDS).index(type(entry)), entry.id))
    _check(entries)
    edition = tomllib.loads((folder / _HEADER).read_text("utf-8"))["edition"]
    digest = hashlib.sha256(msgspec.json.encode(entries)).hexdigest()[:_DIGEST_LENGTH]
    return RecordContent(
        version=f"{edition}+{digest}",
        sources=_of(Source, entries),
        actors=_of(Actor, entries),
        incidents=_of(Incident, entries),
        claims=_of(Claim, entries),
        attributions=_of(Attribution, entries),
    )


def _entries(folder: Traversable) -> Iterator[Entry]:
    """Yield the entries of every file but the header. Raises AssertionError for what is no entry."""
    for file in _files(folder):
        read = read_entries(file.read_text("utf-8"), file.name)
        wrong = [f"{one.source}, {one.place}: {text(one.key, **one.fields)}" for one in read.problems]
        assert not wrong, wrong
        yield from read.entries


def _files(folder: Traversable) -> Iterator[Traversable]:
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        if file.is_dir():
            yield from _files(file)
        elif file.name.endswith(".toml") and file.name != _HEADER:
            yield file


def _check(entries: list[Entry]) -> None:
    """Assert that ids stand once and that references lead somewhere."""
    counted = Counter((ENTRY_KINDS[type(entry)].value, entry.id) for entry in entries)
    repeated = [f"{kind} {id}" for (kind, id), times in counted.items() if times > 1]
    assert not repeated, f"these ids stand more than once: {repeated}"
    missing = [f"{one.kind} {one.id} names the {one.missing.kind} {one.missing.id}" for one in dangling(entries)]
    assert not missing, f"these references lead nowhere: {missing}"


def _of(shape: type[E], entries: list[Entry]) -> tuple[E, ...]:
    return tuple(entry for entry in entries if isinstance(entry, shape))
