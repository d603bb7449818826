"""What people call an asset: its symbol and how many digits stand after the point."""

from qiyafa.chains import find_chain
from qiyafa.text import text


def unit_of(chain: str, asset: str) -> tuple[str, int]:
    """Return symbol and digits of an asset; one that only its contract names (a token) counts in base units."""
    known = find_chain(chain)
    if asset == known.native_asset:
        return known.native_symbol, known.native_decimals
    return text("cli.trace.base_units"), 0
