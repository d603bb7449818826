"""Read a document: the claims, addresses, hashes and names in it, offered for review. Nothing is stored here.

The day that relative dates are counted from is the one given, else the one the document states. Without either, a text
is read as of two days: if that changes nothing, it needs no day; if it does, the reader must say one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Final

from qiyafa.app.read_names import Mention, NameFinder
from qiyafa.chains.formats import FORMATS
from qiyafa.documents.addresses import FoundAddress, FoundHash, find_addresses, find_hashes
from qiyafa.documents.document import Document
from qiyafa.documents.reading import read_document
from qiyafa.model.claim import Bound, Measure, Modality, Quote
from qiyafa.model.errors import InvalidInput
from qiyafa.model.period import ALWAYS
from qiyafa.model.ports import Progress, silent
from qiyafa.record.reading.read import read_claims
from qiyafa.record.reading.read_claim import ReadClaim
from qiyafa.text import shown

_ANOTHER_DAY: Final = timedelta(days=1000)
"""Away from today: another year, another month, another day of the month and of the week."""
_TOMORROW: Final = timedelta(days=1)
"""In the far east it is tomorrow already."""
_CONTEXT: Final = 160
"""Code points of a sentence that are shown before and behind a quote."""
_CUT: Final = "… "


class DayFrom(StrEnum):
    """Where the day of a text comes from."""

    OPTION = "option"
    DOCUMENT = "document"
    NOWHERE = "nowhere"
    """Not known, and not needed: no claim depends on it."""


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """What a person says of the documents; None or empty: as the document states it."""

    today: date
    day: date | None = None
    publisher: str = ""
    claimant: str = ""
    """Who says what the text ascribes to nobody."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read in one document."""

    path: Path
    document: Document
    day: date | None
    day_from: DayFrom
    publisher: str
    claims: tuple[ReadClaim, ...]
    """In the order of the text."""
    addresses: tuple[FoundAddress, ...]
    hashes: tuple[FoundHash, ...]
    names: tuple[Mention, ...]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A quote with the words around it. Hostile text."""

    before: str
    quote: str
    after: str


def read_articles(
    paths: Sequence[Path], request: ReadRequest, names: NameFinder, *, progress: Progress = silent
) -> list[Reading]:
    """Return what is read in each document.

    Raises InvalidInput for a document that cannot be read, for one that needs a day and has none, and for a day that
    has not come yet.
    """
    if request.day is not None and request.day > request.today + _TOMORROW:
        raise InvalidInput("read.error.future", day=str(request.day))
    readings = []
    for number, path in enumerate(paths):
        progress("read.progress.reading", number, len(paths))
        readings.append(read_article(path, request, names))
    return readings


def read_article(path: Path, request: ReadRequest, names: NameFinder) -> Reading:
    """Return what is read in one document; raises as `read_articles`."""
    document = read_document(path)
    publisher = request.publisher or document.about.publisher
    day = request.day or document.about.published
    day_from = DayFrom.OPTION if request.day else DayFrom.DOCUMENT if day else DayFrom.NOWHERE
    claims = read_claims(document.text, day=day or request.today, publisher=publisher)
    if day is None:
        others = read_claims(document.text, day=request.today - _ANOTHER_DAY, publisher=publisher)
        if claims != others:
            raise InvalidInput("read.error.day_needed", file=str(path))
    return Reading(
        path,
        document,
        day,
        day_from,
        publisher,
        tuple(replace(one, claimant=one.claimant or request.claimant) for one in claims),
        tuple(find_addresses(document.text, FORMATS)),
        tuple(find_hashes(document.text)),
        tuple(names.find(document.text)),
    )


def sentence_of(text: str, quote: Quote) -> Sentence:
    """Return the line around a quote, cut to a readable length."""
    start, end = quote.start or 0, quote.end or 0
    newline = text.find("\n", end)
    first, last = text.rfind("\n", 0, start) + 1, len(text) if newline < 0 else newline
    before, after = text[max(first, start - _CONTEXT) : start], text[end : min(last, end + _CONTEXT)]
    if start - first > _CONTEXT:
        before = _CUT + before.partition(" ")[2]
    if last - end > _CONTEXT:
        after = after.rpartition(" ")[0] + _CUT
    return Sentence(before, text[start:end], after)


def doubts(claims: Sequence[ReadClaim]) -> list[list[str]]:
    """Return, for each claim of a text, the keys of what a reviewer should look at before accepting it."""
    told: dict[tuple[Decimal, Measure], set[tuple[str, Bound]]] = {}
    for claim in claims:
        if claim.quantity is not None:
            told.setdefault((claim.quantity, claim.measure), set()).add((claim.unit, claim.bound))
    return [
        [
            key
            for key, is_so in (
                ("read.doubt.claimant", not claim.claimant),
                ("read.doubt.period", claim.period == ALWAYS),
                ("read.doubt.modality", claim.modality is not Modality.STATED),
                ("read.doubt.quantity", claim.quantity is None),
                ("read.doubt.hidden", shown(claim.quote.words) != claim.quote.words),
                (
                    "read.doubt.otherwise",
                    claim.quantity is not None and len(told[claim.quantity, claim.measure]) > 1,
                ),
            )
            if is_so
        ]
        for claim in claims
    ]
