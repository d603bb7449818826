"""What users write as addresses of Bitcoin-like chains."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiyafa.chains import bitcoin, dogecoin, find_chain, litecoin
from qiyafa.chains.outputs.addresses import OutputAddresses
from qiyafa.model.errors import InvalidInput
from qiyafa.text import text

BITCOIN = OutputAddresses("Bitcoin", bitcoin.MAIN.versions)
LITECOIN = OutputAddresses("Litecoin", litecoin.MAIN.versions)
SEGWIT = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
TAPROOT = "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0"
OLD = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"


@pytest.mark.parametrize("address", [SEGWIT, TAPROOT, OLD, "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy", "bc1pfeessrawgf"])
def test_an_address_is_its_own_canonical_spelling(address: str) -> None:
    assert BITCOIN.canonical(address) == address
    assert BITCOIN.shown(address) == address


def test_segwit_may_be_written_in_capitals_and_never_in_both() -> None:
    assert BITCOIN.canonical(SEGWIT.upper()) == SEGWIT
    with pytest.raises(InvalidInput):
        BITCOIN.canonical("BC1" + SEGWIT[3:])


def test_the_old_spelling_of_a_litecoin_script_address_is_the_same_address() -> None:
    """The pair that Litecoin's own converter shows."""
    today = "MTf4tP1TCNBn8dNkyxeBVoPrFCcVzxJvvh"
    assert LITECOIN.canonical("3MSvaVbVFFLML86rt5eqgA9SvW23upaXdY") == LITECOIN.canonical(today) == today


def test_a_script_hash_stands_for_an_output_without_an_address() -> None:
    owner = "scripthash:" + "0f" * 32
    assert BITCOIN.canonical(owner) == owner
    with pytest.raises(InvalidInput):
        BITCOIN.canonical(owner.upper())


@pytest.mark.parametrize(
    "address",
    [
        OLD[:-1] + "b",
        SEGWIT[:-1] + "5",
        # BIP350: version 0 with the later checksum, version 1 with the earlier one.
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh",
        "bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4"[:-3] + "z0w",
    ],
)
def test_a_wrong_checksum_is_named(address: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        BITCOIN.canonical(address)
    assert refused.value.key == "chains_outputs.error.address_checksum"


@pytest.mark.parametrize(
    "written",
    [
        "",
        "1",
        "bc1",
        "bc1q",
        "LM2WMpR1Rp6j3Sa59cMXMs1SPzj9eXpGc1",
        "ltc1qw508d6qejxtdg4y5r3zarvary0c5xw7kgmn4n9",
        "0x" + "a" * 40,
        f"{SEGWIT}é",
        f"{OLD} ",
        "1" * 10_000,
        "bc1" + "q" * 10_000,
    ],
)
def test_what_is_no_address_here_is_refused_with_how_addresses_begin(written: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        BITCOIN.canonical(written)
    assert "begin with 1, 3 or bc1" in text(refused.value.key, **refused.value.fields)


@given(st.text(max_size=100))
def test_any_text_is_an_address_or_is_refused(written: str) -> None:
    for network in (bitcoin.MAIN, litecoin.MAIN, dogecoin.MAIN):
        try:
            found = OutputAddresses(network.name, network.versions).canonical(written)
        except InvalidInput:
            continue
        assert found.lower() == written.lower()


def test_a_chain_of_outputs_is_found_by_its_genesis_block() -> None:
    chain = find_chain("bip122:12a765e31ffd4059bada1e25190f6e98")
    assert (chain.name, chain.native_symbol, chain.native_decimals) == ("Litecoin", "LTC", 8)
    assert chain.native_asset == "bip122:12a765e31ffd4059bada1e25190f6e98/slip44:2"
    assert chain.transaction_hash("AB" * 32) == "ab" * 32
    for wrong in ("", "0x" + "ab" * 32, "ab" * 31):
        with pytest.raises(InvalidInput):
            chain.transaction_hash(wrong)
    with pytest.raises(InvalidInput):
        chain.created_contract("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", 0)
