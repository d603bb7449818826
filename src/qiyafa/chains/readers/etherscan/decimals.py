"""The option that tells the decimals of a token: `0xdac17f958d2ee523a2206206994597c13d831ec7=6`."""

from collections.abc import Iterable

from qiyafa.chains.chain import Chain
from qiyafa.model.errors import InvalidInput

MOST_DECIMALS = 77
"""10^77 is the largest power of ten below 2^256."""


def read_decimals(options: Iterable[str], chain: Chain) -> dict[str, int]:
    """Return decimals by canonical contract address. Raises InvalidInput for an option that cannot be meant."""
    decimals: dict[str, int] = {}
    for option in options:
        contract, _, digits = option.partition("=")
        number = decimals_of(digits)
        if number is None:
            raise InvalidInput("chains.error.decimals", value=option)
        decimals[chain.formats.canonical(contract.strip())] = number
    return decimals


def decimals_of(digits: str) -> int | None:
    """Return how many decimals a text means, or None if it means none."""
    digits = digits.strip()
    is_number = digits.isascii() and digits.isdigit() and len(digits) <= 2
    return int(digits) if is_number and int(digits) <= MOST_DECIMALS else None
