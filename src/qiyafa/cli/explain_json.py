"""Explanations and paths for programs. Amounts are strings of base units, times ISO 8601 in UTC."""

from dataclasses import asdict
from typing import Any

from qiyafa.model.finding import ExplainedAddress, Explanation, Flow, LedgerPath, PathsAnswer

JsonObject = dict[str, Any]


def explanation_json(explanation: Explanation) -> JsonObject:
    """Return an explanation as an object for `json.dumps`."""
    return {
        "case": explanation.case_id,
        "method": explanation.method,
        "address": explanation.address,
        "ledger": _ledger(explanation),
        "steps": [_step(step) for step in explanation.steps],
        "arrivals": [_arrival(flow) for flow in explanation.arrivals],
        "gaps": [asdict(gap) for gap in explanation.gaps],
        "labels": explanation.labels or None,
    }


def paths_json(answer: PathsAnswer) -> JsonObject:
    """Return the paths between two addresses as an object for `json.dumps`."""
    return {
        "from": answer.source,
        "to": answer.target,
        "ledger": _ledger(answer),
        "paths": [_path(path) for path in answer.paths],
        "gaps": [asdict(gap) for gap in answer.gaps],
    }


def _ledger(answer: Explanation | PathsAnswer) -> JsonObject:
    return {"head": answer.ledger.head, "manifest_sha256": answer.ledger.manifest_sha256}


def _step(step: ExplainedAddress) -> JsonObject:
    legs = {
        "inflows": [asdict(leg) | {"units": str(leg.units)} for leg in step.inflows],
        "outflows": [asdict(leg) | {"units": str(leg.units)} for leg in step.outflows],
    }
    return asdict(step) | legs | {"holding": str(step.holding)}


def _arrival(flow: Flow) -> JsonObject:
    return asdict(flow) | {"stolen_units": str(flow.stolen_units), "units": str(flow.units)}


def _path(path: LedgerPath) -> JsonObject:
    transfers = [asdict(transfer) | {"units": str(transfer.units)} for transfer in path.transfers]
    return {"chain": path.chain, "asset": path.asset, "units": str(path.units), "transfers": transfers}
