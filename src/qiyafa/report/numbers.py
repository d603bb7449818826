"""Whole base units as text a person can read, by integer arithmetic alone.

Places that are dropped are cut off, so that no address seems to hold more than it does; only charts round. The exact
integer always stands beside or behind. A value that is not zero is never written as zero, nor a share short of the
whole as the whole.
"""

from collections.abc import Sequence

READABLE_PLACES = 4
_BILLION = 10**9
_TOO_LONG_TO_READ = 10**15
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def rounded(units: int, decimals: int, places: int) -> str:
    """Return units with a decimal point and thousands commas, rounded half up to some places."""
    places = min(places, decimals)
    step = 10 ** (decimals - places)
    whole, part = divmod((units + step // 2) // step, 10**places)
    return f"{whole:,}.{part:0{places}d}" if places else f"{whole:,}"


def readable(units: int, decimals: int) -> str:
    """Return units cut to four places, e.g. `173,600.0000`; `<0.0001` for a trace of them."""
    if units == 0:
        return "0"
    places = min(READABLE_PLACES, decimals)
    least = 10 ** (decimals - places)
    if 0 < units < least:
        return f"<{rounded(least, decimals, places)}"
    return rounded(units - units % least, decimals, places)


def brief(units: int, decimals: int) -> str:
    """Return units as short as a chart needs them: no places from 1,000 on, billions as `bn`."""
    whole = units // 10**decimals
    if whole >= _TOO_LONG_TO_READ:
        exponent = len(str(whole)) - 1
        return f"{rounded(whole, exponent, 2)}×10{str(exponent).translate(_SUPERSCRIPTS)}"
    if whole >= _BILLION:
        return f"{rounded(units, decimals + 9, 2)} bn"
    if whole >= 1000:
        return rounded(units, decimals, 0)
    return rounded(units, decimals, 2) if whole >= 1 else readable(units, decimals)


def shares(parts: Sequence[int], whole: int) -> list[str]:
    """Return parts that make up a whole in percent to one place, so that what is written adds up to 100.

    By the largest remainder (Hamilton's method): at most a tenth from the part's own share.
    """
    tenths = [part * 1000 // whole if whole else 0 for part in parts]
    missing = 1000 - sum(tenths)
    by_remainder = sorted(range(len(parts)), key=lambda at: (-(parts[at] * 1000 % whole) if whole else 0, at))
    for at in by_remainder[:missing]:
        tenths[at] += 1
    return [_percent(part, whole, tenth) for part, tenth in zip(parts, tenths, strict=True)]


def share(part: int, whole: int) -> str:
    """Return a part of a whole in percent to one place, e.g. `96.1%`; `<0.1%` and `>99.9%` near the ends."""
    return _percent(part, whole, (part * 2000 + whole) // (2 * whole) if whole else 0)


def _percent(part: int, whole: int, tenths: int) -> str:
    if whole <= 0:
        return "–"
    if part in (0, whole):
        return "100%" if part else "0%"
    if tenths == 0:
        return "<0.1%"
    if tenths >= 1000:
        return ">99.9%"
    return f"{tenths // 10}.{tenths % 10}%"
