"""`qiyafa share recalls`: who has what was withdrawn, and the files that tell them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qiyafa.cli.json_text import json_text
from qiyafa.cli.options import AsJson, HomeFolder, Quiet, RecordUrl
from qiyafa.cli.progress import progress_bar
from qiyafa.model.errors import InvalidInput
from qiyafa.model.record import EntryKind
from qiyafa.text import shown, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from qiyafa.app.share_recalls import Recall
    from qiyafa.app.share_revocations import Revocations

_TOLD = {"no": "recalls.told.no", "waiting": "recalls.told.waiting", "yes": "recalls.told.yes"}


def recalls(
    write: Annotated[Path | None, typer.Option("--write", metavar="DIR", help=text("recalls.option.write"))] = None,
    tlp: Annotated[str, typer.Option("--tlp", metavar="LEVEL", help=text("share.cli.tlp"))] = "TLP:CLEAR",
    home: HomeFolder = None,
    record: RecordUrl = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Show recalls, and write revocations."""
    from qiyafa.app.home import find_home
    from qiyafa.app.share import read_tlp
    from qiyafa.app.share_recalls import find_recalls
    from qiyafa.app.share_revocations import write_revocations
    from qiyafa.cli.terminal import open_screen

    level, folder = read_tlp(tlp), find_home(home)
    with progress_bar(quiet or as_json) as progress:
        found = find_recalls(folder, record, progress=progress)
        done = None if write is None else write_revocations(folder, found, level, write)
        if done is not None:
            found = find_recalls(folder, record, progress=progress)
    if as_json:
        told = {"recalls": [_recall_object(one) for one in found.found]}
        if done is not None:
            told["written"] = _written_object(done)  # type: ignore[assignment]
        typer.echo(json_text(told))
        return
    screen = open_screen()
    _show(screen, found.found)
    if done is not None:
        _show_written(screen, done, level.value)


def withdraw(
    kind: Annotated[str, typer.Argument(metavar="KIND", help=text("recalls.option.kind"))],
    id: Annotated[str, typer.Argument(metavar="ID", help=text("recalls.option.id"))],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help=text("recalls.option.reason"))],
    author: Annotated[str, typer.Option("--author", metavar="NAME", help=text("recalls.option.author"))] = "user",
    home: HomeFolder = None,
    record: RecordUrl = None,
) -> None:
    """Withdraw an entry of the record."""
    from qiyafa.app.home import find_home
    from qiyafa.app.share_recalls import Withdrawing, withdraw_entry

    known = [one.value for one in EntryKind]
    if kind not in known:
        raise InvalidInput("recalls.error.kind", kind=kind, known=", ".join(known))
    done = withdraw_entry(find_home(home), record, EntryKind(kind), id, Withdrawing(author, reason))
    typer.echo(text("recalls.cli.withdrawn", kind=kind, id=done.entry.id))
    if done.resting:
        typer.echo(text("recalls.cli.resting", kind=kind, id=done.entry.id, count=f"{len(done.resting):,}"))
        for named_kind, named in done.resting:
            typer.echo(f"  {named_kind.value} {named}")


def _show(screen: "Console", found: "tuple[Recall, ...]") -> None:
    from qiyafa.cli.terminal import Column, say, show_table

    if not found:
        say(screen, text("recalls.cli.none"))
        return
    names = ("kind", "id", "since", "reason", "channel", "receiver", "given", "told")
    columns = [Column(text(f"recalls.column.{name}")) for name in names]
    show_table(screen, text("recalls.cli.title"), columns, [row for one in found for row in _rows(one)])
    for one in found:
        _show_resting(screen, one)
    count = sum(one.is_open for one in found)
    say(screen, text("recalls.cli.open", count=f"{count:,}") if count else text("recalls.cli.all_told"))


def _show_resting(screen: "Console", recall: "Recall") -> None:
    from qiyafa.cli.terminal import say
    from qiyafa.model.parcel import key_of

    if recall.resting:
        kind, id = key_of(recall.withdrawal.item)
        say(screen, text("recalls.cli.resting", kind=kind, id=id, count=f"{len(recall.resting):,}"))
        for named_kind, named in recall.resting:
            say(screen, f"  {named_kind.value} {named}", "dim")


def _rows(recall: "Recall") -> "Iterator[list[str]]":
    from qiyafa.model.parcel import key_of

    withdrawal = recall.withdrawal
    kind, id = key_of(withdrawal.item)
    about = [kind, shown(id), withdrawal.at.date().isoformat(), shown(withdrawal.reason)]
    if not recall.holders:
        yield [*about, "-", text("recalls.cli.nobody"), "-", "-"]
    for holder in recall.holders:
        given = holder.given.date().isoformat()
        yield [*about, shown(holder.channel), shown(holder.receiver), given, text(_TOLD[holder.told.value])]


def _show_written(screen: "Console", done: "Revocations", level: str) -> None:
    from qiyafa.cli.terminal import say

    for one in done.files:
        said = {"receiver": one.receiver, "channel": one.channel, "count": f"{one.items:,}", "file": str(one.path)}
        say(screen, text("recalls.cli.written", **said))
    for name, count in sorted(done.published.items()):
        say(screen, text("recalls.cli.published", name=name, count=f"{count:,}"))
    if not done.files and not done.published:
        say(screen, text("recalls.cli.nothing_written"))
    for kept in done.kept:
        say(screen, text("recalls.cli.kept", kind=kept.kind, id=kept.id, tlp=kept.tlp.value, level=level))


def _recall_object(recall: "Recall") -> dict[str, Any]:
    from qiyafa.model.parcel import key_of

    kind, id = key_of(recall.withdrawal.item)
    return {
        "kind": kind,
        "id": id,
        "withdrawn": recall.withdrawal.at.isoformat(),
        "reason": shown(recall.withdrawal.reason),
        "rests_on_it": [{"kind": named_kind.value, "id": named} for named_kind, named in recall.resting],
        "holders": [
            {"channel": one.channel, "receiver": one.receiver, "given": one.given.isoformat(), "told": one.told.value}
            for one in recall.holders
        ],
    }


def _written_object(done: "Revocations") -> dict[str, Any]:
    return {
        "files": [
            {"file": str(one.path), "channel": one.channel, "receiver": one.receiver, "items": one.items}
            for one in done.files
        ],
        "published": done.published,
        "kept": [{"kind": one.kind, "id": one.id, "tlp": one.tlp.value, "why": one.why.value} for one in done.kept],
    }
