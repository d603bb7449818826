"""HTML: the article's own words, without the page around it.

Nothing of a page is run, loaded or followed: it is parsed into a tree, and text is taken from the tree. What is no
article is left out by three signs: elements that hold no prose (scripts, forms, navigation), names and roles that say
so (`related`, `comments`, `cookie`), and blocks that are mostly links. Of what is left, the article is the element that
says so, or the deepest one that holds most of the text.
"""

from typing import Any, Final

from qiyafa.documents.document import Extracted, Limits, Unreadable
from qiyafa.documents.encodings import decode
from qiyafa.documents.html_about import about_page, declared_encoding
from qiyafa.documents.html_article import article_of, without_page_parts
from qiyafa.documents.html_lines import lines_of
from qiyafa.model.errors import Problem

_START: Final = 4_096


def read_html(data: bytes, limits: Limits) -> Extracted:
    """Return the article of a page and what the page says of itself. Raises Unreadable if it holds no text."""
    decoded = decode(data, declared_encoding(data[:_START]))
    if decoded is None:
        raise Unreadable("read.error.no_text_file")
    page = _parsed(decoded.text)
    if page is None:
        raise Unreadable("read.error.no_text_html")
    about = about_page(page)
    without_page_parts(page)
    text = "\n".join(lines_of(article_of(page)))[: limits.characters]
    if not text.strip():
        raise Unreadable("read.error.no_text_html")
    problems = []
    if decoded.replaced:
        fields: dict[str, str | int] = {"count": decoded.replaced, "encoding": decoded.encoding}
        problems.append(Problem("", "", "read.problem.replaced", fields))
    return Extracted(text, about, tuple(problems))


def _parsed(text: str) -> Any:
    """Return the root element, or None for a page without one. Entities beyond HTML's own are not expanded."""
    from lxml import etree  # type: ignore[import-untyped]

    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=False, recover=True
    )
    # Lone surrogates cannot come out of `decode`; NULs would end the text for the parser.
    parser.feed(text.replace("\0", "\ufffd").encode())
    try:
        return parser.close()
    except etree.XMLSyntaxError:
        return None
