"""Tokens that lie, on a real node: what their contracts say is compared with what they logged."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from qiyafa.app.ingest import Ingested
from qiyafa.app.ingest_nodes import EvmBlocks, ingest_evm_blocks
from qiyafa.app.ledger import ChainInfo, dump, ledger_info
from qiyafa.app.trace import TracedCase, trace_case
from qiyafa.chains import ethereum
from qiyafa.chains.ethereum import EvmRules
from qiyafa.chains.node import Manners
from qiyafa.cli.shell import app
from qiyafa.model.token import TokenFacts
from qiyafa.stores.parquet_duckdb import ParquetLedger
from qiyafa.stores.rollback import Rollback, roll_back

from support.anvil import CHAIN, Anvil, call_data, running_anvil
from support.evm_history import ETHER
from support.lying_node import lying

HONEST = ("Coin", "WrappedEther", "EndlessSymbol", "OddWords")
LYING = ("TollCoin", "GrowingCoin", "ForgedLogs", "MuteLogs")
THIEF = f"0x{0xBAD:040x}"
LIFE = 30
"""How many blocks lie before the tokens' second half of life."""


@dataclass(frozen=True)
class Tokens:
    """A node with one token of each sort, in use."""

    anvil: Anvil
    contracts: dict[str, str]

    def asset(self, name: str) -> str:
        return f"{CHAIN}/erc20:{self.contracts[name]}"

    def ingest(self, ledger: Path, **request: object) -> Ingested:
        return ingest_evm_blocks(EvmBlocks(self.anvil.url, **{"check_tokens": 100, **request}), ledger)  # type: ignore[arg-type]

    def found(self, ledger: Path) -> dict[str, TokenFacts]:
        """What the ledger says of each token, by the contract's name."""
        known = ParquetLedger.open(ledger).tokens(CHAIN)
        return {name: known[self.asset(name)] for name in self.contracts if self.asset(name) in known}


@pytest.fixture(scope="module")
def tokens() -> Iterator[Tokens]:
    with running_anvil() as anvil, pytest.MonkeyPatch.context() as patch:
        used = Tokens(anvil, {name: anvil.deploy(name) for name in (*HONEST, *LYING)})
        patch.setitem(ethereum._RULES, "31337", EvmRules(frozenset({used.contracts["WrappedEther"]}), True))
        use(used)
        anvil.mine(LIFE)
        use(used)
        yield used


@pytest.fixture(scope="module")
def ledger(tokens: Tokens, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All blocks, all tokens checked."""
    path = tmp_path_factory.mktemp("tokens") / "ledger"
    tokens.ingest(path)
    return path


def use(tokens: Tokens) -> None:
    """Move every token about."""
    anvil, contracts = tokens.anvil, tokens.contracts
    alice, bob = anvil.accounts[:2]
    for name in ("Coin", "TollCoin", "GrowingCoin", "EndlessSymbol"):
        anvil.send(alice, contracts[name], data=call_data("transfer(address,uint256)", THIEF, 300))
        anvil.send(alice, contracts[name], data=call_data("transfer(address,uint256)", bob, 200))
    anvil.send(alice, contracts["WrappedEther"], 3 * ETHER, call_data("deposit()"))
    anvil.send(alice, contracts["WrappedEther"], data=call_data("transfer(address,uint256)", THIEF, ETHER))
    anvil.send(alice, contracts["WrappedEther"], data=call_data("withdraw(uint256)", ETHER))
    anvil.send(alice, contracts["GrowingCoin"], data=call_data("grow()"))
    anvil.send(bob, contracts["ForgedLogs"], data=call_data("forge(address,address,uint256)", alice, THIEF, 2**255))
    anvil.mine()


def test_tokens_whose_balances_follow_from_their_transfers_are_reconciled(tokens: Tokens, ledger: Path) -> None:
    found = tokens.found(ledger)
    assert {name: found[name].unreconciled for name in HONEST} == dict.fromkeys(HONEST, False)
    assert {one.checked_block for one in found.values()} == {tokens.anvil.head()}


def test_tokens_that_lie_are_marked_and_told_of(tokens: Tokens, tmp_path: Path) -> None:
    ingested = tokens.ingest(tmp_path / "ledger")
    found = tokens.found(tmp_path / "ledger")
    assert {name: found[name].unreconciled for name in LYING} == dict.fromkeys(LYING, True)
    told = {problem.place: problem.key for problem in ingested.problems if problem.place}
    assert told == {
        **{tokens.asset(name): "nodes.token.differs" for name in ("TollCoin", "GrowingCoin", "ForgedLogs")},
        tokens.asset("MuteLogs"): "nodes.token.untold",
    }
    assert ingested.problem_count == len(LYING)
    toll = found["TollCoin"].detail
    assert f"{THIEF} gained 594 base units" in toll
    assert "600 by its transfers" in toll


def test_sums_above_128_bits_stay_exact(tokens: Tokens, ledger: Path) -> None:
    assert f"{2 * 2**255:,} by its transfers" in tokens.found(ledger)["ForgedLogs"].detail


def test_what_a_contract_says_of_itself_is_kept_as_hostile_text(tokens: Tokens, ledger: Path) -> None:
    found = tokens.found(ledger)
    coin, endless, odd = found["Coin"], found["EndlessSymbol"], found["OddWords"]
    assert (coin.symbol, coin.name, coin.decimals) == ("COIN", "Coin", 18)
    assert (len(endless.symbol), endless.decimals) == (100, 200)
    assert (odd.symbol, odd.name, odd.decimals) == ("", "Old\\xff", None)


def test_only_the_busiest_tokens_are_asked_for(tokens: Tokens, tmp_path: Path) -> None:
    tokens.ingest(tmp_path / "ledger", check_tokens=1)
    # Twice a deposit, a transfer and a withdrawal; of no other token are there as many.
    assert set(tokens.found(tmp_path / "ledger")) == {"WrappedEther"}


def test_without_a_check_nothing_is_said_of_tokens(tokens: Tokens, tmp_path: Path) -> None:
    tokens.ingest(tmp_path / "ledger", check_tokens=0)
    assert tokens.found(tmp_path / "ledger") == {}


def test_a_ledger_that_begins_later_compares_what_was_gained_since(tokens: Tokens, tmp_path: Path) -> None:
    tokens.ingest(tmp_path / "ledger", first=tokens.anvil.head() - LIFE // 2)
    found = tokens.found(tmp_path / "ledger")
    lying = {name for name, one in found.items() if one.unreconciled}
    assert lying == {"TollCoin", "GrowingCoin", "ForgedLogs"}
    assert found["Coin"].unreconciled is False
    assert "gained 297 base units" in found["TollCoin"].detail


def test_a_node_that_forgot_the_old_balances_leaves_tokens_unchecked(tokens: Tokens, tmp_path: Path) -> None:
    first = tokens.anvil.head() - LIFE // 2
    refusal = b'{"jsonrpc":"2.0","id":0,"error":{"code":-32000,"message":"missing trie node"}}'
    with lying(tokens.anvil.url) as node:
        asked_before = f'"{hex(first - 1)}"]'.encode()
        node.change = lambda body: refusal if asked_before in json.dumps(node.asked[-1]).encode() else body
        request = EvmBlocks(node.url, first, manners=Manners(attempts=1), check_tokens=100)
        ingested = ingest_evm_blocks(request, tmp_path / "ledger")
    found = tokens.found(tmp_path / "ledger")
    assert {(one.unreconciled, one.checked_block) for one in found.values()} == {(None, None)}
    assert found["Coin"].symbol == "COIN"
    assert [problem.key for problem in ingested.problems] == ["nodes.token.no_state"]
    assert found["Coin"].detail.startswith(f"The node no longer knows the balances at block {first - 1}")


def test_a_node_of_another_history_proves_nothing(tmp_path: Path) -> None:
    with running_anvil() as anvil:
        anvil.deploy("Coin")
        anvil.mine(3)
        ingest_evm_blocks(EvmBlocks(anvil.url), tmp_path / "ledger")
        last = anvil.head()
        anvil.reorganize(1)
        request = EvmBlocks(anvil.url, last=last, check_tokens=1)
        ingested = ingest_evm_blocks(request, tmp_path / "ledger")
    assert [problem.key for problem in ingested.problems] == ["nodes.token.other_block"]
    assert ParquetLedger.open(tmp_path / "ledger").tokens(CHAIN) == {}


def test_a_second_check_of_the_same_blocks_changes_nothing(tokens: Tokens, tmp_path: Path) -> None:
    once, again = tokens.ingest(tmp_path / "ledger"), tokens.ingest(tmp_path / "ledger")
    assert once.report.manifest_sha256 == again.report.manifest_sha256
    assert again.report.rows_added == 0


def test_the_dump_is_the_history_alone(tokens: Tokens, ledger: Path, tmp_path: Path) -> None:
    tokens.ingest(tmp_path / "unchecked", check_tokens=0)
    assert list(dump(ledger)) == list(dump(tmp_path / "unchecked"))


def test_a_rollback_keeps_the_marks(tokens: Tokens, tmp_path: Path) -> None:
    tokens.ingest(tmp_path / "ledger")
    before = tokens.found(tmp_path / "ledger")
    roll_back(Rollback(tmp_path / "ledger", CHAIN, 12))
    assert tokens.found(tmp_path / "ledger") == before


def info_of(ledger: Path) -> ChainInfo:
    [chain] = ledger_info(ledger).chains
    return chain


def test_the_ledger_says_how_many_tokens_it_knows(ledger: Path) -> None:
    info = info_of(ledger)
    assert (info.tokens_known, info.tokens_unreconciled) == (8, 4)
    shown = CliRunner().invoke(app, ["ledger", "info", str(ledger)]).stdout
    assert "tokens whose balances do not follow from transfers" in shown


def trace(tokens: Tokens, ledger: Path, folder: Path, name: str) -> TracedCase:
    """Trace all that an address got of one token."""
    case = folder / f"{name}.toml"
    theft = f'chain = "{CHAIN}"\naddress = "{THIEF}"\nasset = "{tokens.asset(name)}"\n'
    case.write_text(f'[case]\nid = "{name}"\ntitle = "{name}"\n[[theft]]\n{theft}', "utf-8")
    return trace_case(case, ledger)


@pytest.mark.parametrize("name", ["TollCoin", "GrowingCoin"])
def test_an_answer_that_rests_on_a_lying_token_says_so(tokens: Tokens, ledger: Path, tmp_path: Path, name: str) -> None:
    gaps = [gap for gap in trace(tokens, ledger, tmp_path, name).answer.gaps if gap.kind == "unreconciled"]
    assert [gap.detail.partition(": the balances")[0] for gap in gaps] == [tokens.asset(name)]


@pytest.mark.parametrize("name", ["Coin", "WrappedEther"])
def test_an_answer_on_an_honest_token_does_not(tokens: Tokens, ledger: Path, tmp_path: Path, name: str) -> None:
    traced = trace(tokens, ledger, tmp_path, name)
    assert traced.answer.methods["fifo"].totals[tokens.asset(name)].held > 0
    assert "unreconciled" not in {gap.kind for gap in traced.answer.gaps}


def test_amounts_are_shown_in_what_the_contract_calls_them(tokens: Tokens, ledger: Path, tmp_path: Path) -> None:
    display = trace(tokens, ledger, tmp_path, "Coin").display
    assert display[tokens.asset("Coin")] == ("COIN", 18)
    assert display[tokens.asset("GrowingCoin")] == ("GROW\\u{202e}\\x07[31m", 6)
    # 200 digits after the point, and no symbol at all: shown in base units.
    assert not display.keys() & {tokens.asset("EndlessSymbol"), tokens.asset("OddWords")}


def test_a_hostile_symbol_reaches_neither_terminal_nor_report(tokens: Tokens, ledger: Path, tmp_path: Path) -> None:
    trace(tokens, ledger, tmp_path, "GrowingCoin")
    report = tmp_path / "report.html"
    command = ["trace", tmp_path / "GrowingCoin.toml", "--ledger", ledger, "--report", report]
    shown = CliRunner().invoke(app, [str(one) for one in command]).stdout
    assert "GROW\\u{202e}\\x07[31m" in shown
    for text in (shown, report.read_text("utf-8")):
        assert not {"\u202e", "\u200b", "\x07", "\x1b"} & set(text)
