"""Plain text: what the bytes say, in whichever encoding."""

from qiyafa.documents.document import Extracted, Limits, SelfDescription, Unreadable
from qiyafa.documents.encodings import decode, is_text
from qiyafa.documents.stated_date import stated_date
from qiyafa.model.errors import Problem


def read_plain(data: bytes, limits: Limits) -> Extracted:
    """Return the text and the date that a line of its own states. Raises Unreadable for what is no text."""
    decoded = decode(data)
    if decoded is None or not is_text(decoded.text):
        raise Unreadable("read.error.no_text_file")
    problems = []
    if decoded.replaced:
        fields: dict[str, str | int] = {"count": decoded.replaced, "encoding": decoded.encoding}
        problems.append(Problem("", "", "read.problem.replaced", fields))
    text = decoded.text[: limits.characters]
    return Extracted(text, SelfDescription(published=stated_date(text)), tuple(problems))
