"""The ordinary life of an invented chain: people, hubs, exchanges, a mixer, a bridge, contracts and tokens.

Partners are drawn by copying: whoever took part often takes part more often, which gives the few busy and many quiet
addresses of real ledgers. Nobody here knows of the theft.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable
from itertools import accumulate

from qiyafa.app.scenario.chain import (
    BRIDGE_CALL,
    CONTRACT_CALL,
    CREATION,
    GWEI,
    MIXER_DEPOSIT,
    MIXER_WITHDRAWAL,
    TOKEN_PAYMENT,
    WEI,
    Action,
    Inner,
    ScenarioChain,
)
from qiyafa.app.scenario.chance import Chance, derived_address
from qiyafa.app.scenario.truth import Role

PEOPLE = 2_000
HUBS = 24
EXCHANGES = 2
RECENT = 4_096
NOBODY_ADDRESS = "0x" + "0" * 40
"""Where tokens come from when they are minted."""

BRIDGE_UNITS = 131_072 * WEI
EXCHANGE_UNITS = 60_000 * WEI
MIXER_UNITS = 24_000 * WEI
POOL_UNITS = 8_000 * WEI
SHOP_UNITS = 3_000 * WEI
HUB_UNITS = 900 * WEI
RELAYER_UNITS = 50 * WEI
TOKEN_SUPPLY_UNITS = (10**9 * 10**6, 10**7 * WEI)
"""Base units of a token with 6 decimals and of one with 18."""

MIXER_DENOMINATIONS = (WEI // 10, WEI, 10 * WEI, 100 * WEI)
RELAYER_SHARE = 250
"""A mixer's relayer keeps one part in so many."""


class Economy:
    """Everybody but the thief; one `step` is one ordinary action."""

    def __init__(self, seed: int, chance: Chance, chain: ScenarioChain) -> None:
        self.transfers = 0
        """Ordinary transfers so far: values, internal transfers and token transfers; fees are not counted."""
        self._seed = seed
        self._chance = chance
        self._chain = chain
        self._newcomers = 0
        self._awaiting_sweep: list[str] = []
        self._exchange_of: dict[str, str] = {}
        self._name_everybody()
        self._seen = list(self._people)
        self._recent = self._people[:RECENT]
        self._hub_weights = list(accumulate(1_000_000 // rank for rank in range(1, HUBS + 1)))
        self._life: tuple[tuple[int, Callable[[], int]], ...] = tuple(
            zip(accumulate(permille for permille, _ in self._habits()), (act for _, act in self._habits()), strict=True)
        )

    def _habits(self) -> tuple[tuple[int, Callable[[], int]], ...]:
        """How many actions in a thousand are of each sort; the rest are payments."""
        return (
            (150, self._pay_token),
            (70, self._deposit_at_exchange),
            (76, self._sweep_deposit),
            (70, self._withdraw_from_exchange),
            (40, self._swap_at_pool),
            (30, self._fail),
            (25, self._trade_at_shop),
            (20, self._use_bridge),
            (12, self._deposit_in_mixer),
            (12, self._withdraw_from_mixer),
            (3, self._create_contract),
        )

    def _name_everybody(self) -> None:
        name = self._chain.books.name
        self._people = [self._address(f"person {number}") for number in range(PEOPLE)]
        self._hubs = [self._address(f"hub {number}") for number in range(HUBS)]
        self.exchanges = [name(self._address(f"exchange {number}"), Role.EXCHANGE) for number in range(EXCHANGES)]
        self.mixer = name(self._address("mixer"), Role.MIXER)
        self.shop = name(self._address("shop"), Role.SHOP)
        self.bridge = self._address("bridge")
        self._relayer = self._address("relayer")
        self._router = self._address("router")
        self._pool = self._address("pool")
        self.tokens = [self._address(f"token {number}") for number in range(len(TOKEN_SUPPLY_UNITS))]
        self._token_holders = [[self._hubs[0]] for _ in self.tokens]

    def begin(self, others: Iterable[tuple[str, int]]) -> None:
        """Endow everybody in the genesis block, `others` too, and mint the tokens in the block after it."""
        chain = self._chain
        chain.open_block()
        endowments = [(person, self._wealth()) for person in self._people]
        endowments += [(hub, HUB_UNITS) for hub in self._hubs]
        endowments += [(exchange, EXCHANGE_UNITS) for exchange in self.exchanges]
        endowments += [(self.mixer, MIXER_UNITS), (self.shop, SHOP_UNITS), (self.bridge, BRIDGE_UNITS)]
        endowments += [(self._pool, POOL_UNITS), (self._relayer, RELAYER_UNITS), *others]
        chain.endow(endowments)
        chain.open_block()
        for token, supply in zip(self.tokens, TOKEN_SUPPLY_UNITS, strict=True):
            chain.move_token(self._hubs[0], token, NOBODY_ADDRESS, self._hubs[0], supply)

    def step(self) -> None:
        """Let one ordinary thing happen."""
        draw = self._chance.below(1000)
        for limit, act in self._life:
            if draw < limit:
                self.transfers += act()
                return
        self.transfers += self._pay()

    def somebody(self) -> str:
        """Return an ordinary address that took part before."""
        return self._chance.one_of(self._seen)

    def deposit_address(self, exchange: str, client: str) -> str:
        """Return the address at which an exchange takes one client's deposits."""
        deposit = self._address(f"deposit of {client} at {exchange}")
        self._exchange_of[deposit] = exchange
        return deposit

    def await_sweep(self, address: str) -> None:
        """Have the exchange collect what arrived at an address, if it is a deposit address, when it comes to it."""
        if address in self._exchange_of:
            self._awaiting_sweep.append(address)

    def withdraw_from_exchange(self, exchange: str, target: str, units: int) -> None:
        """Have an exchange pay out to a client."""
        self._chain.pay(exchange, target, units)

    def withdraw_from_mixer(self, target: str, units: int) -> None:
        """Have the mixer pay out a deposit, through a relayer who keeps a share."""
        share = units // RELAYER_SHARE
        paid = (Inner(self.mixer, target, units - share), Inner(self.mixer, self._relayer, share))
        self._chain.call(self._relayer, self.mixer, 0, MIXER_WITHDRAWAL, paid)

    def _pay(self) -> int:
        source = self._payer()
        spendable = self._chain.spendable(source)
        units = spendable * 99 // 100 if self._chance.happens(200) else self._chance.small_part(spendable)
        target = self._payee()
        self._chain.pay(source, target, max(units, 1))
        self._took_part(source, target)
        return 1

    def _pay_token(self) -> int:
        number = self._chance.below(len(self.tokens))
        token, holders = self.tokens[number], self._token_holders[number]
        source = self._chance.one_of(holders)
        held = self._chain.token_balances[token, source]
        if held == 0 or not self._chain.spendable(source, TOKEN_PAYMENT):
            source = self._hubs[0]
            held = self._chain.token_balances[token, source]
        if not self._chain.spendable(source, TOKEN_PAYMENT):
            return 0
        target = self._seen[self._chance.below(len(self._seen))]
        self._chain.move_token(source, token, source, target, self._chance.small_part(held // 8) + min(held, 1))
        holders.append(target)
        return 1

    def _deposit_at_exchange(self) -> int:
        exchange = self._chance.one_of(self.exchanges)
        source = self._payer()
        deposit = self.deposit_address(exchange, source)
        units = self._chance.small_part(self._chain.spendable(source)) + 1
        self._chain.pay(source, deposit, units)
        self.await_sweep(deposit)
        return 1

    def _sweep_deposit(self) -> int:
        if not self._awaiting_sweep:
            return 0
        waiting = self._awaiting_sweep
        number = self._chance.below(len(waiting))
        waiting[number], waiting[-1] = waiting[-1], waiting[number]
        deposit = waiting.pop()
        units = self._chain.spendable(deposit)
        if units == 0:
            return 0
        self._chain.pay(deposit, self._exchange_of[deposit], units)
        return 1

    def _withdraw_from_exchange(self) -> int:
        exchange = self._chance.one_of(self.exchanges)
        target = self._payee()
        units = self._chance.small_part(min(self._chain.spendable(exchange), 400 * WEI)) + WEI // 100
        if units > self._chain.spendable(exchange):
            return 0
        self.withdraw_from_exchange(exchange, target, units)
        self._took_part(target)
        return 1

    def _swap_at_pool(self) -> int:
        person = self._payer(CONTRACT_CALL)
        if self._chance.happens(500):
            units = self._chance.small_part(self._chain.spendable(person, CONTRACT_CALL)) + 1
            self._chain.call(person, self._router, units, CONTRACT_CALL, (Inner(self._router, self._pool, units),))
            return 2
        units = self._chance.small_part(self._chain.balance(self._pool) // 16)
        self._chain.call(person, self._router, 0, CONTRACT_CALL, (Inner(self._pool, person, units),))
        self._took_part(person)
        return 1

    def _trade_at_shop(self) -> int:
        if self._chance.happens(500):
            source = self._payer()
            self._chain.pay(source, self.shop, self._chance.small_part(self._chain.spendable(source)) + 1)
            return 1
        units = self._chance.small_part(self._chain.spendable(self.shop) // 8)
        if units == 0:
            return 0
        target = self._payee()
        self._chain.pay(self.shop, target, units)
        self._took_part(target)
        return 1

    def _use_bridge(self) -> int:
        person = self._payer(BRIDGE_CALL)
        if self._chance.happens(600):
            units = self._chance.small_part(self._chain.spendable(person, BRIDGE_CALL)) + 1
            self._chain.pay(person, self.bridge, units, BRIDGE_CALL)
            return 1
        units = self._chance.small_part(self._chain.balance(self.bridge) // 2_000)
        self._chain.call(person, self.bridge, 0, BRIDGE_CALL, (Inner(self.bridge, person, units),))
        self._took_part(person)
        return 1

    def _deposit_in_mixer(self) -> int:
        source = self._payer(MIXER_DEPOSIT)
        spendable = self._chain.spendable(source, MIXER_DEPOSIT)
        affordable = [units for units in MIXER_DENOMINATIONS if units <= spendable]
        if not affordable:
            return 0
        self._chain.pay(source, self.mixer, affordable[-1], MIXER_DEPOSIT)
        return 1

    def _withdraw_from_mixer(self) -> int:
        units = self._chance.one_of(MIXER_DENOMINATIONS)
        if self._chain.balance(self.mixer) < units or not self._chain.spendable(self._relayer, MIXER_WITHDRAWAL):
            return 0
        person = self._newcomer()
        self.withdraw_from_mixer(person, units)
        self._took_part(person)
        return 2

    def _fail(self) -> int:
        person = self._payer(CONTRACT_CALL)
        self._chain.fail(person, self._router, self._chance.small_part(self._chain.spendable(person, CONTRACT_CALL)))
        return 0

    def _create_contract(self) -> int:
        creator = self._payer(CREATION)
        units = self._chance.below(GWEI) if self._chance.happens(300) else 0
        self._chain.create_contract(creator, units)
        return 1 if units else 0

    def _payer(self, action: Action = CONTRACT_CALL) -> str:
        """Return somebody who can pay for an action and has some units over; the busiest hub if need be."""
        for _ in range(16):
            draw = self._chance.below(100)
            if draw < 50:
                address = self._chance.one_of(self._recent)
            elif draw < 85:
                address = self._chance.one_of(self._seen)
            else:
                address = self._hub()
            if self._chain.spendable(address, action) > GWEI:
                return address
        return max(self._hubs, key=self._chain.balance)

    def _payee(self) -> str:
        draw = self._chance.below(100)
        if draw < 20:
            return self._newcomer()
        return self._hub() if draw < 35 else self._chance.one_of(self._seen)

    def _hub(self) -> str:
        return self._hubs[bisect_right(self._hub_weights, self._chance.below(self._hub_weights[-1]))]

    def _newcomer(self) -> str:
        self._newcomers += 1
        return self._address(f"newcomer {self._newcomers}")

    def _took_part(self, *addresses: str) -> None:
        for address in addresses:
            self._seen.append(address)
            self._recent[self._chance.below(len(self._recent))] = address

    def _wealth(self) -> int:
        """Draw a fortune: twice as much half as often, from about 1 to about 1,000 units of the native asset."""
        doublings = next((number for number in range(10) if self._chance.happens(500)), 10)
        return (WEI // 2 + self._chance.below(WEI)) << doublings

    def _address(self, name: str) -> str:
        return derived_address(self._seed, name)
