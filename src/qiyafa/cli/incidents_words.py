"""Words for what an incident says: amounts with their bounds, kinds, states and periods, as people read them."""

from datetime import date, timedelta
from decimal import Decimal

from qiyafa.model.claim import Bound
from qiyafa.model.incident import Amount, AmountKind, Basis, Incident
from qiyafa.model.period import ALWAYS, Period
from qiyafa.record.registry import executed_usd, theft_period
from qiyafa.text import shown, text


def word(table: str, value: str) -> str:
    """Return the word for a value of an enumeration; `table` says which one."""
    return text(f"incidents.{table}.{value.replace(' ', '_').replace('-', '_')}")


def number(value: Decimal, unit: str) -> str:
    """Return a number with its unit, every digit as stated; shares and changes in per cent."""
    if unit in ("share", "ratio"):
        return f"{(value * 100).normalize():f} %"
    return f"{value:,f} {shown(unit)}"


def bounded(bound: Bound, value: Decimal, unit: str) -> str:
    """Return a number with the word that says how it is meant."""
    return text(f"incidents.bound.{bound.value.replace(' ', '_')}", number=number(value, unit))


def amount_words(amount: Amount) -> str:
    """Return an amount as its source gives it."""
    return bounded(amount.bound, amount.value, amount.currency)


def stolen(incident: Incident) -> str:
    """Return the amount that statistics count for an incident; empty if none is known."""
    amount = executed_usd(incident)
    return "" if amount is None else amount_words(amount)


def when(period: Period) -> str:
    """Return a period in as few letters as say it; empty if nothing of it is known."""
    if period == ALWAYS:
        return ""
    start, end = period.start, period.end
    if start is None or end is None or start.day != 1 or start == end or not _is_last_of_month(end):
        return str(period)
    if (start.month, end.month) == (1, 12):
        return str(start.year) if start.year == end.year else f"{start.year}..{end.year}"
    first, last = f"{start:%Y-%m}", f"{end:%Y-%m}"
    return first if first == last else f"{first}..{last}"


def _is_last_of_month(day: date) -> bool:
    return (day + timedelta(days=1)).day == 1


def theft_words(incident: Incident) -> str:
    """Return when an incident happened."""
    return when(theft_period(incident))


def basis_words(basis: Basis) -> str:
    """Return how money was valued; empty if nobody says."""
    return "" if basis is Basis.NOT_SAID else word("basis", basis.value)


def amount_kind(kind: AmountKind) -> str:
    """Return which amount it is."""
    return word("amount", kind.value)
