"""Tables with a caption, headed columns, right-aligned numbers and, for a narrow screen, the heading at each cell."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from qiyafa.report.markup import Child, Markup, el
from qiyafa.text import text


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the catalogue key of its heading, and whether it holds numbers."""

    key: str
    number: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """Cells, what each sorts by where that is not its text, and words to find the row by."""

    cells: Sequence[Child]
    sort_by: Sequence[str | int] = ()


def table(
    caption: Child,
    columns: Sequence[Column],
    rows: Iterable[Row | Sequence[Child]],
    foot: Sequence[Child] = (),
    class_: str = "",
) -> Markup:
    """Return a table; `foot` is one last row that sums up."""
    heads = [text(column.key) for column in columns]
    aligns = [_align(column) for column in columns]
    head = (el("th", words, scope="col", class_=align) for words, align in zip(heads, aligns, strict=True))
    body = (_row(heads, aligns, row if isinstance(row, Row) else Row(row)) for row in rows)
    return el(
        "table",
        el("caption", caption),
        el("thead", el("tr", head)),
        el("tbody", body),
        el("tfoot", _row(heads, aligns, Row(foot))) if foot else None,
        class_=class_ or None,
    )


def _row(heads: Sequence[str], aligns: Sequence[str | None], row: Row) -> Markup:
    sort_by = [*map(str, row.sort_by), *[""] * (len(heads) - len(row.sort_by))]
    cells = (
        el("td", cell, data_head=head, data_sort=sort or None, class_=align)
        for cell, head, sort, align in zip(row.cells, heads, sort_by, aligns, strict=True)
    )
    return el("tr", cells)


def _align(column: Column) -> str | None:
    return "number" if column.number else None
