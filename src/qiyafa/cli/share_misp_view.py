"""What became of MISP events that were taken in, for people and for programs."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from qiyafa.cli.share_json import problem_objects
from qiyafa.cli.share_table import show_problems
from qiyafa.cli.terminal import say
from qiyafa.text import shown, text

if TYPE_CHECKING:
    from rich.console import Console

    from qiyafa.app.share_misp import MispImport

_SHOWN = 20


def show_import(screen: "Console", done: "MispImport") -> None:
    """Print what became of an import."""
    read, offer = done.read, done.taken.offer
    counts = {
        "events": read.events,
        "entries": len(read.parcel.entries),
        "labels": len(read.parcel.labels),
        "proposals": len(read.proposals),
    }
    say(screen, text("misp.cli.read", **{name: f"{count:,}" for name, count in counts.items()}))
    offered = {"new": len(offer.new), "changed": len(offer.changed), "same": len(offer.unchanged)}
    written = {name: f"{count:,}" for name, count in offered.items()}
    say(screen, text("share.cli.offered", **written, withdrawn=f"{done.taken.withdrawn:,}"))
    if done.taken.labels is not None:
        names = ("added", "changed", "same", "withdrawn")
        stored = {name: f"{getattr(done.taken.labels, name):,}" for name in names}
        say(screen, text("share.cli.stored_labels", **stored))
    if offer.stored is None:
        say(screen, text("share.cli.not_stored"), style="dim")
    if read.proposals:
        count = f"{len(read.proposals):,}"
        if done.proposals is None:
            say(screen, text("misp.cli.proposed", count=count))
        else:
            say(screen, text("misp.cli.written", count=count, out=str(done.proposals)))
    if read.apart:
        say(screen, text("share.cli.apart", count=f"{sum(one.count for one in read.apart):,}"), style="bold")
        for one in read.apart[:_SHOWN]:
            say(screen, text("misp.cli.apart_item", kind=one.kind, count=f"{one.count:,}", why=text(one.key)))
        if len(read.apart) > _SHOWN:
            say(screen, text("share.cli.more", count=f"{len(read.apart) - _SHOWN:,}"))
    show_problems(screen, done.taken.problems)


def import_object(done: "MispImport") -> dict[str, Any]:
    """Return what became of an import."""
    read, offer = done.read, done.taken.offer
    return {
        "events": read.events,
        "entries": {
            "read": len(read.parcel.entries),
            "new": [one.id for one in offer.new],
            "changed": [one.id for one in offer.changed],
            "known": len(offer.unchanged),
            "stored": None if offer.stored is None else len(offer.stored),
        },
        "labels": {
            "read": len(read.parcel.labels),
            **({} if done.taken.labels is None else asdict(done.taken.labels)),
        },
        "withdrawn": done.taken.withdrawn,
        "proposals": [
            {"id": one.id, "address": shown(one.written), "chain": one.chain, "name": shown(one.name)}
            | {"source": shown(one.source), "tlp": one.tlp.value}
            for one in read.proposals
        ],
        "supporting": read.supporting,
        "apart": [
            {"kind": shown(one.kind), "count": one.count, "key": one.key, "why": text(one.key)} for one in read.apart
        ],
        "problems": problem_objects(done.taken.problems),
    }
