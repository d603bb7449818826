"""The option --decimals."""

import pytest
from tests.chains.files import TOKEN

from qiyafa.chains import find_chain
from qiyafa.chains.readers.etherscan.decimals import read_decimals
from qiyafa.model.errors import InvalidInput

ETHEREUM = find_chain("eip155:1")


def test_decimals_are_kept_by_canonical_contract() -> None:
    written = ["0xdAC17F958D2ee523a2206206994597C13D831ec7=6", "0x" + "0" * 40 + "=0"]
    assert read_decimals(written, ETHEREUM) == {TOKEN: 6, "0x" + "0" * 40: 0}


@pytest.mark.parametrize("written", ["", "6", TOKEN, f"{TOKEN}=", f"{TOKEN}=x", f"{TOKEN}=-1", f"{TOKEN}=78", "0x1=6"])
def test_other_texts_are_refused(written: str) -> None:
    with pytest.raises(InvalidInput):
        read_decimals([written], ETHEREUM)
