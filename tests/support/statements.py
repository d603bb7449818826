"""Claims in one line each, for tests of contradictions and statistics."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from qiyafa.model.claim import Bound, Claim, Measure, Scope
from qiyafa.model.incident import Incident
from qiyafa.model.period import read_period
from qiyafa.record.contradictions.check import find_contradictions
from qiyafa.record.contradictions.finding import Finding, Severity


def said(id: str, quantity: str | None, period: str = "2023", **fields: object) -> Claim:
    """Return a claim on what North Korea stole; its claimant is the beginning of its id, up to the first hyphen."""
    claimant = id.partition("-")[0]
    plain: dict[str, object] = {
        "claimant": claimant,
        "publisher": claimant,
        "source": f"{claimant}-report",
        "subject": "thefts",
        "measure": Measure.STOLEN,
        "unit": "USD",
        "scope": Scope(actor="dprk"),
        "bound": Bound.EXACT,
    }
    if isinstance(fields.get("edition"), str):
        plain["source"] = f"{claimant}-{fields['edition']}"
    number = None if quantity is None else Decimal(quantity)
    return Claim(id=id, quantity=number, period=read_period(period), **{**plain, **fields})  # type: ignore[arg-type]


def counted(id: str, quantity: str, period: str = "2023", **fields: object) -> Claim:
    """Return a claim on a number of incidents."""
    return said(id, quantity, period, **{"measure": Measure.INCIDENTS, "unit": "incidents", **fields})


def retold(claim: Claim, id: str, **fields: object) -> Claim:
    """Return what a newspaper makes of a claim, later."""
    later = {"publisher": "newspaper", "source": "newspaper", "edition": "", "statement_date": date(2030, 1, 1)}
    return replace(claim, id=id, **{**later, **fields})  # type: ignore[arg-type]


def findings(claims: Sequence[Claim], incidents: Iterable[Incident] = ()) -> list[Finding]:
    """Return what does not go together."""
    return list(find_contradictions(claims, list(incidents)))


def alarms(claims: Sequence[Claim], incidents: Iterable[Incident] = ()) -> list[tuple[str, list[str]]]:
    """Return what is found, without roundings: kinds and ids."""
    found = findings(claims, incidents)
    return [
        (one.kind.value, [claim.id for claim in one.claims]) for one in found if one.severity is not Severity.ROUNDING
    ]
