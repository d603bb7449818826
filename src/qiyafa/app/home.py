"""Where everything that is not a ledger lives: labels, lists, clusters' prohibitions, verdicts, keys."""

from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_path

from qiyafa.app.settings import home_variable
from qiyafa.model.errors import InvalidInput, Unavailable


@dataclass(frozen=True, slots=True)
class Home:
    """The folder of one user or service."""

    path: Path

    @property
    def labels(self) -> Path:
        """The label store."""
        return self.path / "labels.sqlite"

    @property
    def lists(self) -> Path:
        """The official lists, every version."""
        return self.path / "lists.sqlite"

    @property
    def clusters(self) -> Path:
        """Merges that the user forbids."""
        return self.path / "clusters.sqlite"

    @property
    def verdicts(self) -> Path:
        """Verdicts that were given."""
        return self.path / "verdicts.sqlite"

    @property
    def keys(self) -> Path:
        """Keys of the service, hashed."""
        return self.path / "keys.sqlite"

    @property
    def record(self) -> Path:
        """The record of incidents and claims."""
        return self.path / "record.sqlite"

    @property
    def collections(self) -> Path:
        """What the TAXII server shows and was sent."""
        return self.path / "collections.sqlite"

    @property
    def deliveries(self) -> Path:
        """Who was given what."""
        return self.path / "deliveries.sqlite"

    @property
    def signing_key(self) -> Path:
        """The private key that signs screening packs."""
        return self.path / "signing.key"

    def made(self) -> "Home":
        """Return this folder after making it, for its owner alone. Raises Unavailable if it cannot be made."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            reason = error.strerror or str(error)
            raise Unavailable("home.error.cannot_make", folder=str(self.path), reason=reason) from error
        return self


def find_home(chosen: Path | None) -> Home:
    """Return the folder that `--home` names, else the one of $QIYAFA_HOME, else the user's data folder.

    It need not exist. Raises InvalidInput if the path is something else than a folder.
    """
    named = chosen or home_variable()
    path = named if named is not None else user_data_path("qiyafa", appauthor=False)
    if path.exists() and not path.is_dir():
        raise InvalidInput("home.error.no_folder", folder=str(path))
    return Home(path)
