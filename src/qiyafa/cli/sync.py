"""`qiyafa sync`: keep a ledger at the head of a chain."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qiyafa.cli.json_text import json_line
from qiyafa.cli.options import AsJson, LedgerFolder, Quiet, read_whole_number
from qiyafa.model.errors import InvalidInput
from qiyafa.text import text

if TYPE_CHECKING:
    from qiyafa.app.sync_run import Synced, Told

_LONGEST_PAUSE = 3600.0

Url = Annotated[list[str], typer.Option("--url", metavar="URL", help=text("sync.cli.url"))]
ChainOption = Annotated[str | None, typer.Option("--chain", metavar="CAIP-2", help=text("sync.cli.chain"))]
From = Annotated[str | None, typer.Option("--from", metavar="N", help=text("sync.cli.from"))]
UntilBlock = Annotated[str | None, typer.Option("--until-block", metavar="N", help=text("sync.cli.until_block"))]
Once = Annotated[bool, typer.Option("--once", help=text("sync.cli.once"))]
FinalityBlocks = Annotated[str | None, typer.Option("--finality", metavar="N", help=text("sync.cli.finality"))]
ResyncFrom = Annotated[str | None, typer.Option("--resync-from", metavar="N", help=text("sync.cli.resync_from"))]
Every = Annotated[float, typer.Option("--every", metavar="SECONDS", help=text("sync.cli.every"))]
Case = Annotated[Path | None, typer.Option("--case", metavar="CASE.toml", help=text("sync.cli.case"))]
Cookie = Annotated[Path | None, typer.Option("--cookie", metavar="FILE", help=text("sync.cli.cookie"))]


def sync(  # noqa: PLR0913 - one parameter for each option
    ledger: LedgerFolder,
    url: Url,
    chain: ChainOption = None,
    begin: From = None,
    once: Once = False,
    until_block: UntilBlock = None,
    finality: FinalityBlocks = None,
    resync_from: ResyncFrom = None,
    every: Every = 2.0,
    case: Case = None,
    cookie: Cookie = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Keep a ledger at the head of a chain."""
    if not 0 < every <= _LONGEST_PAUSE:
        raise InvalidInput("sync.error.every", most=int(_LONGEST_PAUSE))

    from qiyafa.app.sync_nodes import node_address
    from qiyafa.app.sync_run import Sync
    from qiyafa.app.sync_run import sync as run

    request = Sync(
        ledger=ledger,
        address=node_address(tuple(url), cookie),
        chain=chain,
        begin=_number("--from", begin),
        until_block=_number("--until-block", until_block),
        is_once=once,
        finality_blocks=_number("--finality", finality),
        resync_from=_number("--resync-from", resync_from),
        every_seconds=every,
        case=case,
    )

    def told(event: "Told") -> None:
        if not quiet:
            # A line at once, also into a pipe: what it says is on the disk.
            typer.echo(json_line(_record(event)) if as_json else _line(event))

    synced = run(request, told)
    typer.echo(json_line(_end(synced, ledger)) if as_json else _last_line(synced, ledger))


def _number(option: str, written: str | None) -> int | None:
    return None if written is None else read_whole_number(option, written)


def _line(event: "Told") -> str:
    from qiyafa.app.sync import Appended, RolledBack
    from qiyafa.app.sync_trace import Traced

    if isinstance(event, Appended):
        counts = {"transfers": f"{event.transfers:,}", "hash": event.head.hash}
        if event.first == event.head.number:
            return text("sync.cli.block", number=f"{event.first:,}", **counts)
        return text("sync.cli.blocks", first=f"{event.first:,}", last=f"{event.head.number:,}", **counts)
    if isinstance(event, RolledBack):
        return text("sync.cli.rolled_back", depth=f"{event.depth:,}", first=f"{event.ancestor + 1:,}")
    if isinstance(event, Traced):
        return text("sync.cli.traced", moved=f"{event.moved:,}", holders=f"{event.holders:,}")
    message = text(event.error.key, **event.error.fields)
    return text("sync.cli.trouble", message=message, seconds=f"{event.pause_seconds:g}")


def _record(event: "Told") -> dict[str, object]:
    from qiyafa.app.sync import Appended, RolledBack
    from qiyafa.app.sync_trace import Traced

    if isinstance(event, Appended):
        head = {"last": event.head.number, "hash": event.head.hash}
        return {"event": "appended", "first": event.first, **head, "transfers": event.transfers}
    if isinstance(event, RolledBack):
        return {"event": "rolled_back", "ancestor": event.ancestor, "depth": event.depth}
    if isinstance(event, Traced):
        return {"event": "traced", "block": event.block, "moved": event.moved, "holders": event.holders}
    message = text(event.error.key, **event.error.fields)
    return {"event": "trouble", "key": event.error.key, "message": message, "pause_seconds": event.pause_seconds}


def _end(synced: "Synced", ledger: Path) -> dict[str, object]:
    head = None if synced.head is None else {"block": synced.head.number, "hash": synced.head.hash}
    return {
        "event": "done",
        "ledger": str(ledger),
        "chain": synced.chain,
        "head": head,
        "manifest_sha256": synced.manifest_sha256,
    }


def _last_line(synced: "Synced", ledger: Path) -> str:
    if synced.head is None:
        return text("sync.cli.nothing", ledger=str(ledger), chain=synced.chain)
    return text("sync.cli.done", ledger=str(ledger), chain=synced.chain, block=f"{synced.head.number:,}")
