"""Fetches lists from where they are published, for whoever asks for it: nothing else here uses the network.

Answers are bounded in size and time, and a web page or a cut file in place of a list is refused by the list's parser.
A list that states no day of its own is dated by the day on which it was fetched.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath
from time import monotonic, sleep
from typing import TYPE_CHECKING, Final

from qiyafa.app.home import Home
from qiyafa.app.lists import MOST_BYTES, Imported, ImportRequest, find_source, import_list
from qiyafa.lists import LISTS
from qiyafa.model.errors import InvalidInput, Unavailable
from qiyafa.model.ports import Progress, silent

if TYPE_CHECKING:
    import httpx

_ATTEMPTS: Final = 3
_FIRST_WAIT_S: Final = 1.0
_TIMEOUT_S: Final = 60.0
"""For each wait on the server."""
_LONGEST_S: Final = 900.0
"""For one file, from the question to its last byte."""
_BUSY: Final = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class UpdateRequest:
    """A list to fetch."""

    list_id: str
    urls: tuple[str, ...] = ()
    """Instead of where it is published."""
    smaller_because: str = ""


def updatable_lists(named: Sequence[str]) -> list[str]:
    """Return the lists to fetch: those named, each once, else every one that is published at a known address.

    Raises InvalidInput for an unknown one.
    """
    if named:
        return list(dict.fromkeys(find_source(name).id for name in named))
    return [source.id for source in LISTS.values() if source.urls]


def update_list(
    home: Home, request: UpdateRequest, *, now: datetime | None = None, progress: Progress = silent
) -> Imported:
    """Fetch a list and take it in. Raises Unavailable if a server fails, and what `import_list` raises."""
    source, moment = find_source(request.list_id), now or datetime.now(UTC)
    urls = request.urls or source.urls
    if not urls:
        raise InvalidInput("lists.error.no_url", list=source.id)
    files = _fetched(urls, progress)
    origin = urls[0] if len(urls) == 1 else urls[0].rpartition("/")[0] + "/"
    fetched = ImportRequest(
        source.id, files, origin, fetched=moment.astimezone(UTC).date(), smaller_because=request.smaller_because
    )
    return import_list(home, fetched, now=moment, progress=progress)


def _fetched(urls: Sequence[str], progress: Progress) -> dict[str, bytes]:
    import httpx

    files: dict[str, bytes] = {}
    headers = {"User-Agent": "qiyafa"}
    with httpx.Client(timeout=_TIMEOUT_S, headers=headers, follow_redirects=True, max_redirects=5) as client:
        for done, url in enumerate(urls):
            progress("lists.stage.fetching", done, len(urls))
            files[_name(url)] = _body(client, url)
    return files


def _name(url: str) -> str:
    return PurePosixPath(url.partition("?")[0]).name or "list"


def _body(client: "httpx.Client", url: str) -> bytes:
    """Return one answer. Raises Unavailable if the server cannot be reached, refuses, or sends too much."""
    import httpx

    for attempt in range(_ATTEMPTS):
        try:
            with client.stream("GET", url) as response:
                if httpx.URL(url).scheme == "https" != response.url.scheme:
                    raise InvalidInput("lists.error.unprotected", url=url, target=str(response.url))
                if response.status_code == httpx.codes.OK:
                    return _read(response, url)
                reason = f"HTTP {response.status_code}"
                if response.status_code not in _BUSY:
                    break
        except (httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
            raise InvalidInput("lists.error.url", url=url) from error
        except httpx.HTTPError as error:
            reason = str(error) or type(error).__name__
        if attempt + 1 < _ATTEMPTS:
            sleep(_FIRST_WAIT_S * 2**attempt)
    raise Unavailable("lists.error.not_fetched", url=url, reason=reason)


def _read(response: "httpx.Response", url: str) -> bytes:
    began, body = monotonic(), bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > MOST_BYTES or monotonic() - began > _LONGEST_S:
            raise Unavailable("lists.error.endless", url=url, most=MOST_BYTES >> 20)
    return bytes(body)
