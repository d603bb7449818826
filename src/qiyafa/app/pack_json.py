"""Packs as plain data, for the command line and for programs."""

from qiyafa.app.pack import PackVerdict
from qiyafa.app.pack_check import PackInfo
from qiyafa.app.verdict_json import list_object, utc_text
from qiyafa.model.verdict import Outcome
from qiyafa.stores.pack_evidence import PackEvidence
from qiyafa.stores.pack_header import AbsentAnswer, PackNote
from qiyafa.stores.pack_layout import FORMAT_VERSION
from qiyafa.stores.pack_record import PackExposure, PackRecord
from qiyafa.text import text


def pack_verdict_object(verdict: PackVerdict) -> dict[str, object]:
    """Return what a pack answered as plain data."""
    return {
        "address": verdict.address,
        "chain": verdict.chain,
        "verdict": verdict.outcome.value,
        "records": [record_object(record) for record in verdict.records],
        "as_of": utc_text(verdict.as_of),
        "valid_until": utc_text(verdict.valid_until),
        "coverage": {
            "answered": verdict.outcome is not Outcome.UNAVAILABLE,
            "not_covered": [_note_object(note) for note in verdict.not_covered],
        },
    }


def record_object(record: PackRecord) -> dict[str, object]:
    """Return one record as plain data."""
    return {
        "identity": {"format": record.identity.format, "key": record.identity.key},
        "chain": record.chain or None,
        "verdict": record.outcome.value,
        "categories": sorted(record.categories),
        "exposure": [_exposure_object(exposure) for exposure in record.exposures],
        "reasons": [_evidence_object(evidence) for evidence in record.evidence],
    }


def pack_info_object(info: PackInfo) -> dict[str, object]:
    """Return what a pack says of itself as plain data."""
    header, contents = info.header, info.header.contents
    return {
        "path": str(info.path),
        "bytes": info.bytes,
        "format_version": FORMAT_VERSION,
        "records": header.records,
        "pages": header.layout.body_pages,
        "as_of": utc_text(contents.as_of),
        "valid_until": utc_text(contents.valid_until),
        "made_by": contents.made_by,
        "signer": info.signer,
        "signed_here": info.is_own,
        "root": header.root.hex(),
        "lists": [list_object(one) for one in contents.lists],
        "labels": contents.labels_version,
        "rules": contents.rules_version,
        "ledgers": [
            {
                "chain": one.chain,
                "manifest_sha256": one.manifest_sha256,
                "head": {"block": one.head_block, "hash": one.head_hash},
            }
            for one in contents.ledgers
        ],
        "formats": list(contents.formats),
        "absent": _absent_object(contents.absent),
        "unreadable": _absent_object(contents.unreadable),
    }


def _absent_object(answer: AbsentAnswer) -> dict[str, object]:
    return {"verdict": answer.outcome.value, "not_covered": [_note_object(note) for note in answer.notes]}


def _note_object(note: PackNote) -> dict[str, object]:
    return {"key": note.key, "text": text(note.key, **dict(note.fields))}


def _exposure_object(exposure: PackExposure) -> dict[str, object]:
    return {
        "direction": exposure.direction.value,
        "category": exposure.category.value,
        "direct": exposure.is_direct,
        "indirect": exposure.is_indirect,
        "share_at_most": f"{exposure.share:.9f}",
        "fewest_hops": exposure.hops,
    }


def _evidence_object(evidence: PackEvidence) -> dict[str, object]:
    return {
        "kind": evidence.kind,
        "outcome": evidence.outcome.value,
        "text": text(evidence.key, **dict(evidence.fields)) if evidence.key else "",
        "references": list(evidence.references),
    }
