"""What people call an asset: its symbol and how many digits stand after the point."""

from qiyafa.chains import find_chain
from qiyafa.model.token import TokenFacts
from qiyafa.text import shown, text

_SYMBOL_LENGTH = 24


def unit_of(chain: str, asset: str) -> tuple[str, int]:
    """Return symbol and digits of an asset; one that only its contract names (a token) counts in base units."""
    known = find_chain(chain)
    if asset == known.native_asset:
        return known.native_symbol, known.native_decimals
    return text("cli.trace.base_units"), 0


def token_symbol(token: TokenFacts) -> str:
    """Return what a token calls itself, harmless and short; empty if it says nothing."""
    symbol = shown(token.symbol.strip())
    return symbol if len(symbol) <= _SYMBOL_LENGTH else symbol[:_SYMBOL_LENGTH] + "…"
