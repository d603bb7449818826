"""One polite HTTP client for explorers: it keeps to a pace, comes back later when told to, and keeps every answer.

What an answer means is the caller's business: it hands in a function that reads the body and raises
`ComeBackLaterError` (a rate limit inside a 200 answer), `BadAnswerError` (HTML, cut JSON) or a QiyafaError (a
refusal that no patience helps). Only answers that could be read are kept. Redirects are not followed: a key must
not travel to another server.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

import httpx

from qiyafa.chains.answer_cache import AnswerCache, KeptAnswer
from qiyafa.model.errors import Field, Unavailable

Read = TypeVar("Read")

BUSY_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529})
"""HTTP statuses after which a server may answer when it is asked again."""

_BAD_ANSWER_ATTEMPTS = 3
"""A cut or foreign answer may be an accident on the way; three of them are what the server says."""


class Clock(Protocol):
    """Time that only goes on, and waiting. Handed in by `app/`."""

    def now(self) -> float:
        """Return seconds since some moment."""

    def sleep(self, seconds: float) -> None:
        """Return after so many seconds."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How patiently a server is asked."""

    requests_per_second: float
    attempts: int = 7
    first_wait_s: float = 1.0
    """Doubled after each attempt in vain, up to `longest_wait_s`."""
    longest_wait_s: float = 60.0
    timeout_s: float = 60.0
    """For one answer, from the question to its last byte."""
    most_bytes: int = 64 << 20
    """A larger answer is not read to its end."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What one run may use. None means no limit."""

    requests: int | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A URL without secrets: what identifies an answer, and what may be shown and kept."""

    url: str
    parameters: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return str(httpx.URL(self.url, params=self.parameters)) if self.parameters else self.url


class ComeBackLaterError(Exception):
    """The server was reached and has no time; its text is what it said."""


class BadAnswerError(Exception):
    """An answer that cannot be meant; carries the key and the fields of its problem."""

    def __init__(self, key: str, **fields: Field) -> None:
        self.key = key
        self.fields = fields
        super().__init__(key)


class RefusedError(BadAnswerError):
    """An answer that stays the same however often the question is asked."""


class LimitReachedError(Exception):
    """The run has used up what it may; `limit` is `requests` or `seconds`."""

    def __init__(self, limit: str) -> None:
        self.limit = limit
        super().__init__(limit)


@dataclass(slots=True)
class HttpClient:
    """Asks one server. Not for several threads."""

    pace: Pace
    clock: Clock
    cache: AnswerCache
    budget: Budget = Budget()
    secrets: dict[str, str] = field(default_factory=dict, repr=False)
    """Parameters that go with every question and are never shown or kept, e.g. an API key."""
    requests: int = 0
    """Asked of the server so far, attempts in vain included."""
    kept_answers_used: int = 0
    _began: float = field(init=False)
    _next_at: float = field(default=-math.inf, init=False)
    _http: httpx.Client = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._began = self.clock.now()
        headers = {"Accept": "application/json", "User-Agent": "qiyafa"}
        self._http = httpx.Client(timeout=self.pace.timeout_s, headers=headers, follow_redirects=False)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def ask(self, question: Question, read: Callable[[bytes], Read], *, anew: bool = False) -> tuple[Read, KeptAnswer]:
        """Return what an answer says and the answer itself, kept from before unless `anew`.

        Raises LimitReachedError, BadAnswerError for what is no answer, Unavailable if the server cannot be reached
        or stays busy, and what `read` raises.
        """
        name = str(question)
        kept = None if anew else self.cache.find(name)
        if kept is not None:
            self.kept_answers_used += 1
            return read(kept.body), kept
        body, found = self._asked(question, read)
        return found, self.cache.keep(name, body)

    def _asked(self, question: Question, read: Callable[[bytes], Read]) -> tuple[bytes, Read]:
        bad_answers = 0
        for attempt in range(self.pace.attempts):
            try:
                body = self._sent(question)
                return body, read(body)
            except ComeBackLaterError as error:
                said = str(error)
            except BadAnswerError as bad:
                bad_answers += 1
                if isinstance(bad, RefusedError) or bad_answers == _BAD_ANSWER_ATTEMPTS:
                    raise
                said = bad.key
            self._wait(self.pace.first_wait_s * 2**attempt)
        raise Unavailable("pull.error.busy", url=str(question), attempts=self.pace.attempts, reason=said)

    def _sent(self, question: Question) -> bytes:
        """Return the body of one 200 answer."""
        self._wait(self._next_at - self.clock.now())
        if self.budget.requests is not None and self.requests >= self.budget.requests:
            raise LimitReachedError("requests")
        self.requests += 1
        self._next_at = self.clock.now() + 1 / self.pace.requests_per_second
        parameters = dict(question.parameters) | self.secrets
        try:
            with self._http.stream("GET", question.url, params=parameters or None) as response:
                return self._body(question, response)
        except (httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
            raise Unavailable("pull.error.url", url=str(question)) from error
        except httpx.HTTPError as error:
            raise ComeBackLaterError(self._harmless(str(error) or type(error).__name__)) from error

    def _body(self, question: Question, response: httpx.Response) -> bytes:
        if response.status_code in BUSY_STATUSES:
            self._heed(response.headers.get("Retry-After", ""))
            raise ComeBackLaterError(f"HTTP {response.status_code}")
        if response.status_code != httpx.codes.OK:
            raise RefusedError("pull.problem.status", status=response.status_code)
        last_moment, body = self.clock.now() + self.pace.timeout_s, bytearray()
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > self.pace.most_bytes:
                raise BadAnswerError("pull.problem.too_long", most=self.pace.most_bytes)
            if self.clock.now() > last_moment:
                raise ComeBackLaterError("timeout")
        return bytes(body)

    def _heed(self, retry_after: str) -> None:
        """Wait as long as the server asks for, within reason; a date instead of seconds is not heeded."""
        if retry_after.isascii() and retry_after.isdigit():
            wait = min(float(retry_after[:6]), self.pace.longest_wait_s)
            self._next_at = max(self._next_at, self.clock.now() + wait)

    def _wait(self, seconds: float) -> None:
        if self.budget.seconds is not None:
            left = self._began + self.budget.seconds - self.clock.now()
            if left <= max(seconds, 0):
                raise LimitReachedError("seconds")
        if seconds > 0:
            self.clock.sleep(min(seconds, self.pace.longest_wait_s))

    def _harmless(self, reason: str) -> str:
        for secret in self.secrets.values():
            reason = reason.replace(secret, "…")
        return reason
