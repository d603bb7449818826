"""An invented account chain in the making: blocks, balances and fees, written down as ethereum-etl writes them.

Balances never go negative and every balance is funded by the genesis block, so a trace sees the whole of it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TextIO

from qiyafa.app.scenario.chance import Chance, derived_hash
from qiyafa.app.scenario.truth import Books, Intent
from qiyafa.chains.ethereum import created_contract_address

WEI = 10**18
GWEI = 10**9

GENESIS_TIME = 1_767_225_600
"""2026-01-01 00:00:00 UTC."""
BLOCK_SECONDS = 12

_LEAST_GAS_PRICE_WEI = 4 * GWEI
_MOST_GAS_PRICE_WEI = 60 * GWEI
_PRIORITY_FEE_WEI = GWEI

# Column names and order of ethereum-etl (docs/schema.md of ethereum-etl 2.4); the transactions carry the receipt's
# columns under the names of its BigQuery and AWS tables, so that no second file is needed.
# fmt: off
TRANSACTION_COLUMNS = (
    "hash", "nonce", "block_hash", "block_number", "transaction_index", "from_address", "to_address", "value",
    "gas", "gas_price", "input", "block_timestamp", "max_fee_per_gas", "max_priority_fee_per_gas",
    "transaction_type", "receipt_gas_used", "receipt_contract_address", "receipt_status",
    "receipt_effective_gas_price",
)
TOKEN_TRANSFER_COLUMNS = (
    "token_address", "from_address", "to_address", "value", "transaction_hash", "log_index", "block_number",
)
TRACE_COLUMNS = (
    "block_number", "transaction_hash", "transaction_index", "from_address", "to_address", "value", "input",
    "output", "trace_type", "call_type", "reward_type", "gas", "gas_used", "subtraces", "trace_address", "error",
    "status", "trace_id",
)
# fmt: on


@dataclass(frozen=True, slots=True)
class Action:
    """What a transaction does, as far as its cost and its first four bytes tell."""

    gas_used: int
    selector: str = "0x"


PAYMENT = Action(21_000)
TOKEN_PAYMENT = Action(51_342, "0xa9059cbb")
CONTRACT_CALL = Action(118_407, "0x1fff991f")
BRIDGE_CALL = Action(94_210, "0x993e1c42")
MIXER_DEPOSIT = Action(964_515, "0x13d98d13")
MIXER_WITHDRAWAL = Action(318_927, "0x21a0adb6")
CREATION = Action(612_338, "0x60806040")


@dataclass(frozen=True, slots=True)
class Inner:
    """An internal transfer: what a contract pays while a transaction runs."""

    source: str
    target: str
    units: int


class ScenarioChain:
    """Takes actions in order and writes their rows at once; keeps only balances."""

    def __init__(self, seed: int, chance: Chance, books: Books, files: tuple[TextIO, TextIO, TextIO]) -> None:
        """Write to open files for transactions, token transfers and traces."""
        self.books = books
        self.balances: dict[str, int] = {}
        self.token_balances: dict[tuple[str, str], int] = {}
        self.block_number = -1
        self.gas_price_wei = 20 * GWEI
        self._seed = seed
        self._chance = chance
        self._nonces: dict[str, int] = {}
        self._count = 0
        self._block_time, self._block_hash = GENESIS_TIME, ""
        self._transaction_index = self._log_index = -1
        self._transaction_row, self._token_row, self._trace_row = (_row_writer(file) for file in files)
        self._transaction_row(TRANSACTION_COLUMNS)
        self._token_row(TOKEN_TRANSFER_COLUMNS)
        self._trace_row(TRACE_COLUMNS)

    def open_block(self) -> None:
        """Begin the next block, twelve seconds after the last."""
        self.block_number += 1
        self._block_time = GENESIS_TIME + BLOCK_SECONDS * self.block_number
        self._block_hash = derived_hash(self._seed, f"block {self.block_number}")
        self._transaction_index = self._log_index = -1
        step = self._chance.between(-60, 60)
        price_wei = self.gas_price_wei + self.gas_price_wei * step // 1000
        self.gas_price_wei = max(_LEAST_GAS_PRICE_WEI, min(_MOST_GAS_PRICE_WEI, price_wei))

    def endow(self, endowments: Iterable[tuple[str, int]]) -> None:
        """Give addresses their first units, in the genesis block."""
        for index, (address, units) in enumerate(endowments):
            self.balances[address] = self.balances.get(address, 0) + units
            row = (self.block_number, "", "", "", address, units, "", "", "genesis", "", "", "", "", 0, "", "", 1)
            self._trace_row((*row, f"genesis_{self.block_number}_{index}"))

    def balance(self, address: str) -> int:
        """Return the wei at an address."""
        return self.balances.get(address, 0)

    def fee_wei(self, action: Action) -> int:
        """Return what an action costs in this block."""
        return action.gas_used * self.gas_price_wei

    def spendable(self, address: str, action: Action = PAYMENT) -> int:
        """Return the wei that an address can send with an action after its fee; 0 if it cannot pay the fee."""
        return max(0, self.balance(address) - self.fee_wei(action))

    def pay(
        self, source: str, target: str, units: int, action: Action = PAYMENT, intent: Intent = Intent.OTHER
    ) -> None:
        """Send units in a transaction of their own."""
        self._transaction(source, target, units, action)
        self._move(source, target, units, intent)

    def call(self, source: str, contract: str, units: int, action: Action, inner: tuple[Inner, ...]) -> None:
        """Call a contract, with units or without, and let it pay in turn."""
        transaction_hash = self._transaction(source, contract, units, action)
        self._move(source, contract, units, Intent.OTHER)
        self._trace(transaction_hash, "", Inner(source, contract, units), action, subtraces=len(inner))
        for place, transfer in enumerate(inner):
            self._move(transfer.source, transfer.target, transfer.units, Intent.OTHER)
            self._trace(transaction_hash, str(place), transfer, action, subtraces=0)

    def fail(self, source: str, target: str, units: int, action: Action = CONTRACT_CALL) -> None:
        """Try to send units in a transaction that fails: only its fee moves."""
        self._transaction(source, target, units, action, status=0)

    def create_contract(self, creator: str, units: int) -> None:
        """Create a contract, perhaps with units, at the address that follows from its creator and nonce."""
        contract = created_contract_address(creator, self._nonces.get(creator, 0))
        self._transaction(creator, "", units, CREATION, created=contract)
        self._move(creator, contract, units, Intent.OTHER)

    def move_token(self, sender: str, token: str, source: str, target: str, units: int) -> None:
        """Let a sender call a token contract that moves units from a source."""
        transaction_hash = self._transaction(sender, token, 0, TOKEN_PAYMENT)
        self._log_index += 1
        self._token_row((token, source, target, units, transaction_hash, self._log_index, self.block_number))
        self.token_balances[token, source] = self.token_balances.get((token, source), 0) - units
        self.token_balances[token, target] = self.token_balances.get((token, target), 0) + units

    def _transaction(
        self, source: str, target: str, units: int, action: Action, *, status: int = 1, created: str = ""
    ) -> str:
        fee = action.gas_used * self.gas_price_wei
        balance = self.balances.get(source, 0)
        assert balance >= fee + (units if status else 0), f"{source} cannot pay"
        self.books.spend_fee(source, balance, fee)
        self.balances[source] = balance - fee
        nonce = self._nonces.get(source, 0)
        self._nonces[source] = nonce + 1
        self._count += 1
        self._transaction_index += 1
        transaction_hash = derived_hash(self._seed, f"transaction {self._count}")
        gas_limit = action.gas_used if action is PAYMENT else action.gas_used * 5 // 4
        head = (transaction_hash, nonce, self._block_hash, self.block_number, self._transaction_index)
        body = (source, target, units, gas_limit, self.gas_price_wei, action.selector, self._block_time)
        price = (2 * self.gas_price_wei, _PRIORITY_FEE_WEI, 2)
        self._transaction_row((*head, *body, *price, action.gas_used, created, status, self.gas_price_wei))
        return transaction_hash

    def _move(self, source: str, target: str, units: int, intent: Intent) -> None:
        balances = self.balances
        balance = balances.get(source, 0)
        assert balance >= units, f"{source} holds {balance}, not {units}"
        self.books.move(source, target, units, balance, intent)
        balances[source] = balance - units
        balances[target] = balances.get(target, 0) + units

    def _trace(self, transaction_hash: str, place: str, moved: Inner, action: Action, *, subtraces: int) -> None:
        gas = (action.gas_used * 5 // 4, action.gas_used) if place == "" else (2300, 0)
        head = (self.block_number, transaction_hash, self._transaction_index, moved.source, moved.target, moved.units)
        middle = (action.selector if place == "" else "0x", "0x", "call", "call", "", *gas, subtraces, place, "", 1)
        self._trace_row((*head, *middle, f"call_{transaction_hash}_{place}"))


def _row_writer(file: TextIO) -> Callable[[tuple[str | int, ...]], None]:
    """Return what writes a row of CSV; hexadecimal, numbers and single words need no quotes."""
    write = file.write

    def write_row(row: tuple[str | int, ...]) -> None:
        write(",".join(map(str, row)) + "\n")

    return write_row
