"""How long an article of a megabyte takes, as journalists write and as an attacker would: it must stay linear.

Made of the sentences of the tests' own articles in three languages, and of one hostile pattern. The time is that of the
rules alone, the least of three, in the processor's time, so that other work does not count.
"""

import time
from datetime import date
from pathlib import Path
from typing import Any

from qiyafa.record.reading.read import read_claims

ARTICLES = Path(__file__).resolve().parents[2] / "tests" / "record" / "reading" / "articles"
MEGABYTE = 1_000_000
DAY = date(2024, 3, 29)


def reading_rows() -> list[dict[str, Any]]:
    """Return how long a tenth of a megabyte and a whole one take."""
    articles = "\n".join(path.read_text(encoding="utf-8") for path in sorted(ARTICLES.glob("*.txt")))
    hostile = "about 1,000,000,000 " * 50_000
    return [
        measured(name, cut(text, size))
        for name, text in (("articles", articles), ("a hostile text", hostile))
        for size in (MEGABYTE // 10, MEGABYTE)
    ]


def cut(text: str, size: int) -> str:
    """Return a text repeated to so many bytes of UTF-8."""
    encoded = text.encode()
    return (encoded * (size // len(encoded) + 1))[:size].decode(errors="ignore")


def measured(name: str, text: str) -> dict[str, Any]:
    seconds = []
    for _ in range(3):
        begun = time.process_time()
        found = read_claims(text, day=DAY)
        seconds.append(time.process_time() - begun)
    return {"name": f"read {name}, {len(text.encode()):,} bytes", "seconds": min(seconds), "claims": len(found)}
