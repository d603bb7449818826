"""The official lists of one home: taken in from files, asked for, and compared edition by edition.

An edition is read and checked before it is switched to: it must have the least number of parties and addresses that its
list has, not be much smaller than the one before it, and not be published in the future. Whatever fails, the lists in
use stay as they were.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from qiyafa.app.home import Home
from qiyafa.chains.formats import FORMATS
from qiyafa.lists import LISTS
from qiyafa.lists.history import ofac_history
from qiyafa.lists.source import DraftDesignation, ListSource, ParsedList
from qiyafa.model.address import Identity
from qiyafa.model.designation import Designation, ListVersion
from qiyafa.model.errors import InvalidInput, NotFound, Problem, Unavailable
from qiyafa.model.ports import Progress, silent
from qiyafa.stores.lists import ListStore
from qiyafa.stores.lists_records import Edition

MOST_BYTES: Final = 1 << 30
"""Of one file of a list; the largest official one has about 120 MB."""
_MOST_FILES: Final = 1000
_CLOCK_TOLERANCE: Final = timedelta(days=1)
"""So far in the future an edition may be dated: zones differ, and clocks are wrong."""
_VERSION_DIGITS: Final = 12


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """One edition of a list to take in."""

    list_id: str
    files: Mapping[str, bytes]
    """By name."""
    origin: str
    """File, folder or URL, as the user named it."""
    published: date | None = None
    """Needed where the files do not state it."""
    fetched: date | None = None
    """When the publisher gave them out: the edition's day if nobody states one."""
    smaller_because: str = ""
    """Why the edition may be smaller than its list should be, or than the one before it; kept with it."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of it."""

    version: ListVersion
    is_new: bool
    """False if these very bytes were there already, with this day."""
    problems: tuple[Problem, ...]


def open_lists(home: Home) -> ListStore:
    """Return the lists of a home with the built-in history; nothing need have been imported, and nothing is made."""
    return ListStore.reading(home.lists, FORMATS, [ofac_history(FORMATS)])


def find_source(list_id: str) -> ListSource:
    """Return a list that can be imported. Raises InvalidInput with those there are."""
    if list_id not in LISTS:
        raise InvalidInput("lists.error.unknown", list=list_id, known=", ".join(LISTS))
    return LISTS[list_id]


def read_files(path: Path) -> dict[str, bytes]:
    """Return a file, or the files of a folder, by name. Raises NotFound, InvalidInput or Unavailable."""
    try:
        if not path.is_file() and not path.is_dir():
            raise NotFound("lists.error.missing", path=str(path))
        found = sorted(one for one in path.iterdir() if one.is_file()) if path.is_dir() else [path]
        if len(found) > _MOST_FILES or sum(one.stat().st_size for one in found) > MOST_BYTES:
            raise InvalidInput("lists.error.too_much", path=str(path), most=MOST_BYTES >> 20)
        return {one.name: one.read_bytes() for one in found}
    except OSError as error:
        raise Unavailable("lists.error.unreadable", path=str(path), reason=error.strerror or str(error)) from error


def import_list(
    home: Home, request: ImportRequest, *, now: datetime | None = None, progress: Progress = silent
) -> Imported:
    """Take in one edition and switch to it. Raises InvalidInput for what is not the list, Conflict if it shrank."""
    source, moment = find_source(request.list_id), (now or datetime.now(UTC)).astimezone(UTC)
    progress("lists.stage.reading", 0, 0)
    parsed = source.parse(request.files, FORMATS)
    published = _publication(request, parsed, moment)
    sha256 = digest_of_files(request.files)
    progress("lists.stage.checking", 0, 0)
    version = f"{published}-{sha256[:_VERSION_DIGITS]}"
    read = [(draft, FORMATS.read(draft.written)) for draft in parsed.drafts]
    unknown = [_unknown_format(request.origin, draft) for draft, reading in read if not reading.is_known_format]
    problems = (*parsed.problems, *unknown)
    designations = tuple(
        _designation(draft, source, (version, published), reading.identities) for draft, reading in read
    )
    described = ListVersion(
        list_id=source.id,
        authority=source.authority,
        version=version,
        published=published,
        imported=moment.replace(microsecond=0),
        sha256=sha256,
        parties=len({party.entry or party.name for party in parsed.parties}),
        addresses=len({one.identities for one in designations}),
        problems=len(problems),
        origin=request.origin,
    )
    if not request.smaller_because:
        _refuse_too_few(source, described)
    progress("lists.stage.switching", 0, 0)
    store = ListStore.reading(home.made().lists, FORMATS)
    edition = Edition(described, designations, parsed.parties, problems, source.whole)
    is_new = store.add(edition, override=request.smaller_because)
    return Imported(described, is_new, problems)


def digest_of_files(files: Mapping[str, bytes]) -> str:
    """Return the SHA-256 of one file's bytes, or of the names and digests of several."""
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    if len(digests) == 1:
        return next(iter(digests.values()))
    lines = "".join(f"{digests[name]}  {name}\n" for name in sorted(digests))
    return hashlib.sha256(lines.encode("utf-8", "surrogateescape")).hexdigest()


def _publication(request: ImportRequest, parsed: ParsedList, now: datetime) -> date:
    """Return the edition's day: as its files state it, else as the user does."""
    stated = parsed.published
    if stated is not None and request.published not in (None, stated):
        raise InvalidInput("lists.error.published_differs", list=request.list_id, stated=stated.isoformat())
    published = stated or request.published or request.fetched
    if published is None:
        raise InvalidInput("lists.error.published_needed", list=request.list_id)
    if published > (now + _CLOCK_TOLERANCE).date():
        raise InvalidInput("lists.error.future", list=request.list_id, published=published.isoformat())
    return published


def _designation(
    draft: DraftDesignation, source: ListSource, edition: tuple[str, date], identities: tuple[Identity, ...]
) -> Designation:
    version, published = edition
    return Designation(
        list_id=source.id,
        authority=source.authority,
        version=version,
        entry=draft.entry,
        party=draft.party,
        identities=identities,
        written=draft.written,
        declared=draft.declared,
        programmes=draft.programmes,
        listed_from=draft.listed_from or published,
        is_dated=draft.listed_from is not None,
        listed_to=draft.listed_to,
        reason=draft.reason,
    )


def _unknown_format(origin: str, draft: DraftDesignation) -> Problem:
    return Problem(origin, draft.declared, "lists.problem.unknown_format", {"address": draft.written})


def _refuse_too_few(source: ListSource, version: ListVersion) -> None:
    if version.parties < source.least_parties:
        raise InvalidInput("lists.error.few_parties", list=source.id, found=version.parties, least=source.least_parties)
    if version.addresses < source.least_addresses:
        raise InvalidInput(
            "lists.error.few_addresses", list=source.id, found=version.addresses, least=source.least_addresses
        )
