"""What an entry of a list means as an address."""

import pytest

from qiyafa.chains.formats import FORMATS
from qiyafa.model.address import Identity
from qiyafa.model.listing import listed_identities

ROUTER = "0xd90e2f925DA726b50C4Ed8D0Fb90Ad053324F31b"
KEY = "0xd90e2f925da726b50c4ed8d0fb90ad053324f31b"
TRON = "TVktdLNM1q94cFsMFFRKF4t8DjB8juq8MM"
"""The same twenty bytes as an address of TRON; nobody listed it."""


@pytest.mark.parametrize("declared", ["ETH", "USDT", "ARB", "eip155:1"])
def test_an_ethereum_entry_does_not_list_its_twin_on_tron(declared: str) -> None:
    assert listed_identities(FORMATS, ROUTER, declared) == (Identity("evm", KEY),)


@pytest.mark.parametrize("declared", ["XBT", "nonsense", "", "USDT"])
def test_an_entry_under_a_wrong_ticker_is_found_by_its_format(declared: str) -> None:
    assert listed_identities(FORMATS, TRON, declared) == (Identity("tron", TRON),)


def test_tron_may_be_spelled_as_its_nodes_do() -> None:
    assert listed_identities(FORMATS, ROUTER, "TRX") == (Identity("tron", TRON),)


def test_an_entry_of_no_format_is_kept_as_it_is() -> None:
    assert listed_identities(FORMATS, "5be5 junk", "XMR") == (Identity("verbatim", "5be5 junk"),)
