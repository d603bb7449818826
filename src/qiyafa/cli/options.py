"""Options that several commands share, and what their texts mean."""

import difflib
from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qiyafa.model.case import Limits
from qiyafa.model.errors import InvalidInput
from qiyafa.text import text

if TYPE_CHECKING:
    from qiyafa.stores.opening import Location

CaseFile = Annotated[Path, typer.Argument(metavar="CASE.toml", help=text("cli.option.case"))]
LedgerFolder = Annotated[Path, typer.Option("--ledger", metavar="DIR", help=text("cli.option.ledger"))]
AsJson = Annotated[bool, typer.Option("--json", help=text("cli.option.json"))]
Exact = Annotated[bool, typer.Option("--exact", help=text("cli.option.exact"))]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help=text("cli.option.quiet"))]
HomeFolder = Annotated[Path | None, typer.Option("--home", metavar="DIR", help=text("home.option.home"))]
Until = Annotated[str | None, typer.Option("--until", metavar="BLOCK|TIME", help=text("cli.option.until"))]
MaxHops = Annotated[str | None, typer.Option("--max-hops", metavar="N", help=text("cli.option.max_hops"))]
MinUnits = Annotated[str | None, typer.Option("--min-units", metavar="N", help=text("cli.option.min_units"))]

RecordUrl = Annotated[str | None, typer.Option("--record", metavar="URL", help=text("incidents.option.record"))]
Receiver = Annotated[str, typer.Option("--to", metavar="RECEIVER", help=text("recalls.option.to"))]
LabelLevel = Annotated[str, typer.Option("--tlp", metavar="LEVEL", help=text("recalls.option.label_level"))]
UseLabels = Annotated[bool | None, typer.Option("--labels/--no-labels", help=text("labels.option.labels"))]

_DATE_LENGTH = len("2022-03-23")
_MOST_DIGITS = 38
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read_limits(until: str | None, max_hops: str | None = None, min_units: str | None = None) -> Limits:
    """Return the limits that a command line sets. Raises InvalidInput for what is no block, time or number."""
    block, moment = read_until(until) if until is not None else (None, None)
    return Limits(
        until_block=block,
        until_time=moment,
        max_hops=None if max_hops is None else read_whole_number("--max-hops", max_hops),
        min_units=None if min_units is None else read_whole_number("--min-units", min_units),
    )


def read_until(written: str) -> tuple[int | None, int | None]:
    """Return (block, None) for a block number and (None, seconds since 1970) for a time.

    A date alone means its end; a time without a zone is in UTC. Raises InvalidInput for anything else.
    """
    trimmed = written.strip()
    if trimmed.isascii() and trimmed.isdigit():
        return read_whole_number("--until", trimmed), None
    try:
        moment = datetime.fromisoformat(trimmed)
    except ValueError:
        raise InvalidInput("cli.error.until", value=written) from None
    if len(trimmed) <= _DATE_LENGTH:
        moment = datetime.combine(moment.date(), time(23, 59, 59))
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return None, (moment - _EPOCH) // timedelta(seconds=1)


def read_moment(option: str, written: str) -> datetime:
    """Return the moment in UTC that an option gives: a time, or the end of a day. Raises InvalidInput for others."""
    trimmed = written.strip()
    try:
        moment = datetime.fromisoformat(trimmed)
    except ValueError:
        raise InvalidInput("cli.error.moment", option=option, value=written) from None
    if len(trimmed) <= _DATE_LENGTH:
        moment = datetime.combine(moment.date(), time(23, 59, 59))
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        raise InvalidInput("cli.error.moment", option=option, value=written) from None


def read_labels(home: Path | None, wanted: bool | None) -> "Location | None":
    """Return the label store to use: by default the home's, if it has one. Raises NotFound if one is asked for."""
    if wanted is False:
        return None
    from qiyafa.app.home import find_home
    from qiyafa.app.stored_labels import stored_labels

    return stored_labels(find_home(home), must_exist=wanted is True)


def read_whole_number(option: str, written: str, *, least: int = 0) -> int:
    """Return the whole number that an option gives. Raises InvalidInput for anything else or below `least`."""
    digits = written.strip().replace("_", "")
    if not (digits.isascii() and digits.isdigit()):
        raise InvalidInput("cli.error.whole_number", option=option, value=written, least=least)
    significant = digits.lstrip("0") or "0"
    if len(significant) > _MOST_DIGITS:
        raise InvalidInput("cli.error.number_too_long", option=option, digits=len(significant), most=_MOST_DIGITS)
    if int(significant) < least:
        raise InvalidInput("cli.error.whole_number", option=option, value=written, least=least)
    return int(significant)


def read_methods(written: Iterable[str], known: Iterable[str]) -> tuple[str, ...]:
    """Return the methods asked for, in the order of `known` and each once; all of them if none is named.

    A name may be a list with commas. Raises InvalidInput for an unknown one, with the nearest right one.
    """
    every = tuple(known)
    wanted = [name.strip() for part in written for name in part.split(",") if name.strip()]
    for name in wanted:
        if name not in every:
            raise _unknown_method(name, every)
    return tuple(name for name in every if name in wanted) if wanted else every


def _unknown_method(name: str, every: tuple[str, ...]) -> InvalidInput:
    nearest = difflib.get_close_matches(name.lower().replace("-", "_"), every, n=1, cutoff=0.5)
    key = "cli.error.method_near" if nearest else "cli.error.method"
    return InvalidInput(key, method=name, nearest="".join(nearest), known=", ".join(every))
