"""What was shared, for programs. What stayed is told to whoever runs the command, and is in no file that leaves."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from qiyafa.text import shown, text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from qiyafa.app.share_stix import StixExport, StixImported
    from qiyafa.model.errors import Problem
    from qiyafa.sharing.release import Channel, Released


def export_object(done: "StixExport", channel: "Channel") -> dict[str, Any]:
    """Return what became of an export."""
    parcel = done.released.leaves
    return {
        "out": channel.name,
        "tlp": channel.level.value,
        "objects": done.objects,
        "entries": len(parcel.entries),
        "labels": len(parcel.labels),
        **kept_object(done.released),
    }


def kept_object(released: "Released") -> dict[str, Any]:
    """Return what stayed, and what left without some of its parts."""
    return {
        "kept": [{"kind": one.kind, "id": one.id, "tlp": one.tlp.value, "why": one.why.value} for one in released.kept],
        "trimmed": [asdict(one) for one in released.trimmed],
    }


def import_object(done: "StixImported") -> dict[str, Any]:
    """Return what became of an import."""
    read, offer = done.read, done.offer
    return {
        "objects": read.objects,
        "entries": {
            "read": len(read.parcel.entries),
            "new": [one.id for one in offer.new],
            "changed": [one.id for one in offer.changed],
            "known": len(offer.unchanged),
            "stored": None if offer.stored is None else len(offer.stored),
        },
        "labels": {"read": len(read.parcel.labels), **({} if done.labels is None else asdict(done.labels))},
        "withdrawn": done.withdrawn,
        "supporting": read.supporting,
        "apart": [{"id": one.id, "type": one.type, "key": one.key, "why": text(one.key)} for one in read.apart],
        "problems": problem_objects(done.problems),
    }


def problem_objects(problems: "Iterable[Problem]") -> list[dict[str, Any]]:
    """Return problems with their sentences."""
    return [{"place": shown(one.place), "key": one.key, "message": text(one.key, **one.fields)} for one in problems]
