"""Transfers and what is known of their completeness: the words of the ledger."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class TransferKind(StrEnum):
    """Why units moved."""

    FEE = "fee"
    NATIVE = "native"
    INTERNAL = "internal"
    TOKEN = "token"  # noqa: S105 - a kind of transfer, not a secret
    REWARD = "reward"
    SPEND = "spend"
    OUTPUT = "output"


class LedgerModel(StrEnum):
    """How a chain keeps money: balances of accounts, or outputs that are spent whole."""

    ACCOUNTS = "accounts"
    OUTPUTS = "outputs"


class Order(StrEnum):
    """Whether the chain's own order of a transfer is known, or was assumed where the source lacks it."""

    EXACT = "exact"
    ASSUMED = "assumed"


class Precision(StrEnum):
    """Whether the units are the chain's own integer, or came through a floating-point number."""

    EXACT = "exact"
    LOSSY = "lossy"


class CoverageStatus(StrEnum):
    """How much of an address's history the ledger holds. Unknown is not complete."""

    COMPLETE = "complete"
    CAPPED = "capped"
    ABSENT = "absent"
    UNKNOWN = "unknown"


NOBODY = ""
"""The address of what is not one: the source of a reward, the target of a fee."""

MAX_UNITS = 10**38 - 1
"""The largest value, and the largest turnover of one position, that can be traced (DECIMAL(38,0))."""

MAX_UINT256 = 2**256 - 1


@dataclass(frozen=True, slots=True)
class Transfer:
    """One asset amount from one address to another. Immutable; a failed transaction has only its fee."""

    chain: str
    """CAIP-2."""
    block_number: int | None
    transaction_index: int | None
    position: int
    """Order inside the transaction: 0 the fee, 1 the native value, then internal transfers, then tokens."""
    time: datetime | None
    """UTC."""
    transaction_hash: str
    kind: TransferKind
    source: str
    target: str
    asset: str
    """CAIP-19."""
    units: int
    """Base units of the asset (wei, satoshi); never a float."""
    order: Order = Order.EXACT
    precision: Precision = Precision.EXACT


@dataclass(frozen=True, slots=True)
class AddressCoverage:
    """How complete the history of one address is, as its source stated it."""

    address: str
    status: CoverageStatus
    detail: str = ""


@dataclass(frozen=True, slots=True)
class BlockCoverage:
    """A range of blocks, both ends included, that a source holds whole."""

    first_block: int
    last_block: int
