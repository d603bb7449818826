"""The catalogue: every sentence a user reads, by key. English is complete; other languages follow.

A catalogue is the folder of a language with one TOML file for each area; the key of a text is
`<file>.<table...>.<name>`. Fields are shown harmlessly: control characters, bidirectional overrides and
invisible characters of hostile data become visible escapes (Unicode TR36, CVE-2021-42574).
"""

import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources

LANGUAGE = "en"

_HARMFUL_CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_TOO_LONG = 300


def text(key: str, /, **fields: object) -> str:
    """Return the sentence of a key with its fields filled in. Raises KeyError for an unknown key: our own mistake."""
    return _catalogue(LANGUAGE)[key].format_map(
        {name: shown(value) if isinstance(value, str) else value for name, value in fields.items()}
    )


def shown(value: str) -> str:
    """Return hostile text as something safe to read: nothing hidden, nothing reordered, not endless."""
    if len(value) > _TOO_LONG:
        value = value[:_TOO_LONG] + "…"
    if value.isascii() and value.isprintable():
        return value
    return "".join(_visible(character) for character in value)


def keys() -> tuple[str, ...]:
    """Return every key of the catalogue."""
    return tuple(_catalogue(LANGUAGE))


def _visible(character: str) -> str:
    if unicodedata.category(character) not in _HARMFUL_CATEGORIES:
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{{{code:x}}}"


@cache
def _catalogue(language: str) -> dict[str, str]:
    folder = resources.files(__name__).joinpath(language)
    catalogue: dict[str, str] = {}
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".toml"):
            table = tomllib.loads(file.read_text(encoding="utf-8"))
            catalogue.update(_flat(file.name.removesuffix(".toml"), table))
    return catalogue


def _flat(prefix: str, table: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(f"{prefix}.{name}", value)
        else:
            yield f"{prefix}.{name}", str(value)
