"""How far a long work is, on stderr: a bar for people, few plain lines for logs, nothing for what is quick."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from qiyafa.model.ports import Progress, silent
from qiyafa.text import shown, text

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

PATIENCE_SECONDS = 2.0
"""Work that is done sooner shows nothing."""
LINE_SECONDS = 15.0
"""Without a terminal, one line at most so often."""


@contextmanager
def progress_bar(quiet: bool) -> Iterator[Progress]:
    """Give a callback that shows the stages of a work for as long as it runs."""
    if quiet:
        yield silent
    elif sys.stderr.isatty():
        bar = _Bar()
        try:
            yield bar
        finally:
            bar.close()
    else:
        yield _Lines()


def stage_name(stage: str) -> str:
    """Return the name of a stage in the reader's language; a key that the catalogue lacks stands for itself."""
    try:
        return text(stage)
    except KeyError:
        return shown(stage)


class _Bar:
    """One line for the current stage; it appears when the work has lasted longer than a person's patience."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._bar: RichProgress | None = None
        self._stage = ""
        self._task: TaskID | None = None

    def __call__(self, stage: str, done: int, total: int) -> None:
        if self._bar is None:
            if time.monotonic() - self._began < PATIENCE_SECONDS:
                return
            self._bar = _rich_bar()
            self._bar.start()
        if stage != self._stage or self._task is None:
            if self._task is not None:
                self._bar.remove_task(self._task)
            self._stage, self._task = stage, self._bar.add_task(stage_name(stage), total=total or None)
        self._bar.update(self._task, completed=done, total=total or None)

    def close(self) -> None:
        """Take the bar away, so that the answer stands alone."""
        if self._bar is not None:
            self._bar.stop()


class _Lines:
    """For logs: a plain line now and then."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    def __call__(self, stage: str, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._last < LINE_SECONDS:
            return
        self._last = now
        key = "cli.progress.share" if total else "cli.progress.count"
        percent = 100 * done // total if total else 0
        sys.stderr.write(text(key, stage=stage_name(stage), percent=percent, done=done) + "\n")
        sys.stderr.flush()


def _rich_bar() -> "RichProgress":
    from rich.console import Console
    from rich.progress import BarColumn, SpinnerColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as RichProgress

    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False))
    console = Console(stderr=True)
    return RichProgress(
        *columns, BarColumn(), TaskProgressColumn(), TimeElapsedColumn(), console=console, transient=True
    )
