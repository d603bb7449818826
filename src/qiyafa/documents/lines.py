"""Lines that a page's width has broken, put together again, so that a sentence is one piece."""

from typing import Final

_ENDS: Final = frozenset(".!?؟。:;:…\"'”’)»")
_FULL: Final = 0.75
"""Share of the widest lines' length from which a line is taken to be broken by the margin."""
_SHORTEST_WIDTH: Final = 30


def joined_lines(page: str) -> str:
    """Return the text of a page with broken lines joined.

    A line that reaches the margin goes on in the next one, unless it ends a sentence. A short one ends its paragraph.
    """
    lines = [" ".join(line.split()) for line in page.splitlines()]
    lengths = sorted(len(line) for line in lines if line)
    width = lengths[len(lengths) * 9 // 10] if lengths else 0
    if width < _SHORTEST_WIDTH:
        return "\n".join(line for line in lines if line)
    parts: list[str] = []
    for before, line in zip(["", *lines], lines, strict=False):
        if not line:
            continue
        goes_on = before and len(before) >= _FULL * width and before[-1] not in _ENDS
        parts.append(_joint(before) if goes_on else "\n")
        parts.append(line)
    return "".join(parts).lstrip("\n")


def _joint(before: str) -> str:
    return "" if before.endswith("-") else " "
