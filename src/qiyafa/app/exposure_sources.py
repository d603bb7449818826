"""Which addresses of a ledger stand for which risk on a day: those of the labels and of the designations in force.

This is decided once for a whole day (UTC): labels that hold at its last moment, designations in force on it. So every
question about the same day rests on the same sources, whatever its hour.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Final, Protocol

from qiyafa.model.category import Category
from qiyafa.model.designation import Force
from qiyafa.model.exposure import ExposureSource
from qiyafa.model.label import Label, Tlp
from qiyafa.model.ports import AddressReader, DesignationBook, LabelBook
from qiyafa.screen.rules import Rules

if TYPE_CHECKING:
    from qiyafa.model.columns import AddressBook

_ISSUERS: Final = frozenset({"tether", "circle"})
"""Authorities that freeze what they issue; all others designate."""


class RiskBook(LabelBook, Protocol):
    """A label book that finds the labels of a ledger's addresses without going through all of them."""

    def risk_keys(self) -> Iterator[str]:
        """Yield the keys of the addresses of which some label ever said a risk."""

    def with_keys(self, keys: Sequence[str], at: datetime) -> Iterator[Label]:
        """Yield the labels that hold at a moment, as known now, of addresses with these keys."""


@dataclass(frozen=True, slots=True)
class Books:
    """What is known of addresses: the official lists, the labels, and how addresses are written."""

    lists: DesignationBook
    labels: RiskBook
    reader: AddressReader
    level: Tlp = Tlp.RED
    """The labels are those up to this level; stricter ones are not there."""


@dataclass(frozen=True, slots=True)
class SourceDay:
    """The day whose sources are asked for, as far as labels were known at a moment (None: now)."""

    day: date
    known_at: datetime | None

    @property
    def last_moment(self) -> datetime:
        """The end of the day."""
        return datetime.combine(self.day, time.max, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class SourceFinder:
    """Finds the sources among the addresses of one chain's ledger."""

    books: Books
    rules: Rules
    chain: str
    addresses: "AddressBook"

    def sources(self, day: SourceDay) -> tuple[ExposureSource, ...]:
        """Return every source of a day, of any category; an address may come several times."""
        return (*self._designated(day), *self._labelled(day))

    def _designated(self, day: SourceDay) -> Iterator[ExposureSource]:
        for one in self.books.lists.each():
            if one.force(day.day) is Force.IN_FORCE:
                category = designated_category(one.authority)
                evidence = f"{one.list_id}/{one.version}/{one.entry or one.written}"
                for identity in one.identities:
                    address = self.books.reader.canonical(identity, self.chain)
                    if address is not None:
                        yield ExposureSource(address, category, one.party, evidence)

    def _labelled(self, day: SourceDay) -> Iterator[ExposureSource]:
        """Yield the sources that labels name: those sure enough for the rules."""
        labels = self.books.labels
        # A label's key is its address as a ledger spells it, so that the labels of other addresses cost little.
        keys = sorted(key for key in labels.risk_keys() if self.addresses.number(key))
        if day.known_at is None:
            held = labels.with_keys(keys, day.last_moment)
        else:
            wanted = set(keys)
            held = (one for one in labels.each(day.last_moment, day.known_at) if one.identity.key in wanted)
        for label in held:
            least = None if label.risk is None else self.rules.least_confidence(label.risk)
            if label.risk is not None and label.level >= (least or 0):
                address = self.books.reader.canonical(label.identity, self.chain)
                if address is not None:
                    yield ExposureSource(address, label.risk, label.entity or label.name, label.id)


def designated_category(authority: str) -> Category:
    """Return what a designation of an authority says of whom it names."""
    return Category.FROZEN if authority in _ISSUERS else Category.SANCTIONED
