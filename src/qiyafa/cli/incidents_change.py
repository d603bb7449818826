"""`qiyafa incidents add`, `import` and `relate`: what a user writes into the record."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qiyafa.cli.json_text import json_text
from qiyafa.cli.options import AsJson, HomeFolder, Quiet, RecordUrl
from qiyafa.model.errors import InvalidInput
from qiyafa.text import text

if TYPE_CHECKING:
    from qiyafa.app.record_entries import FileRead, Offer, Submission
    from qiyafa.stores.record import RecordStore

Author = Annotated[str, typer.Option("--author", metavar="NAME", help=text("incidents.option.author"))]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help=text("incidents.option.reason"))]
DryRun = Annotated[bool, typer.Option("--dry-run", help=text("incidents.option.dry_run"))]
What = Annotated[list[str], typer.Argument(metavar="FILE.toml|NAME=VALUE...", help=text("incidents.option.what"))]
RelationWord = Annotated[
    str, typer.Argument(metavar="same-as|part-of|counted-with", help=text("incidents.option.relation"))
]
Files = Annotated[list[Path], typer.Argument(metavar="FILE...", help=text("incidents.option.files"))]


@dataclass(frozen=True, slots=True)
class _Change:
    """What every change is told by the command line."""

    home: Path | None
    record: str | None
    author: str
    reason: str
    dry_run: bool
    as_json: bool

    def store(self) -> "RecordStore":
        """Return the record that is to be changed."""
        from qiyafa.app.home import find_home
        from qiyafa.app.record import record_book

        return record_book(find_home(self.home), self.record, to_write=not self.dry_run)

    def submission(self, *, all_or_nothing: bool = False) -> "Submission":
        """Return how entries are to be written."""
        from qiyafa.app.record_entries import Submission

        return Submission(self.author, self.reason, self.dry_run, all_or_nothing)


def add(
    what: What,
    author: Author = "user",
    reason: Reason = "",
    dry_run: DryRun = False,
    home: HomeFolder = None,
    record: RecordUrl = None,
    as_json: AsJson = False,
) -> None:
    """Write an incident into the record."""
    from qiyafa.app.incident_files import read_columns, read_file

    is_file = len(what) == 1 and "=" not in what[0]
    read = read_file(Path(what[0])) if is_file else read_columns(what)
    change = _Change(home, record, author, reason, dry_run, as_json)
    _add(change, change.store(), (what[0] if is_file else "NAME=VALUE", read))


def import_command(
    files: Files,
    author: Author = "user",
    reason: Reason = "",
    dry_run: DryRun = False,
    home: HomeFolder = None,
    record: RecordUrl = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Take in incidents from files."""
    from qiyafa.app.incident_files import read_file
    from qiyafa.app.record_entries import submit
    from qiyafa.cli.progress import progress_bar

    change = _Change(home, record, author, reason, dry_run, as_json)
    with progress_bar(quiet) as progress:
        read = [(str(path), read_file(path, progress)) for path in files]
        offer = submit(change.store(), read, change.submission(), progress)
    _tell(change, offer)


def relate(  # noqa: PLR0913 - one parameter for each option
    incident: Annotated[str, typer.Argument(metavar="INCIDENT", help=text("incidents.option.incident"))],
    kind: RelationWord,
    other: Annotated[str, typer.Argument(metavar="OTHER", help=text("incidents.option.other"))],
    source: Annotated[str, typer.Option("--source", metavar="ID", help=text("incidents.option.source"))],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help=text("incidents.option.why"))],
    remove: Annotated[bool, typer.Option("--remove", help=text("incidents.option.remove"))] = False,
    author: Author = "user",
    home: HomeFolder = None,
    record: RecordUrl = None,
    as_json: AsJson = False,
) -> None:
    """Say how two incidents relate, or that they do not."""
    from qiyafa.app.incident_files import read_relation, related
    from qiyafa.model.incident import Relation

    if not reason.strip():
        raise InvalidInput("incidents.error.no_reason")
    change = _Change(home, record, author, reason, dry_run=False, as_json=as_json)
    store = change.store()
    relation = Relation(read_relation(kind), other, source, reason)
    _add(change, store, ("", related(store, incident, relation, remove=remove)))


def _add(change: _Change, store: "RecordStore", read: "FileRead") -> None:
    """Store what was read, all of it, and tell what became of it. Raises InvalidInput if a problem kept it out."""
    from qiyafa.app.record_entries import submit

    offer = submit(store, [read], change.submission(all_or_nothing=True))
    _tell(change, offer)
    if offer.problems:
        raise InvalidInput("incidents.error.not_added", count=len(offer.problems))


def _tell(change: _Change, offer: "Offer") -> None:
    if change.as_json:
        from qiyafa.app.incident_json import offer_object

        typer.echo(json_text(offer_object(offer)))
        return
    from qiyafa.cli.incidents_table import show_offer
    from qiyafa.cli.terminal import open_screen

    show_offer(open_screen(), offer, dry_run=change.dry_run)
