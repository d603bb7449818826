"""The catalogue: every sentence a user reads, by key, in English, Arabic and Korean.

A catalogue is the folder of a language with one TOML file for each area; the key of a text is
`<file>.<table...>.<name>`. Fields are shown harmlessly: control characters, bidirectional overrides and
invisible characters of hostile data become visible escapes (Unicode TR36, CVE-2021-42574). A text holds no mark of
direction either, since it may go into a file or a command; only who shows it knows how its fields keep their direction.
"""

import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Final

ENGLISH: Final = "en"
LANGUAGES: Final[Mapping[str, str]] = {"en": "ltr", "ar": "rtl", "ko": "ltr"}
"""Languages by BCP 47 tag, with the direction in which they are written."""

_spoken = [ENGLISH]
_HARMFUL_CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_TOO_LONG = 300


def speak(language: str) -> None:
    """Choose the language of every later text of this process. Raises KeyError for one that has no catalogue."""
    LANGUAGES[language]
    _spoken[0] = language


def language() -> str:
    """Return the language that is spoken."""
    return _spoken[0]


def direction() -> str:
    """Return `ltr` or `rtl`, as HTML has it."""
    return LANGUAGES[language()]


def text(key: str, /, **fields: object) -> str:
    """Return the sentence of a key with its fields filled in. Raises KeyError for an unknown key: our own mistake."""
    return _sentence(key).format_map(
        {name: shown(value) if isinstance(value, str) else value for name, value in fields.items()}
    )


def text_for_terminal(key: str, /, **fields: object) -> str:
    """Return the sentence of a key as a terminal shows it.

    In a sentence that runs from right to left each field is isolated (Unicode TR9): a path keeps its slash in front,
    and an address reads from left to right.
    """
    if direction() == "ltr":
        return text(key, **fields)
    return _sentence(key).format_map(
        {name: f"\u2068{shown(value)}\u2069" if isinstance(value, str) else value for name, value in fields.items()}
    )


def _sentence(key: str) -> str:
    """Return the sentence of a key, in English where a language lacks it: a test holds that none does."""
    return catalogue(language()).get(key) or catalogue(ENGLISH)[key]


def shown(value: str) -> str:
    """Return hostile text as something safe to read: nothing hidden, nothing reordered, not endless."""
    if len(value) > _TOO_LONG:
        value = value[:_TOO_LONG] + "…"
    if value.isascii() and value.isprintable():
        return value
    return "".join(_visible(character) for character in value)


def keys() -> tuple[str, ...]:
    """Return every key of the catalogue."""
    return tuple(catalogue(ENGLISH))


def _visible(character: str) -> str:
    if unicodedata.category(character) not in _HARMFUL_CATEGORIES:
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{{{code:x}}}"


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Return every text of a language by its key."""
    folder = resources.files(__name__).joinpath(language)
    texts: dict[str, str] = {}
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".toml"):
            table = tomllib.loads(file.read_text(encoding="utf-8"))
            texts.update(_flat(file.name.removesuffix(".toml"), table))
    return texts


def _flat(prefix: str, table: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(f"{prefix}.{name}", value)
        else:
            yield f"{prefix}.{name}", str(value)
