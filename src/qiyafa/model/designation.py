"""A designation: an entry of an official list, with the days it was in force and the list version that says so."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction

from qiyafa.model.address import Identity


class Force(StrEnum):
    """What a designation was on a day."""

    NOT_YET = "not_yet"
    IN_FORCE = "in_force"
    PAST = "past"


@dataclass(frozen=True, slots=True)
class ListVersion:
    """One edition of one list, as it was imported."""

    list_id: str
    """A key of the registry `lists.LISTS`, e.g. `ofac-addresses`."""
    authority: str
    """Who lists, e.g. `ofac`; several lists may carry one authority's designations."""
    version: str
    """Unique within the list: the publication date and the first digits of the content's SHA-256."""
    published: date
    imported: datetime
    """UTC."""
    sha256: str
    """Of the imported bytes (of a folder: of its files' names and digests)."""
    parties: int
    addresses: int
    problems: int
    origin: str
    """File, folder or URL it came from, as the user named it."""


@dataclass(frozen=True, slots=True)
class Designation:
    """One listed address."""

    list_id: str
    authority: str
    version: str
    """The newest imported version that has it."""
    entry: str
    """The list's own id of the party, e.g. the SDN's `FixedRef`; empty where the list has none."""
    party: str
    """The listed party's main name; empty on a plain list of addresses. Hostile text."""
    identities: tuple[Identity, ...]
    """Every address that the entry's text may spell."""
    written: str
    """The address as the list spells it."""
    declared: str
    """The ticker or chain that the list states, e.g. `XBT`; it may be wrong."""
    programmes: tuple[str, ...]
    listed_from: date
    """The designation's date; where the list gives none, the date of the first version that has it."""
    is_dated: bool
    """Whether `listed_from` is a designation date rather than a version's."""
    listed_to: date | None
    """The first day it was no longer listed; None while it is."""
    reason: str = ""
    """The legal ground or remark, and the source of dates that the list itself does not give."""

    def force(self, day: date) -> Force:
        """Tell what it was on a day."""
        if day < self.listed_from:
            return Force.NOT_YET
        return Force.PAST if self.listed_to is not None and day >= self.listed_to else Force.IN_FORCE


@dataclass(frozen=True, slots=True)
class Party:
    """A listed person, company or vessel, by name. Personal data beyond names is not kept."""

    list_id: str
    authority: str
    entry: str
    name: str
    aliases: tuple[str, ...]
    kind: str
    """`person`, `organization`, `vessel`, `aircraft` or `unknown`."""
    programmes: tuple[str, ...]
    listed_from: date | None
    listed_to: date | None
    owners: tuple[tuple[str, Fraction], ...] = ()
    """(entry of an owner, share), for the 50 percent rule."""


@dataclass(frozen=True, slots=True)
class ListCoverage:
    """Whether a list could answer for a day."""

    list_id: str
    authority: str
    version: str
    """The version that answers; empty if none does."""
    published: date | None
    age_days: int | None
    """Days from its publication to the day that was asked about; negative if it was published later."""
