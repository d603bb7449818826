"""What was read in a document, for people: each claim in its sentence, then addresses, hashes and names.

Words of the document stand on lines of their own, so that text from right to left never mixes with ours; what is
invisible in them is shown as an escape. A quote stands in brackets, for terminals without colours.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qiyafa.app.read import DayFrom, doubts, sentence_of
from qiyafa.app.read_names import NameKind
from qiyafa.cli.claim_line import claim_line
from qiyafa.cli.terminal import say
from qiyafa.text import shown, text

if TYPE_CHECKING:
    from rich.console import Console

    from qiyafa.app.read import Reading
    from qiyafa.app.read_keep import Kept
    from qiyafa.record.reading.read_claim import ReadClaim

_DAYS = {
    DayFrom.OPTION: "read.answer.day_option",
    DayFrom.DOCUMENT: "read.answer.day_document",
    DayFrom.NOWHERE: "read.answer.day_nowhere",
}
_MOST_PLACES = 5
_MOST_ENTRIES = 50


def show_reading(screen: "Console", reading: "Reading") -> None:
    """Print everything that was read in one document."""
    say(screen, text("read.answer.title", file=str(reading.path), count=f"{len(reading.claims):,}"), style="bold")
    if reading.document.title:
        say(screen, text("read.answer.about", title=reading.document.title))
    say(screen, text(_DAYS[reading.day_from], day=str(reading.day)), style="dim")
    for problem in reading.document.problems:
        say(screen, text("read.answer.problem", place=problem.place, detail=text(problem.key, **problem.fields)))
    for number, (claim, doubtful) in enumerate(zip(reading.claims, doubts(reading.claims), strict=True), 1):
        screen.out("")
        _show_claim(screen, reading.document.text, number, claim, doubtful)
    _show_addresses(screen, reading)
    _show_names(screen, reading)
    screen.out("")


def show_kept(screen: "Console", kept: Sequence["Kept"]) -> None:
    """Print what was proposed to the record, and what to do next."""
    for one in kept:
        say(screen, text("read.answer.kept", count=one.proposed, known=one.known, source=one.source))
    if any(one.proposed for one in kept):
        say(screen, text("read.answer.review"))


def _show_claim(screen: "Console", words: str, number: int, claim: "ReadClaim", doubtful: Sequence[str]) -> None:
    say(screen, f"{number:>3}  {claim_line(claim)}")
    sentence = sentence_of(words, claim.quote)
    screen.out("     ", shown(sentence.before), sep="", end="", highlight=False)
    screen.out(f"[{shown(sentence.quote)}]", style="bold reverse", end="", highlight=False)
    screen.out(shown(sentence.after), highlight=False)
    if doubtful:
        say(screen, text("read.answer.doubtful", doubts=" ".join(text(key) for key in doubtful)), style="yellow")


def _show_addresses(screen: "Console", reading: "Reading") -> None:
    if reading.addresses:
        say(screen, "\n" + text("read.answer.addresses"), style="bold")
    for address in list(dict.fromkeys((one.text, one.chains[0]) for one in reading.addresses))[:_MOST_ENTRIES]:
        say(screen, f"     {shown(address[0])}  {address[1]}")
    if reading.hashes:
        say(screen, "\n" + text("read.answer.hashes"), style="bold")
    for found in list(dict.fromkeys((one.text, one.kind.value) for one in reading.hashes))[:_MOST_ENTRIES]:
        say(screen, f"     {shown(found[0])}  {found[1]}")


def _show_names(screen: "Console", reading: "Reading") -> None:
    places: dict[tuple[NameKind, str, str], list[int]] = {}
    for one in reading.names:
        places.setdefault((one.kind, one.id, one.name), []).append(one.start)
    if places:
        say(screen, "\n" + text("read.answer.names"), style="bold")
    for (kind, id, name), starts in list(places.items())[:_MOST_ENTRIES]:
        where = ", ".join(map(str, starts[:_MOST_PLACES])) + (" …" if len(starts) > _MOST_PLACES else "")
        key = "read.answer.listed" if kind is NameKind.LISTED else "read.answer.actor"
        say(screen, text(key, name=name, id=id, count=len(starts), places=where))
