"""The history of one address, page after page from the newest transaction back.

A page has 25 transactions, or whatever the server is set to; only a page whose number is not round ends the list.
The walk always ends: a page that brings back what was there before is refused, and there are at most so many.
"""

from collections.abc import Callable
from dataclasses import dataclass

from qiyafa.chains.answer_cache import KeptAnswer
from qiyafa.chains.http_client import BadAnswerError
from qiyafa.chains.readers.esplora.fields import entry_in, hash_in

_ROUND_NUMBER = 5
"""Page sizes are multiples of this."""


@dataclass(frozen=True, slots=True)
class Page:
    """One answer."""

    answer: KeptAnswer
    entries: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Pages:
    """The history of one address."""

    pages: tuple[Page, ...]
    cut: BadAnswerError | None = None
    """Why there may be more; None if the history is whole."""


def read_pages(ask: Callable[[str], tuple[list[object], KeptAnswer]], most: int) -> Pages:
    """Return all pages, or the newest ones with the reason why not all; `ask` takes the last transaction seen.

    Raises what `ask` raises, except that a bad answer to a later question only cuts the history.
    """
    pages: list[Page] = []
    seen: set[str] = set()
    after = ""
    while len(seen) < most:
        try:
            entries, answer = ask(after)
            hashes = [hash_in(entry_in(entry, "transaction"), "txid") for entry in entries]
            if len(set(hashes)) < len(hashes) or seen & set(hashes):
                raise BadAnswerError("pull.problem.repeated", transaction=after or "-")
        except BadAnswerError as bad:
            if not pages:
                raise
            return Pages(tuple(pages), bad)
        pages.append(Page(answer, tuple(entries)))
        seen |= set(hashes)
        if not hashes or len(hashes) % _ROUND_NUMBER:
            return Pages(tuple(pages))
        after = hashes[-1]
    return Pages(tuple(pages), BadAnswerError("pull.problem.busy", rows=len(seen)))
