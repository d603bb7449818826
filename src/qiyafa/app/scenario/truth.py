"""What is true in a scenario: where every stolen unit is, kept while the story runs.

The identity of money is a choice: coins of an account have no names. Here it is the launderer's own knowledge. For
each payment from an address that he (or a mule for him) controls, he knows whether he is paying with the stolen money
or with other money that lies beside it; that is the payment's `Intent`. Fees are paid from the other money as long as
there is some. At a service (mixer, exchange, shop) his knowledge ends: what was delivered there stays there, and what
the service pays out is its own money. Every stolen unit is therefore at one address, or was spent as a fee.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import Enum, StrEnum
from typing import Any


class Role(StrEnum):
    """What an address is in the story."""

    THIEF = "thief"
    TRANCHE = "tranche"
    PEEL = "peel"
    DORMANT = "dormant"
    CONSOLIDATION = "consolidation"
    FRONT = "front"
    """The thief's own address with money he came by honestly."""
    MULE = "mule"
    DEPOSIT = "exchange deposit"
    EXCHANGE = "exchange"
    MIXER = "mixer"
    SHOP = "shop"
    """A service that swaps for everybody and that nobody has labelled."""


SERVICES = frozenset({Role.EXCHANGE, Role.MIXER, Role.SHOP})
"""Where the launderer's knowledge ends."""


class Intent(Enum):
    """With which money a payment is made as long as there is enough of it; the other money fills up the rest."""

    STOLEN = "stolen"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class TrueHolder:
    """Stolen units that really are at one address when the scenario ends."""

    address: str
    units: int
    role: str
    controlled_by_thief: bool


@dataclass(frozen=True, slots=True)
class Truth:
    """Where the stolen units are: `stolen` = the sum over `holders` + `fees`, to the unit."""

    seed: int
    chain: str
    asset: str
    thief: str
    from_block: int
    stolen: int
    fees: int
    holders: tuple[TrueHolder, ...]
    """Largest first, then by address."""
    roles: dict[str, str]
    """Every address of the story by its role, with or without stolen units now."""

    def with_role(self, role: Role) -> list[str]:
        """Return the addresses of a role, in the order in which the story names them."""
        return [address for address, named in self.roles.items() if named == role]

    def to_json(self) -> str:
        """Return the truth as JSON, units as strings."""
        record = asdict(self) | {"stolen": str(self.stolen), "fees": str(self.fees)}
        record["holders"] = [asdict(holder) | {"units": str(holder.units)} for holder in self.holders]
        return json.dumps(record, indent=1) + "\n"

    @classmethod
    def from_json(cls, written: str) -> "Truth":
        """Read back what `to_json` wrote. Raises ValueError, KeyError or TypeError if the text is something else."""
        record: dict[str, Any] = json.loads(written)
        holders = tuple(_holder(entry) for entry in record["holders"])
        whole = {"stolen": int(record["stolen"]), "fees": int(record["fees"]), "holders": holders}
        return cls(**(record | whole))


def _holder(entry: Mapping[str, Any]) -> TrueHolder:
    return TrueHolder(**(dict(entry) | {"units": int(entry["units"])}))


class Books:
    """The launderer's bookkeeping: how many of the units at an address are stolen."""

    def __init__(self) -> None:
        self.roles: dict[str, Role] = {}
        self.stolen_at: dict[str, int] = {}
        self.stolen = 0
        self.fees = 0
        self._thief = ""
        self._services: set[str] = set()

    def name(self, address: str, role: Role) -> str:
        """Give an address its role in the story and return it."""
        self.roles[address] = role
        if role in SERVICES:
            self._services.add(address)
        return address

    def begin_theft(self, thief: str, balance: int) -> None:
        """From now on all that the thief's address holds and receives is stolen, as the case defines it."""
        self._thief = thief
        self.stolen_at[thief] = balance
        self.stolen = balance

    def spend_fee(self, source: str, balance: int, fee: int) -> None:
        """Note a fee out of a balance (before the fee)."""
        stolen = self.stolen_at.get(source)
        if not stolen or source in self._services:
            return
        burnt = max(0, fee - (balance - stolen))
        self.stolen_at[source] = stolen - burnt
        self.fees += burnt

    def move(self, source: str, target: str, units: int, balance: int, intent: Intent) -> None:
        """Note a transfer out of a balance (before the transfer)."""
        carried = self._take(source, units, balance, intent)
        if target == self._thief:
            self.stolen += units - carried
            carried = units
        if carried:
            self.stolen_at[target] = self.stolen_at.get(target, 0) + carried

    def _take(self, source: str, units: int, balance: int, intent: Intent) -> int:
        stolen = self.stolen_at.get(source)
        if not stolen or source in self._services:
            return 0
        other = balance - stolen
        assert other >= 0, f"{source} holds less than what is stolen of it"
        carried = min(units, stolen) if intent is Intent.STOLEN else max(0, units - other)
        self.stolen_at[source] = stolen - carried
        return carried

    def holders(self) -> tuple[TrueHolder, ...]:
        """Return where the stolen units are, largest first."""
        held = sorted(((units, address) for address, units in self.stolen_at.items() if units), key=_largest_first)
        return tuple(self._holder(address, units) for units, address in held)

    def _holder(self, address: str, units: int) -> TrueHolder:
        role = self.roles[address]
        return TrueHolder(address, units, role, role not in SERVICES | {Role.DEPOSIT, Role.MULE})


def _largest_first(entry: tuple[int, str]) -> tuple[int, str]:
    return -entry[0], entry[1]
