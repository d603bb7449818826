"""`qiyafa serve`: the service."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qiyafa.cli.json_text import json_line
from qiyafa.cli.options import AsJson, HomeFolder, LabelLevel, Quiet, read_whole_number
from qiyafa.cli.progress import progress_bar
from qiyafa.model.errors import InvalidInput
from qiyafa.text import text

if TYPE_CHECKING:
    from qiyafa.app.serve import Listening

_HIGHEST_PORT = 65535

Host = Annotated[str, typer.Option("--host", metavar="ADDRESS", help=text("serve.cli.host"))]
Port = Annotated[int, typer.Option("--port", metavar="N", help=text("serve.cli.port"))]
Ledger = Annotated[Path | None, typer.Option("--ledger", metavar="DIR", help=text("serve.cli.ledger"))]
RuleFile = Annotated[Path | None, typer.Option("--rules", metavar="FILE", help=text("serve.cli.rules"))]
Rate = Annotated[str, typer.Option("--rate", metavar="N", help=text("serve.cli.rate"))]


def serve(  # noqa: PLR0913 - one parameter for each option
    host: Host = "127.0.0.1",
    port: Port = 8765,
    home: HomeFolder = None,
    ledger: Ledger = None,
    rules: RuleFile = None,
    rate: Rate = "1000",
    tlp: LabelLevel = "TLP:AMBER+STRICT",
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Answer screenings over HTTP until told to stop."""
    if not 0 <= port <= _HIGHEST_PORT:
        raise InvalidInput("serve.error.port", most=_HIGHEST_PORT)
    per_second = read_whole_number("--rate", rate, least=1)

    from qiyafa.app.home import find_home
    from qiyafa.app.serve import Serving, open_service
    from qiyafa.app.share import read_tlp

    request = Serving(find_home(home), host, port, ledger, rules, per_second, read_tlp(tlp))
    with progress_bar(quiet=quiet or as_json) as progress:
        service = open_service(request, progress=progress)
    if as_json:
        typer.echo(json_line(_record(service.listening)))
    elif not quiet:
        typer.echo("\n".join(_lines(service.listening)))
    # At once, also into a pipe: whoever started the service waits for this line.
    sys.stdout.flush()
    service.run()


def _lines(listening: "Listening") -> list[str]:
    keys = text("serve.cli.with_keys") if listening.needs_key else text("serve.cli.without_keys")
    reasons = " ".join(listening.ready.reasons)
    state = text("serve.cli.not_ready", reasons=reasons) if reasons else text("serve.cli.ready")
    return [text("serve.cli.listening", url=listening.url, keys=keys), state]


def _record(listening: "Listening") -> dict[str, object]:
    return {
        "event": "listening",
        "url": listening.url,
        "needs_key": listening.needs_key,
        "ready": not listening.ready.reasons,
        "reasons": list(listening.ready.reasons),
        "stores": listening.ready.stores,
    }
