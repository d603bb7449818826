"""Labels for people: tables and sentences."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING

from qiyafa.cli.labels_json import why_first
from qiyafa.cli.terminal import Cell, Column, say, show_table
from qiyafa.model.label import Label, LabelState
from qiyafa.text import shown, text

if TYPE_CHECKING:
    from rich.console import Console

    from qiyafa.app.labels import AddressLabels, LabelImport
    from qiyafa.stores.labels import LabelTotals
    from qiyafa.stores.labels_writing import LabelUse

_SHOWN_PROBLEMS = 20
_SHORT_ID = 12
_FIRST = "→ "


def show_import(screen: "Console", result: "LabelImport") -> None:
    """Print what became of an import."""
    counts = {field.name: f"{getattr(result.counts, field.name):,}" for field in fields(result.counts)}
    imported = {name: f"{getattr(result, name):,}" for name in ("labels", "files", "actors")}
    say(screen, text("labels.cli.imported", **counts, **imported))
    say(screen, text("labels.cli.version", version=result.version), style="dim")
    if result.refused:
        say(screen, text("labels.cli.refused"), style="bold")
        for one in result.refused:
            say(screen, text("labels.cli.problem_of_file", detail=text(one.key, **one.fields)))
    if result.problems:
        say(screen, text("labels.cli.left_out", left_out=f"{result.left_out:,}"), style="bold")
        for one in result.problems[:_SHOWN_PROBLEMS]:
            detail = text(one.key, **one.fields)
            say(screen, text("labels.cli.problem", file=one.source, place=one.place, detail=detail))
        if len(result.problems) > _SHOWN_PROBLEMS:
            say(screen, text("labels.cli.more_problems", count=f"{len(result.problems) - _SHOWN_PROBLEMS:,}"))


def show_address(screen: "Console", found: "AddressLabels") -> None:
    """Print the labels of an address, the one that is named first on top."""
    if not found.labels:
        say(screen, text("labels.cli.nothing", address=found.address))
        return
    show_table(
        screen,
        text("labels.cli.title", count=f"{len(found.labels):,}", address=found.address),
        _columns(),
        _rows(found.labels, marked=True),
    )
    say(screen, text("labels.cli.winner", name=found.labels[0].name, why=why_first(found.labels)))


def show_found(screen: "Console", wanted: str, labels: Sequence[Label], count: int) -> None:
    """Print labels that were searched for."""
    if not labels:
        say(screen, text("labels.cli.none_found", text=wanted))
        return
    columns = (Column(text("labels.column.address")), *_columns())
    rows = ((label.written, *row) for label, row in zip(labels, _rows(labels, marked=False), strict=True))
    title = text("labels.cli.found", count=f"{count:,}", text=wanted, shown=f"{len(labels):,}")
    show_table(screen, title, columns, rows)


def show_history(screen: "Console", versions: Sequence[Label]) -> None:
    """Print every version of a label, the oldest first."""
    columns = (Column(text("labels.column.known")), *_columns())
    rows = (
        (f"{label.known_from:%Y-%m-%d %H:%M}" if label.known_from else "", *row)
        for label, row in zip(versions, _rows(versions, marked=False), strict=True)
    )
    show_table(screen, text("labels.cli.history_title", label=versions[0].id), columns, rows)


def show_uses(screen: "Console", label: str, uses: Sequence["LabelUse"]) -> None:
    """Print what rested on a label."""
    if not uses:
        say(screen, text("labels.cli.nothing_rested", label=label))
        return
    say(screen, text("labels.cli.rested"))
    for use in uses:
        at = f"{use.at:%Y-%m-%d %H:%M}"
        say(screen, text("labels.cli.use", kind=use.kind, name=use.name, at=at, digest=use.digest))


def show_totals(screen: "Console", path: str, totals: "LabelTotals") -> None:
    """Print how much a store holds."""
    columns = (Column(text("labels.column.fact"), style="dim"), Column(text("labels.column.value")))
    rows = [
        (text(f"labels.fact.{field.name}"), f"{value:,}" if isinstance(value, int) else value)
        for field in fields(totals)
        for value in (getattr(totals, field.name),)
    ]
    show_table(screen, text("labels.cli.info_title", path=path), columns, rows)


def _columns() -> tuple[Column, ...]:
    names = ("id", "category", "name", "entity", "confidence", "grade", "source", "state")
    return tuple(Column(text(f"labels.column.{name}")) for name in names)


def _rows(labels: Iterable[Label], *, marked: bool) -> Iterable[tuple[str | Cell, ...]]:
    for number, label in enumerate(labels):
        sign = "" if not marked else _FIRST if number == 0 else " " * len(_FIRST)
        yield (
            Cell(sign + label.id[:_SHORT_ID], "bold" if marked and number == 0 else ""),
            _category(label),
            shown(label.name),
            shown(label.entity),
            f"{label.confidence} ({label.level})",
            label.grade,
            f"{shown(label.source)}\n{shown(label.source_url)}",
            "" if label.state is LabelState.ACTIVE else text(f"labels.state.{label.state}", objection=label.objection),
        )


def _category(label: Label) -> str:
    """Return the category, and below it what it says of risk and routing."""
    said = [text(f"labels.says.{name}") for name in ("risk", "routing") if getattr(label, name) is not None]
    return "\n".join([label.category.value, *([", ".join(said)] if said else [])])
