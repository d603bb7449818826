"""Whether a home has labels, for commands that go on without any."""

from pathlib import Path
from typing import TYPE_CHECKING

from qiyafa.app.home import Home
from qiyafa.model.errors import NotFound

if TYPE_CHECKING:
    from qiyafa.stores.opening import Location


def stored_labels(home: Home, *, must_exist: bool) -> "Location | None":
    """Return where the labels of a home are; None if none were ever imported, unless they must exist.

    Raises NotFound then, and Conflict or Unavailable for a database that does not answer.
    """
    place = home.labels
    if isinstance(place, Path):
        # The file alone tells: a trace without labels does not wait for SQLite.
        is_there, shown = place.exists(), str(place)
    else:
        from qiyafa.stores.labels import LabelStore

        store = LabelStore.reading(place)
        is_there, shown = store.exists, store.location
        store.close()
    if is_there:
        return place
    if must_exist:
        raise NotFound("labels.error.no_store", path=shown)
    return None
