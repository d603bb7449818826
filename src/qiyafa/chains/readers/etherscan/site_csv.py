"""CSV exports of the explorer's web site: transactions, internal transactions, ERC-20 transfers.

Values are decimal numbers with commas between thousands, in columns whose header carries the asset's symbol and
sometimes a price: `Value_IN(ETH)`, `CurrentValue @ $3021.87/ETH`. The columns of money in dollars are ignored.
An ERC-20 export says neither the decimals of a token nor the index of a log.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from qiyafa.chains.readers.etherscan.account_json import MOVING_CALLS, UNMOVING_CALLS
from qiyafa.chains.readers.etherscan.listing import Context, Listing, ListKind
from qiyafa.chains.readers.etherscan.row_values import (
    BadRowError,
    Row,
    address_in,
    block_in,
    decimal_units_in,
    given_in,
    time_in,
    transaction_hash_in,
)
from qiyafa.model.errors import InvalidInput

ROW_LIMIT = 5_000
"""The site puts at most so many rows into one export."""

_COLUMNS = {
    "txhash": "Transaction Hash",
    "transaction hash": "Transaction Hash",
    "blockno": "Blockno",
    "unixtimestamp": "UnixTimestamp",
    "datetime (utc)": "DateTime (UTC)",
    "datetime": "DateTime (UTC)",
    "from": "From",
    "to": "To",
    "txto": "To",
    "contractaddress": "ContractAddress",
    "tokenvalue": "TokenValue",
    "value": "TokenValue",
    "status": "Status",
    "errcode": "ErrCode",
    "type": "Type",
}
"""Header, in lower case, to the name used here. Columns that carry a symbol are found by their beginning."""

_SYMBOL_COLUMNS = {"value_in(": "Value_IN", "value_out(": "Value_OUT", "txnfee(": "TxnFee"}
_IGNORED = {"txnfee(usd)"}

_NEEDED = {
    ListKind.TRANSACTIONS: ("Transaction Hash", "Blockno", "From", "To", "Value_IN", "Value_OUT", "TxnFee", "Status"),
    ListKind.INTERNAL: ("Transaction Hash", "Blockno", "From", "To", "Value_IN", "Value_OUT", "Status", "Type"),
    ListKind.TOKENS: ("Transaction Hash", "From", "To", "TokenValue", "ContractAddress"),
}
_DONE = {
    ListKind.TRANSACTIONS: {"", "success"},
    # Here the column holds the number of the error, 0 for none.
    ListKind.INTERNAL: {"", "0", "success"},
}


def open_site_csv(path: Path, content: bytes) -> Listing:
    """Recognise an export. Raises InvalidInput if it is none, or of things that are not fungible."""
    try:
        (_, named), *lines = _lines(content.decode("utf-8-sig", errors="replace")) or [(1, [])]
    except csv.Error as error:
        raise InvalidInput("chains.error.csv_damaged", file=str(path), reason=str(error)) from error
    header = [_name(column) for column in named]
    kind = _kind(path, header, ", ".join(named))
    rows, broken = [], []
    for line, values in lines:
        if len(values) == len(header):
            rows.append((f"line {line}", defaultdict(str, zip(header, values, strict=True))))
        else:
            broken.append((f"line {line}", "chains.problem.no_row"))
    return Listing(path, kind, tuple(rows), tuple(broken), ROW_LIMIT, transfers_of)


def transfers_of(row: Row, kind: ListKind, context: Context) -> Iterator[dict[str, object]]:
    """Yield the raw transfers of a row. Raises BadRowError."""
    shared: dict[str, object] = {
        "block_number": block_in(row, "Blockno") if row["Blockno"] else None,
        "time": time_in(row, "UnixTimestamp" if row["UnixTimestamp"] else "DateTime (UTC)"),
        "transaction_hash": transaction_hash_in(row, "Transaction Hash"),
        "source": address_in(row, "From"),
        "target": address_in(row, _target_column(row, kind)),
        "asset": context.native_asset,
        "status": "ok",
        "precision": "exact",
    }
    if kind is ListKind.TOKENS:
        yield shared | _token(row, context)
        return
    failed = _has_failed(row, kind)
    units = _native_units(row, context)
    if kind is ListKind.TRANSACTIONS:
        fee = decimal_units_in(row, "TxnFee", context.native_decimals)
        status = {"status": "failed" if failed else "ok"}
        yield shared | status | {"kind": "fee", "target": "", "units_text": str(fee)}
        yield shared | status | {"kind": "native", "units_text": "0" if failed else str(units)}
    elif not failed and _moves(row):
        yield shared | {"kind": "internal", "units_text": str(units)}


def _token(row: Row, context: Context) -> dict[str, object]:
    contract = address_in(row, "ContractAddress")
    if contract not in context.decimals:
        raise BadRowError("chains.problem.decimals_unknown", contract=contract)
    given_in(row, "TokenValue")
    units = decimal_units_in(row, "TokenValue", context.decimals[contract])
    return {"kind": "token", "asset": context.token_asset(contract), "units_text": str(units)}


def _target_column(row: Row, kind: ListKind) -> str:
    """A transaction without receiver creates the contract; a token transfer has its token there."""
    creates = kind is not ListKind.TOKENS and not row["To"] and row["ContractAddress"]
    return "ContractAddress" if creates else "To"


def _native_units(row: Row, context: Context) -> int:
    """What came in, or what went out; both only where the address paid itself."""
    inward = decimal_units_in(row, "Value_IN", context.native_decimals)
    outward = decimal_units_in(row, "Value_OUT", context.native_decimals)
    if inward and outward and inward != outward:
        raise BadRowError("chains.problem.two_values", inward=row["Value_IN"], outward=row["Value_OUT"])
    return max(inward, outward)


def _has_failed(row: Row, kind: ListKind) -> bool:
    status = row["Status"].strip().lower()
    if status.startswith(("error", "fail")) or (
        kind is ListKind.INTERNAL and (status == "1" or row["ErrCode"].strip())
    ):
        return True
    if status not in _DONE[kind]:
        raise BadRowError("chains.problem.csv_status", value=row["Status"])
    return False


def _moves(row: Row) -> bool:
    call = given_in(row, "Type").lower()
    if call not in MOVING_CALLS | UNMOVING_CALLS:
        raise BadRowError("chains.problem.call_type", value=call)
    return call in MOVING_CALLS


def _name(column: str) -> str:
    """Return the name used here for a column of the file; columns that are not needed keep their own."""
    spelled = column.strip().lower()
    if spelled in _IGNORED:
        return spelled
    beginning = next((start for start in _SYMBOL_COLUMNS if spelled.startswith(start)), None)
    return _SYMBOL_COLUMNS[beginning] if beginning else _COLUMNS.get(spelled, spelled)


def _kind(path: Path, header: list[str], found: str) -> ListKind:
    if "tokenid" in header:
        raise InvalidInput("chains.error.single_tokens", file=str(path))
    if "TokenValue" in header and "ContractAddress" in header:
        kind = ListKind.TOKENS
    elif "parenttxfrom" in header:
        kind = ListKind.INTERNAL
    elif "Value_IN" in header:
        kind = ListKind.TRANSACTIONS
    else:
        raise InvalidInput("chains.error.unknown_list", file=str(path), found=found)
    moment = "DateTime (UTC)" if "DateTime (UTC)" in header else "UnixTimestamp"
    for column in (*_NEEDED[kind], moment):
        if column not in header:
            raise InvalidInput("chains.error.column_missing", file=str(path), column=column, found=found)
    return kind


def _lines(text: str) -> list[tuple[int, list[str]]]:
    """Return each row that is not blank with the line it begins on."""
    rows = []
    reader = csv.reader(io.StringIO(text, newline=""))
    begins = 1
    for values in reader:
        if values:
            rows.append((begins, values))
        begins = reader.line_num + 1
    return rows
