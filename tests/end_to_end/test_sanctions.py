"""Sanctioned addresses, end to end: the real list in, the command line, every spelling found and nothing else."""

import csv
import json
import random
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from eth_hash.auto import keccak

from qiyafa.chains.base58check import base58_bytes, base58check_text

from support.command_line import qiyafa
from support.ronin import THIEF

pytestmark = pytest.mark.shared_data

ROUTER = "0xd90e2f925DA726b50C4Ed8D0Fb90Ad053324F31b"
LISTED_ENTRIES, LISTED_ADDRESSES, LISTED_IN_LEDGER = 654, 641, 24
LIST_DAY = "2024-09-27"
BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def screen(home: Path, *arguments: str | Path, code: int = 0) -> list[dict[str, Any]]:
    answers: list[dict[str, Any]] = json.loads(qiyafa("screen", *arguments, "--json", home=home, code=code))
    return answers


def screen_file(home: Path, folder: Path, addresses: list[str], code: int) -> dict[str, str]:
    asked, answered = folder / "asked.csv", folder / "answered.csv"
    with asked.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["address"], *([one] for one in addresses)])
    qiyafa("screen", "--file", asked, "--out", answered, "--as-of", LIST_DAY, "--quiet", home=home, code=code)
    with answered.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["address"] for row in rows] == addresses
    return {row["address"]: row["verdict"] for row in rows}


@pytest.fixture(scope="module")
def home(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sanctions-home")
    imported = ("ofac-addresses", shared_data / "sanctions", "--published", LIST_DAY)
    qiyafa("lists", "import", *imported, "--quiet", home=folder)
    return folder


@pytest.fixture(scope="module")
def entries(shared_data: Path) -> list[str]:
    files = sorted((shared_data / "sanctions").glob("sanctioned_addresses_*.txt"))
    found = [line for file in files for line in file.read_text(encoding="utf-8").splitlines() if line]
    assert (len(found), len({one.lower() if one.startswith("0x") else one for one in found})) == (
        LISTED_ENTRIES,
        LISTED_ADDRESSES,
    )
    return found


def checksummed(address: str) -> str:
    digits = address[2:].lower()
    marks = keccak(digits.encode()).hex()
    letters = (one.upper() if int(mark, 16) >= 8 else one for one, mark in zip(digits, marks, strict=False))
    return "0x" + "".join(letters)


def spellings(address: str) -> set[str]:
    """Return the spellings that this test knows of; written apart from the product's."""
    if address.startswith("0x") and len(address) == 42:
        digits = address[2:]
        return {address, address.lower(), "0x" + digits.upper(), "0X" + digits.upper(), checksummed(address)}
    if address.lower().startswith(("bc1", "ltc1")):
        return {address, address.upper(), address.lower()}
    if address.startswith("T") and len(address) == 34:
        whole = base58_bytes(address)
        assert whole is not None
        return {address, whole[:-4].hex(), whole[:-4].hex().upper(), "0x" + whole[:-4].hex()}
    if address.startswith("q") and len(address) == 42:
        return {address, "bitcoincash:" + address, ("bitcoincash:" + address).upper()}
    return {address}


def test_every_listed_address_is_a_hit_in_every_spelling(home: Path, entries: list[str], tmp_path: Path) -> None:
    asked = sorted({spelling for entry in entries for spelling in spellings(entry)})
    verdicts = screen_file(home, tmp_path, asked, code=1)
    assert len(verdicts) > LISTED_ENTRIES
    assert {one: verdict for one, verdict in verdicts.items() if verdict != "hit"} == {}


def look_alike(address: str, dice: random.Random) -> str:
    """Return another address with the same first and last six characters."""
    alphabet = "0123456789abcdef" if address.startswith("0x") else BASE58
    head, tail = (8, 6) if address.startswith("0x") else (6, 6)
    middle = "".join(dice.choice(alphabet) for _ in address[head:-tail])
    return address[:head] + middle + address[-tail:]


def random_address(dice: random.Random) -> str:
    payload = dice.randbytes(20)
    return dice.choice(
        (
            "0x" + payload.hex(),
            checksummed("0x" + payload.hex()),
            base58check_text(b"\x00" + payload),
            base58check_text(b"\x05" + payload),
            base58check_text(b"\x41" + payload),
        )
    )


@pytest.mark.slow
def test_look_alikes_and_random_addresses_are_no_hits(home: Path, entries: list[str], tmp_path: Path) -> None:
    dice = random.Random(20240927)
    listed = {one.lower() for one in entries}
    look_alikes = [look_alike(dice.choice(entries), dice) for _ in range(10_000)]
    strangers = [random_address(dice) for _ in range(100_000)]
    assert not {one.lower() for one in look_alikes} & listed
    verdicts = screen_file(home, tmp_path, list(dict.fromkeys(look_alikes + strangers)), code=0)
    assert "hit" not in set(verdicts.values())
    assert {verdicts[one] for one in strangers} == {"no_hit"}


@pytest.mark.parametrize(
    ("day", "verdict", "code"), [("2022-07-01", "no_hit", 0), ("2022-10-01", "hit", 1), ("2025-04-01", "review", 0)]
)
def test_tornado_cash_is_listed_between_two_days(home: Path, day: str, verdict: str, code: int) -> None:
    answer = screen(home, ROUTER, "--as-of", day, code=code)[0]
    assert answer["verdict"] == verdict
    past = "listed 2022-08-08 to 2025-03-21" in json.dumps(answer["reasons"])
    assert past == (verdict == "review")
    too_old = "screen.gap.list_too_old" in json.dumps(answer["coverage"])
    assert too_old == (verdict == "review"), "a listing that ended does not tell that there is no other"
    assert screen(home, ROUTER, "--as-of", day, code=code)[0] == answer


def test_an_old_list_finds_but_does_not_clear(home: Path, entries: list[str]) -> None:
    stranger = "0x" + "5f" * 20
    assert screen(home, entries[0], code=1)[0]["verdict"] == "hit"
    assert screen(home, stranger)[0]["verdict"] == "unavailable"


def test_without_any_list_nothing_is_cleared(tmp_path: Path) -> None:
    assert screen(tmp_path, "0x" + "5f" * 20)[0]["verdict"] == "unavailable"


def test_listed_addresses_in_the_ledger_are_found_there(
    home: Path, ronin_ledger: Path, entries: list[str], shared_data: Path
) -> None:
    table = pq.read_table(shared_data / "ethereum" / "transactions.parquet", columns=["from_address", "to_address"])
    seen = {one for column in table.columns for one in column.to_pylist() if one}
    listed = sorted({one.lower() for one in entries if one.startswith("0x")} & seen)
    assert len(listed) == LISTED_IN_LEDGER
    answers = screen(home, *listed, "--ledger", ronin_ledger, "--as-of", LIST_DAY, code=1)
    assert [one["verdict"] for one in answers] == ["hit"] * LISTED_IN_LEDGER
    assert all(one["coverage"] and one["ledger"] for one in answers)


def test_the_exposure_of_the_ronin_exploiter_is_explained_down_to_transfers(
    home: Path, ronin_ledger: Path, shared_data: Path
) -> None:
    answer = screen(home, THIEF, "--ledger", ronin_ledger, "--as-of", LIST_DAY, code=1)[0]
    sent = [one for one in answer["exposure"] if one["direction"] == "out" and one["category"] == "sanctioned"]
    assert sent
    assert int(sent[0]["direct_units"]) + int(sent[0]["indirect_units"]) > 10**22
    hashes = {one["transaction"] for exposure in answer["exposure"] for one in exposure["transfers"]}
    table = pq.read_table(shared_data / "ethereum" / "transactions.parquet", columns=["hash"])
    assert hashes
    assert hashes <= set(table.column("hash").to_pylist())
