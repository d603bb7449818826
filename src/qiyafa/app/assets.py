"""What people call an asset: its symbol and how many digits stand after the point."""

from typing import TYPE_CHECKING

from qiyafa.chains import find_chain
from qiyafa.model.asset import AssetUnit
from qiyafa.model.token import MOST_DECIMALS, TokenFacts
from qiyafa.text import shown, text

if TYPE_CHECKING:
    from qiyafa.stores.parquet_duckdb import ParquetLedger

_SYMBOL_LENGTH = 24


def unit_of(chain: str, asset: str) -> tuple[str, int]:
    """Return symbol and digits of an asset; one that only its contract names (a token) counts in base units."""
    known = find_chain(chain)
    if asset == known.native_asset:
        return known.native_symbol, known.native_decimals
    return text("cli.trace.base_units"), 0


def asset_units(ledger: "ParquetLedger", chain: str) -> dict[str, AssetUnit]:
    """Return symbol and decimals of a chain's native asset, and of the tokens whose contracts state both."""
    known = find_chain(chain)
    units = {
        one.asset: AssetUnit(token_symbol(one), one.decimals)
        for one in ledger.tokens(chain).values()
        if token_symbol(one) and one.decimals is not None and one.decimals <= MOST_DECIMALS
    }
    return units | {known.native_asset: AssetUnit(known.native_symbol, known.native_decimals)}


def token_symbol(token: TokenFacts) -> str:
    """Return what a token calls itself, harmless and short; empty if it says nothing."""
    symbol = shown(token.symbol.strip())
    return symbol if len(symbol) <= _SYMBOL_LENGTH else symbol[:_SYMBOL_LENGTH] + "…"
