"""From a real node of the Bitcoin family to a ledger: by its RPC, and by its own files."""

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.litecoind import MATURITY, PROGRAMS, CoreLikeNode, running_node
from tests.support.proxy import Answer, proxy_before

from qiyafa.app.ingest import Ingested
from qiyafa.app.ingest_core import CoreBlocks, ingest_core_blocks
from qiyafa.app.ingest_outputs import ingest_bitcoin_blk
from qiyafa.app.ledger import ledger_info
from qiyafa.chains.readers.bitcoin_blk.reader import BlockPaths
from qiyafa.chains.readers.bitcoin_rpc.client import Patience
from qiyafa.model.errors import Conflict, InvalidInput, NotFound, Unavailable
from qiyafa.stores.parquet_duckdb import ParquetLedger
from qiyafa.text import text

UNITS_PER_COIN = 10**8
GENESIS_UNITS = 50 * UNITS_PER_COIN
"""Nobody can spend the output of the first block, and nodes leave it out."""
MWEB_HEIGHT = 432
"""Where extension blocks begin on Litecoin's regtest."""
IMPATIENT = Patience(attempts=1)
STATED = ("value", "type", "address")
"""What undo data states of the output that an input spends, and a ledger looks up."""


@pytest.fixture(scope="module", params=PROGRAMS, ids=lambda program: program.name)
def core(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CoreLikeNode]:
    """A node whose wallet has paid to every kind of address, and spent several outputs at once."""
    with running_node(tmp_path_factory.mktemp("node"), request.param) as node:
        node.mine(MATURITY + 5)
        for kind in ("legacy", "p2sh-segwit", "bech32"):
            node.send(node.new_address(kind), "12.34567891")
            node.mine(1)
        node.send(node.new_address(), "180.00000001")
        node.mine(3)
        yield node


def taken(core: CoreLikeNode, ledger: Path, first: int = 0, last: int | None = None, url: str = "") -> Ingested:
    return ingest_core_blocks(CoreBlocks(url or core.url, first, last, cookie=core.cookie, patience=IMPATIENT), ledger)


def dump(core: CoreLikeNode, ledger: Path) -> list[str]:
    return list(ParquetLedger.open(ledger).dump(core.program.chain))


def rows(core: CoreLikeNode, ledger: Path) -> dict[str, list[dict[str, object]]]:
    """Return the rows of a ledger by table; what it is made from is left out."""
    columns: dict[str, list[str]] = {}
    found: dict[str, list[dict[str, object]]] = defaultdict(list)
    for line in dump(core, ledger):
        table, *values = json.loads(line)
        if table in columns:
            found[table].append(dict(zip(columns[table], values, strict=True)))
        elif table != "chain":
            columns[table] = values
    return found


def test_the_blocks_of_a_node_equal_those_in_its_own_files(core: CoreLikeNode, tmp_path: Path) -> None:
    by_rpc = taken(core, tmp_path / "rpc")
    core.rpc("gettxoutsetinfo")  # Which also writes what the node still holds back.
    by_file = ingest_bitcoin_blk(BlockPaths((core.blocks_folder,)), core.program.chain, tmp_path / "files")
    assert (by_rpc.problem_count, by_file.problem_count) == (0, 0)
    assert by_rpc.report.rows_total == by_file.report.rows_total > core.height()
    if core.program.gives_prevouts:
        assert dump(core, tmp_path / "rpc") == dump(core, tmp_path / "files")
        return
    # Undo files state the outputs that are spent, which this node does not: they are those that the ledger looks up.
    looked_up, stated = rows(core, tmp_path / "rpc"), rows(core, tmp_path / "files")
    paid = {(one["transaction_hash"], one["index"]): one for one in looked_up["outputs"]}
    for one in stated["inputs"]:
        spent = paid[one["spent_transaction_hash"], one["spent_output_index"]]
        assert [one.pop(name) for name in STATED] == [spent[name] for name in STATED]
    for one in looked_up["inputs"]:
        assert [one.pop(name) for name in STATED] == [None, None, None]
    assert looked_up == stated


def test_what_is_unspent_is_what_the_node_counts(core: CoreLikeNode, tmp_path: Path) -> None:
    taken(core, tmp_path / "ledger")
    [held] = ledger_info(tmp_path / "ledger").chains
    assert held.outputs is not None
    counted = core.rpc("gettxoutsetinfo")["total_amount"] * UNITS_PER_COIN
    assert held.outputs.unspent_units == counted + GENESIS_UNITS
    assert held.outputs.inputs == held.outputs.inputs_resolved > 0


def test_pieces_in_any_order_make_the_ledger_of_the_whole(core: CoreLikeNode, tmp_path: Path) -> None:
    taken(core, tmp_path / "whole")
    middle = core.height() - 4
    taken(core, tmp_path / "pieces", middle, core.height())
    taken(core, tmp_path / "pieces", 0, middle)
    assert dump(core, tmp_path / "pieces") == dump(core, tmp_path / "whole")


def test_blocks_that_are_there_are_not_asked_for_again(core: CoreLikeNode, tmp_path: Path) -> None:
    user, _, password = core.cookie.read_text().partition(":")
    with proxy_before(core.url) as proxy:
        url = proxy.url.replace("http://", f"http://{user}:{password}@")
        first = ingest_core_blocks(CoreBlocks(url, 0, 50), tmp_path / "ledger")
        proxy.asked.clear()
        again = ingest_core_blocks(CoreBlocks(url, 0, 50), tmp_path / "ledger")
        assert (again.report.rows_added, again.report.manifest_sha256) == (0, first.report.manifest_sha256)
        assert [one for one in proxy.asked if "/rest/block" in one] == []
        ingest_core_blocks(CoreBlocks(url, 40, 60), tmp_path / "ledger")
        assert len([one for one in proxy.asked if "/rest/block" in one]) == 10
    assert password not in (tmp_path / "ledger" / "manifest.json").read_text()


def test_a_wrong_network_range_or_login_is_refused_before_anything_is_stored(
    core: CoreLikeNode, tmp_path: Path
) -> None:
    cookie, url = core.cookie, core.url
    for request, error in (
        (CoreBlocks(url, chain="bitcoin", cookie=cookie), Conflict),
        (CoreBlocks(url, chain="nosuch", cookie=cookie), InvalidInput),
        (CoreBlocks(url, 0, 99_999, cookie=cookie), InvalidInput),
        (CoreBlocks(url, 7, 6, cookie=cookie), InvalidInput),
        (CoreBlocks(url), InvalidInput),
        (CoreBlocks(url, cookie=tmp_path / "missing"), NotFound),
        (CoreBlocks("http://127.0.0.1:1", patience=IMPATIENT), Unavailable),
    ):
        with pytest.raises(error) as refused:
            ingest_core_blocks(request, tmp_path / "ledger")
        assert text(refused.value.key, **refused.value.fields)
    assert not (tmp_path / "ledger").exists()


def test_a_node_that_breaks_off_leaves_whole_pieces_only(
    core: CoreLikeNode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qiyafa.app.ingest_core.BLOCKS_TOGETHER", 20)
    broken = core.rpc("getblockhash", 70)
    with proxy_before(core.url) as proxy:
        proxy.twist = lambda asked, answer: Answer(200, answer.body[:-9]) if f"block/{broken}" in asked else answer
        with pytest.raises(Unavailable) as failed:
            taken(core, tmp_path / "ledger", url=proxy.url)
    assert failed.value.fields["block"] == 70
    ledger = ParquetLedger.open(tmp_path / "ledger")
    assert ledger.verify() == ()
    [span] = ledger.coverage(core.program.chain).blocks
    assert (span.first_block, span.last_block) == (0, 59)
    taken(core, tmp_path / "ledger")
    taken(core, tmp_path / "fresh")
    assert dump(core, tmp_path / "ledger") == dump(core, tmp_path / "fresh")


def test_a_reorganization_meets_the_old_blocks_and_is_refused(tmp_path: Path) -> None:
    with running_node(tmp_path / "node") as core:
        core.mine(10)
        taken(core, tmp_path / "ledger")
        before = dump(core, tmp_path / "ledger")
        core.replace_last(3, 5)
        with pytest.raises(Conflict):
            taken(core, tmp_path / "ledger")
        assert dump(core, tmp_path / "ledger") == before


def test_a_pruned_node_is_asked_for_what_it_keeps_only(core: CoreLikeNode, tmp_path: Path) -> None:
    def pruned(asked: str, answer: Answer) -> Answer:
        if "getblockchaininfo" not in asked:
            return answer
        told = json.loads(answer.body)
        told["result"] |= {"pruned": True, "pruneheight": 50}
        return Answer(200, json.dumps(told).encode())

    with proxy_before(core.url) as proxy:
        proxy.twist = pruned
        with pytest.raises(InvalidInput) as refused:
            taken(core, tmp_path / "ledger", url=proxy.url)
        assert "--from 50" in text(refused.value.key, **refused.value.fields)
        done = taken(core, tmp_path / "ledger", 50, 55, url=proxy.url)
    assert done.report.head_block == 55


@pytest.mark.slow
def test_extension_blocks_are_passed_over_and_their_money_is_counted(tmp_path: Path) -> None:
    """Litecoin's extension blocks (MWEB): what goes in stands on one output of the chain, which each block renews."""
    with running_node(tmp_path / "node") as core:
        address = core.new_address()
        core.mine(MWEB_HEIGHT - 1, address)
        core.send(core.rpc("getnewaddress", "", "mweb"), "5")
        core.mine(1)
        core.send(core.rpc("getnewaddress", "", "mweb"), "3")
        core.mine(2)
        core.send(core.new_address(), "6.5")
        core.mine(2)
        assert core.rpc("getblock", core.rpc("getbestblockhash"))["mweb"]
        assert taken(core, tmp_path / "ledger").problem_count == 0
        [held] = ledger_info(tmp_path / "ledger").chains
        assert held.outputs is not None
        counted = core.rpc("gettxoutsetinfo")["total_amount"] * UNITS_PER_COIN
        assert held.outputs.unspent_units == counted + GENESIS_UNITS
