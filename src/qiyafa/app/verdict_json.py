"""A verdict as JSON, for the command line, the service and the verdicts that are kept: one shape, canonical bytes.

Units are text, as numbers in JSON may lose digits; times are ISO 8601 in UTC. Every character beyond ASCII is escaped,
so that nothing hostile in an address or a label can act where the JSON is shown.
"""

import json
from datetime import UTC, datetime

from qiyafa.model.designation import ListCoverage
from qiyafa.model.exposure import Exposure, ExposureTransfer, Poisoning
from qiyafa.model.verdict import LedgerCoverage, Outcome, Reason, Verdict
from qiyafa.screen.exposed import exact
from qiyafa.text import text


def verdict_bytes(verdict: Verdict) -> bytes:
    """Return the canonical bytes of a verdict's JSON: equal verdicts have equal bytes."""
    return canonical_bytes(verdict_object(verdict))


def canonical_bytes(content: object) -> bytes:
    """Return the canonical bytes of plain data: ASCII, keys in the order given, no space."""
    return json.dumps(content, ensure_ascii=True, separators=(",", ":")).encode("ascii")


def verdict_object(verdict: Verdict) -> dict[str, object]:
    """Return a verdict as plain data."""
    return {
        "address": verdict.address,
        "chain": verdict.chain,
        "verdict": verdict.outcome.value,
        "reasons": [reason_object(reason) for reason in verdict.reasons],
        "exposure": [exposure_object(exposure) for exposure in verdict.exposures],
        "poisoning": [poisoning_object(poisoning) for poisoning in verdict.poisonings],
        "as_of": utc_text(verdict.as_of),
        "lists": [list_object(one) for one in verdict.lists],
        "labels": verdict.labels_version,
        "rules": verdict.rules_version,
        "ledger": None if verdict.ledger is None else ledger_object(verdict.ledger),
        "coverage": {
            "complete": not verdict.not_covered,
            "answered": verdict.outcome is not Outcome.UNAVAILABLE,
            "not_covered": [reason_object(reason) for reason in verdict.not_covered],
        },
    }


def reason_object(reason: Reason) -> dict[str, object]:
    """Return a reason as plain data, with its sentence."""
    return {
        "kind": reason.kind.value,
        "outcome": reason.outcome.value,
        "rule": reason.rule,
        "key": reason.key,
        "text": text(reason.key, **reason.fields),
        "evidence": reason.evidence,
    }


def exposure_object(exposure: Exposure) -> dict[str, object]:
    """Return an exposure as plain data."""
    return {
        "chain": exposure.chain,
        "asset": exposure.asset,
        "symbol": None if exposure.unit is None else exposure.unit.symbol,
        "decimals": None if exposure.unit is None else exposure.unit.decimals,
        "level": exposure.level.value,
        "direction": exposure.direction.value,
        "category": exposure.category.value,
        "entity": exposure.entity,
        "direct_units": str(exposure.direct_units),
        "indirect_units": str(exposure.indirect_units),
        "units": str(exposure.units),
        "total_units": str(exposure.total_units),
        "share": exact(exposure.share),
        "hops": exposure.hops,
        "sources": list(exposure.sources),
        "transfers": [_transfer_object(transfer) for transfer in exposure.evidence],
    }


def poisoning_object(poisoning: Poisoning) -> dict[str, object]:
    """Return a poisoning as plain data."""
    return {
        "kind": poisoning.kind.value,
        "transaction": poisoning.transaction_hash,
        "position": poisoning.position,
        "source": poisoning.source,
        "target": poisoning.target,
        "asset": poisoning.asset,
        "units": str(poisoning.units),
        "imitated": poisoning.imitated,
    }


def list_object(coverage: ListCoverage) -> dict[str, object]:
    """Return a list's coverage as plain data."""
    return {
        "list": coverage.list_id,
        "authority": coverage.authority,
        "version": coverage.version,
        "published": None if coverage.published is None else str(coverage.published),
        "age_days": coverage.age_days,
    }


def ledger_object(coverage: LedgerCoverage) -> dict[str, object]:
    """Return what the ledger could say as plain data."""
    return {
        "chain": coverage.chain,
        "manifest_sha256": coverage.manifest_sha256,
        "head": {"block": coverage.head_block, "hash": coverage.head_hash},
        "status": coverage.status,
        "diverged": coverage.diverged,
    }


def utc_text(moment: datetime) -> str:
    """Return a moment as ISO 8601 in UTC, with as many digits as it has."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _transfer_object(transfer: ExposureTransfer) -> dict[str, object]:
    return {
        "transaction": transfer.transaction_hash,
        "position": transfer.position,
        "block": transfer.block_number,
        "time": transfer.time,
        "source": transfer.source,
        "target": transfer.target,
        "units": str(transfer.units),
        "exposed_units": str(transfer.exposed_units),
    }
