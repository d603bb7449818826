"""The editions in the list store: each is sealed, and written whole in one transaction or not at all."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import date, datetime
from itertools import count
from typing import Any, Final

from qiyafa.model.designation import ListVersion
from qiyafa.model.errors import Conflict
from qiyafa.stores.database import Damaged, Database, Refusals, Session
from qiyafa.stores.lists_records import (
    ADDRESS,
    PARTY,
    Edition,
    address_content,
    canonical,
    digest_of,
    digest_of_all,
    party_content,
    problem_content,
)

_TENTHS_KEPT: Final = 9
"""An edition with fewer than nine tenths of the parties or addresses of the one before it is not believed."""
_FACTS: Final = "list_id, authority, version, published, imported, sha256, parties, addresses, problems, origin"
_COLUMNS: Final = f"id, {_FACTS}, whole, override, address_digest, party_digest, seal"


@dataclass(frozen=True, slots=True)
class StoredVersion:
    """One edition as the store knows it."""

    id: int
    version: ListVersion
    whole: bool
    override: str
    """Why it may be smaller than its list should be, in the words of whoever took it in; else empty."""
    address_digest: bytes
    party_digest: bytes
    seal: bytes
    """The SHA-256 over all of this."""

    @property
    def place(self) -> tuple[date, int]:
        """Where it stands among the editions of its list: by publication, then by import."""
        return (self.version.published, self.id)


def stored_versions(session: Session, damaged: Damaged) -> list[StoredVersion]:
    """Return every edition, by list and then by publication.

    Raises Conflict if one is not as it was sealed, or missing: a database does not notice a flipped bit by itself.
    """
    found = []
    for row in session.execute(f"SELECT {_COLUMNS} FROM versions"):  # noqa: S608 - our own column names
        number, *facts, whole, override, addresses, parties, seal = row
        if _seal(facts, whole, override, (addresses, parties)) != seal:
            raise damaged()
        found.append(StoredVersion(number, _version(facts), bool(whole), override, addresses, parties, seal))
    if stored_state(session) != _state(found):
        raise damaged()
    return sorted(found, key=lambda one: (one.version.list_id, one.place))


def stored_state(session: Session) -> bytes | None:
    """Return the digest over all editions, which differs with every import; None if there is none."""
    found = session.execute("SELECT digest FROM state").fetchone()
    return None if found is None else found[0]


def store_edition(database: Database, edition: Edition, override: str) -> bool:
    """Make an edition known to every reader at once; return False if the store has it already.

    Raises Conflict if it is much smaller than the one before it and no `override` says why that is right.
    """
    version = edition.version
    contents = {
        ADDRESS: {digest_of(text): text for text in map(address_content, edition.designations)},
        PARTY: {digest_of(text): text for text in map(party_content, edition.parties)},
    }
    with database.writing() as session:
        every = stored_versions(session, Refusals(database.schema.kind, database.location).damaged)
        known = [one for one in every if one.version.list_id == version.list_id]
        if any(one.version.version == version.version for one in known):
            return False
        if not override:
            _refuse_shrunken(version, known)
        facts = [*astuple(version)]
        facts[3:5] = [version.published.isoformat(), version.imported.isoformat()]
        digests = (digest_of_all(contents[ADDRESS]), digest_of_all(contents[PARTY]))
        row = (*facts, int(edition.whole), override, *digests, _seal(facts, edition.whole, override, digests))
        number = max((one.id for one in every), default=0) + 1
        places = ", ?" * len(row)
        session.execute(f"INSERT INTO versions ({_COLUMNS}) VALUES (?{places})", (number, *row))  # noqa: S608
        for kind, by_digest in contents.items():
            _store_records(session, (kind, version.list_id, number), by_digest)
        problems = [(number, place, problem_content(one)) for place, one in enumerate(edition.problems)]
        session.executemany("INSERT INTO problems VALUES (?, ?, ?)", problems)
        session.execute("DELETE FROM state")
        session.execute("INSERT INTO state VALUES (1, ?)", (digest_of_all([*(one.seal for one in every), row[-1]]),))
    return True


def _store_records(session: Session, owner: tuple[str, str, int], by_digest: dict[bytes, str]) -> None:
    """Store what no edition had yet, and which records this one has."""
    kind, list_id, number = owner
    of_list = "SELECT digest, id FROM records WHERE list_id = ? AND kind = ?"
    known: dict[bytes, int] = dict(session.iterate(of_list, (list_id, kind)))
    (last,) = session.execute("SELECT coalesce(max(id), 0) FROM records").fetchone()
    new = dict(zip((digest for digest in by_digest if digest not in known), count(last + 1), strict=False))
    session.executemany(
        "INSERT INTO records (id, kind, list_id, digest, content) VALUES (?, ?, ?, ?, ?)",
        [(place, kind, list_id, digest, by_digest[digest]) for digest, place in new.items()],
    )
    places = known | new
    members = [(kind, number, places[digest]) for digest in by_digest]
    session.executemany("INSERT INTO members VALUES (?, ?, ?)", members)


def _refuse_shrunken(version: ListVersion, known: Sequence[StoredVersion]) -> None:
    """Raise Conflict if an edition is not to be believed beside the one that was published before it."""
    before = [one.version for one in known if one.version.published <= version.published]
    for before_it in before[-1:]:
        for what in ("parties", "addresses"):
            old, new = getattr(before_it, what), getattr(version, what)
            if new * 10 < old * _TENTHS_KEPT:
                key = f"lists.error.smaller_{what}"
                raise Conflict(key, list=version.list_id, new=new, old=old, version=before_it.version)


def _state(found: Sequence[StoredVersion]) -> bytes | None:
    """Return the digest over all editions; None if there are none."""
    return digest_of_all(one.seal for one in found) if found else None


def _seal(facts: Sequence[object], whole: object, override: str, digests: tuple[bytes, bytes]) -> bytes:
    return digest_of(canonical([*facts, bool(whole), override, *(one.hex() for one in digests)]))


def _version(facts: Sequence[object]) -> ListVersion:
    told: dict[str, Any] = dict(zip(_FACTS.split(", "), facts, strict=True))
    told["published"] = date.fromisoformat(str(told["published"]))
    told["imported"] = datetime.fromisoformat(str(told["imported"]))
    return ListVersion(**told)
