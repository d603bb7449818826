"""Addresses, hashes and assets of TRON."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiyafa.chains import find_chain
from qiyafa.chains.tron import TronAddresses, tron_network
from qiyafa.model.errors import InvalidInput
from qiyafa.text import text

TETHER = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"
TETHER_BYTES = "a614f803b6fd780986a42c78ec9c7f77e6ded13c"
DOCUMENTED = ("TNPeeaaFB7K9cmo4uQpcU32zGK8G1NYqeL", "418840E6C55B9ADA326D211D818C34A994AECED808")
"""The example of TRON's own documentation, "Account"."""

FORMATS = TronAddresses()
addresses = st.binary(min_size=20, max_size=20).map(lambda twenty: FORMATS.canonical("0x" + twenty.hex()))


def refusal(spelled: str) -> str:
    with pytest.raises(InvalidInput) as refused:
        FORMATS.canonical(spelled)
    return refused.value.key


def test_base58_and_every_spelling_in_hexadecimal_are_one_address() -> None:
    digits = TETHER_BYTES
    for spelled in (
        TETHER,
        f"41{digits}",
        f"0x41{digits}",
        f"0x{digits}",
        f"0X41{digits.upper()}",
        f"41{digits.upper()}",
    ):
        assert FORMATS.canonical(spelled) == TETHER
    assert FORMATS.shown(TETHER) == TETHER
    assert FORMATS.canonical(DOCUMENTED[1]) == DOCUMENTED[0]


@given(addresses)
def test_what_is_shown_can_be_given_back(address: str) -> None:
    assert FORMATS.canonical(FORMATS.shown(address)) == address


@given(addresses, st.integers(1, 33), st.sampled_from("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"))
def test_a_mistyped_character_fails_the_checksum(address: str, place: int, character: str) -> None:
    mistyped = address[:place] + character + address[place + 1 :]
    if mistyped != address:
        assert refusal(mistyped) == "tron.error.address_checksum"


def test_an_address_of_another_chain_is_none_of_tron() -> None:
    assert refusal("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa") == "tron.error.address"


@pytest.mark.parametrize(
    "spelled",
    [
        "",
        "T",
        TETHER[:-1],
        TETHER + "1",
        TETHER.lower(),
        " " + TETHER,
        TETHER + "\n",
        "a614" * 10,
        "42" + "a" * 40,
        "0x41",
        "T" * 9999,
    ],
)
def test_other_texts_are_no_address(spelled: str) -> None:
    assert refusal(spelled) == "tron.error.address"


def test_a_transaction_hash_is_kept_as_explorers_show_it() -> None:
    chain = tron_network("728126428")
    assert chain.transaction_hash("0X" + "AB" * 32) == "ab" * 32
    assert chain.transaction_hash("ab" * 32) == "ab" * 32
    for other in ("ab" * 31, "0x" + "ab" * 33, "xy" * 32, "ab" * 32 + "\n"):
        with pytest.raises(InvalidInput):
            chain.transaction_hash(other)


def test_the_network_may_be_named_in_both_forms() -> None:
    assert find_chain("tron:0x2b6653dc").caip2 == "tron:728126428"
    assert find_chain("tron:728126428").name == "TRON"
    assert find_chain("tron:3448148188").name == "TRON Nile testnet"
    assert find_chain("tron:7").name == "tron:7"


@pytest.mark.parametrize("reference", ["", "0", "0x0", "01", "-1", "mainnet", "0x", "0xG", "1" * 33, "١"])
def test_other_references_are_no_network(reference: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        tron_network(reference)
    assert "tron:728126428" in text(refused.value.key, **refused.value.fields)


def test_assets_are_named_by_coin_type_and_contract() -> None:
    chain = tron_network("728126428")
    assert chain.native_asset == "tron:728126428/slip44:195"
    assert chain.token_asset("0x" + TETHER_BYTES) == f"tron:728126428/trc20:{TETHER}"
    assert (chain.native_symbol, chain.native_decimals) == ("TRX", 6)


def test_a_contract_does_not_follow_from_its_creator() -> None:
    with pytest.raises(InvalidInput) as refused:
        tron_network("728126428").created_contract(TETHER, 3)
    assert TETHER in text(refused.value.key, **refused.value.fields)


@pytest.mark.shared_data
def test_every_real_address_is_canonical_as_it_stands(shared_data: Path) -> None:
    with (shared_data / "tron" / "trc20_transfers.csv").open(encoding="utf-8", newline="") as file:
        found = {
            row[name] for row in csv.DictReader(file) for name in ("wallet", "from_address", "to_address", "token_id")
        }
    assert len(found) > 700
    assert [address for address in found if FORMATS.canonical(address) != address] == []
