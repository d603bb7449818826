"""The three ways in which `qiyafa screen` answers: addresses, a file of them, and what has changed since a day."""

import io
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TextIO

from qiyafa.app.clock import utc_now
from qiyafa.app.files import written_aside
from qiyafa.app.home import Home
from qiyafa.app.kept_verdicts import KeptQuestion, VerdictKeeper
from qiyafa.app.rescreen import Change, changed_addresses, changed_verdicts
from qiyafa.app.screen import Screener
from qiyafa.app.screen_csv import CsvQuestion, ScreenedFile, requested, screen_csv, screened_batches
from qiyafa.app.verdict_json import canonical_bytes, verdict_bytes
from qiyafa.cli.screen_table import show_changes, show_file, show_verdicts
from qiyafa.cli.terminal import open_screen
from qiyafa.model.ports import Progress
from qiyafa.model.verdict import Outcome, ScreenRequest, Verdict
from qiyafa.stores.verdicts import VerdictStore


@dataclass(frozen=True, slots=True)
class Question:
    """What a command line asks."""

    home: Home
    screener: Screener
    addresses: tuple[str, ...]
    chain: str | None
    file: Path | None
    as_of: datetime | None
    known_at: datetime | None
    as_json: bool

    def requests(self) -> list[ScreenRequest]:
        """Return one request for each address."""
        return [ScreenRequest(address, self.chain) for address in self.addresses]


def answer_addresses(question: Question, *, keep: bool, request_id: str | None) -> bool:
    """Show a verdict for each address and tell whether one is a hit."""
    if keep:
        return _answer_kept(question, request_id)
    verdicts = question.screener.screen(question.requests(), as_of=question.as_of, known_at=question.known_at)
    if question.as_json:
        _write_list(map(verdict_bytes, verdicts))
    else:
        show_verdicts(open_screen(), [json.loads(verdict_bytes(verdict)) for verdict in verdicts])
    return _has_hit(verdicts)


def answer_file(question: Question, out: Path | None, progress: Progress) -> bool:
    """Screen a file, into another file or to stdout, and tell whether there is a hit."""
    assert question.file is not None
    asked = CsvQuestion(question.file, question.chain, question.as_of, question.known_at)
    if out is None and question.as_json:
        hits: list[bool] = []
        _write_list(_file_bytes(question.screener, asked, hits, progress))
        return any(hits)
    if out is None:
        with _bytes_out() as stream:
            return _is_hit(screen_csv(question.screener, asked, stream, progress))
    with written_aside(out, errors="surrogateescape") as stream:
        screened = screen_csv(question.screener, asked, stream, progress)
    if question.as_json:
        counts = {outcome.value: count for outcome, count in screened.outcomes.items()}
        _write_line({"file": str(question.file), "out": str(out), "rows": screened.rows, "verdicts": counts})
    else:
        show_file(open_screen(), screened, out)
    return _is_hit(screened)


def answer_rescreen(question: Question, since: datetime, progress: Progress) -> None:
    """Show what has changed since a moment: of the addresses or the file that are named, else of the kept verdicts."""
    changes = list(_changes(question, since, progress))
    if question.as_json:
        _write_list(canonical_bytes(change.as_object()) for change in changes)
    else:
        show_changes(open_screen(), changes, since)


def _changes(question: Question, since: datetime, progress: Progress) -> Iterator[Change]:
    screener = question.screener
    if question.file is not None:
        requests = requested(CsvQuestion(question.file, question.chain))
        return changed_addresses(screener, requests, since, progress)
    if question.addresses:
        return changed_addresses(screener, question.requests(), since, progress)
    return changed_verdicts(screener, VerdictStore(question.home.verdicts).each(since), progress)


def _answer_kept(question: Question, request_id: str | None) -> bool:
    keeper = VerdictKeeper(question.home, question.screener, utc_now)
    bodies = [
        keeper.answer(KeptQuestion(request, question.as_of, question.known_at), request_id)
        for request in question.requests()
    ]
    if question.as_json:
        _write_list(bodies)
    else:
        show_verdicts(open_screen(), [json.loads(body) for body in bodies])
    return any(json.loads(body)["verdict"] == Outcome.HIT for body in bodies)


def _file_bytes(screener: Screener, asked: CsvQuestion, hits: list[bool], progress: Progress) -> Iterator[bytes]:
    for verdicts in screened_batches(screener, asked, progress):
        hits.append(_has_hit(verdicts))
        yield from map(verdict_bytes, verdicts)


@contextmanager
def _bytes_out() -> Iterator[TextIO]:
    """Give stdout as a stream on which bytes of a file that are no UTF-8 go out as they came in."""
    sys.stdout.flush()
    stream = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", errors="surrogateescape", newline="")
    try:
        yield stream
        stream.flush()
    finally:
        stream.detach()


def _write_list(bodies: Iterator[bytes] | Sequence[bytes]) -> None:
    """Write a list of JSON objects, one a line, each in its own canonical bytes."""
    before = "[\n"
    for body in bodies:
        sys.stdout.write(before + body.decode("ascii"))
        before = ",\n"
    sys.stdout.write("[]\n" if before == "[\n" else "\n]\n")


def _write_line(content: object) -> None:
    sys.stdout.write(canonical_bytes(content).decode("ascii") + "\n")


def _has_hit(verdicts: Sequence[Verdict]) -> bool:
    return any(verdict.outcome is Outcome.HIT for verdict in verdicts)


def _is_hit(screened: ScreenedFile) -> bool:
    return screened.outcomes[Outcome.HIT] > 0
