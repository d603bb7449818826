"""Where a fact of the record comes from, and how far its source is to be believed."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from qiyafa.model.label import Tlp

RELIABILITY: Final = "ABCDEF"
"""Admiralty code, first letter: A completely reliable … E unreliable, F cannot be judged (NATO AJP-2.1)."""
CREDIBILITY: Final = "123456"
"""Admiralty code, second character: 1 confirmed by others … 5 improbable, 6 cannot be judged."""


@dataclass(frozen=True, slots=True)
class Source:
    """One publication: a report, a court paper, a press item, an official notice. Its words may be hostile text."""

    id: str
    """A short name of ours, lower case, digits and hyphens, e.g. `chainalysis-2024-01`."""
    publisher: str
    """Who published it, e.g. `Chainalysis`, `US Department of Justice`, `Reuters`."""
    title: str
    url: str
    """Never empty: a fact that nobody can look up is no fact."""
    published: date | None
    edition: str = ""
    """Which one of a series that repeats the same question, e.g. `2024-01` of a yearly report; empty if it is none."""
    grade: str = "F6"
    """Admiralty: reliability A-F and credibility 1-6, judged apart."""
    origin: str = ""
    """Id of the source that it repeats; empty if it speaks for itself. Copies of one origin count once."""
    language: str = ""
    """BCP 47, e.g. `en`, `ar`, `ko`."""
    tlp: Tlp = Tlp.CLEAR
    licence: str = ""
    known_to: datetime | None = None
    """Set if it was withdrawn. What rests on it goes on naming it."""

    @property
    def withdrawn(self) -> date | None:
        """The day on which it was withdrawn, in UTC; None if it stands."""
        return None if self.known_to is None else self.known_to.date()
