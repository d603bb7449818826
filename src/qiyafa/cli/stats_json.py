"""Statistics as JSON for programs: a row a figure, and never two figures added."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from qiyafa.app.claim_json import claim_object, number
from qiyafa.app.claim_words import address_of
from qiyafa.app.stats import Answer, OwnRow, unsupported_incidents
from qiyafa.app.stats_words import dollars, remade_words, why_words
from qiyafa.model.claim import Claim
from qiyafa.model.period import read_period
from qiyafa.model.record import Dimension
from qiyafa.model.source import Source
from qiyafa.record.explanations import Why
from qiyafa.record.quantities import size
from qiyafa.record.regenerate import Remade
from qiyafa.record.registry import theft_period
from qiyafa.record.statistics import amount_in
from qiyafa.record.verdicts import Verdict
from qiyafa.record.withdrawn import withdrawn_on
from qiyafa.record.yearly import Interval, SourceRow

JsonObject = dict[str, object]

_OWN: Final = "registry"
"""Stands where a source of the outside has its name; the same in every language."""


def answer_rows(answer: Answer, *, with_rows: bool) -> list[JsonObject]:
    """Return the figures of the sources, and after them the registry's own.

    A whole year's row has that `year`; one of several years has null. `interval` is what all sources say of the year.
    """
    said = [_said_object(row, answer, with_rows=with_rows) for row in answer.said]
    return [*said, *(_own_object(row, answer, with_rows=with_rows) for row in answer.own)]


def _said_object(row: SourceRow, answer: Answer, *, with_rows: bool) -> JsonObject:
    amount = row.amount
    said = row.said
    year = row.period.year
    whys = answer.why.get(year, []) if year is not None and row.period.is_whole_year else []
    record: JsonObject = {
        "year": year,
        "period_start": _day(row.period.start),
        "period_end": _day(row.period.end),
        "source": said.claimant or said.publisher,
        "edition": said.edition,
        "usd": None if amount is None else number(amount.quantity, "USD"),
        "incidents": None if row.count is None else number(row.count.quantity, "incidents"),
        "bound": said.bound.value,
        "lower": None if amount is None else number(amount.lower, "USD"),
        "upper": None if amount is None else number(amount.upper, "USD"),
        "incidents_bound": None if row.count is None else row.count.bound.value,
        "modality": said.modality.value,
        "measure": said.measure.value,
        "actor": said.scope.actor,
        "group": _group(answer.asked.by, said),
        "publication": said.source,
        "publication_withdrawn": _withdrawn(said.source, answer.sources),
        "rests_only_on_withdrawn": said.id in answer.unsupported,
        "url": address_of(said, answer.sources),
        "superseded_by": None if row.superseded_by is None else row.superseded_by.id,
        "claims": [one.id for one in (row.amount, row.count) if one is not None],
        "own": False,
        "interval": _interval(year, answer) if row.period.is_whole_year else None,
        "why": [why_words(why) for why in whys if _concerns(why, row)],
    }
    if with_rows:
        record["rows"] = [claim_object(one) for one in (row.amount, row.count) if one is not None]
    return record


def _own_object(own: OwnRow, answer: Answer, *, with_rows: bool) -> JsonObject:
    row = own.row
    is_year = answer.asked.by is Dimension.YEAR and bool(row.group)
    period = read_period(row.group) if is_year else answer.asked.period
    record: JsonObject = {
        "year": int(row.group) if is_year else None,
        "period_start": _day(period.start),
        "period_end": _day(period.end),
        "source": _OWN,
        "edition": answer.version,
        "usd": number(dollars(row.total), "USD"),
        "incidents": row.incidents,
        "bound": "exact",
        "group": row.group,
        "priced": row.priced,
        "share": None if own.share is None else float(own.share),
        "change": None if own.change is None else {"base": own.change[0], "ratio": float(own.change[1])},
        "median": _money(row.median),
        "least": _money(row.least),
        "most": _money(row.most),
        "actor": answer.asked.actor,
        "own": True,
        "interval": _interval(int(row.group), answer) if is_year else None,
        "rests_only_on_withdrawn": unsupported_incidents(own, answer),
    }
    if with_rows:
        amounts = ((one, amount_in(one, answer.asked.by, row.group)) for one in own.incidents)
        record["rows"] = [
            {
                "id": one.id,
                "title": one.title,
                "date": str(theft_period(one)),
                "usd": None if amount is None else number(amount.value, "USD"),
                "bound": None if amount is None else amount.bound.value,
                "source": None if amount is None else amount.source,
                "source_withdrawn": None if amount is None else _withdrawn(amount.source, answer.sources),
            }
            for one, amount in amounts
        ]
    return record


def remade_object(one: Remade, sources: Mapping[str, Source]) -> JsonObject:
    """Return a published figure beside what the registry makes of it."""
    claim = one.claim
    return {
        **claim_object(claim),
        "url": address_of(claim, sources),
        "source_withdrawn": _withdrawn(claim.source, sources),
        "registry": number(one.own, claim.unit),
        "difference": number(one.difference, claim.unit),
        "made": one.own is not None,
        "how": remade_words(one),
        "rows": [incident.id for incident in one.rows],
    }


def verdict_object(verdict: Verdict, reason: str, sources: Mapping[str, Source]) -> JsonObject:
    """Return how a claim stands, and against what."""
    counter = verdict.counter
    return {
        "claim": {
            **claim_object(verdict.claim),
            "url": address_of(verdict.claim, sources),
            "source_withdrawn": _withdrawn(verdict.claim.source, sources),
        },
        "verdict": verdict.kind.value,
        "kind": None if verdict.finding is None else verdict.finding.kind.value,
        "reason": reason,
        "counter": None if counter is None else {**claim_object(counter), "url": address_of(counter, sources)},
    }


def _withdrawn(source: str, sources: Mapping[str, Source]) -> str | None:
    return _day(withdrawn_on(source, sources))


def _concerns(why: Why, row: SourceRow) -> bool:
    return not why.claims or any(one in (row.amount, row.count) for one in why.claims)


def _interval(year: int | None, answer: Answer) -> JsonObject | None:
    if year is None or year not in answer.every:
        return None
    newest = answer.newest.get(year)
    return {"all": _limits(answer.every[year]), "newest": None if newest is None else _limits(newest)}


def _limits(interval: Interval) -> JsonObject:
    least, most = interval.least.amount, interval.most.amount
    return {"least": _size(least), "most": _size(most)}


def _size(claim: Claim | None) -> int | float | str | None:
    return None if claim is None else number(size(claim), claim.unit)


def _group(by: Dimension, claim: Claim) -> str:
    if by is Dimension.YEAR:
        return "" if claim.period.year is None else str(claim.period.year)
    return str(getattr(claim.scope, by.value.replace(" ", "_")))


def _money(cents: int | Decimal | None) -> int | float | str | None:
    return None if cents is None else number(dollars(cents), "USD")


def _day(day: object) -> str | None:
    return None if day is None else str(day)
