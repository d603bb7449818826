"""Answers for programs: JSON whose text is exact, and in which nothing hides or turns text around on a terminal."""

import json
import re
from collections.abc import Callable
from typing import Final

_HIDDEN: Final = re.compile("[\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")
"""Characters that a terminal or an editor obeys instead of showing: controls, bidirectional and zero-width ones."""


def json_text(value: object, default: Callable[[object], object] | None = None) -> str:
    """Return a value as JSON of many lines. Hidden characters stand as escapes, which every program reads as them.

    `default` gives what JSON has no form for, as for `json.dumps`.
    """
    return _HIDDEN.sub(_escaped, json.dumps(value, ensure_ascii=False, indent=1, default=default))


def json_line(value: object) -> str:
    """Return a value as JSON of one line, otherwise like `json_text`."""
    return _HIDDEN.sub(_escaped, json.dumps(value, ensure_ascii=False))


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"
