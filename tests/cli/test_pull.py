"""`qiyafa pull` and `qiyafa ingest esplora` as a user sees them."""

import json
from pathlib import Path

import pytest
from tests.cli.running import Qiyafa

from support.esplora import MadeUpChain, address_of
from support.explorer import MadeUpExplorer
from support.http_server import serving

ETHER = 10**18
VICTIM, THIEF, MULE, LAST, SERVICE = (f"0x{letter * 40}" for letter in "12345")
PAYMENTS = [
    (10, VICTIM, THIEF, 9 * ETHER),
    (12, THIEF, MULE, 4 * ETHER),
    (13, THIEF, SERVICE, 3 * ETHER),
    (14, MULE, LAST, 2 * ETHER),
]


@pytest.fixture
def case_path(tmp_path: Path) -> Path:
    path = tmp_path / "case.toml"
    path.write_text(f'[case]\nid = "c"\n[[theft]]\nchain = "eip155:1"\naddress = "{THIEF}"\n', encoding="utf-8")
    return path


def test_a_person_reads_what_was_loaded_and_how_to_go_on(qiyafa: Qiyafa, case_path: Path, tmp_path: Path) -> None:
    with serving(MadeUpExplorer(PAYMENTS)) as server:
        ran = qiyafa(
            "pull",
            case_path,
            "--ledger",
            tmp_path / "ledger",
            "--source",
            "etherscan",
            "--url",
            server.url,
            "--rate",
            9999,
        )
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert lines[0].startswith("Pulled eip155:1 up to block 14: 4 histories in 3 rounds, with 13 requests")
    assert "  4 complete, as far as the source says" in lines
    assert "Every trail was followed to where it rests or stops." in lines
    assert lines[-1] == f"Next: qiyafa trace {case_path} --ledger {tmp_path / 'ledger'}"
    assert qiyafa("trace", case_path, "--ledger", tmp_path / "ledger", "--quiet").code == 0


def test_a_limit_names_what_was_left_out_and_the_command_still_ends_well(
    qiyafa: Qiyafa, case_path: Path, tmp_path: Path
) -> None:
    with serving(MadeUpExplorer(PAYMENTS)) as server:
        pull = ("pull", case_path, "--ledger", tmp_path / "ledger", "--source", "etherscan", "--url", server.url)
        ran = qiyafa(*pull, "--max-addresses", "2", "--rate", "9999")
        assert ran.code == 0
        assert "Stopped at the limit of addresses. Left out, with stolen units on them: 2" in ran.out
        assert f"  {SERVICE}  3.0000 ETH" in ran.out
        as_json = json.loads(qiyafa(*pull, "--max-addresses", "2", "--rate", "9999", "--json").out)
    assert as_json["limit"] == "addresses"
    assert not as_json["followed_to_the_end"]
    assert {one["address"] for one in as_json["left_out"]} == {SERVICE, LAST}
    assert as_json["left_out"][0]["arrived"] == {"eip155:1/slip44:60": str(3 * ETHER)}


def test_what_the_source_did_not_give_is_listed(qiyafa: Qiyafa, case_path: Path, tmp_path: Path) -> None:
    problems = tmp_path / "problems.jsonl"
    with serving(MadeUpExplorer(PAYMENTS, too_long=[MULE])) as server:
        ran = qiyafa(
            "pull", case_path, "--ledger", tmp_path / "ledger", "--source", "etherscan", "--url", server.url,
            "--rate", "9999", "--problems", problems,
        )  # fmt: skip
    assert ran.code == 0
    assert "Every trail was followed, except behind the addresses below." in ran.out
    assert f"only their transfers with others are known:\n  {MULE}\n" in ran.out.lower()
    (problem,) = (json.loads(line) for line in problems.read_text(encoding="utf-8").splitlines())
    assert problem["key"] == "pull.problem.refused"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--source", "blockchair", "--url", "http://127.0.0.1:1/"), 2),
        (("--source", "etherscan", "--url", "127.0.0.1"), 2),
        (("--source", "etherscan", "--url", "http://127.0.0.1:1/", "--max-requests", "0"), 2),
        (("--source", "etherscan", "--url", "http://127.0.0.1:1/", "--from", "5"), 2),
        (("--source", "etherscan", "--url", "http://127.0.0.1:1/", "--api-key-file", "nowhere.txt"), 2),
        (("--source", "etherscan"), 2),
    ],
)
def test_what_cannot_be_meant_ends_with_a_sentence(
    qiyafa: Qiyafa, case_path: Path, tmp_path: Path, options: tuple[str, ...], code: int
) -> None:
    ran = qiyafa("pull", case_path, "--ledger", tmp_path / "ledger", *options)
    assert ran.code == code
    assert ran.err.startswith("qiyafa: ")
    assert "Traceback" not in ran.err


def test_an_address_is_taken_in_from_esplora(qiyafa: Qiyafa, tmp_path: Path) -> None:
    chain = MadeUpChain()
    chain.pay([chain.mint(1, 5_000)], (2, 4_000))
    with serving(chain) as server:
        ran = qiyafa(
            "ingest", "esplora", server.url, "--address", address_of(1), "--address", address_of(2),
            "--ledger", tmp_path / "ledger", "--rate", "9999", "--json",
        )  # fmt: skip
    assert ran.code == 0
    answer = json.loads(ran.out)
    assert (answer["chain"], answer["rows_total"]) == ("bip122:000000000019d6689c085ae165831e93", 2)
    assert answer["problem_count"] == 0
    assert qiyafa("ledger", "verify", "--ledger", tmp_path / "ledger").code == 0
