"""`qiyafa claims review|accept|reject`: a person decides about claims that rules have read."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qiyafa.cli.options import HomeFolder, RecordUrl
from qiyafa.model.claim import Claim, ClaimState
from qiyafa.model.errors import InvalidInput
from qiyafa.text import shown, text

if TYPE_CHECKING:
    from rich.console import Console

    from qiyafa.stores.record import RecordStore

ClaimIds = Annotated[list[str], typer.Argument(metavar="ID...", help=text("read.review.ids"))]
Author = Annotated[str, typer.Option("--author", metavar="NAME", help=text("read.review.author"))]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help=text("read.review.reason"))]

_QUIT = "q"


def register(app: typer.Typer) -> None:
    """Add the commands to the group `claims`."""
    app.command("review", help=text("read.review.help"), epilog=text("read.review.examples"))(review)
    app.command("accept", help=text("read.review.accept_help"), epilog=text("read.review.accept_examples"))(accept)
    app.command("reject", help=text("read.review.reject_help"), epilog=text("read.review.reject_examples"))(reject)


def accept(
    ids: ClaimIds, author: Author, reason: Reason = "", record: RecordUrl = None, home: HomeFolder = None
) -> None:
    """Accept proposed claims."""
    _decide(_store(home, record), ids, ClaimState.ACCEPTED, author, reason)


def reject(
    ids: ClaimIds, author: Author, reason: Reason = "", record: RecordUrl = None, home: HomeFolder = None
) -> None:
    """Reject proposed claims."""
    _decide(_store(home, record), ids, ClaimState.REJECTED, author, reason)


def review(author: Author, record: RecordUrl = None, home: HomeFolder = None) -> None:
    """Go through every proposed claim."""
    from qiyafa.cli.terminal import open_screen, say

    screen, store = open_screen(), _store(home, record)
    waiting = list(store.proposed())
    if not waiting:
        say(screen, text("read.review.nothing"))
        return
    if not sys.stdin.isatty():
        raise InvalidInput("read.error.no_terminal")
    decided = 0
    for number, claim in enumerate(waiting, 1):
        _show(screen, claim, f"{number}/{len(waiting)}")
        answer = _ask()
        if answer == _QUIT:
            break
        decided += _answered(store, claim, answer, author)
    say(screen, text("read.review.done", count=decided, left=len(waiting) - decided))


def _answered(store: "RecordStore", claim: Claim, answer: str, author: str) -> bool:
    """Carry out what a person said of one claim, and tell whether it is decided."""
    from qiyafa.app.claims_review import decide, is_open
    from qiyafa.app.clock import utc_now

    if answer == "s":
        return False
    chosen = _edited(claim) if answer == "e" else claim
    if not is_open(store, claim):
        typer.echo(text("read.review.meanwhile", id=claim.id))
        return False
    state = ClaimState.REJECTED if answer == "r" else ClaimState.ACCEPTED
    try:
        decide(store, [chosen], state, at=utc_now(), author=author)
    except InvalidInput as error:
        typer.echo(text(error.key, **error.fields))
        return False
    return True


def _ask() -> str:
    """Ask until one of the letters is given; the end of the input means to stop."""
    while True:
        try:
            answer = input(text("read.review.question") + " ").strip().lower()[:1]
        except EOFError:
            return _QUIT
        if answer in {"a", "e", "r", "s", _QUIT}:
            return answer


def _edited(claim: Claim) -> Claim:
    """Let a person correct fields until an empty line; what cannot be is said and asked again."""
    from qiyafa.app.claims_review import FIELDS, corrected

    typer.echo(text("read.review.edit", fields=", ".join(FIELDS)))
    while True:
        try:
            written = input("> ")
        except EOFError:
            return claim
        if not written.strip():
            return claim
        field, _, value = written.partition("=")
        try:
            claim = corrected(claim, field.strip(), value)
        except InvalidInput as error:
            typer.echo(text(error.key, **error.fields))


def _decide(store: "RecordStore", ids: Iterable[str], state: ClaimState, author: str, reason: str) -> None:
    from qiyafa.app.claims_review import decide, proposed_claim
    from qiyafa.app.clock import utc_now

    claims = list({claim.id: claim for claim in (proposed_claim(store, one) for one in ids)}.values())
    decide(store, claims, state, at=utc_now(), author=author, reason=reason)
    for claim in claims:
        key = "read.review.accepted" if state is ClaimState.ACCEPTED else "read.review.rejected"
        typer.echo(text(key, id=claim.id))


def _show(screen: "Console", claim: Claim, count: str) -> None:
    from qiyafa.cli.claim_line import claim_line
    from qiyafa.cli.terminal import say

    say(screen, f"\n{count}  {claim.id}", style="dim")
    say(screen, f"     {claim_line(claim)}")
    say(screen, text("read.review.source", source=claim.source, publisher=claim.publisher))
    if claim.quote is not None:
        say(screen, f"     [{shown(claim.quote.words)}]", style="bold")


def _store(home: Path | None, record: str | None) -> "RecordStore":
    from qiyafa.app.home import find_home
    from qiyafa.app.record import record_book

    return record_book(find_home(home).made(), record)
