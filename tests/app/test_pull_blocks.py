"""Pulling a case from a node: whole blocks, from where the theft begins."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from qiyafa.app.pull import pull
from qiyafa.app.pull_records import PullRequest
from qiyafa.app.pull_sources import SourceRequest
from qiyafa.app.trace import trace_case
from qiyafa.chains.http_client import Budget
from qiyafa.model.errors import InvalidInput
from qiyafa.model.ledger import BlockCoverage

from support.anvil import CHAIN, Anvil, running_anvil

NATIVE = f"{CHAIN}/slip44:60"
ETHER = 10**18


@pytest.fixture(scope="module")
def node() -> Iterator[Anvil]:
    """A victim pays a thief in block 1, who pays a mule in block 2."""
    with running_anvil() as node:
        victim, thief, mule = node.accounts[:3]
        for source, target, units in ((victim, thief, 5 * ETHER), (thief, mule, 3 * ETHER)):
            node.send(source, target, units)
            node.mine()
        yield node


def case_file(folder: Path, theft: str) -> Path:
    path = folder / "case.toml"
    path.write_text(f'[case]\nid = "t"\n[[theft]]\nchain = "{CHAIN}"\n{theft}\n', encoding="utf-8")
    return path


def request(node: Anvil, case: Path, ledger: Path, **blocks: int) -> PullRequest:
    return PullRequest(case, ledger, SourceRequest("evm-rpc", node.url, Budget()), **blocks)


def test_blocks_are_read_from_the_theft_on_and_traced(node: Anvil, tmp_path: Path) -> None:
    thief, mule = (account.lower() for account in node.accounts[1:3])
    case = case_file(tmp_path, f'address = "{thief}"\nfrom_block = 1')
    report = pull(request(node, case, tmp_path / "ledger"))
    assert report.blocks == BlockCoverage(1, node.head())
    assert (report.problem_count, report.limit) == (0, "")
    held = trace_case(case, tmp_path / "ledger").answer.methods["lifo"].holdings
    assert {(one.address, one.units) for one in held if one.address == mule} == {(mule, 3 * ETHER)}


def test_a_range_may_be_given(node: Anvil, tmp_path: Path) -> None:
    case = case_file(tmp_path, f'address = "{node.accounts[1].lower()}"\nfrom_block = 1')
    report = pull(request(node, case, tmp_path / "ledger", first_block=0, last_block=1))
    assert report.blocks == BlockCoverage(0, 1)


def test_limits_of_histories_are_refused_and_a_theft_by_transfers_needs_a_first_block(
    node: Anvil, tmp_path: Path
) -> None:
    by_address = case_file(tmp_path, f'address = "{node.accounts[1].lower()}"')
    limited = PullRequest(by_address, tmp_path / "ledger", SourceRequest("evm-rpc", node.url, Budget(requests=5)))
    with pytest.raises(InvalidInput) as refused:
        pull(limited)
    assert refused.value.key == "pull.error.limits_not_here"
    by_transfer = case_file(tmp_path, f'transfers = [{{transaction = "0x{"1" * 64}"}}]')
    with pytest.raises(InvalidInput) as refused:
        pull(request(node, by_transfer, tmp_path / "ledger"))
    assert refused.value.key == "pull.error.first_block"
