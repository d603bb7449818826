"""Files of MISP events: one event, an answer of a server, or the list of a feed. Found in JSON, not believed."""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from qiyafa.model.errors import InvalidInput
from qiyafa.sharing.byte_order_mark import without_mark

MOST_EVENTS: Final = 100_000
_DECODER: Final = msgspec.json.Decoder()
_UUID_LENGTH: Final = 36


def events_of(content: bytes, file: str) -> list[dict[str, Any]]:
    """Return the events of a file. Raises InvalidInput for what is no JSON, nested too deep, or holds no event."""
    found = _decoded(content, file)
    if isinstance(found, dict) and "response" in found:
        found = found["response"]
    listed = found if isinstance(found, list) else [found]
    if len(listed) > MOST_EVENTS:
        raise InvalidInput("misp.error.too_many", file=file, count=len(listed), most=MOST_EVENTS)
    events = list(_events(listed))
    if not events and listed:
        raise InvalidInput("misp.error.no_event", file=file)
    return events


def manifest_of(content: bytes, file: str) -> list[str]:
    """Return the identifiers of the events that a feed lists; those that could name another file are passed over.

    Raises InvalidInput for what is no list of a feed.
    """
    found = _decoded(content, file)
    if not isinstance(found, dict) or len(found) > MOST_EVENTS:
        raise InvalidInput("misp.error.no_manifest", file=file)
    return sorted(uuid for uuid in found if is_uuid(uuid))


def is_uuid(written: object) -> bool:
    """Tell whether a text is a UUID, in either case."""
    if not isinstance(written, str) or len(written) != _UUID_LENGTH or not written.isascii():
        return False
    parts = written.split("-")
    return [len(part) for part in parts] == [8, 4, 4, 4, 12] and all(_is_hexadecimal(part) for part in parts)


def _is_hexadecimal(part: str) -> bool:
    return all(one in "0123456789abcdefABCDEF" for one in part)


def _decoded(content: bytes, file: str) -> Any:
    try:
        return _DECODER.decode(without_mark(content))
    except RecursionError as error:
        raise InvalidInput("misp.error.deep", file=file) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidInput("misp.error.not_json", file=file, reason=str(error)) from error


def _events(listed: list[Any]) -> Iterator[dict[str, Any]]:
    for one in listed:
        event = one.get("Event", one) if isinstance(one, dict) else None
        if isinstance(event, dict) and "uuid" in event and "info" in event:
            yield event
