"""Labels as whoever is answered may know them: those that are stricter than a level are not there."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from qiyafa.app.exposure_sources import RiskBook
from qiyafa.model.address import Identity
from qiyafa.model.errors import NotFound
from qiyafa.model.label import Label, Tlp
from qiyafa.model.parcel import is_above
from qiyafa.stores.labels import LabelStore


def rests_on_stricter(store: LabelStore, labels: Sequence[str], level: Tlp) -> bool:
    """Tell whether one of some labels (ids) is above a level, as it is now; one that is not there counts as above."""
    try:
        return any(is_above(store.history(one)[-1].tlp, level) for one in labels)
    except NotFound:
        return True


class LabelsUpTo:
    """A label book without the labels above a level. What rests on its answers rests on none of them."""

    def __init__(self, book: RiskBook, level: Tlp) -> None:
        self._book = book
        self._level = level

    def of(self, identities: Sequence[Identity], at: datetime, known_at: datetime | None = None) -> list[Label]:
        """Return the labels of any of these addresses that hold at a moment, by `rank`, disputed ones included."""
        return list(self._open(self._book.of(identities, at, known_at)))

    def each(self, at: datetime, known_at: datetime | None = None) -> Iterator[Label]:
        """Yield every label that holds at a moment, in the order of their ids."""
        return self._open(self._book.each(at, known_at))

    def with_keys(self, keys: Sequence[str], at: datetime) -> Iterator[Label]:
        """Yield the labels that hold at a moment, as known now, of addresses with these keys."""
        return self._open(self._book.with_keys(keys, at))

    def risk_keys(self) -> Iterator[str]:
        """Yield the keys of the addresses of which some label, on whatever level, ever said a risk."""
        return self._book.risk_keys()

    def version(self) -> str:
        """Return a digest that changes with every change of the store, and with nothing else."""
        return self._book.version()

    def _open(self, labels: Iterable[Label]) -> Iterator[Label]:
        return (one for one in labels if not is_above(one.tlp, self._level))
