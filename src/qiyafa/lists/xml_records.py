"""Reads records out of an XML file of any size: one at a time, by local name, and nothing that XML can do to harm.

Document types are refused, and with them entities, internal and external: no list needs any, and bombs and
references to other files are made of them. What is not inside a wanted record is dropped as soon as it ends, so memory
stays at the size of the largest record.
"""

from collections.abc import Iterator
from io import BytesIO
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from qiyafa.model.errors import InvalidInput

_DEEPEST: Final = 64
"""Lists nest about ten deep; a file of a million nested elements is meant to exhaust whoever reads it."""
_LOOKED_AT: Final = 1024


def xml_records(file: str, data: bytes, root: str, wanted: frozenset[str]) -> Iterator[Element]:
    """Yield the outermost elements of the wanted local names, in the order of the file, with local names inside.

    An element is empty again once the next one is asked for. Raises InvalidInput if the file is no XML, has a document
    type, ends early, or has another root; then records may have been yielded that must not be believed.
    """
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import iterparse

    refuse_other_content(file, data)
    try:
        yield from _records(iterparse(BytesIO(data), events=("start", "end"), forbid_dtd=True), root, wanted)
    except ParseError as error:
        line, column = error.position
        raise InvalidInput("lists.error.xml", file=file, line=line, column=column) from error
    except DefusedXmlException as error:
        raise InvalidInput("lists.error.xml_entities", file=file) from error
    except _UnexpectedXmlError as error:
        raise InvalidInput("lists.error.xml_root", file=file, found=error.found, root=root) from error


def refuse_other_content(file: str, data: bytes) -> None:
    """Raise InvalidInput for what servers send instead of a list: nothing, or a web page."""
    if not data.strip():
        raise InvalidInput("lists.error.empty", file=file)
    beginning = data[:_LOOKED_AT].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if beginning.startswith((b"<!doctype html", b"<html", b"<head", b"<body")) or b"<html" in beginning:
        raise InvalidInput("lists.error.html", file=file)


class _UnexpectedXmlError(Exception):
    """Sound XML that cannot be the list."""

    def __init__(self, found: str) -> None:
        self.found = found
        super().__init__(found)


def _records(events: Iterator[tuple[str, Element]], root: str, wanted: frozenset[str]) -> Iterator[Element]:
    depth = inside = 0
    for event, element in events:
        name = element.tag.rpartition("}")[2]
        if event == "start":
            depth += 1
            if (depth == 1 and name != root) or depth > _DEEPEST:
                raise _UnexpectedXmlError(name)
            inside += inside > 0 or name in wanted
            continue
        depth -= 1
        element.tag = name
        if inside > 1:
            inside -= 1
            continue
        if inside == 1:
            inside = 0
            yield element
        element.clear()
