"""From TRON's explorer and its nodes to a ledger."""

import csv
import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.chains.readers.tron_rpc.network import Network, running_network
from tests.chains.readers.tronscan.lists import HOLDER, PAYER, TETHER, TRON, transfers
from tests.support.proxy import proxy_before

from qiyafa.app.ingest_tron import TronBlocks, ingest_tron_blocks, ingest_tronscan
from qiyafa.chains.node import Manners
from qiyafa.model.errors import Conflict, InvalidInput, NotFound, Unavailable
from qiyafa.stores.parquet_duckdb import ParquetLedger
from qiyafa.text import text

USDT = f"{TRON}/trc20:{TETHER}"


def moved(ledger: Path, asset: str) -> tuple[dict[str, int], dict[str, int]]:
    """Return what each address received and sent of an asset, from the ledger's own lines."""
    _, names, *lines = [json.loads(line) for line in ParquetLedger.open(ledger).dump(TRON)]
    received, sent = defaultdict[str, int](int), defaultdict[str, int](int)
    for line in lines:
        row = dict(zip(names, line, strict=True)) if len(line) == len(names) else {}
        if row.get("asset") == asset:
            received[row["target"]] += int(row["units_text"])
            sent[row["source"]] += int(row["units_text"])
    return received, sent


def test_the_same_list_again_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(transfers({}, {"wallet": PAYER}, {"quant": "7"}))
    first = ingest_tronscan((tmp_path / "list.csv",), TRON, tmp_path / "ledger")
    again = ingest_tronscan((tmp_path / "list.csv",), TRON, tmp_path / "ledger")
    assert (first.report.rows_total, again.report.rows_added) == (2, 0)
    assert again.report.manifest_sha256 == first.report.manifest_sha256
    assert first.lacks == ("native", "fees", "internal")


def test_two_files_with_one_transfer_hold_it_once(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(transfers({}))
    (tmp_path / "b.csv").write_text(transfers({"wallet": PAYER}))
    done = ingest_tronscan((tmp_path / "a.csv", tmp_path / "b.csv"), TRON, tmp_path / "ledger")
    assert done.report.rows_total == 1
    received, sent = moved(tmp_path / "ledger", USDT)
    assert (received[HOLDER], sent[PAYER]) == (65_290_000, 65_290_000)


def test_a_wrong_name_leaves_no_ledger_behind(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        ingest_tronscan((tmp_path / "missing.csv",), TRON, tmp_path / "ledger")
    (tmp_path / "list.csv").write_text(transfers({}))
    with pytest.raises(InvalidInput):
        ingest_tronscan((tmp_path / "list.csv",), "tron:mainnet", tmp_path / "ledger")
    assert not (tmp_path / "ledger").exists()


@pytest.mark.shared_data
def test_each_of_the_twenty_holders_received_and_sent_what_a_plain_sum_says(shared_data: Path, tmp_path: Path) -> None:
    path = shared_data / "tron" / "trc20_transfers.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    # No transaction here moves anything twice, so a transaction that two lists show is one transfer.
    usdt = {row["tx_id"]: row for row in rows if row["token_id"] == TETHER}
    holders = sorted({row["wallet"] for row in rows})
    assert (len(holders), len(usdt)) == (20, 5226)

    done = ingest_tronscan((path,), TRON, tmp_path / "ledger")
    assert (done.report.rows_total, done.problem_count) == (5259, 0)
    received, sent = moved(tmp_path / "ledger", USDT)
    for holder in holders:
        assert received[holder] == sum(int(row["quant"]) for row in usdt.values() if row["to_address"] == holder)
        assert sent[holder] == sum(int(row["quant"]) for row in usdt.values() if row["from_address"] == holder)
    # In units of 10^-6 USDT: 459,299.886493 USDT came to the busiest of them.
    assert received["TEtJTCuFEzY6jjVNzFtbWGMfrHzfE2aGKU"] == 459_299_886_493


@pytest.fixture(scope="module")
def network() -> Iterator[Network]:
    with running_network() as running:
        for number in range(5):
            running.pay(running.account(1), running.account(2), 10 + number)
        yield running


def test_a_range_of_blocks_is_taken_in_and_not_asked_for_again(network: Network, tmp_path: Path) -> None:
    with proxy_before(network.url) as proxy:
        done = ingest_tron_blocks(TronBlocks(proxy.url, 0, 5), tmp_path / "ledger")
        assert (done.report.rows_total, done.report.head_block, done.lacks) == (2, 5, ("native", "fees", "internal"))
        proxy.asked.clear()
        again = ingest_tron_blocks(TronBlocks(proxy.url, 0, 5), tmp_path / "ledger")
        assert (again.report.rows_added, again.report.manifest_sha256) == (0, done.report.manifest_sha256)
        more = ingest_tron_blocks(TronBlocks(proxy.url, 4, None), tmp_path / "ledger")
        assert (more.report.rows_added, more.report.rows_total, more.report.head_block) == (3, 5, 8)
        asked = [one for one in proxy.asked if "eth_getBlockByNumber" in one]
        assert '"0x5"' not in "".join(asked)
        assert '"0x6"' in "".join(asked)
    coverage = ParquetLedger.open(tmp_path / "ledger").coverage(TRON).blocks
    assert [(span.first_block, span.last_block) for span in coverage] == [(0, 8)]


def test_pieces_in_any_order_make_the_ledger_of_the_whole(network: Network, tmp_path: Path) -> None:
    ingest_tron_blocks(TronBlocks(network.url, 0, 8), tmp_path / "whole")
    for first, last in ((6, 8), (0, 2), (2, 7)):
        ingest_tron_blocks(TronBlocks(network.url, first, last), tmp_path / "pieces")
    whole, pieces = (list(ParquetLedger.open(tmp_path / name).dump(TRON)) for name in ("whole", "pieces"))
    assert pieces == whole


def test_a_wrong_network_and_a_wrong_range_are_refused_before_anything_is_stored(
    network: Network, tmp_path: Path
) -> None:
    for request, error in (
        (TronBlocks(network.url, 0, 8, "tron:3448148188"), Conflict),
        (TronBlocks(network.url, 0, 8, "eip155:1"), InvalidInput),
        (TronBlocks(network.url, 0, 9999), InvalidInput),
        (TronBlocks(network.url, 7, 6), InvalidInput),
        (TronBlocks("http://127.0.0.1:1", 0, 8, manners=Manners(attempts=1)), Unavailable),
    ):
        with pytest.raises(error) as refused:
            ingest_tron_blocks(request, tmp_path / "ledger")
        assert text(refused.value.key, **refused.value.fields)
    assert not (tmp_path / "ledger").exists()
