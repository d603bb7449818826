"""`qiyafa ledger`: what a ledger holds, whether it is whole, and its content as text."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qiyafa.cli import exits
from qiyafa.cli.json_text import json_line, json_text
from qiyafa.cli.options import AsJson, LedgerFolder, Quiet
from qiyafa.cli.progress import progress_bar
from qiyafa.model.errors import InvalidInput
from qiyafa.text import text

if TYPE_CHECKING:
    from rich.console import Console

    from qiyafa.app.ledger import ChainInfo

_SHOWN_SOURCES = 20

app = typer.Typer(help=text("ledger.cli.help"), no_args_is_help=True)


@app.command("info", help=text("ledger.cli.info_help"))
def info(
    folder: Annotated[Path | None, typer.Argument(metavar="DIR", help=text("cli.option.ledger"))] = None,
    ledger: Annotated[Path | None, typer.Option("--ledger", metavar="DIR", help=text("cli.option.ledger"))] = None,
    as_json: AsJson = False,
) -> None:
    """Show what a ledger holds and lacks."""
    path = ledger or folder
    if path is None or (ledger is not None and folder is not None):
        raise InvalidInput("ledger.cli.which_ledger")

    from qiyafa.app.ledger import ledger_info

    held = ledger_info(path)
    if as_json:
        record = {**asdict(held), "chains": {chain.chain: _chain_record(chain) for chain in held.chains}}
        typer.echo(json_text(record))
        return

    from qiyafa.cli.terminal import open_screen, say

    screen = open_screen()
    say(screen, text("ledger.cli.title", path=held.path), style="bold")
    say(screen, text("ledger.cli.manifest", sha256=held.manifest_sha256, megabytes=f"{held.bytes / 1e6:,.1f}"))
    if not held.chains:
        say(screen, text("ledger.cli.empty"))
    for chain in held.chains:
        _show_chain(screen, chain)


@app.command("verify", help=text("ledger.cli.verify_help"))
def verify(ledger: LedgerFolder, as_json: AsJson = False, quiet: Quiet = False) -> None:
    """Check every file of a ledger; exit 1 if one is damaged."""
    from qiyafa.app import ledger as ledgers

    with progress_bar(quiet) as progress:
        damages = ledgers.verify(ledger, progress)
    lines = [(damage.path, text(damage.key, **damage.fields)) for damage in damages]
    if as_json:
        found = [{"path": path, "damage": sentence} for path, sentence in lines]
        typer.echo(json_line({"ledger": str(ledger), "sound": not found, "damaged": found}))
    else:
        for path, sentence in lines:
            typer.echo(text("ledger.cli.damaged", path=path, damage=sentence))
        typer.echo(
            text("ledger.cli.sound" if not lines else "ledger.cli.not_sound", path=str(ledger), count=len(lines))
        )
    if lines:
        raise typer.Exit(exits.FINDING)


@app.command("dump", help=text("ledger.cli.dump_help"))
def dump(
    ledger: LedgerFolder,
    chain: Annotated[str | None, typer.Option("--chain", metavar="CAIP-2", help=text("ledger.cli.chain"))] = None,
) -> None:
    """Write the content of a ledger as lines of JSON."""
    from qiyafa.app import ledger as ledgers

    sys.stdout.writelines(f"{line}\n" for line in ledgers.dump(ledger, chain))


def _chain_record(chain: "ChainInfo") -> dict[str, object]:
    """Return what programs read of a chain. Units are text: numbers in JSON may lose digits."""
    record = asdict(chain)
    record["knowledge"]["provides"] = sorted(record["knowledge"]["provides"])
    totals = record.pop("outputs")
    if totals is not None:
        record |= {**totals, "unspent_units": str(totals["unspent_units"])}
    return record


def _show_chain(screen: "Console", chain: "ChainInfo") -> None:
    from qiyafa.cli.terminal import Column, say, show_table

    columns = (Column(text("ledger.cli.fact"), style="dim"), Column(text("ledger.cli.value")))
    rows = [(text(f"ledger.fact.{name}"), value) for name, value in _facts(chain)]
    show_table(screen, text("ledger.cli.chain_title", chain=chain.chain), columns, rows)
    sources = [(one.name, one.table, f"{one.rows:,}", f"{one.problems:,}", one.sha256) for one in chain.sources]
    headings = (Column(text(f"ledger.source.{name}")) for name in ("name", "table", "rows", "problems", "sha256"))
    show_table(screen, text("ledger.cli.sources"), tuple(headings), sources[:_SHOWN_SOURCES])
    if len(sources) > _SHOWN_SOURCES:
        say(screen, text("ledger.cli.more_sources", count=f"{len(sources) - _SHOWN_SOURCES:,}"))


def _facts(chain: "ChainInfo") -> list[tuple[str, str]]:
    """Return what people are shown of a chain: the name of each fact and its value."""
    unknown = text("ledger.cli.unknown")
    known = chain.knowledge
    facts = [
        *(_rows_of_accounts(chain) if chain.outputs is None else _rows_of_outputs(chain)),
        ("addresses", f"{chain.addresses:,}"),
        ("blocks", f"{_number(chain.first_block, unknown)} - {_number(chain.head_block, unknown)}"),
        ("dates", f"{chain.first_time or unknown} - {chain.head_time or unknown}"),
        ("head_hash", chain.head_hash or unknown),
        *(_sources_of_accounts(chain) if chain.outputs is None else ()),
        ("coverage", ", ".join(f"{count:,} {status}" for status, count in chain.coverage.items()) or "-"),
        ("whole_blocks", ", ".join(f"{r.first_block:,} - {r.last_block:,}" for r in chain.blocks_held_whole) or "-"),
        ("ordered_by", text(f"ledger.ordered_by.{chain.ordered_by}")),
    ]
    counted = ("status_unknown", "lossy", "order_assumed", "above_38_digits")
    facts += [(name, f"{getattr(known, name):,}") for name in counted if getattr(known, name)]
    if chain.unreconciled:
        facts.append(("unreconciled", f"{chain.unreconciled:,}"))
    if chain.tokens_known:
        facts.append(("tokens_known", f"{chain.tokens_known:,}"))
        facts.append(("tokens_unreconciled", f"{chain.tokens_unreconciled:,}"))
    if chain.diverged:
        facts.append(("diverged", chain.diverged))
    return facts


def _rows_of_accounts(chain: "ChainInfo") -> list[tuple[str, str]]:
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in chain.rows_by_kind.items())
    return [("transfers", f"{chain.rows:,} ({kinds})" if kinds else "0")]


def _rows_of_outputs(chain: "ChainInfo") -> list[tuple[str, str]]:
    totals = chain.outputs
    assert totals is not None
    known = text("ledger.cli.with_known_value", count=f"{totals.inputs_resolved:,}")
    return [
        ("transactions", f"{totals.transactions:,}"),
        ("blocks_held", f"{totals.blocks:,}"),
        ("inputs", f"{totals.inputs:,} ({known})"),
        ("outputs", f"{totals.outputs:,}"),
        ("unspent", f"{totals.unspent_units:,}"),
    ]


def _sources_of_accounts(chain: "ChainInfo") -> list[tuple[str, str]]:
    return [
        ("provides", ", ".join(text(f"ledger.knowledge.{one}") for one in chain.provides) or "-"),
        ("lacks", ", ".join(text(f"ledger.knowledge.{one}") for one in chain.lacks) or "-"),
    ]


def _number(value: int | None, unknown: str) -> str:
    return unknown if value is None else f"{value:,}"
