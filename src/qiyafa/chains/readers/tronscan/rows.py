"""One row of a list of TRC-20 transfers, its values made canonical."""

from functools import lru_cache

from qiyafa.chains.chain import Chain
from qiyafa.chains.readers.etherscan.row_values import BadRowError, Row, given_in, units_in
from qiyafa.model.errors import InvalidInput

_DONE = {"", "SUCCESS"}
_FUNGIBLE = {"", "trc20"}
_EARLIEST_MILLISECOND = 1_500_000_000_000
"""Before TRON's first block (25 June 2018). A smaller number does not count milliseconds."""
_LATEST_MILLISECOND = 10**14 - 1
_KEPT_SPELLINGS = 1 << 16
"""Addresses come again and again, and each check is two rounds of SHA-256."""


def is_done(row: Row) -> bool:
    """Return whether the transaction did what it says; an empty column says nothing against it."""
    return row["contract_return"].strip() in _DONE and row["result"].strip() in _DONE


def is_fungible(row: Row) -> bool:
    """Return whether the token is of a kind that is traced here; a list without the column has only such."""
    return row["token_type"].strip().lower() in _FUNGIBLE


def holder_in(row: Row) -> str:
    """Return the holder whose list the row is from; empty if the file does not say."""
    return row["wallet"].strip()


class Mover:
    """Makes transfers of one chain from rows."""

    def __init__(self, chain: Chain) -> None:
        self._chain = chain
        self._canonical = lru_cache(_KEPT_SPELLINGS)(chain.formats.canonical)

    def transfer(self, row: Row) -> dict[str, object]:
        """Return the raw transfer of a row, keyed by column. Raises BadRowError."""
        source, target = self._address_in(row, "from_address"), self._address_in(row, "to_address")
        if holder_in(row) and self._address_in(row, "wallet") not in (source, target):
            raise BadRowError("chains.problem.other_address", address=holder_in(row))
        return {
            "time": _seconds_in(row, "timestamp"),
            "transaction_hash": self._transaction_hash_in(row, "tx_id"),
            "kind": "token",
            "source": source,
            "target": target,
            "asset": f"{self._chain.caip2}/{self._chain.token_namespace}:{self._address_in(row, 'token_id')}",
            "units_text": str(units_in(row, "quant")),
            "status": "ok",
            "precision": "exact",
        }

    def _address_in(self, row: Row, column: str) -> str:
        value = given_in(row, column)
        try:
            return self._canonical(value)
        except InvalidInput as error:
            wrong_digit = error.key == "tron.error.address_checksum"
            key = "tron.problem.checksum" if wrong_digit else "chains.problem.address"
            raise BadRowError(key, column=column, value=value) from error

    def _transaction_hash_in(self, row: Row, column: str) -> str:
        value = given_in(row, column)
        try:
            return self._chain.transaction_hash(value)
        except InvalidInput as error:
            raise BadRowError("chains.problem.hash", column=column, value=value) from error


def _seconds_in(row: Row, column: str) -> int:
    value = given_in(row, column)
    if not (value.isascii() and value.isdigit() and len(value) < 20):
        raise BadRowError("tron.problem.time", column=column, value=value)
    if not _EARLIEST_MILLISECOND <= int(value) <= _LATEST_MILLISECOND:
        raise BadRowError("tron.problem.time", column=column, value=value)
    return int(value) // 1000
