"""Asks a node over JSON-RPC 2.0 (jsonrpc.org/specification): batches that fit, patience, no faith in answers.

A URL may hold a key of its owner, so only its scheme, host and port are ever shown.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit

import httpx
import msgspec
import numpy as np

from qiyafa.chains.json_scan import NUMBER, OBJECT, STRING, Fault
from qiyafa.chains.json_tape import ABSENT, NotJsonError, Tape, Value, read_tape
from qiyafa.model.errors import InvalidInput, Unavailable

TOO_MANY_REQUESTS: Final = 429
TOO_LARGE: Final = 413
_LAST_GOOD, _FIRST_FAULT_OF_SERVER = 299, 500
_RATE_ERRORS: Final = {-32005, -32029, -32097, TOO_MANY_REQUESTS}
"""Codes inside 200 answers that mean `slow down` (EIP-1474 and the large providers)."""
NO_SUCH_METHOD: Final = {-32601, -32604, -32004}
"""Codes that mean a method is not there, or not offered to this user."""
_ENVELOPE: Final = ("id", "result", "error")
_PIECE: Final = 1 << 16
_SHOWN_BYTES: Final = 60
_MOST_DIGITS: Final = 15

_NOT_JSON: Final = {
    Fault.CUT: "nodes.error.cut",
    Fault.GRAMMAR: "nodes.error.not_json",
    Fault.DUPLICATE_KEY: "nodes.error.duplicate_key",
    Fault.TOO_DEEP: "nodes.error.too_deep",
    Fault.TOO_MANY_KEYS: "nodes.error.too_many_keys",
    Fault.TOO_LONG: "nodes.error.too_long",
}


@dataclass(frozen=True, slots=True)
class Call:
    """One question to a node."""

    method: str
    params: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """A node's own error instead of a result. The message is hostile text."""

    code: int
    message: str


Answer = Value | Refusal


@dataclass(frozen=True, slots=True)
class Manners:
    """How a node is asked."""

    batch: int = 64
    """Most calls in one request; fewer when the node shows that this is too much."""
    rate: float = 0.0
    """Calls a second; 0 asks as fast as answers come."""
    attempts: int = 6
    """How often a request is sent before its failure counts."""
    timeout_seconds: float = 60.0
    answer_bytes: int = 256 << 20
    """A longer answer is refused while it arrives."""
    longest_wait_seconds: float = 60.0


@dataclass(slots=True)
class _Pace:
    batch: int
    free_at: float = 0.0


class _TryAgainError(Exception):
    """A failure that may pass: the error to raise when patience ends, and how long the node asked to wait."""

    def __init__(self, error: Unavailable, *, wait: float = 0.0, is_too_much: bool = False) -> None:
        self.error = error
        self.wait = wait
        self.is_too_much = is_too_much
        super().__init__(str(error))


@dataclass(slots=True)
class JsonRpcNode:
    """A node behind a URL. Use it in a `with` block, which closes its connections."""

    url: str
    sleep: Callable[[float], None]
    """Wait so many seconds."""
    clock: Callable[[], float]
    """Seconds that only ever grow."""
    manners: Manners = field(default_factory=Manners)
    shown_url: str = field(init=False)
    """Scheme, host and port."""
    requests: int = field(init=False, default=0)
    """HTTP requests sent so far."""
    _client: httpx.Client = field(init=False)
    _pace: _Pace = field(init=False)

    def __post_init__(self) -> None:
        self.shown_url = shown_url(self.url)
        self._pace = _Pace(self.manners.batch)
        headers = {"content-type": "application/json", "accept": "application/json"}
        self._client = httpx.Client(timeout=self.manners.timeout_seconds, headers=headers)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._client.close()

    def ask(self, method: str, *params: object) -> Answer:
        """Return the answer to one call. Raises Unavailable if none comes that can be read."""
        [answer] = self._patiently((Call(method, params),))
        return answer

    def ask_all(self, calls: Sequence[Call]) -> list[Answer]:
        """Return the answers to calls, in their order, asked in as few requests as the node bears."""
        answers: list[Answer] = []
        while len(answers) < len(calls):
            part = calls[len(answers) : len(answers) + self._pace.batch]
            answers += self._patiently(part)
            # Carefully up again after the node was overtaxed.
            self._pace.batch = min(self.manners.batch, self._pace.batch + max(1, self._pace.batch // 4))
        return answers

    def _patiently(self, calls: Sequence[Call]) -> list[Answer]:
        """Ask until the node answers; halve the calls when they are too many for one request."""
        for attempt in range(1, self.manners.attempts + 1):
            self._keep_rate(len(calls))
            try:
                return self._asked(calls)
            except _TryAgainError as failure:
                if failure.is_too_much and len(calls) > 1:
                    half = len(calls) // 2
                    self._pace.batch = half
                    return [*self._patiently(calls[:half]), *self._patiently(calls[half:])]
                if attempt == self.manners.attempts:
                    raise failure.error from failure
                self.sleep(min(self.manners.longest_wait_seconds, max(failure.wait, 0.25 * 2**attempt)))
        raise AssertionError("at least one attempt")

    def _keep_rate(self, calls: int) -> None:
        if self.manners.rate <= 0:
            return
        wait = self._pace.free_at - self.clock()
        if wait > 0:
            self.sleep(wait)
        self._pace.free_at = max(self.clock(), self._pace.free_at) + calls / self.manners.rate

    def _asked(self, calls: Sequence[Call]) -> list[Answer]:
        questions = [
            {"jsonrpc": "2.0", "id": number, "method": call.method, "params": call.params}
            for number, call in enumerate(calls)
        ]
        body = msgspec.json.encode(questions if len(calls) > 1 else questions[0])
        text = self._posted(body)
        try:
            tape = read_tape(text)
        except NotJsonError as error:
            raise self._unreadable(text, error, calls) from error
        return self._answers(tape, calls)

    def _posted(self, body: bytes) -> bytes:
        self.requests += 1
        try:
            with self._client.stream("POST", self.url, content=body) as response:
                self._check_status(response)
                return self._body(response)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise InvalidInput("nodes.error.url") from error
        except httpx.TimeoutException as error:
            seconds = int(self.manners.timeout_seconds)
            slow = Unavailable("nodes.error.timeout", url=self.shown_url, seconds=seconds)
            raise _TryAgainError(slow, is_too_much=True) from error
        except (httpx.TransportError, httpx.DecodingError) as error:
            reason = str(error) or type(error).__name__
            raise _TryAgainError(Unavailable("nodes.error.unreachable", url=self.shown_url, reason=reason)) from error

    def _check_status(self, response: httpx.Response) -> None:
        status = response.status_code
        if status <= _LAST_GOOD:
            return
        error = Unavailable("nodes.error.status", url=self.shown_url, status=status)
        if status == TOO_LARGE:
            raise _TryAgainError(error, is_too_much=True)
        if status == TOO_MANY_REQUESTS or status >= _FIRST_FAULT_OF_SERVER:
            raise _TryAgainError(error, wait=_seconds(response.headers.get("retry-after", "")))
        raise error

    def _body(self, response: httpx.Response) -> bytes:
        pieces, size = [], 0
        for piece in response.iter_bytes(_PIECE):
            size += len(piece)
            if size > self.manners.answer_bytes:
                limit = self.manners.answer_bytes >> 20
                large = Unavailable("nodes.error.too_large", url=self.shown_url, limit=limit)
                raise _TryAgainError(large, is_too_much=True)
            pieces.append(piece)
        return b"".join(pieces)

    def _answers(self, tape: Tape, calls: Sequence[Call]) -> list[Answer]:
        """Match a read answer with the calls by their ids."""
        is_single = tape.kind(0) == OBJECT
        envelopes = tape.members(np.zeros(1, np.int64) if is_single else tape.elements(0), _ENVELOPE).tolist()
        if is_single and len(calls) > 1:
            raise self._refused_batch(tape, envelopes[0], calls)
        answers: list[Answer | None] = [None] * len(calls)
        for number, result, error in envelopes:
            place = 0 if is_single else _whole_number(tape, number)
            if place is None or place >= len(calls) or answers[place] is not None:
                raise self._misshapen(calls)
            answers[place] = self._answer(tape, result, error, calls)
        complete = [answer for answer in answers if answer is not None]
        if len(complete) < len(calls):
            raise self._misshapen(calls)
        return complete

    def _answer(self, tape: Tape, result: int, error: int, calls: Sequence[Call]) -> Answer:
        if tape.is_null(error):
            if result == ABSENT:
                raise self._misshapen(calls)
            return Value(tape, result)
        refusal = _refusal(tape, error)
        if refusal.code in _RATE_ERRORS:
            busy = Unavailable(
                "nodes.error.refused", url=self.shown_url, method=calls[0].method, message=refusal.message
            )
            raise _TryAgainError(busy, is_too_much=True)
        return refusal

    def _refused_batch(self, tape: Tape, envelope: list[int], calls: Sequence[Call]) -> _TryAgainError:
        """One answer to many calls: the node takes no batches, or none so large."""
        message = _refusal(tape, envelope[2]).message
        error = Unavailable("nodes.error.refused", url=self.shown_url, method=calls[0].method, message=message)
        return _TryAgainError(error, is_too_much=True)

    def _misshapen(self, calls: Sequence[Call]) -> _TryAgainError:
        return _TryAgainError(Unavailable("nodes.error.misshapen", url=self.shown_url, method=calls[0].method))

    def _unreadable(self, text: bytes, error: NotJsonError, calls: Sequence[Call]) -> _TryAgainError:
        fields: dict[str, str | int] = {"url": self.shown_url, "method": calls[0].method, "byte": error.byte}
        begins = text[:_SHOWN_BYTES].decode("utf-8", errors="backslashreplace")
        return _TryAgainError(Unavailable(_NOT_JSON[error.fault], begins=begins, **fields))


def shown_url(url: str) -> str:
    """Return what may be shown of a URL: scheme, host and port. Raises InvalidInput if it is no http or https URL."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port, parts = None, None, urlsplit("")
    if parts.scheme not in ("http", "https") or not host:
        raise InvalidInput("nodes.error.url")
    bracketed = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{bracketed}:{port}" if port else f"{parts.scheme}://{bracketed}"


def _refusal(tape: Tape, error: int) -> Refusal:
    if error == ABSENT:
        return Refusal(0, "")
    [[code, message]] = tape.members(np.array([error]), ("code", "message")).tolist()
    words = tape.text(message) if message != ABSENT and tape.kind(message) == STRING else tape.text(error)
    return Refusal(_whole_number(tape, code, is_signed=True) or 0, words)


def _whole_number(tape: Tape, entry: int, *, is_signed: bool = False) -> int | None:
    if entry == ABSENT or tape.kind(entry) != NUMBER:
        return None
    digits = tape.raw(entry)
    unsigned = digits.removeprefix(b"-") if is_signed else digits
    return int(digits) if unsigned.isdigit() and len(unsigned) <= _MOST_DIGITS else None


def _seconds(header: str) -> float:
    """Return the seconds that a Retry-After header asks for; 0 for a date, which needs a clock on the wall."""
    return float(header) if header.isascii() and header.isdigit() and len(header) <= _MOST_DIGITS else 0.0
