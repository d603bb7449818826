"""What was shared, for people."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from qiyafa.cli.terminal import say
from qiyafa.text import text

if TYPE_CHECKING:
    from rich.console import Console

    from qiyafa.app.share_stix import StixExport, StixImported
    from qiyafa.model.errors import Problem
    from qiyafa.sharing.release import Channel, Released

_SHOWN = 20
_WHY = {"above": "share.why.above", "rests": "share.why.rests", "names": "share.why.names"}


def show_export(screen: "Console", done: "StixExport", channel: "Channel") -> None:
    """Print what became of an export."""
    parcel = done.released.leaves
    counts = {"entries": f"{len(parcel.entries):,}", "labels": f"{len(parcel.labels):,}"}
    say(screen, text("share.cli.exported", objects=f"{done.objects:,}", out=channel.name, **counts))
    show_kept(screen, done.released, channel)


def show_kept(screen: "Console", released: "Released", channel: "Channel") -> None:
    """Print what stayed, and what left without some of its parts."""
    if released.kept:
        say(screen, text("share.cli.kept", count=f"{len(released.kept):,}", level=channel.level.value), style="bold")
        _listed(
            screen,
            [
                text("share.cli.kept_item", kind=one.kind, id=one.id, tlp=one.tlp.value, why=text(_WHY[one.why.value]))
                for one in released.kept
            ],
        )
    if released.trimmed:
        say(screen, text("share.cli.trimmed", count=f"{len(released.trimmed):,}"), style="bold")
        rows = [text("share.cli.trimmed_item", kind=one.kind, id=one.id, parts=one.parts) for one in released.trimmed]
        _listed(screen, rows)


def show_import(screen: "Console", done: "StixImported") -> None:
    """Print what became of an import."""
    read, offer = done.read, done.offer
    counts = {
        "objects": read.objects,
        "entries": len(read.parcel.entries),
        "labels": len(read.parcel.labels),
        "supporting": read.supporting,
        "apart": len(read.apart),
    }
    say(screen, text("share.cli.read", **{name: f"{count:,}" for name, count in counts.items()}))
    offered = {"new": len(offer.new), "changed": len(offer.changed), "same": len(offer.unchanged)}
    written = {name: f"{count:,}" for name, count in offered.items()}
    say(screen, text("share.cli.offered", **written, withdrawn=f"{done.withdrawn:,}"))
    if done.labels is not None:
        stored = {name: f"{getattr(done.labels, name):,}" for name in ("added", "changed", "same", "withdrawn")}
        say(screen, text("share.cli.stored_labels", **stored))
    if offer.stored is None:
        say(screen, text("share.cli.not_stored"), style="dim")
    if read.apart:
        say(screen, text("share.cli.apart", count=f"{len(read.apart):,}"), style="bold")
        _listed(screen, [text("share.cli.apart_item", id=one.id, why=text(one.key)) for one in read.apart])
    show_problems(screen, done.problems)


def show_problems(screen: "Console", problems: "Sequence[Problem]") -> None:
    """Print problems with their sentences."""
    if problems:
        say(screen, text("share.cli.problems", count=f"{len(problems):,}"), style="bold")
        _listed(screen, [_problem(one) for one in problems])


def _problem(problem: "Problem") -> str:
    detail = text(problem.key, **problem.fields)
    if problem.place:
        return text("share.cli.problem", place=problem.place, detail=detail)
    return text("share.cli.problem_of_file", detail=detail)


def _listed(screen: "Console", rows: Iterable[str]) -> None:
    every = list(rows)
    for row in every[:_SHOWN]:
        say(screen, row)
    if len(every) > _SHOWN:
        say(screen, text("share.cli.more", count=f"{len(every) - _SHOWN:,}"))
