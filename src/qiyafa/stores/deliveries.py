"""Who was given what: one row for each version of an object and each receiver, with the time of the first delivery.

An object is named as its channel names it: a STIX identifier, a MISP UUID, the id of a label. What was given cannot be
taken back, so nothing is ever erased here; a recall reads it to tell those who have what no longer stands.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from qiyafa.stores.database import Database, Schema, Session
from qiyafa.stores.moments import microseconds, moment_of
from qiyafa.stores.opening import Location, database_at

DELIVERIES: Final = Schema(
    kind="deliveries",
    application_id=0x5169446C,  # QiDl
    version=1,
    tables="""
CREATE TABLE deliveries (
  object TEXT NOT NULL,
  channel TEXT NOT NULL,
  receiver TEXT NOT NULL,
  version TEXT NOT NULL,
  given INTEGER NOT NULL,
  PRIMARY KEY (object, channel, receiver, version)
) STRICT, WITHOUT ROWID;
""",
)
_COLUMNS: Final = "object, channel, receiver, version, given"


@dataclass(frozen=True, slots=True)
class GivenObject:
    """One object in the version that was given."""

    id: str
    version: str = ""
    """As its channel tells versions apart, e.g. a time; empty where it does not."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One version of one object, and who was given it."""

    object: GivenObject
    channel: str
    """By which way, e.g. `taxii:partners`, `misp`, `tagpack`."""
    receiver: str
    """To whom, in the sender's words."""
    at: datetime
    """When it was given first. UTC."""


class DeliveryLog:
    """The log at one place, which need not exist. For any number of threads and processes.

    Every question raises Conflict if what is stored is damaged, foreign, newer or kept busy, and Unavailable if it
    cannot be reached, read or written.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, channel: str, receiver: str, objects: Iterable[GivenObject], at: datetime) -> None:
        """Keep that a receiver was given these; whatever they were given before keeps its time."""
        given = microseconds(at)
        rows = sorted((one.id, channel, receiver, one.version, given) for one in objects)
        if not rows or self._knows(rows):
            return
        with self._database.writing() as session:
            session.executemany(
                f"INSERT INTO deliveries ({_COLUMNS}) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",  # noqa: S608
                rows,
            )

    def receivers(self, id: str) -> list[Delivery]:
        """Return who was given an object, in any version, by channel, receiver and version."""
        with self._database.reading() as session:
            return [] if session is None else list(_deliveries(session, "WHERE object = ?", (id,)))

    def all(self) -> Iterator[Delivery]:
        """Yield every delivery, by object, channel, receiver and version."""
        with self._database.reading() as session:
            if session is not None:
                yield from _deliveries(session, "", ())

    def close(self) -> None:
        """Let the database go."""
        self._database.close()

    def _knows(self, rows: list[tuple[str, str, str, str, int]]) -> bool:
        """Tell whether all of it is written already, so that whoever asks twice makes nobody wait for a disk."""
        question = "SELECT 1 FROM deliveries WHERE object = ? AND channel = ? AND receiver = ? AND version = ?"
        with self._database.reading() as session:
            return session is not None and all(session.execute(question, row[:4]).fetchone() for row in rows)


def open_deliveries(location: Location) -> DeliveryLog:
    """Return the log at a path or at the URL of a PostgreSQL database. Raises InvalidInput for a URL that is none."""
    return DeliveryLog(database_at(location, DELIVERIES))


def _deliveries(session: Session, condition: str, parameters: tuple[str, ...]) -> Iterator[Delivery]:
    sql = f"SELECT {_COLUMNS} FROM deliveries {condition} ORDER BY object, channel, receiver, version"  # noqa: S608
    for id, channel, receiver, version, given in session.iterate(sql, parameters):
        yield Delivery(GivenObject(id, version), channel, receiver, moment_of(given))
