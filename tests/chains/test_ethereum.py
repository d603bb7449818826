"""Addresses, hashes and created contracts of Ethereum."""

from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiyafa.chains.ethereum import EthereumAddresses, created_contract_address, ethereum_like
from qiyafa.model.errors import InvalidInput

EIP_55_EXAMPLES = [
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
    "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
    "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
    "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
    "0x52908400098527886E0F7030069857D2E4169EE7",
    "0x8617E340B3D01FA5F11F306F4090FD50E238070D",
    "0xde709f2102306220921060314715629080e2fb77",
    "0x27b1fdb04752bbc536007a920d24acb045561c26",
]
"""From the text of EIP-55."""

FORMATS = EthereumAddresses()
addresses = st.binary(min_size=20, max_size=20).map(lambda twenty: "0x" + twenty.hex())


@pytest.mark.parametrize("example", EIP_55_EXAMPLES)
def test_an_address_is_kept_in_lower_case_and_shown_with_its_checksum(example: str) -> None:
    assert FORMATS.canonical(example) == example.lower()
    assert FORMATS.shown(example.lower()) == example


@given(addresses)
def test_what_is_shown_can_be_given_back(address: str) -> None:
    assert FORMATS.canonical(FORMATS.shown(address)) == address
    assert FORMATS.canonical("0X" + address[2:].upper()) == address


@given(st.sampled_from(EIP_55_EXAMPLES[:4]), st.integers(2, 41))
def test_a_letter_in_the_wrong_case_fails_the_checksum(example: str, place: int) -> None:
    flipped = example[:place] + example[place].swapcase() + example[place + 1 :]
    if flipped == example:
        assert FORMATS.canonical(flipped) == example.lower()
        return
    with pytest.raises(InvalidInput) as refused:
        FORMATS.canonical(flipped)
    assert refused.value.key == "chains.error.address_checksum"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0x",
        "vitalik.eth",
        "0x" + "a" * 39,
        "0x" + "a" * 41,
        "a" * 40,
        "0x" + "g" * 40,
        " 0x" + "a" * 40,
        "0x" + "٠" * 40,
        "0x" + "a" * 40 + "\n",
    ],
)
def test_other_texts_are_no_address(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        FORMATS.canonical(text)
    assert refused.value.key == "chains.error.address"


@pytest.mark.parametrize(
    ("nonce", "contract"),
    [
        (0, "0xcd234a471b72ba2f1ccf0a70fcaba648a5eecd8d"),
        (1, "0x343c43a37d37dff08ae8c4a11544c718abb4fcf8"),
        (2, "0xf778b86fa74e846c4f0a1fbd1335fe81c00a0c91"),
        (3, "0xfffd933a0bc612844eaf0c6fe3e5b8e9b6c1d19c"),
    ],
)
def test_the_address_of_a_created_contract_follows_from_sender_and_nonce(nonce: int, contract: str) -> None:
    assert created_contract_address("0x6ac7ea33f8831ea9dcc53393aaa88b25a785dbf0", nonce) == contract


@pytest.mark.shared_data
def test_every_real_contract_creation_is_found_again(shared_data: Path) -> None:
    creations = duckdb.sql(f"""
        SELECT from_address, nonce, receipt_contract_address FROM '{shared_data}/ethereum/transactions.parquet'
        WHERE to_address IS NULL""").fetchall()
    assert len(creations) == 118
    assert all(created_contract_address(sender, nonce) == contract for sender, nonce, contract in creations)


def test_a_transaction_hash_is_kept_in_lower_case() -> None:
    chain = ethereum_like("1")
    assert chain.transaction_hash("0X" + "AB" * 32) == "0x" + "ab" * 32
    with pytest.raises(InvalidInput):
        chain.transaction_hash("0x" + "ab" * 31)


def test_a_token_is_named_by_its_contract() -> None:
    chain = ethereum_like("56")
    asset = chain.token_asset("0xdAC17F958D2ee523a2206206994597C13D831ec7")
    assert asset == "eip155:56/erc20:0xdac17f958d2ee523a2206206994597c13d831ec7"
    assert chain.native_asset == "eip155:56/slip44:60"
    assert (chain.name, chain.native_symbol, chain.native_decimals) == ("BNB Smart Chain", "BNB", 18)


@pytest.mark.parametrize("reference", ["", "0", "01", "-1", "1.0", "mainnet", "1" * 33, "١"])
def test_a_chain_id_is_a_number(reference: str) -> None:
    with pytest.raises(InvalidInput):
        ethereum_like(reference)
