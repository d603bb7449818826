"""The answer of a trace for programs: a stable JSON form. Amounts are strings of base units, times ISO 8601 in UTC.

With one asset the totals of a method are strings; with several each is an object keyed by asset. With several thefts
the totals stand once more for each under `thefts`. `poison` has no amounts.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, fields
from json.encoder import encode_basestring as _string
from typing import Any

from qiyafa.cli.json_text import json_line
from qiyafa.model.finding import Gap, HolderLabel, Holding, Interval, MethodAnswer, PoisonAnswer, Totals, TraceAnswer

JsonObject = dict[str, Any]
HolderLabels = Mapping[tuple[str, str], HolderLabel]


def answer_json(answer: TraceAnswer) -> Iterator[str]:
    """Yield a whole answer as the text of one JSON object, piece by piece: an answer may name a million holders."""
    yield from _members(
        {
            "case": answer.case_id,
            "title": answer.title,
            "ledger": {"head": answer.ledger.head, "manifest_sha256": answer.ledger.manifest_sha256},
            "engine": answer.engine,
            "limits": answer.limits,
        }
    )
    yield ', "methods": {'
    for number, (name, method) in enumerate(answer.methods.items()):
        yield f"{', ' if number else ''}{_text(name)}: "
        yield from _method(method, answer.labels)
    if answer.poison is not None:
        yield f'{", " if answer.methods else ""}"poison": {_text(_poison(answer.poison))}'
    yield '}, "intervals": ['
    yield from _listed(map(_interval, answer.intervals))
    yield "]"
    rest = {"gaps": [_gap(gap) for gap in answer.gaps], "versions": answer.versions}
    yield f", {_text(rest)[1:]}"


def _members(record: JsonObject) -> Iterator[str]:
    """Yield an object without its closing brace, so that more can follow."""
    yield _text(record)[:-1]


def _text(value: object) -> str:
    return json_line(value)


def _listed(records: Iterable[str]) -> Iterator[str]:
    """Yield records with commas between them."""
    for number, record in enumerate(records):
        yield f", {record}" if number else record


def _method(method: MethodAnswer, labels: HolderLabels) -> Iterator[str]:
    keyed = len(method.totals) > 1
    record = _totals(method.totals, keyed)
    if len(method.theft_totals) > 1:
        record["thefts"] = {theft: _totals(totals, keyed) for theft, totals in method.theft_totals.items()}
    record["untraced_reasons"] = {reason: str(units) for reason, units in method.untraced_reasons.items()}
    yield from _members(record)
    yield ', "holdings": ['
    yield from _listed(_holding(one, labels.get((one.chain, one.address))) for one in method.holdings)
    yield "]}"


def _totals(by_asset: Mapping[str, Totals], keyed: bool) -> JsonObject:
    names = [field.name for field in fields(Totals)]
    if keyed:
        return {name: {asset: str(getattr(totals, name)) for asset, totals in by_asset.items()} for name in names}
    return {name: str(sum(getattr(totals, name) for totals in by_asset.values())) for name in names}


def _holding(holding: Holding, label: HolderLabel | None) -> str:
    # One template for all: an object for each and `json.dumps` of it take three times as long.
    return (
        f'{{"chain": {_string(holding.chain)}, "address": {_string(holding.address)}, '
        f'"asset": {_string(holding.asset)}, "units": "{holding.units}", "status": "{holding.status}", '
        f'"theft": {_string(holding.theft)}, "reason": {_string(holding.reason)}, '
        f'"first_received": {_time(holding.first_received)}, "last_received": {_time(holding.last_received)}, '
        f'"transfers": {holding.transfers}, "coverage": "{holding.coverage}", '
        f'"label": {"null" if label is None else _text(asdict(label))}}}'
    )


def _time(time: str | None) -> str:
    return "null" if time is None else f'"{time}"'


def _poison(poison: PoisonAnswer) -> JsonObject:
    record: JsonObject = {"touched": list(poison.touched)}
    if len(poison.theft_touched) > 1:
        record["thefts"] = {theft: {"touched": list(touched)} for theft, touched in poison.theft_touched.items()}
    return record


def _interval(interval: Interval) -> str:
    return (
        f'{{"chain": {_string(interval.chain)}, "address": {_string(interval.address)}, '
        f'"asset": {_string(interval.asset)}, "min": "{interval.min}", "max": "{interval.max}"}}'
    )


def _gap(gap: Gap) -> JsonObject:
    where = {"address": gap.address, "status": gap.status} if gap.address else {}
    return {"kind": gap.kind, "detail": gap.detail, **where}
