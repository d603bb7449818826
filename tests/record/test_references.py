"""What entries refer to: nothing that an entry names is overlooked, and what leads nowhere is found."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace

from qiyafa.model.claim import Scope
from qiyafa.model.record import Entry, EntryKind
from qiyafa.record.references import Dangling, Reference, dangling, references
from qiyafa.stores.casebook import casebook

NAMING = {
    "source": EntryKind.SOURCE,
    "title_source": EntryKind.SOURCE,
    "parent_source": EntryKind.SOURCE,
    "disputed_by": EntryKind.SOURCE,
    "actor": EntryKind.ACTOR,
    "parent": EntryKind.ACTOR,
    "incident": EntryKind.INCIDENT,
    "supersedes": EntryKind.CLAIM,
}
"""Fields of the model that hold the id of an entry; `origin` is one in a source alone."""


def named(value: object) -> Iterator[tuple[EntryKind, str]]:
    """Every id that stands in a field of such a name, however deep."""
    if isinstance(value, tuple):
        for one in value:
            yield from named(one)
    elif is_dataclass(value):
        for field in fields(value):
            inner = getattr(value, field.name)
            if field.name in NAMING and isinstance(inner, str) and inner:
                yield NAMING[field.name], inner
            else:
                yield from named(inner)


def of(entry: Entry) -> set[tuple[EntryKind, str]]:
    return {(one.kind, one.id) for one in references(entry)}


def test_nothing_that_an_entry_of_the_casebook_names_is_overlooked() -> None:
    book = casebook()
    entries = (*book.actors, *book.incidents, *book.claims, *book.attributions)
    assert [entry.id for entry in entries if of(entry) != set(named(entry))] == []
    copies = {source.id: source.origin for source in book.sources if source.origin}
    assert {source.id: one.id for source in book.sources for one in references(source)} == copies


def test_what_leads_nowhere_is_found_with_who_says_it() -> None:
    claim = replace(casebook().claims[0], source="gone", supersedes="", scope=Scope())
    assert list(dangling([claim])) == [Dangling(EntryKind.CLAIM, claim.id, Reference(EntryKind.SOURCE, "gone"))]
    assert list(dangling(casebook().entries)) == []
