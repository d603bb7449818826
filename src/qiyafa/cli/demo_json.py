"""The demo for programs. Amounts are strings of base units; shares are given as the counts they come from."""

from typing import Any

from qiyafa.app.accuracy import Agreement, MethodAccuracy
from qiyafa.app.demo import Demo

JsonObject = dict[str, Any]


def demo_json(demo: Demo) -> JsonObject:
    """Return what the demo did and found as an object for `json.dumps`."""
    truth = demo.scenario.truth
    return {
        "seed": demo.scenario.seed,
        "folder": str(demo.folder),
        "ordinary_transfers": demo.scenario.transfers,
        "head_block": demo.scenario.head_block,
        "ledger": {
            "path": str(demo.ledger),
            "transfers": demo.ledger_transfers,
            "rows_left_out": demo.rows_left_out,
            "manifest_sha256": demo.traced.answer.ledger.manifest_sha256,
            "damaged_files": [damage.path for damage in demo.damages],
        },
        "engine": demo.traced.answer.engine,
        "report": str(demo.report),
        "truth": {
            "asset": truth.asset,
            "stolen": str(truth.stolen),
            "fees": str(truth.fees),
            "holders": len(truth.holders),
        },
        "accounted": demo.accuracy.is_accounted,
        "large_holder_units": str(demo.accuracy.least_units),
        "methods": {entry.method: _method(entry) for entry in demo.accuracy.methods},
        "seconds": {stage: round(seconds, 3) for stage, seconds in demo.seconds.items()},
    }


def _method(entry: MethodAccuracy) -> JsonObject:
    return {
        "accounted": None if entry.accounted_units is None else str(entry.accounted_units),
        "units": _agreement(entry.units, as_text=True),
        "fees": _agreement(entry.fees, as_text=True),
        "holders": _agreement(entry.holders),
        "large_holders": _agreement(entry.large_holders),
    }


def _agreement(agreement: Agreement | None, *, as_text: bool = False) -> JsonObject | None:
    if agreement is None:
        return None
    counts = {"right": agreement.right, "true": agreement.true, "found": agreement.found}
    return {name: str(count) for name, count in counts.items()} if as_text else dict(counts)
