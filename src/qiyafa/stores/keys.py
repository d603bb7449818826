"""The keys of the service. A key's secret is never kept, only its SHA-256.

The secret has 256 random bits, so a plain hash is as good as a slow one; the public prefix finds the row.
A key is never erased: it expires, or is revoked from a moment on.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from qiyafa.stores.database import Schema, Value
from qiyafa.stores.opening import Location, database_at

KEYS: Final = Schema(
    kind="keys",
    application_id=0x51694B79,  # QiKy
    version=1,
    tables="""
CREATE TABLE keys (
  prefix TEXT PRIMARY KEY,
  sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
  name TEXT NOT NULL,
  scopes TEXT NOT NULL,
  is_signed INTEGER NOT NULL,
  created TEXT NOT NULL,
  expires TEXT NOT NULL,
  revoked TEXT
) STRICT;
""",
)
_COLUMNS: Final = "prefix, sha256, name, scopes, is_signed, created, expires, revoked"


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """One key, without its secret."""

    prefix: str
    """Public; names the key in lists and logs."""
    sha256: bytes
    """Of the secret's text."""
    name: str
    """Whose it is, in the owner's words."""
    scopes: frozenset[str]
    is_signed: bool
    """Whether each request must carry a signature over its body as well."""
    created: datetime
    expires: datetime
    revoked: datetime | None = None

    def is_active(self, now: datetime) -> bool:
        """Whether it opens anything at a moment. What was revoked stays so, also where a clock steps back."""
        return now < self.expires and self.revoked is None


class KeyStore:
    """The keys at one place as they are at each moment; where nothing was ever stored there is none. For any number of
    threads.

    Every question raises Conflict for a damaged or foreign place, Unavailable if it cannot be read or written.
    """

    def __init__(self, location: Location) -> None:
        self._database = database_at(location, KEYS)

    def add(self, record: KeyRecord) -> bool:
        """Keep a new key; return False, and keep nothing, if its prefix is taken."""
        with self._database.writing() as session:
            if session.execute("SELECT 1 FROM keys WHERE prefix = ?", (record.prefix,)).fetchone() is not None:
                return False
            session.execute(f"INSERT INTO keys ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", _row(record))  # noqa: S608
        return True

    def revoke(self, prefix: str, now: datetime) -> bool:
        """Let a key open nothing from now on; tell whether there is such a key. An earlier revocation stands."""
        if self.find(prefix) is None:
            return False
        with self._database.writing() as session:
            session.execute(
                "UPDATE keys SET revoked = coalesce(revoked, ?) WHERE prefix = ?", (now.isoformat(), prefix)
            )
        return True

    def find(self, prefix: str) -> KeyRecord | None:
        """Return the key of a prefix."""
        with self._database.reading() as session:
            if session is None:
                return None
            row = session.execute(f"SELECT {_COLUMNS} FROM keys WHERE prefix = ?", (prefix,)).fetchone()  # noqa: S608
            return None if row is None else _record(row)

    def any(self) -> bool:
        """Whether a key was ever made here."""
        with self._database.reading() as session:
            return session is not None and session.execute("SELECT 1 FROM keys LIMIT 1").fetchone() is not None

    def all(self) -> list[KeyRecord]:
        """Return every key that was ever made, oldest first."""
        with self._database.reading() as session:
            if session is None:
                return []
            rows = session.execute(f"SELECT {_COLUMNS} FROM keys ORDER BY created, prefix")  # noqa: S608
            return [_record(row) for row in rows]

    def close(self) -> None:
        """Let the place go; the next question opens it again."""
        self._database.close()


def _row(record: KeyRecord) -> tuple[Value, ...]:
    return (
        record.prefix,
        record.sha256,
        record.name,
        " ".join(sorted(record.scopes)),
        int(record.is_signed),
        record.created.isoformat(),
        record.expires.isoformat(),
        None if record.revoked is None else record.revoked.isoformat(),
    )


def _record(row: tuple[str, bytes, str, str, int, str, str, str | None]) -> KeyRecord:
    prefix, sha256, name, scopes, is_signed, created, expires, revoked = row
    return KeyRecord(
        prefix=prefix,
        sha256=sha256,
        name=name,
        scopes=frozenset(scopes.split()),
        is_signed=bool(is_signed),
        created=datetime.fromisoformat(created),
        expires=datetime.fromisoformat(expires),
        revoked=None if revoked is None else datetime.fromisoformat(revoked),
    )
