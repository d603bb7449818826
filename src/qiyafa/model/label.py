"""A label: somebody says that an address belongs to an entity or a category. It may be wrong, and says who says so.

Labels have two times. *True* from/to: when it holds in the world. *Known* from/to: when we learned it, and when it was
withdrawn here. A label is never erased; it is disputed, or withdrawn from a moment on. Labels that disagree stand side
by side, and `rank` says which one is named first and why.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from qiyafa.model.address import Identity
from qiyafa.model.category import Category

CONFIDENCES: dict[str, int] = {
    "override": 100,
    "ownership": 100,
    "ledger_immanent": 100,
    "manual_transaction": 90,
    "service_api": 70,
    "forensic_investigation": 70,
    "authority_data": 60,
    "trusted_provider": 50,
    "service_data": 50,
    "forensic": 50,
    "untrusted_transaction": 40,
    "web_crawl": 20,
    "heuristic": 10,
    "unknown": 5,
}
"""TagPack confidence identifiers and their levels (GraphSense `confidence.csv`)."""


class Tlp(StrEnum):
    """Traffic Light Protocol 2.0 (FIRST), most open first."""

    CLEAR = "TLP:CLEAR"
    GREEN = "TLP:GREEN"
    AMBER = "TLP:AMBER"
    AMBER_STRICT = "TLP:AMBER+STRICT"
    RED = "TLP:RED"


class LabelState(StrEnum):
    """Whether a label still stands."""

    ACTIVE = "active"
    DISPUTED = "disputed"
    """It stands, and somebody contradicts it: it still counts, and is shown with the objection."""
    WITHDRAWN = "withdrawn"
    """It counts for nothing from `known_to` on."""


@dataclass(frozen=True, slots=True)
class Label:
    """One statement about one address by one source."""

    id: str
    """Deterministic: the same statement by the same source has the same id on every machine."""
    identity: Identity
    written: str
    """The address as the source spells it."""
    chain: str | None
    """CAIP-2 of the chain it speaks of; None if the source names none that Qiyafa knows."""
    name: str
    """The label's own words, e.g. `Binance hot wallet 14`. Hostile text."""
    entity: str
    """Who it is, as an actor id or a name; empty if only a category is known."""
    category: Category
    risk: Category | None
    """The risk it states; None if it states none. Never taken away by another label."""
    routing: Category | None
    """Set if a trace stops here."""
    confidence: str
    """A key of `CONFIDENCES`."""
    grade: str
    """Admiralty: reliability of the source A-F and credibility of the statement 1-6, e.g. `B2`."""
    source: str
    source_url: str
    origin: str
    """Copies of one origin count once: the first publication, as far as known."""
    tlp: Tlp = Tlp.CLEAR
    licence: str = ""
    role: str = ""
    """The part the address played in an incident, in the source's words."""
    incident: str = ""
    is_cluster_definer: bool = False
    """Whether the source says it of the whole cluster."""
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    """True in the world from `valid_from` until before `valid_to`; None: no limit known. UTC."""
    known_from: datetime | None = None
    known_to: datetime | None = None
    state: LabelState = LabelState.ACTIVE
    objection: str = ""
    """Why it is disputed or was withdrawn, and by whom."""
    details: dict[str, str] = field(default_factory=dict)
    """What the source says beyond these fields, kept so that it can be given back."""

    @property
    def level(self) -> int:
        """The confidence as a number from 0 to 100."""
        return CONFIDENCES[self.confidence]

    def holds(self, at: datetime, known_at: datetime | None = None) -> bool:
        """Tell whether it was true in the world at a moment, as far as known at another (None: now)."""
        return _within(self.valid_from, self.valid_to, at) and (
            self.state is not LabelState.WITHDRAWN
            if known_at is None
            else _within(self.known_from, self.known_to, known_at)
        )


def _within(begin: datetime | None, end: datetime | None, at: datetime) -> bool:
    return (begin is None or begin <= at) and (end is None or at < end)


def rank(label: Label) -> tuple[int, int, str, str]:
    """Return the sort key by which one of several labels is named first: undisputed before disputed, then the higher
    confidence, then the better Admiralty grade, then the id, so that the order never depends on chance.
    """
    return (label.state is LabelState.DISPUTED, -label.level, label.grade or "F6", label.id)


def label_id(identity: Identity, chain: str | None, source: str, source_url: str, statement: tuple[str, ...]) -> str:
    """Return the id of a statement: who says it, of which address, and in which words (name, incident, role).

    What a source may correct without saying something else (category, entity, confidence, dates) is not part of it.
    """
    parts = (identity.format, identity.key, chain or "", source, source_url, *statement)
    counted = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(counted.encode()).hexdigest()[:32]
