"""The catalogue and the code fit: no key is missing, none is left over, and every placeholder is filled."""

import ast
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

import qiyafa
from qiyafa import text as catalogue

SOURCE = Path(qiyafa.__file__).parent
KEYS = catalogue.keys()
AREAS = {key.partition(".")[0] for key in KEYS}
RENDERERS = {"text", "say", "text_for_terminal"}
ERRORS = {"InvalidInput", "NotFound", "Conflict", "Unavailable"}
KEY = re.compile(rf"(?:{'|'.join(sorted(AREAS))})(?:\.[a-z0-9_]+){{2,}}")
"""Two dots at least, so that a file name like `report.html` is not taken for a key."""


@dataclass(frozen=True)
class Use:
    """One place where the code names a text."""

    where: str
    key: str
    fields: frozenset[str] | None = None
    """None where the code does not say them in place."""
    is_sentence: bool = False
    """Rendered there, so that a field without a placeholder would be a mistake."""


@cache
def uses() -> tuple[Use, ...]:
    return tuple(use for path in sorted(SOURCE.rglob("*.py")) for use in uses_in(path))


def uses_in(path: Path) -> Iterator[Use]:
    tree = ast.parse(path.read_text("utf-8"))
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        where = f"{path.relative_to(SOURCE)}:{getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.Call):
            yield from use_of_call(where, node)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts:
            yield from (Use(where, key) for key in keys_of_constant(node.value))


def keys_of_constant(value: str) -> list[str]:
    """Return the keys that a constant stands for: itself, or both forms of a sentence for one and for many."""
    if f"{value}.one" in sentences():
        return [f"{value}.one", f"{value}.many"]
    return [value] if value in sentences() or KEY.fullmatch(value) else []


def use_of_call(where: str, call: ast.Call) -> Iterator[Use]:
    name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
    if name == "Problem":
        key = argument(call, 2, "key")
        fields = argument(call, 3, "fields")
        names = dict_keys(fields) if isinstance(fields, ast.Dict) else frozenset() if fields is None else None
    elif name in RENDERERS or name in ERRORS:
        key = argument(call, 0, "key")
        explicit = frozenset(word.arg for word in call.keywords if word.arg)
        names = None if any(word.arg is None for word in call.keywords) else explicit
    else:
        return
    if isinstance(key, ast.Constant) and isinstance(key.value, str):
        yield Use(where, key.value, names, is_sentence=name in RENDERERS)


def argument(call: ast.Call, place: int, name: str) -> ast.expr | None:
    if len(call.args) > place:
        return call.args[place]
    return next((word.value for word in call.keywords if word.arg == name), None)


def dict_keys(node: ast.Dict) -> frozenset[str] | None:
    if not all(isinstance(key, ast.Constant) for key in node.keys):
        return None
    return frozenset(str(key.value) for key in node.keys if isinstance(key, ast.Constant))


@cache
def prefixes() -> frozenset[str]:
    """The fixed beginnings of keys that the code completes while it runs, such as `cli.column.`."""
    found = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                beginning = str(node.values[0].value)
                if beginning.partition(".")[0] in AREAS and re.fullmatch(
                    r"[a-z0-9_]+\.(?:[a-z0-9_]+\.)*[a-z0-9_]*", beginning
                ):
                    found.add(beginning)
    return frozenset(found)


@cache
def sentences() -> dict[str, str]:
    return dict(catalogue.catalogue(catalogue.ENGLISH))


def placeholders(key: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentences()[key]) if name is not None}


def test_every_text_that_the_code_names_exists() -> None:
    missing = [f"{use.where} {use.key}" for use in uses() if use.key not in sentences()]
    assert missing == []


def test_every_text_is_used() -> None:
    named = {use.key for use in uses()}
    left_over = [key for key in sentences() if key not in named and not key.startswith(tuple(prefixes()))]
    assert left_over == []


def test_every_key_that_is_completed_at_run_time_has_texts() -> None:
    assert [prefix for prefix in prefixes() if not any(key.startswith(prefix) for key in sentences())] == []


def test_every_placeholder_is_filled() -> None:
    unfilled = [
        f"{use.where} {use.key} lacks {sorted(placeholders(use.key) - use.fields)}"
        for use in uses()
        if use.key in sentences() and use.fields is not None and not placeholders(use.key) <= use.fields
    ]
    assert unfilled == []


def test_every_field_of_a_rendered_text_is_shown() -> None:
    unshown = [
        f"{use.where} {use.key} does not show {sorted(use.fields - placeholders(use.key))}"
        for use in uses()
        if use.is_sentence and use.key in sentences() and use.fields is not None
        if not use.fields <= placeholders(use.key)
    ]
    assert unshown == []


OTHERS = sorted(set(catalogue.LANGUAGES) - {catalogue.ENGLISH})


def fields(sentence: str) -> Counter[str]:
    """The fields of a sentence with their formats, as often as they stand there."""
    return Counter(f"{name}:{form}" for _, name, form, _ in Formatter().parse(sentence) if name is not None)


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_every_text_and_no_other(language: str) -> None:
    assert set(KEYS) - set(catalogue.catalogue(language)) == set()
    assert set(catalogue.catalogue(language)) - set(KEYS) == set()


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_shows_the_same_fields(language: str) -> None:
    texts = catalogue.catalogue(language)
    different = [key for key in KEYS if key in texts and set(fields(texts[key])) != set(fields(sentences()[key]))]
    assert different == []


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_is_itself_and_hides_nothing(language: str) -> None:
    script = {"ar": "ARABIC", "ko": "HANGUL"}[language]
    texts = catalogue.catalogue(language)
    hidden = [
        key
        for key, words in texts.items()
        if catalogue.shown(words.replace("\n", " "))[:300] != words.replace("\n", " ")[:300]
    ]
    foreign = [key for key, words in texts.items() if len(words.split()) > 4 and script not in scripts(words)]
    assert hidden == []
    assert foreign == []
    assert [key for key, words in texts.items() if not words.strip() or "!" in words] == []


def scripts(words: str) -> set[str]:
    return {unicodedata.name(letter, "").partition(" ")[0] for letter in words if letter.isalpha()}


@pytest.mark.parametrize("key", KEYS)
def test_a_sentence_renders_and_keeps_its_temper(key: str) -> None:
    rendered = catalogue.text(key, **dict.fromkeys(placeholders(key), 7))
    assert rendered.strip()
    assert "!" not in rendered


def test_the_scan_sees_keys_and_fields() -> None:
    module = (
        'text("cli.nowhere.at_all")\nraise InvalidInput("cli.error.until")\nProblem("f", "p", "cli.x.y", {"a": 1})\n'
    )
    tree = ast.parse(module)
    found = [use for node in ast.walk(tree) if isinstance(node, ast.Call) for use in use_of_call("", node)]
    assert sorted((use.key, use.fields) for use in found) == [
        ("cli.error.until", frozenset()),
        ("cli.nowhere.at_all", frozenset()),
        ("cli.x.y", frozenset({"a"})),
    ]
