"""Put what was read into the record as proposals: they count for nothing until a person accepts them.

The id of a proposal is made from the document's text and the place of the quote, so reading a document twice proposes
nothing twice, and what a person decided stays decided.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from qiyafa.app.read import Reading
from qiyafa.model.claim import Claim, ClaimState, Quote
from qiyafa.model.errors import InvalidInput
from qiyafa.model.label import Tlp
from qiyafa.model.record import EntryKind
from qiyafa.model.source import Source
from qiyafa.record.reading.read_claim import ReadClaim
from qiyafa.stores.record import Change, RecordStore

PROGRAM: Final = "qiyafa read"
"""The author of proposals where no person is named."""
_WEB: Final = re.compile(r"https?://[^\s/]+")
_NO_NAME: Final = re.compile(r"[^a-z0-9]+")
_LONGEST_NAME: Final = 40
_DIGITS: Final = 16


@dataclass(frozen=True, slots=True)
class Publication:
    """Where a document was published, as a person states it; empty: as the document does."""

    url: str = ""
    title: str = ""
    tlp: Tlp = Tlp.CLEAR


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of the claims of one document."""

    source: str
    """Id of the source they rest on."""
    proposed: int
    known: int
    """How many had been proposed before; whatever was decided about them stands."""


def keep_proposals(
    store: RecordStore, reading: Reading, publication: Publication, *, at: datetime, author: str
) -> Kept:
    """Propose every claim of a document.

    Raises InvalidInput without the URL, publisher or day of the document, as nobody could look a claim up; and for
    whatever the record refuses.
    """
    source = _source(store, reading, publication)
    claims = [_proposal(one, reading, source) for one in reading.claims]
    new = [claim for claim in claims if not store.history(EntryKind.CLAIM, claim.id)]
    if new:
        of_source = [] if source.id in store.sources() else [Change(source)]
        store.apply([*of_source, *map(Change, new)], at=at, author=author)
    return Kept(source.id, len(new), len(claims) - len(new))


def _source(store: RecordStore, reading: Reading, publication: Publication) -> Source:
    """Return the source of a document: the record's own if it has one with this URL."""
    about = reading.document.about
    url = publication.url or about.url
    missing = {"--url": not _WEB.match(url), "--publisher": not reading.publisher, "--date": reading.day is None}
    if any(missing.values()):
        named = ", ".join(option for option, is_missing in missing.items() if is_missing)
        raise InvalidInput("read.error.source_needed", file=str(reading.path), options=named)
    known = next((one for _, one in sorted(store.sources().items()) if one.url == url), None)
    return known or Source(
        id=_source_id(reading, url),
        publisher=reading.publisher,
        title=publication.title or about.title or url,
        url=url,
        published=reading.day,
        language=reading.document.language,
        tlp=publication.tlp,
    )


def _source_id(reading: Reading, url: str) -> str:
    name = _NO_NAME.sub("-", reading.publisher.lower()).strip("-")[:_LONGEST_NAME].strip("-")
    return "-".join(part for part in (name, str(reading.day), _digest(url)[:8]) if part)


def _proposal(claim: ReadClaim, reading: Reading, source: Source) -> Claim:
    sha256 = reading.document.sha256
    says = (claim.unit, claim.measure.value, str(claim.quantity), str(claim.lower), str(claim.upper))
    return Claim(
        id=f"read-{_digest(sha256, str(claim.quote.start), str(claim.quote.end), *says)}",
        claimant=claim.claimant,
        publisher=reading.publisher,
        source=source.id,
        subject=claim.subject,
        measure=claim.measure,
        unit=claim.unit,
        quantity=claim.quantity,
        bound=claim.bound,
        lower=claim.lower,
        upper=claim.upper,
        modality=claim.modality,
        period=claim.period,
        statement_date=reading.day,
        quote=Quote(claim.quote.words, claim.quote.start, claim.quote.end, sha256),
        state=ClaimState.PROPOSED,
        tlp=source.tlp,
    )


def _digest(*parts: str) -> str:
    counted = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(counted.encode()).hexdigest()[:_DIGITS]
