"""HTML from elements: every text is escaped and made harmless, only `Markup` passes as it is.

Guards against markup, scripts and attributes in hostile text, and against hidden or reordering characters (Unicode
TR36, CVE-2021-42574).
"""

from collections.abc import Iterable
from html import escape

from qiyafa.text import direction, shown, text

_VOID = frozenset({"br", "hr", "input", "link", "meta"})
_CHUNK = 200
"""Below the length at which `shown` cuts a text."""

_MARK = "\x00"
"""Stands where markup goes into a sentence; no text of the catalogue or of the outside can hold it."""


class Markup(str):
    """HTML that is safe as it stands."""

    __slots__ = ()


Child = str | int | Iterable["Child"] | None
Attribute = str | int | float | bool | None


def el(tag: str, *children: Child, **attributes: Attribute) -> Markup:
    """Return an element. `class_` is `class`, `aria_label` is `aria-label`; None and False leave one out.

    Attributes are plain text, never markup.
    """
    start = "".join(_attribute(name, value) for name, value in attributes.items())
    if tag in _VOID:
        return Markup(f"<{tag}{start}>")
    return Markup(f"<{tag}{start}>{joined(*children)}</{tag}>")


def joined(*children: Child) -> Markup:
    """Return children one behind the other: text escaped, markup as it is, None left out."""
    return Markup("".join(_child(child) for child in children))


def whole(value: str) -> Markup:
    """Return a text of any length, escaped and uncut: an address, a hash, a command, a sentence."""
    if value.isascii() and value.isprintable():
        return Markup(escape(value))
    return Markup(escape("".join(shown(value[at : at + _CHUNK]) for at in range(0, len(value), _CHUNK))))


def say(key: str, **fields: object) -> Markup:
    """Return a sentence of the catalogue, escaped, with markup where its fields are `Markup`."""
    if direction() == "rtl":
        # A field keeps its own direction inside the sentence.
        fields = {name: el("bdi", value) if isinstance(value, str) else value for name, value in fields.items()}
    slots = [value for value in fields.values() if isinstance(value, Markup)]
    numbers = iter(range(len(slots)))
    filled = {name: _Slot(next(numbers)) if isinstance(value, Markup) else value for name, value in fields.items()}
    parts = text(key, **filled).split(_MARK)
    return Markup("".join(slots[int(part)] if at % 2 else escape(part) for at, part in enumerate(parts)))


def say_count(key: str, count: int, **fields: object) -> Markup:
    """Return the sentence for one thing or for several: the keys `<key>.one` and `<key>.many`."""
    return say(f"{key}.{'one' if count == 1 else 'many'}", count=count, **fields)


def pixels(value: float) -> str:
    """Return a length in a drawing to a tenth, without a useless zero."""
    return f"{value:.1f}".removesuffix(".0")


class _Slot:
    """Formats as a mark that says which piece of markup goes here."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __format__(self, specification: str) -> str:
        return f"{_MARK}{self.number}{_MARK}"


def _child(child: Child) -> str:
    if child is None:
        return ""
    if isinstance(child, Markup):
        return child
    if isinstance(child, str):
        return escape(shown(child))
    if isinstance(child, int):
        return f"{child:,}"
    return "".join(_child(each) for each in child)


def _attribute(name: str, value: Attribute) -> str:
    if value is None or value is False:
        return ""
    name = name.removesuffix("_").replace("_", "-")
    if value is True:
        return f" {name}"
    if isinstance(value, float):
        value = pixels(value)
    return f' {name}="{whole(str(value))}"'
