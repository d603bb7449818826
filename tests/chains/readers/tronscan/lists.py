"""Lists of transfers as Tronscan gives them, as small as they get."""

from pathlib import Path

from tests.chains.files import Desk, Read, found

from qiyafa.chains import find_chain
from qiyafa.chains.readers.tronscan.reader import TronscanFiles, read_tronscan

TRON = "tron:728126428"
TETHER = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"
HOLDER = "TDX3tFFdWFwhBP7Cf5gJRpADpUNxQsys6m"
PAYER = "TS2oMCWeBsYmMFWsXFx5u7M96KDF8BZDyG"
STRANGER = "TV6MuMXfmLbBqPZvBHdwFsDnQeVfnmiuSi"
TRANSACTION = "99e53c29e7c429aaf5150dc5586f5d3cd143c111c62f5b5deebd000aedacb842"

COLUMNS = {
    "wallet": HOLDER,
    "timestamp": "1650176103000",
    "tx_id": TRANSACTION,
    "risk_tx": "False",
    "status": "0",
    "from_address": PAYER,
    "from_tag": "LBank",
    "to_address": HOLDER,
    "to_tag": "",
    "quant": "65290000",
    "token_id": TETHER,
    "token_abbr": "USDT",
    "token_name": "Tether USD",
    "token_decimal": "6",
    "token_type": "trc20",
    "token_level": "2",
    "contract_return": "SUCCESS",
    "result": "SUCCESS",
}


def transfers(*rows: dict[str, str], without: frozenset[str] = frozenset()) -> str:
    """Return a list: each row says only in what it differs from the usual row."""
    kept = [column for column in COLUMNS if column not in without]
    lines = [kept, *([{**COLUMNS, **row}[column] for column in kept] for row in rows)]
    return "".join(",".join(_quoted(value) for value in line) + "\r\n" for line in lines)


def read(desk: Desk, *files: str | bytes | Path) -> Read:
    """Read lists of transfers."""
    paths = [one if isinstance(one, Path) else desk.file(f"list-{n}.csv", one) for n, one in enumerate(files)]
    return found(read_tronscan(TronscanFiles(tuple(paths)), find_chain(TRON), desk.scratch()))


def _quoted(value: str) -> str:
    return '"' + value.replace('"', '""') + '"' if set(value) & set(',"\n\r') else value
