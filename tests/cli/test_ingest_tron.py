"""`qiyafa ingest tronscan-csv` as a person types it, and a trace over what it took in."""

import json
from pathlib import Path

from tests.chains.readers.tron_rpc.network import running_network
from tests.chains.readers.tronscan.lists import HOLDER, PAYER, STRANGER, TETHER, TRON, transfers
from tests.cli.running import Qiyafa

from qiyafa.chains.base58check import base58_bytes

CASE = """
[case]
id = "seized"
title = "A holder named in a seizure order"
[[theft]]
chain = "tron:728126428"
address = "{address}"
[[stop]]
chain = "tron:728126428"
address = "{stop}"
reason = "exchange: a hot wallet"
"""


def in_hexadecimal(address: str) -> str:
    return (base58_bytes(address) or b"")[:21].hex()


def test_a_list_is_taken_in_and_traced_whatever_the_spelling_of_the_case(qiyafa: Qiyafa, tmp_path: Path) -> None:
    passed_on = {"from_address": HOLDER, "to_address": STRANGER, "tx_id": "2" * 64, "timestamp": "1650176106000"}
    (tmp_path / "list.csv").write_text(transfers({}, passed_on | {"quant": "65000000"}, {"quant": "1.5"}))
    ran = qiyafa("ingest", "tronscan-csv", tmp_path / "list.csv", "--ledger", tmp_path / "ledger", "--json")
    answer = json.loads(ran.out)
    assert (ran.code, answer["chain"], answer["rows_total"], answer["problem_count"]) == (0, TRON, 2, 1)
    assert qiyafa("ledger", "verify", "--ledger", tmp_path / "ledger").code == 0

    case = CASE.format(address=in_hexadecimal(PAYER), stop="0x" + in_hexadecimal(STRANGER)[2:])
    (tmp_path / "case.toml").write_text(case)
    ran = qiyafa("trace", tmp_path / "case.toml", "--ledger", tmp_path / "ledger", "--method", "fifo", "--json")
    assert ran.code == 0
    [fifo] = json.loads(ran.out)["methods"].values()
    holdings = [(one["address"], one["asset"], one["units"], one["status"]) for one in fifo["holdings"]]
    asset = f"{TRON}/trc20:{TETHER}"
    assert holdings == [(STRANGER, asset, "65000000", "stopped"), (HOLDER, asset, "290000", "held")]


def test_a_file_that_is_no_list_ends_with_a_sentence(qiyafa: Qiyafa, tmp_path: Path) -> None:
    (tmp_path / "page.csv").write_text("<!DOCTYPE html><html>")
    ran = qiyafa("ingest", "tronscan-csv", tmp_path / "page.csv", "--ledger", tmp_path / "ledger")
    assert ran.code == 2
    assert "timestamp" in ran.err
    assert not list((tmp_path / "ledger").glob("chain=*"))


def test_a_range_of_blocks_is_taken_in(qiyafa: Qiyafa, tmp_path: Path) -> None:
    with running_network() as network:
        network.pay(network.account(1), network.account(2), 5)
        where = ("--ledger", tmp_path / "ledger", "--json")
        answer = json.loads(qiyafa("ingest", "tron-rpc", network.url, "--from", "0", *where).out)
        assert (answer["chain"], answer["rows_total"], answer["head_block"]) == (TRON, 1, 4)
        beyond = qiyafa("ingest", "tron-rpc", network.url, "--from", "0", "--to", "99", *where)
        assert (beyond.code, json.loads(beyond.err)["error"]["fields"]["head"]) == (2, 4)
