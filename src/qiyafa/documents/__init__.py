"""Documents as text: HTML, PDF and plain text become lines that `record/` can read. `reading.py` opens a file.

A new kind of file is one module with a function from bytes to `Extracted`, and one line in `READERS`.
"""

from qiyafa.documents.document import DocumentKind
from qiyafa.documents.html import read_html
from qiyafa.documents.pdf import read_pdf
from qiyafa.documents.plain import read_plain
from qiyafa.documents.reader import DocumentReader

READERS: dict[DocumentKind, DocumentReader] = {
    DocumentKind.PDF: DocumentReader(read_pdf, library="pypdf"),
    DocumentKind.HTML: DocumentReader(read_html, library="lxml"),
    DocumentKind.PLAIN: DocumentReader(read_plain),
}
"""How each kind of file is taken apart."""
