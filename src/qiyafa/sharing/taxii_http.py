"""HTTP as a TAXII 2.1 client speaks it: patient, bounded, to one server alone, with the key in a header only.

Redirects are not followed and addresses of other hosts are refused: a key must not travel to another server.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

import httpx

from qiyafa.model.errors import InvalidInput, NotFound, QiyafaError, Unavailable

MEDIA_TYPE: Final = "application/taxii+json;version=2.1"
_BUSY: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_NOT_OPEN: Final = frozenset({401, 403})
_LONGEST_SAID: Final = 300
_HOST: Final = re.compile(rb"[A-Za-z0-9._-]+|[0-9a-f:.]+")


class Clock(Protocol):
    """Time that only goes on, and waiting. Handed in by `app/`."""

    def now(self) -> float:
        """Return seconds since some moment."""

    def sleep(self, seconds: float) -> None:
        """Return after so many seconds."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How patiently a server is asked, and how much of it is read."""

    attempts: int = 5
    first_wait_s: float = 0.5
    """Doubled after each attempt in vain, up to `longest_wait_s`."""
    longest_wait_s: float = 30.0
    timeout_s: float = 60.0
    """For one answer, from the question to its last byte."""
    most_bytes: int = 64 << 20
    """A larger answer is not read to its end."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a server answered."""

    body: bytes
    headers: Mapping[str, str]


class _LaterError(Exception):
    """The server was reached and has no time, or was not reached; its text is why."""


@dataclass(slots=True)
class TaxiiHttp:
    """Asks the server of one address. Not for several threads."""

    url: str
    """Where the user said that it is. No other host is asked."""
    clock: Clock
    secret: str = field(default="", repr=False)
    """`USER:PASSWORD`, or a key alone; empty for none."""
    patience: Patience = Patience()
    _http: httpx.Client = field(init=False, repr=False)
    _origin: tuple[str, str, int | None] = field(init=False)

    def __post_init__(self) -> None:
        address = _address(self.url)
        self._origin = (address.scheme, address.host, address.port)
        user, colon, password = self.secret.partition(":")
        headers = {"Accept": MEDIA_TYPE, "User-Agent": "qiyafa"}
        if self.secret and not colon:
            headers["Authorization"] = f"Bearer {self.secret}"
        self._http = httpx.Client(
            timeout=self.patience.timeout_s,
            headers=headers,
            auth=(user, password) if colon else None,
            follow_redirects=False,
        )

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def joined(self, path: str) -> str:
        """Return an address that the server named, which may be relative. Raises Unavailable for another host."""
        try:
            address = httpx.URL(self.url).join(path)
        except httpx.InvalidURL as error:
            raise Unavailable("taxii.error.other_host", url=self.url, other=path) from error
        if (address.scheme, address.host, address.port) != self._origin or address.userinfo:
            raise Unavailable("taxii.error.other_host", url=self.url, other=path)
        return str(address)

    def get(self, url: str, parameters: Mapping[str, str] | None = None) -> Said:
        """Return an answer. Raises NotFound, InvalidInput for a key that does not open it, else Unavailable."""
        return self._asked("GET", url, parameters or {}, b"")

    def post(self, url: str, body: bytes) -> Said:
        """Return the answer to a body. Raises as `get`. It may arrive twice, so it must mean the same twice."""
        return self._asked("POST", url, {}, body)

    def _asked(self, method: str, url: str, parameters: Mapping[str, str], body: bytes) -> Said:
        said = ""
        for attempt in range(self.patience.attempts):
            if attempt:
                wait = self.patience.first_wait_s * 2 ** (attempt - 1)
                self.clock.sleep(min(wait, self.patience.longest_wait_s))
            try:
                return self._sent(method, url, parameters, body)
            except _LaterError as error:
                said = str(error)
        raise Unavailable("taxii.error.busy", url=url, attempts=self.patience.attempts, reason=said)

    def _sent(self, method: str, url: str, parameters: Mapping[str, str], body: bytes) -> Said:
        headers = {"Content-Type": MEDIA_TYPE} if body else {}
        try:
            with self._http.stream(
                method, url, params=dict(parameters) or None, content=body or None, headers=headers
            ) as response:
                content = self._body(url, response)
                self._check(url, response, content)
                return Said(content, response.headers)
        except httpx.HTTPError as error:
            raise _LaterError(self._harmless(str(error) or type(error).__name__)) from error

    def _body(self, url: str, response: httpx.Response) -> bytes:
        last_moment, body = self.clock.now() + self.patience.timeout_s, bytearray()
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > self.patience.most_bytes:
                raise Unavailable("taxii.error.too_long", url=url, most=self.patience.most_bytes)
            if self.clock.now() > last_moment:
                raise _LaterError("timeout")
        return bytes(body)

    def _check(self, url: str, response: httpx.Response, body: bytes) -> None:
        status = response.status_code
        if status in _BUSY:
            self._heed(response.headers.get("Retry-After", ""))
            raise _LaterError(f"HTTP {status}")
        if response.is_redirect:
            raise Unavailable("taxii.error.redirect", url=url)
        if not response.is_success:
            raise _refusal(url, status, self._harmless(body[:_LONGEST_SAID].decode("utf-8", "replace")))

    def _heed(self, retry_after: str) -> None:
        """Wait as long as the server asks for, within reason; a date instead of seconds is not heeded."""
        if retry_after.isascii() and retry_after.isdigit():
            self.clock.sleep(min(float(retry_after[:6]), self.patience.longest_wait_s))

    def _harmless(self, said: str) -> str:
        for secret in (self.secret, self.secret.partition(":")[2]):
            said = said.replace(secret, "…") if secret else said
        return said


def _address(url: str) -> httpx.URL:
    """Return an address with a slash at its end, as TAXII has them. Raises InvalidInput for what is none."""
    try:
        address = httpx.URL(url)
    except (httpx.InvalidURL, UnicodeError) as error:
        raise InvalidInput("taxii.error.url") from error
    if address.scheme not in ("http", "https") or not _HOST.fullmatch(address.raw_host) or address.userinfo:
        # Not repeated: what stands before an @ may be a password.
        raise InvalidInput("taxii.error.url")
    return address


def _refusal(url: str, status: int, said: str) -> QiyafaError:
    if status in _NOT_OPEN:
        return InvalidInput("taxii.error.not_open", url=url, status=status)
    if status == httpx.codes.NOT_FOUND:
        return NotFound("taxii.error.not_there", url=url)
    return Unavailable("taxii.error.refused", url=url, status=status, reason=said)
