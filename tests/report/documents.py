"""A report as a test reads it: its tags with their attributes, its text, its tables."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "br", "input"}


@dataclass
class Cell:
    """A cell: all its text, and the exact base units in it."""

    text: str = ""
    exact: str = ""

    def units(self) -> int:
        """Return the exact base units."""
        return int(self.exact)


@dataclass
class Table:
    """A table as text."""

    caption: str = ""
    heads: list[str] = field(default_factory=list)
    rows: list[list[Cell]] = field(default_factory=list)
    foot: list[Cell] = field(default_factory=list)

    def column(self, head: str) -> list[Cell]:
        """Return the cells below a heading."""
        return [row[self.heads.index(head)] for row in self.rows]

    def sum(self, head: str) -> Cell:
        """Return the last row's cell below a heading."""
        return self.foot[self.heads.index(head)]


class Document(HTMLParser):
    """Parse a document, and fail on tags that do not close in order."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[tuple[str, str]] = []
        """Tags with their class."""
        self.texts: list[str] = []
        self.scripts: list[str] = []
        self.styles: list[str] = []
        self.tables: list[Table] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a tag."""
        attributes = dict(attrs)
        assert len(attributes) == len(attrs)
        self.tags.append((tag, attributes))
        if tag in VOID:
            return
        self.open.append((tag, attributes.get("class") or ""))
        if tag == "table":
            self.tables.append(Table())
        elif tag == "th":
            self.tables[-1].heads.append("")
        elif tag == "tr" and self._inside("tbody"):
            self.tables[-1].rows.append([])
        elif tag == "td":
            self._cells().append(Cell())

    def handle_endtag(self, tag: str) -> None:
        """Close a tag."""
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        """Take text."""
        tag, class_ = self.open[-1] if self.open else ("", "")
        if tag in ("script", "style"):
            (self.scripts if tag == "script" else self.styles).append(data)
            return
        self.texts.append(data)
        if self._inside("td"):
            cell = self._cells()[-1]
            cell.text += data
            cell.exact += data if class_ == "exact" else ""
        elif tag == "th":
            self.tables[-1].heads[-1] += data
        elif self._inside("caption"):
            self.tables[-1].caption += data

    def text(self) -> str:
        """Return everything a reader sees, on one line."""
        return " ".join("".join(self.texts).split())

    def captioned(self, words: str) -> Table:
        """Return the one table whose caption has these words."""
        (found,) = [table for table in self.tables if words in table.caption]
        return found

    def with_class(self, class_: str) -> list[dict[str, str | None]]:
        """Return the attributes of every tag of a class."""
        return [attributes for _, attributes in self.tags if class_ in (attributes.get("class") or "").split()]

    def _inside(self, tag: str) -> bool:
        return any(name == tag for name, _ in self.open)

    def _cells(self) -> list[Cell]:
        return self.tables[-1].foot if self._inside("tfoot") else self.tables[-1].rows[-1]
