"""What comes from the environment or from files of the user rather than from the command line. Keys are never shown."""

import os
from pathlib import Path

from qiyafa.model.errors import InvalidInput, NotFound, Unavailable

API_KEY_VARIABLE = "QIYAFA_API_KEY"
"""The key of an explorer, where no file is named."""

HOME_VARIABLE = "QIYAFA_HOME"
"""The folder of labels, lists and verdicts, where `--home` names none."""

LANGUAGE_VARIABLE = "QIYAFA_LANGUAGE"
"""The language of every text, where `--language` names none."""

DATABASE_VARIABLE = "QIYAFA_DATABASE"
"""The URL of the PostgreSQL database that has every store of a home; the home's files have them where it names none."""

_LONGEST_KEY = 512


def language_variable() -> str:
    """Return the language that the environment names; empty if it names none."""
    return os.environ.get(LANGUAGE_VARIABLE, "").strip()


def home_variable() -> Path | None:
    """Return the home that the environment names, or None."""
    named = os.environ.get(HOME_VARIABLE, "").strip()
    return Path(named).expanduser() if named else None


def database_variable() -> str:
    """Return the database that the environment names; empty if it names none."""
    return os.environ.get(DATABASE_VARIABLE, "").strip()


def api_key(file: Path | None) -> str:
    """Return the key in a file, else in the environment; empty if there is none. Raises QiyafaError for a bad file."""
    if file is None:
        key, where = os.environ.get(API_KEY_VARIABLE, ""), API_KEY_VARIABLE
    else:
        key, where = _first_line(file), str(file)
    key = key.strip()
    if not (key.isascii() and all(character.isprintable() and character != " " for character in key)):
        raise InvalidInput("pull.error.api_key_text", where=where)
    return key


def _first_line(file: Path) -> str:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError as error:
        raise NotFound("chains.error.file_missing", file=str(file)) from error
    except UnicodeDecodeError as error:
        raise InvalidInput("pull.error.api_key_text", where=str(file)) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise Unavailable("chains.error.file_unreadable", file=str(file), reason=reason) from error
    if not lines or not lines[0].strip() or len(lines[0]) > _LONGEST_KEY:
        raise InvalidInput("pull.error.api_key_text", where=str(file))
    return lines[0]
