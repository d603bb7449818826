"""PDF: the text of each page, with lines joined and Arabic in reading order.

A PDF draws glyphs at places; it need not say in which order they are read. What `pypdf` returns is put right where that
can be told (`visual_order.py`). A file that is locked, damaged or only holds pictures ends in a sentence.
"""

import io
import struct
import time
import zlib
from typing import TYPE_CHECKING, Final

from qiyafa.documents.document import Extracted, Limits, SelfDescription, Unreadable
from qiyafa.documents.lines import joined_lines
from qiyafa.documents.stated_date import stated_date
from qiyafa.documents.visual_order import in_reading_order, is_out_of_order
from qiyafa.model.errors import Problem

if TYPE_CHECKING:
    from pypdf import PdfReader

_BAD_PAGE: Final = (ArithmeticError, AssertionError, AttributeError, LookupError, NotImplementedError, RecursionError,
                    TypeError, ValueError, struct.error, zlib.error)  # fmt: skip
"""What pypdf raises for damaged content, besides its own errors."""
_LONGEST_TITLE: Final = 500


def read_pdf(data: bytes, limits: Limits) -> Extracted:
    """Return the text of the pages. Raises Unreadable for a file that is locked, damaged or without text."""
    began = time.monotonic()
    reader = _opened(data)
    problems: list[Problem] = []
    pages: list[str] = []
    total = min(_page_count(reader), limits.pages + 1)
    letters = 0
    for number in range(total):
        stop = _stop(number, letters, time.monotonic() - began, limits)
        if stop:
            problems.append(Problem("", f"page {number + 1}", stop, {"read": number}))
            break
        pages.append(_page(reader, number, problems))
        letters += len(pages[-1])
    if not any(page.strip() for page in pages):
        raise Unreadable("read.error.damaged", kind="pdf") if problems else Unreadable("read.error.no_text_pdf")
    text = "\n\n".join(joined_lines(page) for page in in_reading_order(pages))
    if is_out_of_order(text):
        problems.append(Problem("", "", "read.problem.order"))
    return Extracted(text, SelfDescription(title=_title(reader), published=stated_date(text)), tuple(problems))


def _opened(data: bytes) -> "PdfReader":
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, PyPdfError

    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise Unreadable("read.error.locked")
    except DependencyError as error:
        raise Unreadable("read.error.locked") from error
    except (PyPdfError, *_BAD_PAGE) as error:
        raise Unreadable("read.error.damaged", kind="pdf") from error
    return reader


def _page_count(reader: "PdfReader") -> int:
    from pypdf.errors import PyPdfError

    try:
        return len(reader.pages)
    except (PyPdfError, *_BAD_PAGE) as error:
        raise Unreadable("read.error.damaged", kind="pdf") from error


def _page(reader: "PdfReader", number: int, problems: list[Problem]) -> str:
    """Return the text of a page; of one that cannot be read, none and a problem."""
    from pypdf.errors import PyPdfError

    try:
        return reader.pages[number].extract_text()
    except (PyPdfError, *_BAD_PAGE):
        problems.append(Problem("", f"page {number + 1}", "read.problem.page"))
        return ""


def _stop(number: int, letters: int, seconds: float, limits: Limits) -> str:
    """Return the key of the sentence why no further page is read; empty to go on."""
    if number >= limits.pages:
        return "read.problem.pages"
    if letters >= limits.characters:
        return "read.problem.long"
    return "read.problem.slow" if seconds >= limits.seconds else ""


def _title(reader: "PdfReader") -> str:
    from pypdf.errors import PyPdfError

    try:
        stated = reader.metadata.title if reader.metadata else ""
    except (PyPdfError, *_BAD_PAGE):
        return ""
    return " ".join(str(stated or "")[:_LONGEST_TITLE].split())
