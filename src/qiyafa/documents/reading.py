"""Open a document: find out what it is, take it apart within limits, and tidy its text.

What a file is, its first bytes say; its suffix decides only between HTML and plain text. Readers of HTML and PDF run in
a process of their own (`jail.py`): a file that crashes, hangs or eats memory ends that process, and a sentence says so.
"""

import hashlib
import importlib.util
import re
from dataclasses import replace
from pathlib import Path
from typing import Final

from qiyafa.documents import READERS
from qiyafa.documents.document import LIMITS, Document, DocumentKind, Extracted, Limits, Unreadable
from qiyafa.documents.jail import read_in_jail
from qiyafa.documents.language import main_language
from qiyafa.documents.ordinary import refuse_special
from qiyafa.model.errors import InvalidInput, NotFound, Problem, Unavailable

_PDF_MARK: Final = b"%PDF-"
_PDF_MARK_WITHIN: Final = 1_024
"""Bytes before the mark that readers of PDF allow."""
_HTML_START: Final = re.compile(
    rb"\s{0,1000}(?:<!--[^>]{0,1000}>\s{0,1000})?<(?:!doctype\s+html|html|head|body|meta)\b"
)
_HTML_SUFFIXES: Final = frozenset({".html", ".htm", ".xhtml"})
_START_BYTES: Final = 4_096


def read_document(path: Path, limits: Limits = LIMITS) -> Document:
    """Return the text of a file.

    Raises NotFound for a missing file; InvalidInput for one that is too large, damaged, locked or without text;
    Unavailable if it cannot be opened, or if the library for its kind is not installed.
    """
    data = _bytes(path, limits)
    kind = kind_of(data, path.suffix)
    try:
        extracted = _extracted(path, kind, data, limits)
    except Unreadable as error:
        raise InvalidInput(error.key, file=str(path), **error.fields) from error
    return _tidied(path, kind, extracted, limits)


def kind_of(data: bytes, suffix: str) -> DocumentKind:
    """Return what a file is, by its first bytes, then by its suffix."""
    start = data[:_START_BYTES]
    if _PDF_MARK in start[:_PDF_MARK_WITHIN]:
        return DocumentKind.PDF
    bare = start.replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    if suffix.lower() in _HTML_SUFFIXES or _HTML_START.match(bare.lower()):
        return DocumentKind.HTML
    return DocumentKind.PLAIN


def _extracted(path: Path, kind: DocumentKind, data: bytes, limits: Limits) -> Extracted:
    reader = READERS[kind]
    if not reader.library:
        return reader.read(data, limits)
    if importlib.util.find_spec(reader.library) is None:
        raise Unavailable("read.error.no_library", file=str(path), kind=kind.value, library=reader.library)
    return read_in_jail(kind, data, limits)


def _bytes(path: Path, limits: Limits) -> bytes:
    try:
        refuse_special(path)
        with path.open("rb") as file:
            data = file.read(limits.file_bytes + 1)
    except FileNotFoundError as error:
        raise NotFound("read.error.file_missing", file=str(path)) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise Unavailable("read.error.file_unreadable", file=str(path), reason=reason) from error
    if len(data) > limits.file_bytes:
        raise InvalidInput("read.error.too_large", file=str(path), most=limits.file_bytes // 1_000_000)
    return data


def _tidied(path: Path, kind: DocumentKind, extracted: Extracted, limits: Limits) -> Document:
    text = extracted.text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
    problems = list(extracted.problems)
    if len(text) >= limits.characters:
        text = text[: limits.characters]
        problems.append(Problem("", "", "read.problem.cut", {"most": limits.characters}))
    if not text.strip("\ufffd \n\t\f\v\xa0"):
        raise InvalidInput("read.error.empty", file=str(path))
    about = extracted.about
    return Document(
        text,
        kind,
        hashlib.sha256(text.encode()).hexdigest(),
        replace(about, language=about.language or main_language(text)),
        tuple(replace(one, source=str(path)) for one in problems),
    )
