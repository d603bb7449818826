"""Verdicts that are kept under the ids of their requests: the same request gets the same bytes, for ever."""

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from qiyafa.app.home import Home
from qiyafa.app.screen import Screener
from qiyafa.app.verdict_json import canonical_bytes, utc_text, verdict_bytes
from qiyafa.model.errors import InvalidInput
from qiyafa.model.verdict import ScreenRequest, Verdict
from qiyafa.stores.labels import open_labels
from qiyafa.stores.verdicts import KeptVerdict, VerdictStore, same_question

_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,127}", re.ASCII)
_DIGITS: Final = 32


@dataclass(frozen=True, slots=True)
class KeptQuestion:
    """What was asked about one address."""

    request: ScreenRequest
    as_of: datetime | None = None
    """None: as of the moment at which it was asked."""
    known_at: datetime | None = None

    def written(self) -> bytes:
        """Return the question as canonical JSON."""
        moments = (None if one is None else utc_text(one) for one in (self.as_of, self.known_at))
        names = ("address", "chain", "as_of", "known_at")
        return canonical_bytes(dict(zip(names, (self.request.address, self.request.chain, *moments), strict=True)))


def question_of(written: dict[str, Any]) -> KeptQuestion:
    """Return the question that a kept verdict answers, from its JSON."""
    as_of, known_at = (
        None if written[name] is None else datetime.fromisoformat(written[name]) for name in ("as_of", "known_at")
    )
    return KeptQuestion(ScreenRequest(written["address"], written["chain"]), as_of, known_at)


class VerdictKeeper:
    """Gives verdicts and keeps them, and tells the label store which of its labels they rest on."""

    def __init__(self, home: Home, screener: Screener, now: Callable[[], datetime]) -> None:
        self._home = home
        self._store = VerdictStore(home.verdicts)
        self._labels = open_labels(home.labels)
        self._screener = screener
        self._now = now

    def answer(self, question: KeptQuestion, request_id: str | None = None) -> bytes:
        """Return the verdict's JSON: the kept one if the request was answered before, else a new one, kept.

        Without an id the verdict is kept under one made of its bytes. Raises InvalidInput for an id that is none,
        Conflict if it was used for another question.
        """
        if request_id is not None:
            known = self._store.get(checked_id(request_id))
            if known is not None:
                return same_question(known, question.written()).body
        (verdict,) = self._screener.screen([question.request], as_of=question.as_of, known_at=question.known_at)
        return self.keep(question, verdict, request_id).body

    def keep(self, question: KeptQuestion, verdict: Verdict, request_id: str | None = None) -> KeptVerdict:
        """Keep a verdict; return it, or the one that its request got before."""
        body, written = verdict_bytes(verdict), question.written()
        named = checked_id(request_id) if request_id else hashlib.sha256(written + body).hexdigest()[:_DIGITS]
        labels = rested_on(verdict)
        lists = tuple(f"{one.list_id}/{one.version}" for one in verdict.lists)
        self._home.made()
        kept = self._store.keep(KeptVerdict(named, written, body, labels, lists, self._now()))
        if labels and kept.body == body:
            digest = hashlib.sha256(body).hexdigest()
            self._labels.use(labels, "verdict", named, digest, kept.at)
        return kept

    def each(self, since: datetime | None) -> Iterator[KeptVerdict]:
        """Yield the verdicts that were given from a moment on."""
        return self._store.each(since)


def checked_id(request_id: str) -> str:
    """Return an id of a request. Raises InvalidInput for what is none."""
    if not _REQUEST_ID.fullmatch(request_id):
        raise InvalidInput("screen.error.request_id", request=request_id)
    return request_id


def rested_on(verdict: Verdict) -> tuple[str, ...]:
    """Return the ids of the labels that a verdict rests on, sorted."""
    return tuple(sorted(set(_label_ids(verdict))))


def _label_ids(verdict: Verdict) -> Iterator[str]:
    for reason in verdict.reasons:
        labels = reason.evidence.get("labels", [])
        assert isinstance(labels, list)
        yield from (label["id"] for label in labels)
    for exposure in verdict.exposures:
        # A designation is named as list/version/entry, a label by its id.
        yield from (source for source in exposure.sources if "/" not in source)
