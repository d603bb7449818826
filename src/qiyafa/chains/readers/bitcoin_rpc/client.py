"""Asks a node of the Bitcoin family: JSON-RPC as Core speaks it, and REST where the node offers it.

Core's dialect differs from JSON-RPC elsewhere: refusals come with the HTTP statuses 400, 404 and 500, and amounts are
numbers with a point, which stay texts here. Sources: Bitcoin Core's `doc/JSON-RPC-interface.md`,
`doc/REST-interface.md` and `src/rpc/protocol.h`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final, Self, TypeVar

import httpx
import msgspec

from qiyafa.chains.node import shown_url
from qiyafa.chains.readers.bitcoin_rpc.login import Login, without_login
from qiyafa.chains.strict_json import StrictJsonError, strict_json
from qiyafa.model.errors import InvalidInput, Unavailable

Read = TypeVar("Read")

NO_SUCH_BLOCK: Final = frozenset({-5, -8})
"""Codes for a hash that the node does not know, and for a height beyond its head."""
NOT_KEPT: Final = -1
"""Code for a block that a pruned node has thrown away (and for wrong parameters)."""
_WARMING_UP: Final = -28

_OK, _UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND, _TOO_MANY, _SERVER_ERROR = 200, 401, 403, 404, 429, 500
_MAY_CARRY_REFUSAL: Final = frozenset({400, _FORBIDDEN, _NOT_FOUND, _SERVER_ERROR})
_PIECE: Final = 1 << 16
_SHOWN_BYTES: Final = 60


@dataclass(frozen=True, slots=True)
class Patience:
    """How a node is asked."""

    attempts: int = 6
    """How often a request is sent before its failure counts."""
    first_wait_s: float = 0.25
    """Doubled after each attempt in vain."""
    timeout_s: float = 60.0
    answer_bytes: int = 256 << 20
    """A longer answer is refused while it arrives; a block with all it spends stays far below."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A node's own error instead of a result. The message is hostile text."""

    code: int
    message: str


class _TryAgainError(Exception):
    """A failure that may pass; carries the error to raise when patience ends."""

    def __init__(self, error: Unavailable) -> None:
        self.error = error
        super().__init__(str(error))


@dataclass(slots=True)
class CoreClient:
    """A node behind a URL. Use it in a `with` block, which closes its connections."""

    url: str
    login: Login
    sleep: Callable[[float], None]
    """Wait so many seconds."""
    patience: Patience = field(default_factory=Patience)
    shown_url: str = field(init=False)
    """Scheme, host and port: a path may hold a key of its owner."""
    _http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.shown_url = shown_url(self.url)
        self.url = without_login(self.url)
        self._http = httpx.Client(timeout=self.patience.timeout_s)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._http.close()

    def call(self, method: str, *params: object) -> object:
        """Return the result of a method, perhaps a Refusal. Raises Unavailable if none comes that can be read."""
        question = {"jsonrpc": "1.0", "id": 0, "method": method, "params": params}
        return self._patiently(lambda: self._result(self._asked(question, method), 0, method))

    def call_each(self, method: str, parameters: Sequence[tuple[object, ...]]) -> list[object]:
        """Return the results of one method for many parameters, in their order, asked in one request."""
        questions = [
            {"jsonrpc": "1.0", "id": number, "method": method, "params": params}
            for number, params in enumerate(parameters)
        ]
        return self._patiently(lambda: self._results(questions, method)) if questions else []

    def fetch(self, path: str) -> bytes | None:
        """Return what stands at a path of the REST interface, or None if nothing does."""
        return self._patiently(lambda: self._fetched(path))

    def misshapen(self, method: str) -> Unavailable:
        """Return the error for an answer of another kind than was asked for."""
        return Unavailable("core_node.error.misshapen", url=self.shown_url, method=method)

    def refused(self, method: str, refusal: Refusal) -> Unavailable:
        """Return the error for a refusal that nobody expects."""
        return Unavailable("core_node.error.refused", url=self.shown_url, method=method, message=refusal.message)

    def _patiently(self, ask: Callable[[], Read]) -> Read:
        wait = self.patience.first_wait_s
        for attempt in range(1, self.patience.attempts + 1):
            try:
                return ask()
            except _TryAgainError as failure:
                if attempt == self.patience.attempts:
                    raise failure.error from failure
                self.sleep(wait)
                wait *= 2
        raise AssertionError("at least one attempt")

    def _result(self, answer: object, number: int, method: str) -> object:
        """Return the result in one answer, or the Refusal."""
        if not isinstance(answer, dict) or answer.get("id") != number or not {"result", "error"} & set(answer):
            raise _TryAgainError(self.misshapen(method))
        error = answer.get("error")
        if error is None:
            return answer.get("result")
        code, message = (error.get("code"), error.get("message")) if isinstance(error, dict) else (0, error)
        refusal = Refusal(code if isinstance(code, int) else 0, str(message))
        if refusal.code == _WARMING_UP:
            raise _TryAgainError(self.refused(method, refusal))
        return refusal

    def _results(self, questions: list[dict[str, object]], method: str) -> list[object]:
        answers = self._asked(questions, method)
        if not isinstance(answers, list):
            # A node that is not ready answers a whole batch with one refusal.
            refusal = self._result(answers, 0, method) if isinstance(answers, dict) else None
            raise self.refused(method, refusal) if isinstance(refusal, Refusal) else self.misshapen(method)
        if len(answers) != len(questions):
            raise _TryAgainError(self.misshapen(method))
        numbered = {answer["id"]: answer for answer in answers if _is_numbered(answer)}
        return [self._result(numbered.get(number), number, method) for number in range(len(questions))]

    def _asked(self, question: object, method: str) -> object:
        status, body = self._sent("POST", self.url, msgspec.json.encode(question))
        if status != _OK and status not in _MAY_CARRY_REFUSAL:
            raise self._bad_status(status)
        try:
            return strict_json(body)
        except StrictJsonError as error:
            if status != _OK:
                raise self._bad_status(status) from error
            begins = body[:_SHOWN_BYTES].decode("utf-8", errors="backslashreplace")
            unreadable = Unavailable(
                "core_node.error.not_json", url=self.shown_url, method=method, reason=str(error), begins=begins
            )
            raise _TryAgainError(unreadable) from error

    def _fetched(self, path: str) -> bytes | None:
        status, body = self._sent("GET", f"{self.url}{path}")
        if status == _OK:
            return body
        if status in _MAY_CARRY_REFUSAL and status != _SERVER_ERROR:
            return None
        raise self._bad_status(status)

    def _bad_status(self, status: int) -> _TryAgainError | Unavailable:
        error = Unavailable("core_node.error.status", url=self.shown_url, status=status)
        return _TryAgainError(error) if status >= _SERVER_ERROR or status == _TOO_MANY else error

    def _sent(self, verb: str, url: str, body: bytes | None = None) -> tuple[int, bytes]:
        login = self.login()
        auth = httpx.BasicAuth(*login) if login else None
        try:
            with self._http.stream(verb, url, content=body, auth=auth) as response:
                if response.status_code == _UNAUTHORIZED:
                    raise InvalidInput("core_node.error.login", url=self.shown_url)
                return response.status_code, self._body(response)
        except httpx.TimeoutException as error:
            seconds = int(self.patience.timeout_s)
            raise _TryAgainError(Unavailable("core_node.error.timeout", url=self.shown_url, seconds=seconds)) from error
        except (httpx.TransportError, httpx.DecodingError) as error:
            reason = str(error) or type(error).__name__
            raise _TryAgainError(
                Unavailable("core_node.error.unreachable", url=self.shown_url, reason=reason)
            ) from error
        except httpx.InvalidURL as error:
            raise InvalidInput("core_node.error.url") from error

    def _body(self, response: httpx.Response) -> bytes:
        pieces, size = [], 0
        for piece in response.iter_bytes(_PIECE):
            size += len(piece)
            if size > self.patience.answer_bytes:
                limit = self.patience.answer_bytes >> 20
                raise Unavailable("core_node.error.too_large", url=self.shown_url, limit=limit)
            pieces.append(piece)
        return b"".join(pieces)


def _is_numbered(answer: object) -> bool:
    return isinstance(answer, dict) and isinstance(answer.get("id"), int)
