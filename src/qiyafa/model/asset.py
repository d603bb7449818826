"""How people write an asset. Programs count in base units."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AssetUnit:
    """An asset's symbol, and how many decimal places its base unit has."""

    symbol: str
    """Of a token: hostile text, as anyone may issue a token of any symbol."""
    decimals: int
