"""What the list store holds at one moment, read and checked in one transaction: old or new, never a mix."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from qiyafa.model.address import Identity
from qiyafa.model.designation import Designation, ListVersion, Party
from qiyafa.model.listing import listed_identities
from qiyafa.model.ports import AddressReader
from qiyafa.stores.database import Damaged, Session
from qiyafa.stores.lists_merge import BuiltIn, Run, merged, party_runs, runs
from qiyafa.stores.lists_records import (
    ADDRESS,
    PARTY,
    digest_of,
    digest_of_all,
    read_address,
    read_party,
    written_address,
)
from qiyafa.stores.lists_versions import StoredVersion, stored_versions


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The book at one moment."""

    versions: tuple[StoredVersion, ...]
    """By list, then by publication."""
    designations: tuple[Designation, ...]
    places: dict[Identity, tuple[int, ...]]
    """Where in `designations` an address stands."""
    digest: str
    """Changes with every import, and with nothing else; empty if nothing was imported."""


@dataclass(frozen=True, slots=True)
class EditionContent:
    """What one edition says."""

    designations: tuple[Designation, ...]
    parties: tuple[Party, ...]


def empty_snapshot(built_in: Sequence[BuiltIn]) -> Snapshot:
    """Return the book of somebody who has imported nothing: it has the built-in facts and vouches for no day."""
    return _snapshot((), (), built_in)


def read_snapshot(session: Session, damaged: Damaged, reader: AddressReader, built_in: Sequence[BuiltIn]) -> Snapshot:
    """Return what a store holds. Raises Conflict if an address or edition is not as it was stored."""
    stored = stored_versions(session, damaged)
    contents = _contents(session, damaged, stored, ADDRESS)
    found: list[Run] = []
    for _, group in groupby(stored, lambda one: one.version.list_id):
        editions = list(group)
        # Editions are many and mostly alike, so each record is read once.
        texts = {text for one in editions for text in contents[one.id]}
        read = {
            text: read_address(text, editions[0].version, listed_identities(reader, *written_address(text)))
            for text in texts
        }
        entries = [(one.version, [read[text] for text in contents[one.id]]) for one in editions]
        found += runs(entries, whole=editions[-1].whole)
    return _snapshot(stored, found, built_in)


def read_edition(session: Session, damaged: Damaged, wanted: tuple[str, str]) -> EditionContent | None:
    """Return what one edition says, by list and version; addresses without identities. None if it is not there."""
    stored = stored_versions(session, damaged)
    found = next((one for one in stored if (one.version.list_id, one.version.version) == wanted), None)
    if found is None:
        return None
    addresses = _contents(session, damaged, [found], ADDRESS)[found.id]
    parties = _contents(session, damaged, [found], PARTY)[found.id]
    return EditionContent(
        tuple(read_address(text, found.version, ()) for text in addresses),
        tuple(read_party(text, found.version) for text in parties),
    )


def read_parties(session: Session, damaged: Damaged) -> tuple[Party, ...]:
    """Return every party that was ever listed. Raises Conflict if one is not as it was stored."""
    stored = stored_versions(session, damaged)
    contents = _contents(session, damaged, stored, PARTY)
    found: list[Party] = []
    for _, group in groupby(stored, lambda one: one.version.list_id):
        editions = list(group)
        read = [(one.version, [read_party(text, one.version) for text in contents[one.id]]) for one in editions]
        found += party_runs(read, whole=editions[-1].whole)
    return tuple(found)


def _contents(session: Session, damaged: Damaged, stored: Sequence[StoredVersion], kind: str) -> dict[int, list[str]]:
    """Return the records of one kind by edition, in a fixed order, each proved by the edition's seal."""
    rows = session.execute("SELECT id, digest, content FROM records WHERE kind = ?", (kind,)).fetchall()
    if any(digest_of(content) != digest for _, digest, content in rows):
        raise damaged()
    records = {number: (digest, content) for number, digest, content in rows}
    members: dict[int, list[tuple[bytes, str]]] = defaultdict(list)
    for version, record in session.iterate("SELECT version, record FROM members WHERE kind = ?", (kind,)):
        if record not in records:
            raise damaged()
        members[version].append(records[record])
    for one in stored:
        sealed = one.address_digest if kind == ADDRESS else one.party_digest
        if digest_of_all(digest for digest, _ in members[one.id]) != sealed:
            raise damaged()
    return {one.id: [content for _, content in sorted(members[one.id])] for one in stored}


def _snapshot(stored: Sequence[StoredVersion], found: Sequence[Run], built_in: Sequence[BuiltIn]) -> Snapshot:
    designations = merged(found, built_in, _newest_days(stored))
    places: dict[Identity, list[int]] = defaultdict(list)
    for place, one in enumerate(designations):
        for identity in one.identities:
            places[identity].append(place)
    seals = sorted([*(one.seal for one in stored), *(version.sha256.encode() for version, _ in built_in)])
    digest = hashlib.sha256(b"".join(seals)).hexdigest() if stored else ""
    return Snapshot(tuple(stored), designations, {key: tuple(held) for key, held in places.items()}, digest)


def _newest_days(stored: Sequence[StoredVersion]) -> dict[str, list[date]]:
    """Return when the newest edition of each whole list was published, by authority."""
    newest: dict[str, ListVersion] = {one.version.list_id: one.version for one in stored if one.whole}
    days: dict[str, list[date]] = defaultdict(list)
    for version in newest.values():
        days[version.authority].append(version.published)
    return days
