"""Figures that rest on withdrawn sources alone: nobody whose publication stands says the same.

A copy speaks for whom it copies: it falls with its origin.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import TypeAlias

from qiyafa.model.claim import Claim
from qiyafa.model.incident import Incident
from qiyafa.model.source import Source
from qiyafa.record.questions import amount_claims, family, scope_key

_Figure: TypeAlias = tuple[object, ...]


def withdrawn_on(source: str, sources: Mapping[str, Source]) -> date | None:
    """Return the day on which a source, or one that it copies, was withdrawn; None if all of them stand."""
    seen: set[str] = set()
    while source and source not in seen:
        seen.add(source)
        found = sources.get(source)
        if found is None:
            return None
        if found.withdrawn is not None:
            return found.withdrawn
        source = found.origin
    return None


def unsupported(
    claims: Iterable[Claim], incidents: Iterable[Incident], sources: Mapping[str, Source]
) -> Iterator[Claim]:
    """Yield the claims, and the amounts of incidents as claims, that rest on withdrawn sources alone."""
    fallen = {id for id in sources if withdrawn_on(id, sources) is not None}
    if not fallen:
        return
    every = [*claims, *(amount for one in incidents for amount in amount_claims(one, sources))]
    standing = {_figure(one) for one in every if one.source not in fallen}
    yield from (one for one in every if one.source in fallen and _figure(one) not in standing)


def _figure(claim: Claim) -> _Figure:
    """Return what two sources say alike, whoever says it."""
    period = None if claim.scope.incident else claim.period
    return (scope_key(claim.scope), family(claim), claim.unit, claim.quantity, claim.lower, claim.upper, period)
