"""Addresses and hashes in prose of three languages."""

import time

import pytest

from qiyafa.chains.formats import FORMATS
from qiyafa.documents.addresses import HashKind, find_addresses, find_hashes

RONIN = "0x098B716B8Aaf21512996dC57EB0615e2383E2f96"
BITCOIN = "1BoatSLRHtKNngkdXEeobR76b53LETtpyT"
SEGWIT = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
TRON = "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"
CASH = "bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a"
SOLANA = "4k3Dyjzvzp8eMZWUXbBCjEvwSkkk59S5iCNLY3QrkX6R"
HASH = "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b"


def texts(prose: str) -> list[str]:
    found = find_addresses(prose, FORMATS)
    for one in found:
        assert prose[one.start : one.end] == one.text
    return [one.text for one in found]


@pytest.mark.parametrize("address", [RONIN, RONIN.lower(), BITCOIN, SEGWIT, TRON, CASH])
@pytest.mark.parametrize(
    "prose",
    [
        "Funds went to {}.",
        "({})",
        "https://example.org/address/{}/tokens",
        "Address:{}",
        "نُقلت الأموال إلى العنوان {}، ثم",
        "탈취된 자산은 {}으로 이동했다",
        "«{}»",
        "\u2066{}\u2069",
    ],
)
def test_an_address_is_found_in_prose(address: str, prose: str) -> None:
    assert texts(prose.format(address)) == [address]


@pytest.mark.parametrize(
    "prose",
    [
        RONIN.replace("098B", "098b"),
        BITCOIN[:-1] + "U",
        SEGWIT[:-1] + "5",
        TRON[:-1] + "u",
        RONIN[:-1],
        RONIN + "0",
        "0x098B[.]716B8Aaf21512996dC57EB0615e2383E2f96",
        "a" * 40,
        HASH,
        f"0x{HASH}",
        "SELECT-LOUD-TEXT-WITHOUT-ADDRESS 1234567890123456789012345678901234567890",
    ],
)
def test_what_is_mistyped_or_only_looks_so_is_none(prose: str) -> None:
    assert texts(f"Funds went to {prose} yesterday.") == []


def test_every_place_counts_and_chains_are_named() -> None:
    found = find_addresses(f"{RONIN} and again {RONIN.lower()}", FORMATS)
    assert [one.start for one in found] == [0, len(RONIN) + 11]
    assert {str(one.identity) for one in found} == {f"evm:{RONIN.lower()}"}
    assert found[0].chains[0] == "eip155:1"


def test_solana_has_no_checksum_so_the_text_must_speak_of_it() -> None:
    assert texts(f"The key {SOLANA} was found.") == []
    assert texts(f"On Solana the thief used {SOLANA}.") == [SOLANA]
    assert texts(f"솔라나 지갑 {SOLANA}") == [SOLANA]


@pytest.mark.parametrize(
    ("prose", "kind"),
    [
        ("in transaction {}", HashKind.TRANSACTION),
        ("txid: {}", HashKind.TRANSACTION),
        ("https://example.org/tx/0x{}", HashKind.TRANSACTION),
        ("في المعاملة {}", HashKind.TRANSACTION),
        ("트랜잭션 {}에서", HashKind.TRANSACTION),
        ("{} (transaction hash)", HashKind.TRANSACTION),
        ("block {} holds it", HashKind.BLOCK),
        ("SHA256: {}", HashKind.FILE),
        ("the malware's transaction log has the file {}", HashKind.FILE),
        ("we saw {} once", HashKind.UNKNOWN),
    ],
)
def test_a_hash_is_what_the_nearest_word_calls_it(prose: str, kind: HashKind) -> None:
    text = prose.format(HASH)
    (found,) = find_hashes(text)
    assert found.kind is kind
    assert found.hash == HASH
    assert text[found.start : found.end] == found.text


@pytest.mark.parametrize(
    "part", ["1", "x" * 33 + " ", "0x", ":", "0x" + "ab" * 20 + " ", "tx " + "ab" * 32 + " ", BITCOIN]
)
def test_a_megabyte_takes_seconds_at_most(part: str) -> None:
    text = (part * (1_000_000 // len(part) + 1))[:1_000_000]
    began = time.process_time()
    find_addresses(text, FORMATS)
    find_hashes(text)
    assert time.process_time() - began < 5
