"""Reads YAML as texts, tables and lists alone, with the line of each table: nothing is guessed and nothing expands.

YAML turns an unquoted 0x... address into a number, lets the last of two equal keys win, and makes gigabytes of a few
hundred bytes by aliases. Here a scalar stays the text that was written and remembers whether it was quoted, a
repeated key is remembered for the caller to refuse, and aliases and typed nodes (`!include`, `!!python/...`) are
refused. PyYAML's C parser gives the events; its constructors are never used.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from qiyafa.model.errors import InvalidInput

MOST_BYTES: Final = 256 << 20
"""A larger file is refused."""
_DEEPEST: Final = 16
_LONGEST_QUOTE: Final = 80


class Plain(str):
    """A scalar that was written without quotes: other readers may take it for a number, a date or nothing."""

    __slots__ = ()


class Table(dict[str, "Value"]):
    """A mapping and where it stands."""

    __slots__ = ("line", "repeated")

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.repeated = ""
        """A key that was written twice; empty if none was."""


Value = str | Table | list["Value"]

Stop = Callable[[], None]


def read_yaml(content: bytes, source: str) -> Table:
    """Return the one document of a file, whose top must be a table.

    Raises InvalidInput, with the line, for what is no UTF-8 or no YAML, for aliases, typed nodes, lists or tables as
    keys, several documents, and for a document deeper than 16 levels or longer than 256 MiB.
    """
    # PyYAML takes milliseconds to import, and most commands read none.
    import yaml

    if len(content) > MOST_BYTES:
        raise InvalidInput("labels.yaml.too_long", file=source, most=MOST_BYTES >> 20)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput("labels.error.not_utf8", file=source) from error
    try:
        top = _Document(source, yaml.parse(text, Loader=yaml.CSafeLoader)).top()
    except yaml.YAMLError as error:
        raise _no_yaml(error, source) from error
    if not isinstance(top, Table):
        raise InvalidInput("labels.yaml.no_table", file=source)
    return top


def _no_yaml(error: Exception, source: str) -> InvalidInput:
    """Return what YAML's parser found, on one line and in its own words."""
    mark = getattr(error, "problem_mark", None)
    reason = str(getattr(error, "problem", None) or getattr(error, "reason", None) or error).partition("\n")[0]
    line = 0 if mark is None else mark.line + 1
    return InvalidInput("labels.yaml.broken", file=source, line=line, reason=reason[:_LONGEST_QUOTE])


@dataclass(slots=True)
class _Document:
    """One pass over the events of a file."""

    source: str
    events: Iterator[Any]

    def top(self) -> Value:
        """Return the value of the document."""
        import yaml

        found: list[Value] = []
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                if found:
                    raise self.refused("labels.yaml.several", event)
                found.append(self.value(next(self.events), 0))
        return found[0] if found else ""

    def value(self, event: Any, depth: int) -> Value:
        """Return the value that begins with an event."""
        # By name, as comparing classes costs as much as all the rest of a scalar.
        name = type(event).__name__
        if name == "ScalarEvent":
            return self.scalar(event)
        if name == "AliasEvent":
            raise self.refused("labels.yaml.alias", event)
        if event.tag is not None:
            raise self.refused("labels.yaml.typed", event)
        if depth >= _DEEPEST:
            raise self.refused("labels.yaml.deep", event)
        return self.table(event, depth) if name == "MappingStartEvent" else self.listed(depth)

    def scalar(self, event: Any) -> str:
        """Return a text, marked as plain if it was not quoted."""
        if event.tag is not None:
            raise self.refused("labels.yaml.typed", event)
        written: str = event.value
        return Plain(written) if event.style is None or event.style == "" else written

    def table(self, start: Any, depth: int) -> Table:
        """Return a mapping; of a repeated key the first value stays."""
        found = Table(start.start_mark.line + 1)
        events = self.events
        while type(event := next(events)).__name__ != "MappingEndEvent":
            if type(event).__name__ != "ScalarEvent":
                raise self.refused("labels.yaml.key", event)
            key = str(self.scalar(event))
            value = self.value(next(events), depth + 1)
            if key in found:
                found.repeated = found.repeated or key
            else:
                found[key] = value
        return found

    def listed(self, depth: int) -> list[Value]:
        """Return a sequence."""
        found: list[Value] = []
        while type(event := next(self.events)).__name__ != "SequenceEndEvent":
            found.append(self.value(event, depth + 1))
        return found

    def refused(self, key: str, event: Any) -> InvalidInput:
        """Return the error for something that stands where an event begins."""
        return InvalidInput(key, file=self.source, line=event.start_mark.line + 1)
