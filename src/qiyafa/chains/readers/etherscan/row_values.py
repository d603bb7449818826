"""Values of one row as an explorer writes them, made canonical one by one.

A value that cannot be meant raises BadRowError, which the reader turns into a problem of the row.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from fractions import Fraction

from qiyafa.model.errors import Field
from qiyafa.model.ledger import MAX_UINT256

_HASH = re.compile(r"0[xX][0-9a-fA-F]{64}", re.ASCII)
_ADDRESS = re.compile(r"0[xX][0-9a-fA-F]{40}", re.ASCII)
_WHOLE = re.compile(r"[0-9]{1,78}", re.ASCII)
_DECIMAL = re.compile(
    r"([0-9]{1,3}(,[0-9]{3})+|[0-9]{1,78})?(\.[0-9]{0,78})?(E[+-]?[0-9]{1,2})?", re.ASCII | re.IGNORECASE
)
_LAST_BLOCK = 10**15 - 1
_LAST_SECOND = 10**11 - 1
_TIME_SPELLINGS = ("%Y-%m-%d %H:%M:%S", "%m/%d/%Y %I:%M:%S %p")
"""Of the column DateTime (UTC): the newer and the older one."""

Row = Mapping[str, str]


class BadRowError(Exception):
    """A row that cannot be taken; carries the key and the fields of its problem."""

    def __init__(self, key: str, **fields: Field) -> None:
        self.key = key
        self.fields = fields
        super().__init__(key)


def transaction_hash_in(row: Row, column: str) -> str:
    """Return a transaction hash in lower case."""
    value = given_in(row, column)
    if not _HASH.fullmatch(value):
        raise BadRowError("chains.problem.hash", column=column, value=value)
    return value.lower()


def address_in(row: Row, column: str) -> str:
    """Return an address in lower case, whatever the case of the file."""
    value = given_in(row, column)
    if not _ADDRESS.fullmatch(value):
        raise BadRowError("chains.problem.address", column=column, value=value)
    return value.lower()


def block_in(row: Row, column: str) -> int:
    """Return a block number."""
    return _whole_in(row, column, _LAST_BLOCK, "chains.problem.block")


def time_in(row: Row, column: str) -> int:
    """Return seconds since 1970, from such a number or from a date and time in UTC."""
    value = given_in(row, column)
    for spelling in _TIME_SPELLINGS:
        try:
            return int(datetime.strptime(value, spelling).replace(tzinfo=UTC).timestamp())
        except ValueError:
            continue
    return _whole_in(row, column, _LAST_SECOND, "chains.problem.time")


def index_in(row: Row, column: str) -> int:
    """Return the index of a transaction in its block."""
    return _whole_in(row, column, 10**9 - 1, "chains.problem.index")


def units_in(row: Row, column: str) -> int:
    """Return whole base units up to 2^256 - 1."""
    return _whole_in(row, column, MAX_UINT256, "chains.problem.units")


def fee_in(row: Row, gas_column: str, price_column: str) -> int:
    """Return gas used times the price of gas, in base units."""
    gas = _whole_in(row, gas_column, 10**15 - 1, "chains.problem.gas")
    return gas * _whole_in(row, price_column, 10**20 - 1, "chains.problem.price")


def decimal_units_in(row: Row, column: str, decimals: int) -> int:
    """Return whole base units of a number with a decimal point, perhaps with commas between thousands; empty is 0."""
    value = row[column].strip()
    if not value:
        return 0
    if not _DECIMAL.fullmatch(value) or not re.search(r"[0-9]", value.upper().split("E")[0]):
        raise BadRowError("chains.problem.decimal", column=column, value=value)
    units = Fraction(value.replace(",", "")) * 10**decimals
    if units.denominator != 1:
        raise BadRowError("chains.problem.too_fine", column=column, value=value, decimals=decimals)
    if units > MAX_UINT256:
        raise BadRowError("chains.problem.decimal", column=column, value=value)
    return int(units)


def given_in(row: Row, column: str) -> str:
    """Return the text of a value that must not be empty."""
    value = row[column].strip()
    if not value:
        raise BadRowError("chains.problem.empty", column=column)
    return value


def _whole_in(row: Row, column: str, last: int, key: str) -> int:
    value = given_in(row, column)
    if not _WHOLE.fullmatch(value) or int(value) > last:
        raise BadRowError(key, column=column, value=value)
    return int(value)
