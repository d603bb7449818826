"""The registry of chains."""

import pytest

from qiyafa.chains import CHAINS, find_chain
from qiyafa.model.errors import InvalidInput
from qiyafa.text import text


def test_a_chain_is_found_by_its_identifier() -> None:
    assert find_chain("eip155:1").name == "Ethereum"
    assert find_chain("eip155:31337").caip2 == "eip155:31337"


@pytest.mark.parametrize("unknown", ["", "cosmos:cosmoshub-4", "ethereum", "EIP155:1"])
def test_an_unknown_chain_is_refused_and_the_known_ones_are_named(unknown: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        find_chain(unknown)
    sentence = text(refused.value.key, **refused.value.fields)
    assert all(namespace in sentence for namespace in CHAINS)


@pytest.mark.parametrize("unknown", ["eip155", "eip155:", "bip122:", "bip122:" + "f" * 32, "tron:"])
def test_a_chain_that_its_family_does_not_have_is_refused(unknown: str) -> None:
    with pytest.raises(InvalidInput):
        find_chain(unknown)
