"""`qiyafa share`: the record given to others and taken from them. Each way is a file of its own."""

import typer

from qiyafa.cli.share_addresses import addresses
from qiyafa.cli.share_misp import app as misp
from qiyafa.cli.share_recalls import recalls, withdraw
from qiyafa.cli.share_stix import app as stix
from qiyafa.cli.share_taxii import app as taxii
from qiyafa.text import text

app = typer.Typer(help=text("share.cli.help"), epilog=text("share.cli.examples"), no_args_is_help=True)
app.add_typer(stix, name="stix")
app.add_typer(taxii, name="taxii")
app.add_typer(misp, name="misp")
app.command("addresses", help=text("misp.addresses.help"), epilog=text("misp.addresses.examples"))(addresses)
app.command("recalls", help=text("recalls.cli.help"), epilog=text("recalls.cli.examples"))(recalls)
app.command("withdraw", help=text("recalls.cli.withdraw_help"), epilog=text("recalls.cli.withdraw_examples"))(withdraw)
