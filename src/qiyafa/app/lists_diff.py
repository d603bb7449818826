"""What changed from one edition of a list to another: addresses and parties that came, went, or are told otherwise."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from qiyafa.app.home import Home
from qiyafa.app.lists import open_lists
from qiyafa.model.designation import Designation, ListVersion, Party
from qiyafa.model.errors import NotFound
from qiyafa.stores.lists import ListStore

_One = TypeVar("_One", Designation, Party)


@dataclass(frozen=True, slots=True)
class ListDiff:
    """The difference of two editions of one list. Of what changed, the newer form."""

    old: ListVersion
    new: ListVersion
    addresses_added: tuple[Designation, ...]
    addresses_removed: tuple[Designation, ...]
    addresses_changed: tuple[Designation, ...]
    parties_added: tuple[Party, ...]
    parties_removed: tuple[Party, ...]
    parties_changed: tuple[Party, ...]


def diff_list(home: Home, list_id: str, old: str | None = None, new: str | None = None) -> ListDiff:
    """Compare two editions, by default the newest with the one before it. Raises NotFound for what is not there."""
    store = open_lists(home)
    known = [one for one in store.versions() if one.list_id == list_id]
    if not known:
        raise NotFound("lists.error.never_imported", list=list_id)
    if old is None and len(known) == 1:
        raise NotFound("lists.error.one_edition", list=list_id, version=known[0].version)
    newer = known[-1] if new is None else _find(known, list_id, new)
    older = known[-2] if old is None else _find(known, list_id, old)
    before, after = _content(store, older), _content(store, newer)
    addresses = _compared(before[0], after[0], lambda one: (one.entry, one.declared, one.written))
    parties = _compared(before[1], after[1], lambda one: one.entry or one.name)
    return ListDiff(older, newer, *addresses, *parties)


def _find(known: Sequence[ListVersion], list_id: str, wanted: str) -> ListVersion:
    """Return the edition that a version, its beginning or its day names."""
    found = [one for one in known if one.version.startswith(wanted)]
    if not found:
        raise NotFound("lists.error.no_edition", list=list_id, wanted=wanted, known=", ".join(o.version for o in known))
    return found[-1]


def _content(store: ListStore, version: ListVersion) -> tuple[list[Designation], list[Party]]:
    """Return an edition's content without the edition's own name and day, which always differ."""
    content = store.edition(version.list_id, version.version)
    assert content is not None
    plain = [
        replace(one, version="", listed_from=one.listed_from if one.is_dated else version.published.min)
        for one in content.designations
    ]
    return plain, list(content.parties)


def _compared(
    before: Sequence[_One], after: Sequence[_One], key: Callable[[_One], Hashable]
) -> tuple[tuple[_One, ...], tuple[_One, ...], tuple[_One, ...]]:
    """Return what was added, removed and changed, in the order of the editions."""
    old, new = ({key(one): one for one in side} for side in (before, after))
    added = tuple(one for name, one in new.items() if name not in old)
    removed = tuple(one for name, one in old.items() if name not in new)
    changed = tuple(one for name, one in new.items() if name in old and old[name] != one)
    return added, removed, changed
