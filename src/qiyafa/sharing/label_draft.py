"""From what a file says of an address to a label: the address is read, hostile text is refused, the id is drawn.

What is wrong with one entry is a `Problem`; the entry is left out and the rest of its file is read. What is only
missing or unknown is a problem too, counted once for a file, and the label is kept.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from qiyafa.model.address import AddressReading
from qiyafa.model.category import RISKS, Category
from qiyafa.model.errors import InvalidInput, Problem
from qiyafa.model.label import CONFIDENCES, Label, Tlp, label_id
from qiyafa.model.ports import AddressReader

LONGEST_TEXT: Final = 1_000
"""Of a name, an address, an actor ... in characters."""
LONGEST_DETAIL: Final = 16_384
"""Of a description or a context."""
_LONGEST_QUOTE: Final = 60
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs", "Mn", "Me"})

GRADES: Final[dict[str, str]] = {
    "override": "B2",
    "ownership": "A2",
    "ledger_immanent": "A1",
    "manual_transaction": "B2",
    "service_api": "B2",
    "forensic_investigation": "B2",
    "authority_data": "A2",
    "trusted_provider": "B3",
    "service_data": "B2",
    "forensic": "B3",
    "untrusted_transaction": "C3",
    "web_crawl": "C3",
    "heuristic": "D4",
    "unknown": "F6",
}
"""The Admiralty grade of a label whose source gives none, by its confidence: an authority A2, what a service says of
itself B2, an analyst B3, an explorer's tag C3, what nobody vouches for F6.
"""


@dataclass(frozen=True, slots=True)
class Statement:
    """What is said, apart from of whom: one for all addresses of which the same is said."""

    name: str
    entity: str
    category: Category
    routing: Category | None
    confidence: str
    grade: str
    source: str
    source_url: str
    origin: str
    risk: Category | None = None
    tlp: Tlp = Tlp.CLEAR
    licence: str = ""
    role: str = ""
    incident: str = ""
    is_cluster_definer: bool = False
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    details: dict[str, str] = field(default_factory=dict)

    def fields(self) -> dict[str, Any]:
        """Return the fields of a label that come from here."""
        return {name: getattr(self, name) for name in self.__slots__}


def is_grade(written: str) -> bool:
    """Tell whether a text is an Admiralty grade; any other would rank before them or after them by chance."""
    return len(written) == 2 and written[0] in "ABCDEF" and written[1] in "123456"


def is_sound(label: Label, reader: AddressReader) -> bool:
    """Tell whether a label is of the address that it spells, under the id of what it says."""
    try:
        reading = reader.read(label.written, label.chain)
    except InvalidInput:
        reading = reader.read(label.written)
    words = (label.name, label.incident, label.role)
    return (
        label.identity in (*reading.identities, *reader.read(label.written).identities)
        and label.id == label_id(label.identity, label.chain, label.source, label.source_url, words)
        and label.confidence in CONFIDENCES
        and is_grade(label.grade)
    )


def risk_of(category: Category) -> Category | None:
    """Return the risk that a category states, or None."""
    return category if category in RISKS else None


@dataclass(slots=True)
class LabelsRead:
    """What a file holds."""

    source: str
    """The file, as the user named it."""
    labels: list[Label] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    """One for each entry left out, then the counted ones."""
    left_out: int = 0
    _counted: Counter[tuple[str, str]] = field(default_factory=Counter)
    _first: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)

    def leave_out(self, place: str, key: str, /, **fields: str | int) -> None:
        """Note an entry that is left out, and why."""
        self.left_out += 1
        self.problems.append(Problem(self.source, place, key, fields))

    def note(self, place: str, key: str, value: str = "", *, together: bool = False) -> None:
        """Count something that is odd about an entry that is kept: by its value, or all values together."""
        kind = key, "" if together else value
        self._counted[kind] += 1
        self._first.setdefault(kind, (place, value))

    def closed(self) -> "LabelsRead":
        """Return this after putting what was counted among the problems."""
        self.problems += list(self._counts())
        return self

    def _counts(self) -> Iterator[Problem]:
        for kind, count in self._counted.items():
            place, value = self._first[kind]
            yield Problem(self.source, place, kind[0], {"count": count, "value": quoted(value)})


@dataclass(slots=True)
class Drafting:
    """Puts the labels of one file together."""

    reader: AddressReader
    read: LabelsRead
    _no_chain: set[str] = field(default_factory=set)
    """Names of chains that nobody knows: a token's ticker, a typo."""

    def add(self, place: str, address: str, chain: str, statement: dict[str, Any]) -> None:
        """Add the label of an address, if the address can be one; `statement` is `Statement.fields()`."""
        if not address.strip() or len(address) > LONGEST_TEXT or "\0" in address:
            self.read.leave_out(place, "labels.problem.address", address=quoted(address))
            return
        reading, caip2 = self._reading(place, address, chain)
        identity = reading.identities[0]
        words = (statement["name"], statement["incident"], statement["role"])
        label = label_id(identity, caip2, statement["source"], statement["source_url"], words)
        self.read.labels.append(Label(id=label, identity=identity, written=address, chain=caip2, **statement))

    def _reading(self, place: str, address: str, chain: str) -> tuple[AddressReading, str | None]:
        """Return what an address is, and the chain (CAIP-2) if the file names one that knows it.

        A label stands under a token's ticker, or under a wrong one: then the address is read by its format alone.
        """
        if chain and chain not in self._no_chain:
            try:
                reading = self.reader.read(address, chain)
            except InvalidInput:
                self._no_chain.add(chain)
            else:
                if reading.is_known_format:
                    return reading, next((one for one in reading.chains if ":" in one), None)
                self.read.note(place, "labels.problem.other_chain", chain, together=True)
        if chain in self._no_chain:
            self.read.note(place, "labels.problem.no_chain", chain, together=True)
        reading = self.reader.read(address)
        if not reading.is_known_format:
            self.read.note(place, "labels.problem.no_format", quoted(address), together=True)
        return reading, None


def text_problem(value: str, longest: int = LONGEST_TEXT) -> str:
    """Return the key of the sentence that says why a text cannot be taken, or the empty text."""
    if len(value) > longest:
        return "labels.problem.long"
    if "\0" in value:
        return "labels.problem.nul"
    if value and not value.isascii() and all(unicodedata.category(one) in _UNSEEN for one in value):
        return "labels.problem.invisible"
    return (
        "labels.problem.invisible" if value and value.isascii() and not any("!" <= one <= "~" for one in value) else ""
    )


def quoted(value: str) -> str:
    """Return the beginning of a text, for a sentence about it."""
    return value if len(value) <= _LONGEST_QUOTE else value[:_LONGEST_QUOTE] + "…"
