"""Units as people read them. Programs take the JSON, where every amount is a whole number of base units."""

from fractions import Fraction

SHOWN_DIGITS = 4
"""Digits after the point in a table; the rest is cut off, so that nothing is shown that is not there."""


def readable_units(units: int, symbol: str, decimals: int, *, exact: bool = False) -> str:
    """Return units with their symbol, e.g. `173,600.0000 ETH`; with `exact` to the last digit."""
    return f"{readable_number(units, decimals, exact=exact)} {symbol}"


def readable_number(units: int, decimals: int, *, exact: bool = False) -> str:
    """Return units as a decimal number with thousands separators, cut after four digits unless `exact`."""
    sign = "-" if units < 0 else ""
    whole, rest = divmod(abs(units), 10**decimals)
    digits = f"{rest:0{decimals}d}" if decimals else ""
    if exact:
        digits = digits.rstrip("0")
    elif units and not whole and not digits[:SHOWN_DIGITS].strip("0"):
        return f"{sign}<0.{'1':0>{min(SHOWN_DIGITS, decimals)}}"
    else:
        digits = digits[:SHOWN_DIGITS]
    return f"{sign}{whole:,}.{digits}" if digits else f"{sign}{whole:,}"


def readable_share(share: Fraction, digits: int = 2) -> str:
    """Return a share of one as a percentage, cut after some digits, so that only the whole reads as 100%."""
    whole, rest = divmod(share * 100, 1)
    return f"{whole}.{rest * 10**digits // 1:0{digits}d}%"
