"""The answer of a trace for programs: a stable JSON form. Amounts are strings of base units, times ISO 8601 in UTC.

With one asset the totals of a method are strings; with several each is an object keyed by asset. With several thefts
the totals stand once more for each under `thefts`. `poison` has no amounts.
"""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from qiyafa.model.finding import Gap, Holding, Interval, LedgerState, MethodAnswer, PoisonAnswer, Totals, TraceAnswer

JsonObject = dict[str, Any]


def answer_json(answer: TraceAnswer) -> JsonObject:
    """Return a whole answer as an object for `json.dumps`."""
    methods: JsonObject = {name: _method(method) for name, method in answer.methods.items()}
    if answer.poison is not None:
        methods["poison"] = _poison(answer.poison)
    return {
        "case": answer.case_id,
        "title": answer.title,
        "ledger": _ledger(answer.ledger),
        "engine": answer.engine,
        "limits": answer.limits,
        "methods": methods,
        "intervals": [_interval(interval) for interval in answer.intervals],
        "gaps": [_gap(gap) for gap in answer.gaps],
        "versions": answer.versions,
    }


def _method(method: MethodAnswer) -> JsonObject:
    keyed = len(method.totals) > 1
    record = _totals(method.totals, keyed)
    if len(method.theft_totals) > 1:
        record["thefts"] = {theft: _totals(totals, keyed) for theft, totals in method.theft_totals.items()}
    record["untraced_reasons"] = {reason: str(units) for reason, units in method.untraced_reasons.items()}
    record["holdings"] = [_holding(holding) for holding in method.holdings]
    return record


def _totals(by_asset: Mapping[str, Totals], keyed: bool) -> JsonObject:
    names = [field.name for field in fields(Totals)]
    if keyed:
        return {name: {asset: str(getattr(totals, name)) for asset, totals in by_asset.items()} for name in names}
    return {name: str(sum(getattr(totals, name) for totals in by_asset.values())) for name in names}


def _holding(holding: Holding) -> JsonObject:
    return {
        "chain": holding.chain,
        "address": holding.address,
        "asset": holding.asset,
        "units": str(holding.units),
        "status": holding.status.value,
        "theft": holding.theft,
        "reason": holding.reason,
        "first_received": holding.first_received,
        "last_received": holding.last_received,
        "transfers": holding.transfers,
        "coverage": holding.coverage.value,
    }


def _poison(poison: PoisonAnswer) -> JsonObject:
    record: JsonObject = {"touched": list(poison.touched)}
    if len(poison.theft_touched) > 1:
        record["thefts"] = {theft: {"touched": list(touched)} for theft, touched in poison.theft_touched.items()}
    return record


def _interval(interval: Interval) -> JsonObject:
    return {
        "chain": interval.chain,
        "address": interval.address,
        "asset": interval.asset,
        "min": str(interval.min),
        "max": str(interval.max),
    }


def _gap(gap: Gap) -> JsonObject:
    where = {"address": gap.address, "status": gap.status} if gap.address else {}
    return {"kind": gap.kind, "detail": gap.detail, **where}


def _ledger(ledger: LedgerState) -> JsonObject:
    return {"head": ledger.head, "manifest_sha256": ledger.manifest_sha256}
