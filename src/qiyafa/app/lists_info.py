"""What is known of every list of a home: its editions, how old the current one is, and what was wrong with it."""

from dataclasses import dataclass
from datetime import UTC, datetime

from qiyafa.app.home import Home
from qiyafa.app.lists import open_lists
from qiyafa.chains.formats import FORMATS
from qiyafa.lists import LISTS
from qiyafa.lists.history import ofac_history
from qiyafa.lists.source import ListSource
from qiyafa.model.designation import ListVersion
from qiyafa.model.errors import Problem


@dataclass(frozen=True, slots=True)
class EditionInfo:
    """One edition."""

    version: ListVersion
    override: str
    """Why it may be smaller than its list should be, in the words of whoever took it in; else empty."""


@dataclass(frozen=True, slots=True)
class ListInfo:
    """One list that can be imported."""

    source: ListSource
    editions: tuple[EditionInfo, ...]
    """By publication; the last is the current one. None: it was never imported."""
    age_days: int | None
    """Since the current edition was published."""
    problems: tuple[Problem, ...]
    """Of the current edition."""


@dataclass(frozen=True, slots=True)
class ListsInfo:
    """Every list."""

    lists: tuple[ListInfo, ...]
    built_in: ListVersion
    """The history that comes with Qiyafa."""
    digest: str
    """Of everything that was imported; empty if nothing was."""


def lists_info(home: Home, *, now: datetime | None = None, verify: bool = False) -> ListsInfo:
    """Return what is known of every list; with `verify` after reading the whole file. Raises Conflict for damage."""
    store = open_lists(home)
    if verify:
        store.verify()
    today = (now or datetime.now(UTC)).astimezone(UTC).date()
    found = []
    for source in LISTS.values():
        editions = tuple(
            EditionInfo(one.version, one.override) for one in store.stored() if one.version.list_id == source.id
        )
        current = editions[-1].version if editions else None
        found.append(
            ListInfo(
                source=source,
                editions=editions,
                age_days=None if current is None else (today - current.published).days,
                problems=() if current is None else tuple(store.problems(source.id, current.version)),
            )
        )
    return ListsInfo(tuple(found), ofac_history(FORMATS)[0], store.version())
