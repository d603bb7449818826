"""Who a node lets in: the user and password of its cookie file, or those in its URL.

Neither is ever shown or stored.
"""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit

from qiyafa.chains.node import shown_url
from qiyafa.chains.readers.source_file import reading
from qiyafa.model.errors import InvalidInput

Login = Callable[[], tuple[bytes, bytes] | None]
"""Asked anew for each request, since a node writes another cookie whenever it starts."""

_LONGEST_COOKIE = 4096


def find_login(url: str, cookie: Path | None) -> Login:
    """Return how to log in to a node. Raises NotFound or InvalidInput for a URL or a cookie file that is none."""
    shown_url(url)
    if cookie is None:
        from_url = _of_url(url)
        return lambda: from_url
    _of_cookie(cookie)
    return lambda: _of_cookie(cookie)


def without_login(url: str) -> str:
    """Return a URL without user and password, and without a slash at its end."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl().rstrip("/")


def _of_url(url: str) -> tuple[bytes, bytes] | None:
    user, colon, password = urlsplit(url).netloc.rpartition("@")[0].partition(":")
    return (unquote(user).encode(), unquote(password).encode()) if colon else None


def _of_cookie(path: Path) -> tuple[bytes, bytes]:
    with reading(path), path.open("rb") as file:
        line = file.read(_LONGEST_COOKIE).strip()
    user, colon, password = line.partition(b":")
    if not colon or b"\n" in line:
        raise InvalidInput("core_node.error.cookie", file=str(path))
    return user, password
