"""Pulling a case on a chain of outputs from an Esplora server."""

import json
from pathlib import Path

import pytest

from qiyafa.app.ingest_explorer import ingest_histories
from qiyafa.app.ledger import dump
from qiyafa.app.pull import pull
from qiyafa.app.pull_records import PullRequest
from qiyafa.app.pull_sources import SourceRequest
from qiyafa.app.trace import trace_case
from qiyafa.chains.http_client import Budget
from qiyafa.model.errors import InvalidInput, Unavailable
from qiyafa.model.ledger import CoverageStatus
from qiyafa.stores.parquet_duckdb import ParquetLedger

from support.esplora import Coin, MadeUpChain, address_of
from support.http_server import serving
from support.patience import PretendClock

BITCOIN = "bip122:000000000019d6689c085ae165831e93"
BTC = f"{BITCOIN}/slip44:0"
MINER, THIEF, MULE, HOLDER, STRANGER, EXCHANGE = range(1, 7)


@pytest.fixture
def chain() -> MadeUpChain:
    return MadeUpChain()


@pytest.fixture
def stolen(chain: MadeUpChain) -> Coin:
    """A miner is robbed of 99,000; the thief pays a mule, who mixes it with a stranger's coin, and an exchange."""
    (stolen,) = chain.pay([chain.mint(MINER, 100_000)], (THIEF, 99_000))
    clean = chain.mint(STRANGER, 50_000)
    paid, left = chain.pay([stolen], (MULE, 40_000), (THIEF, 58_000))
    chain.pay([paid, clean], (HOLDER, 89_000))
    chain.pay([left], (EXCHANGE, 57_000))
    return stolen


@pytest.fixture
def case(stolen: Coin, tmp_path: Path) -> Path:
    path = tmp_path / "case.toml"
    path.write_text(
        f"""[case]
id = "made-up"
[[theft]]
chain = "{BITCOIN}"
outputs = [{{transaction = "{stolen.transaction}", index = 0}}]
[[stop]]
chain = "{BITCOIN}"
address = "{address_of(EXCHANGE)}"
reason = "exchange"
""",
        encoding="utf-8",
    )
    return path


def source(url: str, **budget: int) -> SourceRequest:
    return SourceRequest("esplora", url, Budget(**budget), requests_per_second=1_000_000, clock=PretendClock())


def test_every_trail_is_followed_and_traced(chain: MadeUpChain, case: Path, tmp_path: Path) -> None:
    with serving(chain) as server:
        report = pull(PullRequest(case, tmp_path / "ledger", source(server.url)))
    assert [one.address for one in report.histories] == [address_of(one) for one in (THIEF, MULE, HOLDER)]
    assert report.count(CoverageStatus.COMPLETE) == 3
    assert (report.limit, report.left_out, report.problems) == ("", (), ())
    answer = trace_case(case, tmp_path / "ledger").answer
    fifo = {one.address: (one.units, one.status.value) for one in answer.methods["fifo"].holdings}
    assert fifo == {address_of(EXCHANGE): (57_000, "stopped"), address_of(HOLDER): (40_000, "held")}
    assert answer.methods["tiho"].totals[BTC].stolen == 99_000


def test_a_run_that_was_cut_short_goes_on_and_ends_the_same(chain: MadeUpChain, case: Path, tmp_path: Path) -> None:
    with serving(chain) as server:
        whole = pull(PullRequest(case, tmp_path / "whole", source(server.url)))
        server.asked.clear()
        for _ in range(whole.requests):
            pull(PullRequest(case, tmp_path / "cut", source(server.url, requests=3)))
        assert len(server.asked) == whole.requests
    assert list(dump(tmp_path / "cut")) == list(dump(tmp_path / "whole"))
    assert ParquetLedger.open(tmp_path / "cut").manifest.sha256 == whole.manifest_sha256


def test_single_histories_can_be_taken_by_hand(chain: MadeUpChain, stolen: Coin, tmp_path: Path) -> None:
    wanted = [address_of(THIEF), address_of(MULE).upper(), address_of(THIEF)]
    with serving(chain) as server:
        ingested = ingest_histories(source(server.url), wanted, BITCOIN, tmp_path / "ledger")
        again = ingest_histories(source(server.url), wanted, BITCOIN, tmp_path / "ledger")
        assert len(server.asked) == 3
    assert ingested.report.rows_added == 4
    assert ingested.problem_count == 0
    assert again.report.manifest_sha256 == ingested.report.manifest_sha256
    assert (
        ParquetLedger.open(tmp_path / "ledger").address_coverage(BITCOIN, wanted[0]).status is CoverageStatus.COMPLETE
    )
    assert any(stolen.transaction in json.dumps(line) for line in dump(tmp_path / "ledger"))


def test_what_cannot_be_taken_by_hand_is_said(chain: MadeUpChain, stolen: Coin, tmp_path: Path) -> None:
    with serving(chain) as server:
        for addresses, key in (((), "pull.error.no_address"), (("1abc",), "chains_outputs.error.address")):
            with pytest.raises(InvalidInput) as refused:
                ingest_histories(source(server.url), addresses, BITCOIN, tmp_path / "ledger")
            assert refused.value.key == key
        with pytest.raises(Unavailable) as limited:
            ingest_histories(source(server.url, requests=1), [address_of(THIEF)], BITCOIN, tmp_path / "ledger")
        assert limited.value.key == "pull.error.limit"
