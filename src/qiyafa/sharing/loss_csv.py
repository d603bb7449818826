"""Tables of incidents as people keep them: a date, a name and a loss in US dollars.

The columns are found by their names in the first line: `date`, `incident` or `name`, `loss_usd`; others are ignored.
A date is a year, a month or a day, or any period as the record writes it. A row without a loss is an incident without
one.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from qiyafa.model.errors import InvalidInput, Problem
from qiyafa.model.period import Period, read_period
from qiyafa.sharing.table_text import column_names, read_table

_NAMES: Final = ("incident", "name")
_LOSS: Final = re.compile(r"\d{1,18}(?:\.\d{1,2})?")


@dataclass(frozen=True, slots=True)
class Loss:
    """One row of such a table."""

    line: int
    period: Period
    name: str
    loss: Decimal | None
    """In USD."""


def is_loss_table(content: bytes) -> bool:
    """Tell whether a table has the columns of one."""
    return not _missing(content)


def read_losses(content: bytes, file: str) -> tuple[list[Loss], list[Problem]]:
    """Return the rows of a table and what was left out. Raises InvalidInput for another table."""
    missing = _missing(content)
    if missing:
        raise InvalidInput("claims.error.no_table", file=file, missing=", ".join(missing))
    rows: list[Loss] = []
    problems: list[Problem] = []
    for entry in _entries(content, file):
        if isinstance(entry, Loss):
            rows.append(entry)
        else:
            problems.append(entry)
    return rows, problems


def _missing(content: bytes) -> list[str]:
    columns = column_names(content)
    missing = [name for name in ("date", "loss_usd") if name not in columns]
    return missing if columns.intersection(_NAMES) else [*missing, "incident"]


def _entries(content: bytes, file: str) -> Iterator[Loss | Problem]:
    for line, row in read_table(content, file):
        place = f"line {line}"
        if row is None:
            yield Problem(file, place, "claims.problem.row")
            continue
        written = row["loss_usd"].strip().replace(",", "").replace("_", "")
        if written and not (written.isascii() and _LOSS.fullmatch(written)):
            yield Problem(file, place, "claims.problem.loss", {"value": row["loss_usd"]})
            continue
        try:
            period = read_period(row["date"])
        except InvalidInput:
            yield Problem(file, place, "claims.problem.date", {"value": row["date"]})
            continue
        name = next(row[column] for column in _NAMES if column in row)
        yield Loss(line, period, name, Decimal(written) if written else None)
