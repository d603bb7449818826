"""Texts and names as they stand in SQL, so that nothing in a user's file or path can be read as SQL."""

import re
from pathlib import Path


def literal(text: str) -> str:
    """Return a text as an SQL string."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """Return a name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def file_literal(path: Path) -> str:
    """Return a file to read as an SQL string. DuckDB takes `*`, `?` and `[` for patterns unless in brackets."""
    return literal(re.sub(r"([*?\[])", r"[\1]", str(path)))
