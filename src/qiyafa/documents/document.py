"""What a file becomes: one text in whose code points every quote is counted, and what the file says of itself."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from qiyafa.model.errors import Field, Problem


class Unreadable(Exception):
    """A file whose text cannot be read: the key of the sentence that says why, without the file's name.

    Who took the file apart does not know its name; `reading.py` adds it.
    """

    def __init__(self, key: str, **fields: Field) -> None:
        super().__init__(key, fields)
        self.key = key
        self.fields = fields


class DocumentKind(StrEnum):
    """How a file is written."""

    PLAIN = "text"
    HTML = "html"
    PDF = "pdf"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a hostile file is looked at before it is given up."""

    file_bytes: int = 50_000_000
    pages: int = 2_000
    characters: int = 20_000_000
    memory_bytes: int = 1 << 30
    """Address space of the process that takes a file apart."""
    seconds: int = 120
    """Of that process; pages that were read before are kept."""


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class SelfDescription:
    """What a file states about itself. Suggestions: anybody may write anything there. Hostile text."""

    title: str = ""
    publisher: str = ""
    url: str = ""
    """Where it says that it was published; empty unless it is an address of the web."""
    language: str = ""
    """BCP 47, as stated, in lower case."""
    published: date | None = None


@dataclass(frozen=True, slots=True)
class Extracted:
    """The text of a file, before it is tidied."""

    text: str
    about: SelfDescription = field(default_factory=SelfDescription)
    problems: tuple[Problem, ...] = ()
    """Their `source` is empty: who took the file apart does not know its name."""


@dataclass(frozen=True, slots=True)
class Document:
    """A text that can be quoted. It holds no NUL, no lone surrogate and no carriage return."""

    text: str
    kind: DocumentKind
    sha256: str
    """Of the text in UTF-8, in hexadecimal: the text that places of quotes are counted in."""
    about: SelfDescription
    problems: tuple[Problem, ...] = ()

    @property
    def title(self) -> str:
        """Its title; empty if it states none. Hostile text."""
        return self.about.title

    @property
    def language(self) -> str:
        """The language it states, else the one that most of its letters belong to: `ar`, `ko`, `en` or empty."""
        return self.about.language
