"""`qiyafa keys`: the keys of the service."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from qiyafa.cli.json_text import json_line
from qiyafa.cli.options import AsJson, HomeFolder
from qiyafa.text import text

if TYPE_CHECKING:
    from qiyafa.stores.keys import KeyRecord

app = typer.Typer(help=text("serve.keys.help"), epilog=text("serve.keys.examples"), no_args_is_help=True)

_COLUMNS = ("prefix", "name", "scopes", "created", "expires", "state")


@app.command("create", help=text("serve.keys.create_help"), epilog=text("serve.keys.create_examples"))
def create(
    name: Annotated[str, typer.Argument(metavar="NAME", help=text("serve.keys.name"))],
    scope: Annotated[list[str] | None, typer.Option("--scope", metavar="SCOPE", help=text("serve.keys.scope"))] = None,
    days: Annotated[int, typer.Option("--days", metavar="N", help=text("serve.keys.days"))] = 365,
    is_signed: Annotated[bool, typer.Option("--signed", help=text("serve.keys.signed"))] = False,
    home: HomeFolder = None,
    as_json: AsJson = False,
) -> None:
    """Make a key and show it once."""
    from qiyafa.app.home import find_home
    from qiyafa.app.keys import READ, SCREEN, create_key

    made = create_key(find_home(home), name, scope or (SCREEN, READ), days, is_signed=is_signed)
    if as_json:
        secrets = {"key": made.key, "signing_secret": made.signing_secret or None}
        typer.echo(json_line({**_record(made.record), **secrets}))
        return
    typer.echo(
        text("serve.keys.created", prefix=made.record.prefix, name=name, expires=f"{made.record.expires:%Y-%m-%d}")
    )
    typer.echo(made.key)
    if made.signing_secret:
        typer.echo(text("serve.keys.signing"))
        typer.echo(made.signing_secret)


@app.command("list", help=text("serve.keys.list_help"))
def list_all(home: HomeFolder = None, as_json: AsJson = False) -> None:
    """List every key, without secrets."""
    from qiyafa.app.clock import utc_now
    from qiyafa.app.home import find_home
    from qiyafa.app.keys import list_keys
    from qiyafa.cli.terminal import Column, open_screen, show_table

    records, now = list_keys(find_home(home)), utc_now()
    if as_json:
        typer.echo(json_line([_record(one) | {"state": _state(one, now)} for one in records]))
        return
    if not records:
        typer.echo(text("serve.keys.none"))
        return
    columns = [Column(text(f"serve.column.{name}")) for name in _COLUMNS]
    show_table(open_screen(), text("serve.keys.title"), columns, [_row(one, now) for one in records])


@app.command("revoke", help=text("serve.keys.revoke_help"))
def revoke(
    prefix: Annotated[str, typer.Argument(metavar="PREFIX", help=text("serve.keys.prefix"))],
    home: HomeFolder = None,
) -> None:
    """Let a key open nothing from now on."""
    from qiyafa.app.home import find_home
    from qiyafa.app.keys import revoke_key

    revoke_key(find_home(home), prefix)
    typer.echo(text("serve.keys.revoked", prefix=prefix))


def _row(record: "KeyRecord", now: datetime) -> list[str]:
    return [
        record.prefix,
        record.name,
        ", ".join(sorted(record.scopes)),
        f"{record.created:%Y-%m-%d}",
        f"{record.expires:%Y-%m-%d}",
        text(f"serve.state.{_state(record, now)}"),
    ]


def _record(record: "KeyRecord") -> dict[str, object]:
    return {
        "prefix": record.prefix,
        "name": record.name,
        "scopes": sorted(record.scopes),
        "is_signed": record.is_signed,
        "created": record.created.isoformat(),
        "expires": record.expires.isoformat(),
        "revoked": None if record.revoked is None else record.revoked.isoformat(),
    }


def _state(record: "KeyRecord", now: datetime) -> str:
    if record.revoked is not None:
        return "revoked"
    if not record.is_active(now):
        return "expired"
    return "signed" if record.is_signed else "active"
