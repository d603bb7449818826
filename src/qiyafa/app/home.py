"""Where everything that is not a ledger lives: labels, lists, clusters' prohibitions, verdicts, keys, the record.

Each kind of store is a file of a folder; or all of them are in one PostgreSQL database, each in a schema of its own.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_data_path

from qiyafa.app.settings import database_variable, home_variable
from qiyafa.model.errors import InvalidInput, Unavailable
from qiyafa.stores.postgres import is_postgres_url

if TYPE_CHECKING:
    # At run time it would load SQLite, for which a trace without labels does not wait.
    from qiyafa.stores.opening import Location


@dataclass(frozen=True, slots=True)
class Home:
    """The stores of one user or service."""

    path: Path
    """The folder."""
    database: str = ""
    """The URL of the PostgreSQL database that has the stores; empty if they are files of the folder."""

    @property
    def labels(self) -> "Location":
        """The label store."""
        return self._place("labels")

    @property
    def lists(self) -> "Location":
        """The official lists, every version."""
        return self._place("lists")

    @property
    def clusters(self) -> "Location":
        """Merges that the user forbids."""
        return self._place("clusters")

    @property
    def verdicts(self) -> "Location":
        """Verdicts that were given."""
        return self._place("verdicts")

    @property
    def keys(self) -> "Location":
        """Keys of the service, hashed."""
        return self._place("keys")

    @property
    def record(self) -> "Location":
        """The record of incidents and claims."""
        return self._place("record")

    @property
    def collections(self) -> "Location":
        """What the TAXII server shows and was sent."""
        return self._place("collections")

    @property
    def deliveries(self) -> "Location":
        """Who was given what."""
        return self._place("deliveries")

    @property
    def signing_key(self) -> Path:
        """The private key that signs screening packs: always a file."""
        return self.path / "signing.key"

    def made(self) -> "Home":
        """Return this home, ready for its stores to be written: its folder is made if they are files.

        Raises Unavailable if it cannot be.
        """
        return self if self.database else self.with_folder()

    def with_folder(self) -> "Home":
        """Return this home after making its folder, for its owner alone. Raises Unavailable if it cannot be made."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            reason = error.strerror or str(error)
            raise Unavailable("home.error.cannot_make", folder=str(self.path), reason=reason) from error
        return self

    def _place(self, kind: str) -> "Location":
        return self.database or self.path / f"{kind}.sqlite"


def find_home(chosen: Path | None) -> Home:
    """Return the folder that `--home` names, else the one of $QIYAFA_HOME, else the user's data folder; and with it the
    database of $QIYAFA_DATABASE, if it names one.

    Neither need exist. Raises InvalidInput if the path is something else than a folder, or the database none of
    PostgreSQL.
    """
    named = chosen or home_variable()
    path = named if named is not None else user_data_path("qiyafa", appauthor=False)
    if path.exists() and not path.is_dir():
        raise InvalidInput("home.error.no_folder", folder=str(path))
    database = database_variable()
    if database and not is_postgres_url(database):
        # Neither repeated nor taken for a file: a password may stand in it, and every store would be in that file.
        raise InvalidInput("home.error.database")
    return Home(path, database)
