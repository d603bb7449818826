"""Statistics in words: short amounts, shares, changes, and why sources differ."""

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

from qiyafa.app.claim_words import quantity, said, who
from qiyafa.model.claim import Claim
from qiyafa.record.explanations import Why
from qiyafa.record.quantities import size
from qiyafa.record.regenerate import Remade
from qiyafa.text import text

_STEPS: Final = ((Decimal(10) ** 9, "billion"), (Decimal(10) ** 6, "million"), (Decimal(10) ** 3, "thousand"))
_ORDINALS: Final = ("first", "second")
_CENTS: Final = 100


def short(value: Decimal) -> str:
    """Return an amount of money in at most four digits, as people say it: `308.6m`."""
    for step, name in _STEPS:
        if abs(value) >= step:
            return text(f"stats.short.{name}", number=_digits(value / step))
    return _digits(value)


def short_said(claim: Claim) -> str:
    """Return a claim's amount as short as that, with its bound: `at least 2.02bn`."""
    return text(f"claims.said.{claim.bound.name.lower()}", quantity=short(size(claim)))


def dollars(cents: int | Decimal) -> Decimal:
    """Return cents as dollars, exactly."""
    return Decimal(cents) / _CENTS


def percent(share: Decimal | None) -> str:
    """Return a share in per cent; empty for none."""
    return "" if share is None else quantity(share, "share")


def change(since: tuple[str, Decimal] | None) -> str:
    """Return a change with its base; empty for none."""
    if since is None:
        return ""
    sign = "+" if since[1] > 0 else ""
    return text("stats.change", change=sign + quantity(since[1], "share"), base=since[0])


def why_words(why: Why) -> str:
    """Return a reason for a difference as a sentence."""
    fields: dict[str, str | int] = {}
    for name, claim in zip(_ORDINALS, why.claims, strict=False):
        fields |= {name: said(claim), f"who_{name}": who(claim)}
    if why.claims:
        fields["claimant"] = why.claims[0].claimant or why.claims[0].publisher
    fields |= _plain(why.fields)
    return text(f"stats.why.{why.name}", **fields)


def remade_words(one: Remade) -> str:
    """Return how a figure was made again, or why it was not."""
    return text(f"stats.remade.{one.reason}", rows=f"{len(one.rows):,}")


def _plain(fields: Mapping[str, str | int | Decimal]) -> dict[str, str | int]:
    return {name: short(value) if isinstance(value, Decimal) else value for name, value in fields.items()}


def _digits(value: Decimal) -> str:
    """Return a number with four digits at most; a larger one whole."""
    places = max(0, 3 - max(value.adjusted(), 0))
    rounded = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)
    written = f"{rounded:,f}"
    return written.rstrip("0").rstrip(".") if "." in written else written
