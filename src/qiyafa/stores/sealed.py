"""JSON files that check themselves: a flipped bit anywhere in one is found without any other file.

The field `seal` is the SHA-256 of the file's own bytes, taken while the 64 digits of the seal are zeros. Keys are
sorted, so equal content has equal bytes.
"""

import hashlib
import json
import re
from collections.abc import Mapping

_UNSEALED = "0" * 64
_SEAL = re.compile(rb'"seal": "([0-9a-f]{64})"')


class BrokenSealError(ValueError):
    """The bytes are not those that were sealed."""


def sealed(content: Mapping[str, object]) -> bytes:
    """Return the bytes of a sealed JSON file."""
    text = json.dumps({**content, "seal": _UNSEALED}, indent=1, sort_keys=True, ensure_ascii=True) + "\n"
    blank = text.encode("ascii")
    return blank.replace(f'"seal": "{_UNSEALED}"'.encode(), f'"seal": "{_seal_of(blank)}"'.encode())


def unsealed(data: bytes) -> dict[str, object]:
    """Return the content of a sealed JSON file without its seal. Raises BrokenSealError if a single bit differs."""
    match = _SEAL.search(data)
    if match is None:
        raise BrokenSealError("no seal")
    blank = data[: match.start(1)] + _UNSEALED.encode() + data[match.end(1) :]
    if _seal_of(blank) != match.group(1).decode():
        raise BrokenSealError("the seal does not fit")
    return parsed(data)


def parsed(data: bytes) -> dict[str, object]:
    """Return the content of a sealed JSON file whose seal may be broken. Raises BrokenSealError if it is not JSON."""
    try:
        content = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BrokenSealError("not JSON") from error
    if not isinstance(content, dict):
        raise BrokenSealError("not an object")
    content.pop("seal", None)
    return content


def _seal_of(blank: bytes) -> str:
    return hashlib.sha256(blank).hexdigest()
