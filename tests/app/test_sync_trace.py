"""A case that is traced again with every block says what a trace of the whole ledger says."""

from pathlib import Path

import pytest

from qiyafa.app.sync import Appended, Follower, Following, Look
from qiyafa.app.sync_trace import LiveCase, Traced
from qiyafa.app.trace import trace_case
from qiyafa.chains import find_chain
from qiyafa.chains.finality import Finality
from qiyafa.model.errors import InvalidInput
from qiyafa.stores.parquet_duckdb import ParquetLedger

from support.scripted_node import ScriptedNode
from support.whole_blocks import CHAIN, chain_of

THIEF = f"0x{3:040x}"


def case_file(folder: Path, chain: str = CHAIN, block: int = 12) -> Path:
    path = folder / "case.toml"
    theft = f'[[theft]]\nchain = "{chain}"\naddress = "{THIEF}"\nfrom_block = {block}\n'
    path.write_text('[case]\nid = "c"\n' + theft, "utf-8")
    return path


@pytest.fixture
def followed(tmp_path):
    """A node, and what syncs it and traces the case after each change."""
    node = ScriptedNode(chain_of(10, each=6))
    ledger = ParquetLedger.open_or_create(tmp_path / "ledger").path
    (tmp_path / "scratch").mkdir()
    case = LiveCase(case_file(tmp_path), find_chain(CHAIN), ledger)
    traced: list[Traced | None] = []
    following = Following(ledger, find_chain(CHAIN), Finality(1000), begin=0)
    follower = Follower(following, node, tmp_path / "scratch", lambda event: traced.append(case.after(event)))

    def sync() -> Traced:
        while follower.step() is not Look.SETTLED:
            pass
        assert traced[-1] is not None
        return traced[-1]

    return node, sync, ledger


def test_every_block_is_traced_as_if_the_ledger_were_read_anew(followed, tmp_path):
    node, sync, ledger = followed
    assert sync() == Traced(9, 0, 0)
    node.mine(5)
    sync()
    seen = set()
    for number in range(25):
        if number == 15:
            node.reorganize(8, 9, salt=5)
        else:
            node.mine(1)
        found = sync()
        answer = trace_case(tmp_path / "case.toml", ledger, methods=["fifo"])
        held = {holding.address for holding in answer.answer.methods["fifo"].holdings}
        moved = [flow for flow in answer.flows("fifo") if (flow.block_number or 0) >= found.block - 8 * (number == 15)]
        assert (found.holders, found.moved) == (len(held), len({(one.transaction_hash, one.position) for one in moved}))
        seen.add(found.holders)
    assert len(seen) > 2


def test_a_case_of_another_chain_is_refused(tmp_path):
    with pytest.raises(InvalidInput) as refused:
        LiveCase(case_file(tmp_path, "eip155:1"), find_chain(CHAIN), tmp_path)
    assert refused.value.key == "sync.error.case_of_other_chain"


def test_what_the_merge_took_is_read_from_the_ledger(tmp_path):
    """Without the new rows at hand the columns are loaded anew."""
    node = ScriptedNode(chain_of(20, each=6))
    ledger = ParquetLedger.open_or_create(tmp_path / "ledger").path
    case = LiveCase(case_file(tmp_path), find_chain(CHAIN), ledger)
    answers = []
    following = Following(ledger, find_chain(CHAIN), Finality(1000), begin=0)

    def told(event):
        assert isinstance(event, Appended)
        with_rows = case.after(event)
        answers.append((with_rows, LiveCase(tmp_path / "case.toml", find_chain(CHAIN), ledger).after(event)))

    follower = Follower(following, node, tmp_path, told)
    while follower.step() is not Look.SETTLED:
        node.mine(1) if len(node.blocks) < 24 else None
    assert len(answers) > 1
    assert all(one == other for one, other in answers)
