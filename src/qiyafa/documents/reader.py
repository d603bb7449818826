"""What a kind of file needs to be read."""

from collections.abc import Callable
from dataclasses import dataclass

from qiyafa.documents.document import Extracted, Limits


@dataclass(frozen=True, slots=True)
class DocumentReader:
    """One kind of file. A reader that needs a library runs in a process of its own, with limits."""

    read: Callable[[bytes, Limits], Extracted]
    """Raises Unreadable for a file that has no text to be read."""
    library: str = ""
    """The library of `qiyafa[read]` that it needs, by the name it is imported under; empty: none."""
