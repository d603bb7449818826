"""The scenario's files are replayed here from nothing but their rows; the truth must agree with them."""

import csv
import hashlib
import json
import tomllib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiyafa.app.scenario.chain import WEI
from qiyafa.app.scenario.chance import Chance, derived_address, look_alike
from qiyafa.app.scenario.create import LEAST_TRANSFERS, Scenario, create_scenario
from qiyafa.app.scenario.launderer import DEPOSIT_UNITS, TRANCHE_UNITS
from qiyafa.app.scenario.schedule import Plan, Schedule
from qiyafa.app.scenario.truth import SERVICES, Books, Intent, Role, Truth
from qiyafa.model.errors import Conflict, InvalidInput, Unavailable

SEED_7_SHA256 = "a80b52ece3b78f3dbc6648fb2a21baa0ebba4de1cb61cdbaf7011a869235f4cd"
"""Of the data files of seed 7; a change of the story changes it, nothing else may."""


@dataclass
class Replay:
    """Balances of the native asset, from rows alone."""

    balances: Counter[str] = field(default_factory=Counter)
    least: int = 0
    """The lowest balance that anybody ever had."""
    thief_at_theft: int = 0
    thief_received: int = 0

    def move(self, source: str, target: str, units: int) -> None:
        """Take units from a source, if there is one, and give them to a target, if there is one."""
        if source:
            self.balances[source] -= units
            self.least = min(self.least, self.balances[source])
        if target:
            self.balances[target] += units


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="ascii", newline="") as file:
        return list(csv.DictReader(file))


def replay(scenario: Scenario) -> Replay:
    truth, state = scenario.truth, Replay()
    inner: dict[str, list[dict[str, str]]] = {}
    for trace in rows(scenario.path("traces.csv")):
        if trace["trace_type"] == "genesis":
            state.move("", trace["to_address"], int(trace["value"]))
        elif trace["trace_address"]:
            inner.setdefault(trace["transaction_hash"], []).append(trace)
    begun = False
    for row in rows(scenario.path("transactions.csv")):
        if not begun and int(row["block_number"]) >= truth.from_block:
            begun, state.thief_at_theft = True, state.balances[truth.thief]
        state.move(row["from_address"], "", int(row["receipt_gas_used"]) * int(row["receipt_effective_gas_price"]))
        target = row["to_address"] or row["receipt_contract_address"]
        moved = [(row["from_address"], target, int(row["value"]))] if row["receipt_status"] == "1" else []
        moved += [
            (trace["from_address"], trace["to_address"], int(trace["value"])) for trace in inner.get(row["hash"], [])
        ]
        for source, receiver, units in moved:
            state.move(source, receiver, units)
            state.thief_received += units if begun and receiver == truth.thief else 0
    return state


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    return create_scenario(tmp_path_factory.mktemp("scenario"), seed=7, transfers=LEAST_TRANSFERS)


def test_every_balance_is_funded_and_none_goes_negative(scenario: Scenario) -> None:
    assert replay(scenario).least == 0


def test_stolen_is_what_the_thief_held_and_received_from_the_first_block_of_the_theft(scenario: Scenario) -> None:
    state = replay(scenario)
    assert scenario.truth.stolen == state.thief_at_theft + state.thief_received
    assert 99_000 * WEI < scenario.truth.stolen < 101_100 * WEI


def test_every_stolen_unit_is_at_one_address_or_was_spent_as_a_fee(scenario: Scenario) -> None:
    truth = scenario.truth
    assert truth.stolen == truth.fees + sum(holder.units for holder in truth.holders)
    assert len({holder.address for holder in truth.holders}) == len(truth.holders)
    assert truth.fees > 0


def test_whoever_is_no_service_still_has_the_stolen_units_that_the_truth_says(scenario: Scenario) -> None:
    balances = replay(scenario).balances
    for holder in scenario.truth.holders:
        if Role(holder.role) not in SERVICES:
            assert balances[holder.address] >= holder.units


def test_the_mixer_holds_the_deposits_and_nothing_else(scenario: Scenario) -> None:
    truth = scenario.truth
    (mixer,) = truth.with_role(Role.MIXER)
    laundered = {address for address, role in truth.roles.items() if role == Role.TRANCHE}
    deposits = [
        int(row["value"])
        for row in rows(scenario.path("transactions.csv"))
        if row["to_address"] == mixer and row["from_address"] in laundered and row["receipt_status"] == "1"
    ]
    assert set(deposits) == {DEPOSIT_UNITS}
    assert sum(deposits) == next(holder.units for holder in truth.holders if holder.address == mixer)


def test_the_tranches_are_equal(scenario: Scenario) -> None:
    truth = scenario.truth
    tranches = set(truth.with_role(Role.TRANCHE))
    sent = [row for row in rows(scenario.path("transactions.csv")) if row["from_address"] == truth.thief]
    values = [int(row["value"]) for row in sent if row["to_address"] in tranches]
    assert len(values) == 24
    assert set(values) == {TRANCHE_UNITS}


def test_the_story_uses_every_way_it_knows(scenario: Scenario) -> None:
    roles = Counter(scenario.truth.roles.values())
    assert set(roles) == {role.value for role in Role}
    assert roles[Role.PEEL] > 100


def test_transactions_are_in_the_order_of_a_chain(scenario: Scenario) -> None:
    previous_block, index = 0, -1
    nonces: Counter[str] = Counter()
    for row in rows(scenario.path("transactions.csv")):
        block = int(row["block_number"])
        index = index + 1 if block == previous_block else 0
        assert block >= previous_block
        assert int(row["transaction_index"]) == index
        assert int(row["block_timestamp"]) == 1_767_225_600 + 12 * block
        assert int(row["nonce"]) == nonces[row["from_address"]]
        nonces[row["from_address"]] += 1
        previous_block = block


def test_ordinary_life_has_failures_creations_tokens_and_internal_transfers(scenario: Scenario) -> None:
    transactions = rows(scenario.path("transactions.csv"))
    assert sum(row["receipt_status"] == "0" for row in transactions) > 100
    assert sum(row["receipt_contract_address"] != "" for row in transactions) > 5
    assert len(rows(scenario.path("token_transfers.csv"))) > 500
    assert sum(row["trace_address"] != "" for row in rows(scenario.path("traces.csv"))) > 200


def test_few_addresses_are_busy_and_most_are_quiet(scenario: Scenario) -> None:
    seen = Counter(row["to_address"] for row in rows(scenario.path("transactions.csv")))
    busiest = [count for _, count in seen.most_common()]
    assert busiest[0] > 100
    assert busiest[len(busiest) // 2] <= 2


def test_the_case_names_the_theft_and_the_services_and_coverage_every_block(scenario: Scenario) -> None:
    case = tomllib.loads(scenario.path("case.toml").read_text("utf-8"))
    truth = scenario.truth
    (theft,) = case["theft"]
    assert (theft["chain"], theft["address"], theft["from_block"]) == (truth.chain, truth.thief, truth.from_block)
    assert theft["asset"] == truth.asset
    stops = [stop["address"] for stop in case["stop"]]
    assert stops == truth.with_role(Role.MIXER) + truth.with_role(Role.EXCHANGE)
    assert rows(scenario.path("coverage.csv")) == [{"from_block": "0", "to_block": str(scenario.head_block)}]
    last = rows(scenario.path("transactions.csv"))[-1]
    assert int(last["block_number"]) <= scenario.head_block


def test_the_truth_reads_back_as_it_was_written(scenario: Scenario) -> None:
    written = scenario.path("truth.json").read_text("utf-8")
    assert Truth.from_json(written) == scenario.truth
    assert json.loads(written)["stolen"] == str(scenario.truth.stolen)


def test_a_seed_gives_the_same_bytes_on_every_machine(scenario: Scenario) -> None:
    digest = hashlib.sha256()
    for name in ("transactions.csv", "token_transfers.csv", "traces.csv", "coverage.csv", "truth.json"):
        digest.update(scenario.path(name).read_bytes())
    assert digest.hexdigest() == SEED_7_SHA256


def test_another_seed_gives_other_addresses_and_amounts(scenario: Scenario, tmp_path: Path) -> None:
    other = create_scenario(tmp_path, seed=8, transfers=LEAST_TRANSFERS)
    assert not other.truth.roles.keys() & scenario.truth.roles.keys()
    assert other.truth.stolen != scenario.truth.stolen


def test_an_earlier_scenario_is_replaced(tmp_path: Path) -> None:
    first = create_scenario(tmp_path, seed=1, transfers=LEAST_TRANSFERS)
    second = create_scenario(tmp_path, seed=2, transfers=LEAST_TRANSFERS)
    assert first.truth != second.truth
    assert Truth.from_json((tmp_path / "truth.json").read_text("utf-8")) == second.truth


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(Conflict) as refused:
        create_scenario(tmp_path, seed=1)
    assert refused.value.fields["other"] == "thesis.txt"
    assert [entry.name for entry in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_folder_that_cannot_be_made_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable):
        create_scenario(tmp_path / "file" / "scenario", seed=1)


@pytest.mark.parametrize(("seed", "transfers"), [(-1, LEAST_TRANSFERS), (1, LEAST_TRANSFERS - 1), (1, 10**12)])
def test_numbers_out_of_range_are_refused(tmp_path: Path, seed: int, transfers: int) -> None:
    with pytest.raises(InvalidInput):
        create_scenario(tmp_path, seed=seed, transfers=transfers)


# The bookkeeping of the truth.


def books_with(stolen: int) -> Books:
    books = Books()
    books.begin_theft("thief", stolen)
    books.name("thief", Role.THIEF)
    return books


def test_a_payment_with_stolen_money_takes_that_first() -> None:
    books = books_with(0)
    books.move("bridge", "thief", 100, 500, Intent.OTHER)
    books.move("thief", "mixed", 100, 100, Intent.STOLEN)
    books.move("mixed", "shop", 60, 150, Intent.STOLEN)
    assert books.stolen_at["shop"] == 60
    books.move("mixed", "shop", 60, 90, Intent.STOLEN)
    assert (books.stolen_at["shop"], books.stolen_at["mixed"]) == (100, 0)


def test_a_payment_with_other_money_takes_stolen_money_only_when_that_is_spent() -> None:
    books = books_with(100)
    books.move("thief", "mixed", 100, 100, Intent.STOLEN)
    books.move("mixed", "friend", 50, 150, Intent.OTHER)
    assert "friend" not in books.stolen_at
    books.move("mixed", "friend", 70, 100, Intent.OTHER)
    assert books.stolen_at["friend"] == 70


def test_fees_come_out_of_other_money_first() -> None:
    books = books_with(100)
    books.move("thief", "mixed", 100, 100, Intent.STOLEN)
    books.spend_fee("mixed", 103, 3)
    assert books.fees == 0
    books.spend_fee("mixed", 100, 3)
    assert (books.fees, books.stolen_at["mixed"]) == (3, 97)


def test_what_a_service_pays_out_is_its_own_money() -> None:
    books = books_with(100)
    books.name("exchange", Role.EXCHANGE)
    books.move("thief", "exchange", 100, 100, Intent.STOLEN)
    books.spend_fee("exchange", 100, 1)
    books.move("exchange", "somebody", 99, 99, Intent.OTHER)
    assert books.stolen_at == {"thief": 0, "exchange": 100}


def test_stolen_money_that_returns_to_the_thief_is_not_counted_twice() -> None:
    books = books_with(100)
    books.move("thief", "hop", 40, 100, Intent.STOLEN)
    books.move("hop", "thief", 45, 50, Intent.STOLEN)
    assert books.stolen == 105
    assert sum(books.stolen_at.values()) == 105


# Chance, names and plans.


@given(st.integers(0, 2**64), st.integers(1, 10**30))
def test_a_draw_is_below_its_bound(seed: int, bound: int) -> None:
    assert 0 <= Chance(seed).below(bound) < bound


@given(st.integers(0, 2**64), st.integers(0, 10**30))
def test_a_small_part_is_no_more_than_the_whole(seed: int, units: int) -> None:
    assert 0 <= Chance(seed).small_part(units) <= units


def test_draws_are_what_they_always_were() -> None:
    chance = Chance(7)
    assert [chance.below(1000) for _ in range(5)] == [947, 394, 48, 821, 94]


def test_a_look_alike_differs_only_in_the_middle() -> None:
    address = derived_address(7, "somebody")
    false_friend = look_alike(7, address)
    assert false_friend != address
    assert (false_friend[:8], false_friend[-4:]) == (address[:8], address[-4:])
    assert len(false_friend) == len(address) == 42


def test_plans_run_in_the_order_of_their_blocks() -> None:
    told: list[str] = []

    def plan(name: str, wait: int) -> Plan:
        told.append(f"{name} begins")
        yield wait
        told.append(f"{name} ends")

    schedule = Schedule()
    schedule.start(plan("slow", 9), 1)
    schedule.start(plan("quick", 2), 2)
    for block in range(1, 20):
        schedule.run_until(block)
    assert told == ["slow begins", "quick begins", "quick ends", "slow ends"]
