"""Addresses in the middle of sentences."""

import time

import pytest

from qiyafa.chains.formats import FORMATS
from qiyafa.lists.prose import addresses_in

EVM = "0x098B716B8Aaf21512996dC57EB0615e2383E2f96"
TRON = "TMStbg5fgb4uTV7fK1gEYF9hKAzP3siPsG"
CASH = "bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a"


def found(text: str) -> list[tuple[str, str]]:
    return [tuple(one) for one in addresses_in(text, FORMATS)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"Digital Currency Address - ETH {EVM}; alt. XBT: {TRON}.", [(EVM, "ETH"), (TRON, "XBT")]),
        (f"({EVM}), {EVM} and USDT:{TRON}", [(EVM, ""), (TRON, "USDT")]),
        (f"the address {CASH}", [(CASH, "")]),
        (f"Address:{EVM}", [(EVM, "")]),
        (f"지갑주소{TRON}입니다", [(TRON, "")]),
        ("https://www.interpol.int/en/How-we-work/Notices/View-UN-Notices-Individuals", []),
        ("Passport MT84MALT011000012345MTLCAST001S", []),
        ("", []),
    ],
)
def test_addresses_are_found_with_the_ticker_before_them(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


def test_a_mistyped_address_beside_a_word_about_currency_is_kept() -> None:
    mistyped = TRON[:-1] + "H"
    assert found(f"Crypto wallet {mistyped}") == [(mistyped, "")]
    assert found(f"Number {mistyped}") == []


def test_a_megabyte_of_prose_is_read_in_time() -> None:
    begin = time.perf_counter()
    assert found("wallet " + "a1" * 500_000) == []
    assert len(found(f"wallet {EVM} " * 20_000)) == 1
    assert time.perf_counter() - begin < 20
