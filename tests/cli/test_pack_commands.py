"""`qiyafa pack` from the command line: build, info, verify and query, with their exit codes."""

import json
from pathlib import Path

import pytest
from tests.cli.running import Qiyafa

ROUTER = "0xd90e2f925DA726b50C4Ed8D0Fb90Ad053324F31b"
STRANGER = "0x00000000000000000000000000000000000000b7"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def pack(qiyafa: Qiyafa, home: Path, tmp_path: Path) -> Path:
    path = tmp_path / "screening.qpack"
    done = qiyafa("pack", "build", "--out", path, "--home", home, "--as-of", "2022-10-01", "--quiet")
    assert (done.code, "ed25519:" in done.out) == (0, True), done.err
    return path


def test_a_pack_is_built_shown_checked_and_asked(qiyafa: Qiyafa, pack: Path, home: Path) -> None:
    info = json.loads(qiyafa("pack", "info", pack, "--home", home, "--json").out)
    assert (info["signed_here"], info["as_of"]) == (True, "2022-10-01T23:59:59Z")
    assert qiyafa("pack", "verify", pack, "--home", home).code == 0
    asked = qiyafa("pack", "query", pack, ROUTER, STRANGER, "--home", home, "--json")
    assert asked.code == 1
    assert [one["verdict"] for one in json.loads(asked.out)] == ["hit", "unavailable"]
    assert qiyafa("pack", "query", pack, STRANGER, "--home", home).code == 0


def test_people_read_why(qiyafa: Qiyafa, pack: Path, home: Path) -> None:
    shown = qiyafa("pack", "query", pack, ROUTER, "--home", home).out
    assert "HIT" in shown
    assert "2022-08-08" in shown


def test_whose_key_is_trusted_must_be_said_where_there_is_none(qiyafa: Qiyafa, pack: Path, tmp_path: Path) -> None:
    stranger = tmp_path / "elsewhere"
    assert qiyafa("pack", "verify", pack, "--home", stranger).code == 2
    signer = json.loads(qiyafa("pack", "info", pack, "--home", stranger, "--json").out)["signer"]
    assert qiyafa("pack", "verify", pack, "--home", stranger, "--key", signer).code == 0
    assert qiyafa("pack", "verify", pack, "--home", stranger, "--key", "ed25519:" + "00" * 32).code == 3
    assert qiyafa("pack", "verify", pack, "--home", stranger, "--key", "mine").code == 2


def test_damage_ends_with_one(qiyafa: Qiyafa, pack: Path, home: Path) -> None:
    content = bytearray(pack.read_bytes())
    content[-1] ^= 1
    pack.write_bytes(content)
    done = qiyafa("pack", "verify", pack, "--home", home, "--json")
    assert (done.code, json.loads(done.out)["sound"]) == (1, False)
    assert qiyafa("pack", "query", pack, ROUTER, "--home", home).code == 3


def test_a_missing_pack_is_said_to_be_missing(qiyafa: Qiyafa, tmp_path: Path, home: Path) -> None:
    done = qiyafa("pack", "info", tmp_path / "none.qpack", "--home", home)
    assert (done.code, "none.qpack" in done.err) == (2, True)
    assert qiyafa("pack", "build", "--out", tmp_path / "a", "--valid-days", "0", "--home", home).code == 2
