"""`qiyafa ingest bitcoin-rpc` as a person types it, against a real node."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.running import Qiyafa
from tests.support.litecoind import LITECOIN, CoreLikeNode, running_node


@pytest.fixture(scope="module")
def core(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CoreLikeNode]:
    with running_node(tmp_path_factory.mktemp("node")) as node:
        node.mine(12)
        yield node


def test_blocks_are_taken_in_and_a_rerun_goes_on(qiyafa: Qiyafa, core: CoreLikeNode, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger"
    where = ("--cookie", core.cookie, "--ledger", ledger, "--json")
    first = json.loads(qiyafa("ingest", "bitcoin-rpc", core.url, "--to", "7", *where).out)
    assert (first["chain"], first["head_block"], first["rows_total"]) == (LITECOIN.chain, 7, 8)
    more = json.loads(qiyafa("ingest", "bitcoin-rpc", core.url, "--chain", "litecoin-regtest", *where).out)
    assert (more["rows_added"], more["head_block"], more["problem_count"]) == (5, 12, 0)
    info = json.loads(qiyafa("ledger", "info", "--ledger", ledger, "--json").out)
    assert info["chains"][LITECOIN.chain]["unspent_units"] == str(13 * 50 * 10**8)


def test_user_and_password_in_the_url_are_never_shown(qiyafa: Qiyafa, core: CoreLikeNode, tmp_path: Path) -> None:
    user, _, password = core.cookie.read_text().partition(":")
    url = f"http://{user}:{password}@127.0.0.1:{core.rpc_port}"
    said = [
        qiyafa("ingest", "bitcoin-rpc", url, "--ledger", tmp_path / "ledger"),
        qiyafa("ingest", "bitcoin-rpc", url, "--from", "99", "--ledger", tmp_path / "ledger"),
        qiyafa("ingest", "bitcoin-rpc", url.replace(user, "nobody"), "--ledger", tmp_path / "ledger"),
    ]
    assert [ran.code for ran in said] == [0, 2, 2]
    assert all(password not in ran.out + ran.err for ran in said)
    assert password not in (tmp_path / "ledger" / "manifest.json").read_text()


def test_a_node_of_another_chain_ends_with_a_sentence(qiyafa: Qiyafa, core: CoreLikeNode, tmp_path: Path) -> None:
    ran = qiyafa(
        "ingest", "bitcoin-rpc", core.url, "--cookie", core.cookie, "--chain", "bitcoin", "--ledger", tmp_path / "l"
    )
    assert (ran.code, ran.out) == (3, "")
    assert LITECOIN.chain in ran.err
    assert not (tmp_path / "l").exists()
