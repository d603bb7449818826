"""The desk of the service: it screens, keeps verdicts under the ids of their requests, and says what it can trust.

The absence of an answer is never kept: whoever asks again under the same id after the trouble is answered. A store
that is missing, damaged or busy makes an answer unavailable; it is never the fault of who asks.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from datetime import time as time_of_day
from typing import Final

import msgspec

from qiyafa.app.exchange import Exchange
from qiyafa.app.home import Home
from qiyafa.app.kept_verdicts import KeptQuestion, VerdictKeeper
from qiyafa.app.label_level import rests_on_stricter
from qiyafa.app.screen import Screener
from qiyafa.app.verdict_json import ledger_object, list_object, verdict_bytes
from qiyafa.model.errors import Conflict, InvalidInput, NotFound, QiyafaError, Unavailable
from qiyafa.model.label import Tlp
from qiyafa.model.verdict import Outcome, ScreenRequest, Verdict
from qiyafa.stores.labels import LabelStore
from qiyafa.stores.verdicts import KeptVerdict, VerdictStore, same_question
from qiyafa.text import text

OTHER_QUESTION: Final = "screen.error.other_question"
"""What the store of verdicts says where an id was used for another question: the one conflict that is the caller's."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A verdict and its bytes."""

    body: bytes
    outcome: Outcome
    verdict: Verdict | None
    """None if the bytes were kept before."""

    @property
    def known(self) -> Verdict:
        """The verdict of an answer that was just given."""
        assert self.verdict is not None
        return self.verdict

    @property
    def is_answer(self) -> bool:
        """Whether it says anything."""
        return self.outcome is not Outcome.UNAVAILABLE


@dataclass(frozen=True, slots=True)
class Ready:
    """Whether answers can be trusted now."""

    reasons: tuple[str, ...]
    """Why not, as sentences; none if they can."""
    stores: dict[str, object]
    """What answers rest on."""


class Desk:
    """Answers for the service, from any number of threads."""

    def __init__(
        self, screener: Screener, home: Home, now: Callable[[], datetime], *, level: Tlp = Tlp.AMBER_STRICT
    ) -> None:
        self._screener = screener
        self._level = level
        self._labels = LabelStore.reading(home.labels)
        self._kept = VerdictStore(home.verdicts)
        self._keeper = VerdictKeeper(home, screener, now)
        self.exchange = Exchange(home, now)
        """Collections that are shared."""
        self.clock = time.monotonic
        """Seconds that never step back, for paces and limits."""

    def check_chain(self, chain: str | None) -> None:
        """Raise InvalidInput, with the nearest right one, for a chain that Qiyafa does not know."""
        if chain is not None:
            self._screener.check_chain(chain)

    def screen(self, requests: Sequence[ScreenRequest], as_of: datetime | None = None) -> list[Answer]:
        """Return a verdict for each request. Raises InvalidInput for a day to come, Unavailable for a lost store."""
        with _as_unavailable():
            verdicts = self._screener.screen(requests, as_of=as_of)
        return [Answer(verdict_bytes(verdict), verdict.outcome, verdict) for verdict in verdicts]

    def answered(self, request_id: str, question: KeptQuestion) -> Answer | None:
        """Return what was kept for this very request, or None. Raises Conflict if the id asked something else."""
        with _as_unavailable():
            known = self._shown(request_id)
        return None if known is None else _kept_answer(same_question(known, question.written()))

    def keep(self, request_id: str, question: KeptQuestion, answer: Answer) -> Answer:
        """Keep an answer; return it, or the one that the same request got in another process meanwhile."""
        with _as_unavailable():
            kept = self._keeper.keep(question, answer.known, request_id)
            is_ours = kept.body == answer.body or self._is_hidden(kept)
        return answer if is_ours else _kept_answer(kept)

    def kept(self, request_id: str) -> bytes:
        """Return a verdict that was kept, byte for byte. Raises NotFound, or Unavailable for a lost store."""
        with _as_unavailable():
            known = self._shown(request_id)
        if known is None:
            raise NotFound("serve.error.no_verdict", request=request_id)
        return known.body

    def _shown(self, request_id: str) -> KeptVerdict | None:
        """Return what was kept, unless it rests on labels that whoever is answered must not know of: the same home may
        keep verdicts of persons who may.
        """
        known = self._kept.get(request_id)
        return None if known is None or self._is_hidden(known) else known

    def _is_hidden(self, known: KeptVerdict) -> bool:
        return bool(known.labels) and rests_on_stricter(self._labels, known.labels, self._level)

    def ready(self) -> Ready:
        """Return whether answers can be trusted now."""
        try:
            readiness = self._screener.readiness()
            self._kept.get("")
        except QiyafaError as error:
            return Ready((text(error.key, **error.fields),), {})
        reasons = [reason for reason in readiness.reasons if reason.outcome is Outcome.UNAVAILABLE]
        stores: dict[str, object] = {
            "lists": [list_object(one) for one in readiness.lists],
            "labels": readiness.labels_version,
            "rules": readiness.rules_version,
            "ledgers": [ledger_object(one) for one in readiness.ledgers],
        }
        return Ready(tuple(text(reason.key, **reason.fields) for reason in reasons), stores)


def read_as_of(written: str) -> datetime:
    """Return the moment that a text names: the end of a date, or a time, in UTC if it names no zone.

    Raises InvalidInput for anything else.
    """
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        raise InvalidInput("serve.error.as_of", value=written) from None
    if len(written) <= len("2022-10-01"):
        moment = datetime.combine(moment.date(), time_of_day(23, 59, 59))
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        raise InvalidInput("serve.error.as_of", value=written) from None


def _kept_answer(kept: KeptVerdict) -> Answer:
    return Answer(kept.body, Outcome(msgspec.json.decode(kept.body)["verdict"]), None)


@contextmanager
def _as_unavailable() -> Iterator[None]:
    """Turn what is wrong with our own stores into what it is for who asks: no answer now."""
    try:
        yield
    except (Conflict, NotFound) as error:
        if error.key == OTHER_QUESTION:
            raise
        raise Unavailable(error.key, **error.fields) from error
