"""Answers for programs: JSON whose text is exact, and in which nothing hides or turns text around on a terminal."""

import json
import re
from typing import Final

_HIDDEN: Final = re.compile("[\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")
"""Characters that a terminal or an editor obeys instead of showing: controls, bidirectional and zero-width ones."""


def json_text(value: object) -> str:
    """Return a value as JSON. Hidden characters stand as escapes, which every program reads as the characters."""
    return _HIDDEN.sub(_escaped, json.dumps(value, ensure_ascii=False, indent=1))


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"
