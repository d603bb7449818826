"""Labels as JSON for programs. Text is given as it was read; whoever shows it must make it harmless."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

from qiyafa.model.errors import Problem
from qiyafa.model.label import Label, rank
from qiyafa.text import text

if TYPE_CHECKING:
    from qiyafa.app.labels import AddressLabels, LabelImport
    from qiyafa.stores.labels_writing import LabelUse

JsonObject = dict[str, object]


def label_object(label: Label) -> JsonObject:
    """Return a label with its times as ISO 8601."""
    record: JsonObject = {"id": label.id, "address": label.written, "format": label.identity.format}
    for name in Label.__slots__:
        if name not in ("id", "identity", "written"):
            value = getattr(label, name)
            record[name] = value.isoformat() if isinstance(value, datetime) else value
    return record | {"level": label.level}


def address_object(found: "AddressLabels") -> JsonObject:
    """Return what is said of an address, and which label is named first and why."""
    winner = found.labels[0].id if found.labels else None
    return {
        "address": found.address,
        "as_of": found.as_of.isoformat(),
        "version": found.version,
        "winner": winner,
        "why": why_first(found.labels),
        "labels": [label_object(label) for label in found.labels],
    }


def why_first(labels: list[Label]) -> str:
    """Return why the first of some labels, in order of `rank`, is named first; empty if there is none."""
    if not labels:
        return ""
    if len(labels) == 1:
        return text("labels.cli.only")
    first, second = (rank(label) for label in labels[:2])
    place = next(number for number, (one, other) in enumerate(zip(first, second, strict=True)) if one != other)
    label = labels[0]
    return (
        text("labels.cli.undisputed"),
        text("labels.cli.confidence", confidence=label.confidence, level=label.level),
        text("labels.cli.grade", grade=label.grade),
        text("labels.cli.order"),
    )[place]


def use_object(use: "LabelUse") -> JsonObject:
    """Return what rested on a label."""
    return {**asdict(use), "at": use.at.isoformat()}


def import_object(result: "LabelImport") -> JsonObject:
    """Return what became of an import."""
    return {
        "version": result.version,
        "files": result.files,
        "labels": result.labels,
        **asdict(result.counts),
        "left_out": result.left_out,
        "actors": result.actors,
        "refused": _problems(result.refused),
        "problems": _problems(result.problems),
    }


def _problems(problems: Iterable[Problem]) -> list[JsonObject]:
    return [
        {"file": one.source, "place": one.place, "key": one.key, "detail": text(one.key, **one.fields)}
        for one in problems
    ]
