"""Pulling a case from an explorer: from the thief on, no further than needed, and never twice."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from qiyafa.app.ledger import dump
from qiyafa.app.pull import pull
from qiyafa.app.pull_records import PullReport, PullRequest
from qiyafa.app.pull_sources import SourceRequest
from qiyafa.chains.http_client import Budget
from qiyafa.model.case import Limits
from qiyafa.model.errors import InvalidInput, NotFound, Unavailable
from qiyafa.model.ledger import CoverageStatus
from qiyafa.stores.parquet_duckdb import ParquetLedger

from support.explorer import MadeUpExplorer
from support.http_server import Answer, Server, serving
from support.patience import PretendClock

ETH = "eip155:1/slip44:60"
VICTIM, THIEF, MULE, SECOND, LAST, MIXER, CUSTOMER, STRANGER = (f"0x{letter * 40}" for letter in "123456789"[:8])
PAYMENTS = [
    (10, VICTIM, THIEF, 1_000),
    (11, STRANGER, MULE, 500),
    (12, THIEF, MULE, 400),
    (13, THIEF, MIXER, 300),
    (14, MULE, SECOND, 350),
    (15, MIXER, CUSTOMER, 300),
    (16, SECOND, LAST, 200),
    (17, STRANGER, CUSTOMER, 50),
]
CASE = f"""[case]
id = "made-up"
[[theft]]
chain = "eip155:1"
address = "{THIEF}"
[[stop]]
chain = "eip155:1"
address = "{MIXER}"
reason = "mixer"
"""
Pull = Callable[..., PullReport]


@pytest.fixture
def case(tmp_path: Path) -> Path:
    path = tmp_path / "case.toml"
    path.write_text(CASE, encoding="utf-8")
    return path


def request(case: Path, ledger: Path, server: Server, **source: object) -> PullRequest:
    asked = SourceRequest("etherscan", server.url, Budget(), requests_per_second=1_000_000, clock=PretendClock())
    return PullRequest(case, ledger, replace(asked, **source))


def asked_addresses(server: Server) -> list[str]:
    return [one.parameters["address"] for one in server.asked if one.parameters["action"] == "txlist"]


def test_every_trail_is_followed_to_where_it_rests_and_stops_are_never_loaded(case: Path, tmp_path: Path) -> None:
    with serving(MadeUpExplorer(PAYMENTS)) as server:
        report = pull(request(case, tmp_path / "ledger", server))
    assert asked_addresses(server) == [THIEF, MULE, SECOND, LAST]
    assert [one.address for one in report.histories] == asked_addresses(server)
    assert {one.status for one in report.histories} == {CoverageStatus.COMPLETE}
    assert (report.limit, report.left_out, report.busy, report.not_given, report.rounds) == ("", (), (), (), 4)
    assert report.last_block == 17
    assert report.requests == 1 + 4 * 3
    ledger = ParquetLedger.open(tmp_path / "ledger")
    assert ledger.address_coverage("eip155:1", LAST).status is CoverageStatus.COMPLETE
    assert ledger.address_coverage("eip155:1", MIXER).status is CoverageStatus.UNKNOWN


def test_what_a_source_must_have_left_out_is_named(case: Path, tmp_path: Path) -> None:
    with serving(MadeUpExplorer([*PAYMENTS, (18, SECOND, LAST, 900)])) as server:
        report = pull(request(case, tmp_path / "ledger", server))
    assert [(one.address, one.unseen) for one in report.unbalanced] == [(SECOND, {ETH: 750})]


def test_a_second_run_asks_nothing_and_changes_nothing(case: Path, tmp_path: Path) -> None:
    with serving(MadeUpExplorer(PAYMENTS)) as server:
        first = pull(request(case, tmp_path / "ledger", server))
        again = pull(request(case, tmp_path / "ledger", server))
        assert len(server.asked) == first.requests
    assert (again.requests, again.limit) == (0, "")
    assert again.manifest_sha256 == first.manifest_sha256
    assert {one.address for one in again.histories} == {one.address for one in first.histories}


@pytest.mark.parametrize("requests", [1, 3, 5, 9])
def test_a_run_that_was_cut_short_goes_on_and_ends_the_same(case: Path, tmp_path: Path, requests: int) -> None:
    with serving(MadeUpExplorer(PAYMENTS)) as server:
        whole = pull(request(case, tmp_path / "whole", server))
        server.asked.clear()
        cut = request(case, tmp_path / "cut", server, budget=Budget(requests=requests))
        first = pull(cut)
        assert first.limit == "requests"
        assert first.left_out
        assert len(server.asked) == requests
        pull(request(case, tmp_path / "cut", server))
        assert len(server.asked) == whole.requests
    assert list(dump(tmp_path / "cut")) == list(dump(tmp_path / "whole"))
    assert ParquetLedger.open(tmp_path / "cut").manifest.sha256 == whole.manifest_sha256


def test_ctrl_c_leaves_a_whole_ledger_and_the_next_run_goes_on(case: Path, tmp_path: Path) -> None:
    def impatient(stage: str, done: int, total: int) -> None:
        if stage == "pull.stage.histories" and done == 2:
            raise KeyboardInterrupt

    with serving(MadeUpExplorer(PAYMENTS)) as server:
        with pytest.raises(KeyboardInterrupt):
            pull(request(case, tmp_path / "cut", server), impatient)
        assert ParquetLedger.open(tmp_path / "cut").verify() == ()
        pull(request(case, tmp_path / "cut", server))
        asked = [tuple(sorted(one.parameters.items())) for one in server.asked]
        assert len(asked) == len(set(asked))
        whole = pull(request(case, tmp_path / "whole", server))
    assert ParquetLedger.open(tmp_path / "cut").manifest.sha256 == whole.manifest_sha256


def test_limits_leave_out_the_smallest_and_say_so(case: Path, tmp_path: Path) -> None:
    with serving(MadeUpExplorer(PAYMENTS)) as server:
        report = pull(replace(request(case, tmp_path / "ledger", server), most_addresses=2))
    assert report.limit == "addresses"
    assert [(one.address, one.arrived) for one in report.left_out] == [(SECOND, {ETH: 350})]


def test_a_trace_no_further_than_some_hops_needs_fewer_histories(case: Path, tmp_path: Path) -> None:
    with serving(MadeUpExplorer(PAYMENTS)) as server:
        report = pull(replace(request(case, tmp_path / "hops", server), limits=Limits(max_hops=1)))
        assert [one.address for one in report.histories] == [THIEF, MULE]
        report = pull(replace(request(case, tmp_path / "units", server), limits=Limits(min_units=360)))
    assert [one.address for one in report.histories] == [THIEF, MULE]
    assert report.limit == ""


def test_nothing_behind_a_busy_address_is_loaded(case: Path, tmp_path: Path) -> None:
    crowd = [(20 + number, MULE, f"0x{number:040x}", 1) for number in range(10, 12_010)]
    with serving(MadeUpExplorer([*PAYMENTS, *crowd])) as server:
        report = pull(request(case, tmp_path / "ledger", server, most_rows=5_000))
    assert report.busy == (MULE,)
    assert [one.address for one in report.histories] == [THIEF, MULE]
    assert report.histories[1].status is CoverageStatus.CAPPED
    assert [(one.key, one.fields) for one in report.problems] == [("pull.problem.busy", {"rows": 9_999})]


def test_a_busy_thief_is_followed_all_the_same(case: Path, tmp_path: Path) -> None:
    crowd = [(20 + number, f"0x{number:040x}", THIEF, 1) for number in range(10, 12_010)]
    with serving(MadeUpExplorer([*PAYMENTS, *crowd])) as server:
        report = pull(request(case, tmp_path / "ledger", server, most_rows=5_000))
    assert report.busy == (THIEF,)
    assert [one.address for one in report.histories] == [THIEF, MULE, SECOND, LAST]


def test_a_history_that_is_refused_is_absent_and_the_rest_goes_on(case: Path, tmp_path: Path) -> None:
    with serving(MadeUpExplorer(PAYMENTS, too_long=[SECOND])) as server:
        report = pull(request(case, tmp_path / "ledger", server))
    assert report.not_given == (SECOND,)
    assert report.count(CoverageStatus.ABSENT) == 1
    assert [one.key for one in report.problems] == ["pull.problem.refused"]


def test_a_theft_by_transaction_begins_at_sender_and_receiver(case: Path, tmp_path: Path) -> None:
    theft = f'[case]\nid = "t"\n[[theft]]\nchain = "eip155:1"\ntransfers = [{{transaction = "0x{2:064x}"}}]\n'
    case.write_text(theft, encoding="utf-8")
    with serving(MadeUpExplorer(PAYMENTS)) as server:
        report = pull(request(case, tmp_path / "ledger", server))
    assert [one.address for one in report.histories] == [THIEF, MULE, SECOND, LAST]


def test_a_limit_before_the_first_history_is_said(case: Path, tmp_path: Path) -> None:
    theft = f'[case]\nid = "t"\n[[theft]]\nchain = "eip155:1"\ntransfers = [{{transaction = "0x{2:064x}"}}]\n'
    case.write_text(theft, encoding="utf-8")
    with serving(MadeUpExplorer(PAYMENTS)) as server, pytest.raises(Unavailable) as limited:
        pull(request(case, tmp_path / "ledger", server, budget=Budget(requests=1)))
    assert limited.value.key == "pull.error.limit"


def test_no_tokens_are_asked_for_where_only_ether_was_stolen(case: Path, tmp_path: Path) -> None:
    case.write_text(CASE.replace(f'address = "{THIEF}"', f'address = "{THIEF}"\nasset = "{ETH}"'), encoding="utf-8")
    with serving(MadeUpExplorer(PAYMENTS)) as server:
        pull(request(case, tmp_path / "ledger", server))
    assert {one.parameters["action"] for one in server.asked} == {"eth_blockNumber", "txlist", "txlistinternal"}


def test_the_key_is_read_from_a_file_and_kept_nowhere(case: Path, tmp_path: Path) -> None:
    key_file = tmp_path / "key.txt"
    key_file.write_text("MYKEY\n", encoding="utf-8")
    ledger = tmp_path / "ledger"
    with serving(MadeUpExplorer(PAYMENTS)) as server:
        pull(request(case, ledger, server, api_key_file=key_file))
        assert {one.parameters["apikey"] for one in server.asked} == {"MYKEY"}
        key_file.write_text("WRONGKEY\n", encoding="utf-8")
        with pytest.raises(InvalidInput) as refused:
            pull(request(case, tmp_path / "other", server, api_key_file=key_file))
        assert refused.value.key == "pull.error.api_key"
    assert not any(b"MYKEY" in path.read_bytes() for path in ledger.rglob("*") if path.is_file())


@pytest.mark.parametrize("body", [b"<html>Welcome</html>", b"[]", b'{"jsonrpc":"2.0","result":"high"}'])
def test_a_server_of_another_kind_is_said(case: Path, tmp_path: Path, body: bytes) -> None:
    with serving(lambda _: Answer(body)) as server, pytest.raises(Unavailable) as refused:
        pull(request(case, tmp_path / "ledger", server))
    assert refused.value.key == "pull.error.answer"


def test_a_thief_whose_history_is_not_given_ends_the_pull_with_the_reason(case: Path, tmp_path: Path) -> None:
    with serving(MadeUpExplorer(PAYMENTS, too_long=[THIEF])) as server, pytest.raises(Unavailable) as refused:
        pull(request(case, tmp_path / "ledger", server))
    assert refused.value.key == "pull.error.nothing"
    assert ParquetLedger.open(tmp_path / "ledger").chains() == ()


def test_a_thief_without_history_is_said(case: Path, tmp_path: Path) -> None:
    with serving(MadeUpExplorer([(10, VICTIM, STRANGER, 1)])) as server, pytest.raises(NotFound) as refused:
        pull(request(case, tmp_path / "ledger", server))
    assert refused.value.key == "case.address_not_in_ledger"


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"name": "blockchair"}, "pull.error.source"),
        ({"name": "esplora"}, "pull.error.source_chain"),
        ({"url": "etherscan.io"}, "pull.error.url"),
        ({"url": "ftp://etherscan.io"}, "pull.error.url"),
        ({"url": "http://[::1/api"}, "pull.error.url"),
        ({"url": "https://me:secret@etherscan.io/api"}, "pull.error.url_secret"),
        ({"url": "https://etherscan.io/api?apikey=secret"}, "pull.error.url_secret"),
    ],
)
def test_a_source_that_cannot_be_meant_is_refused(case: Path, tmp_path: Path, change: dict[str, str], key: str) -> None:
    source = replace(SourceRequest("etherscan", "http://127.0.0.1:1/", Budget()), **change)
    with pytest.raises(InvalidInput) as refused:
        pull(PullRequest(case, tmp_path / "ledger", source))
    assert refused.value.key == key
    assert refused.value.fields.get("url", "").find("secret") == -1


def test_a_case_on_several_chains_is_pulled_one_by_one(case: Path, tmp_path: Path) -> None:
    other = f'[[theft]]\nid = "b"\nchain = "eip155:10"\naddress = "{VICTIM}"\n'
    case.write_text(CASE + other, encoding="utf-8")
    with serving(MadeUpExplorer(PAYMENTS)) as server:
        asked = request(case, tmp_path / "ledger", server)
        for chain, key in ((None, "pull.error.several_chains"), ("eip155:5", "pull.error.chain_not_in_case")):
            with pytest.raises(InvalidInput) as refused:
                pull(replace(asked, chain=chain))
            assert refused.value.key == key
        report = pull(replace(asked, chain="eip155:1"))
    assert len(report.histories) == 4
