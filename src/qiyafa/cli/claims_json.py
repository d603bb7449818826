"""Claims and findings as JSON for programs."""

from collections.abc import Mapping

from qiyafa.app.claim_json import claim_object
from qiyafa.app.claim_words import address_of, reason, unsupported_words, who
from qiyafa.model.claim import Claim
from qiyafa.model.source import Source
from qiyafa.record.contradictions.finding import Finding
from qiyafa.record.withdrawn import withdrawn_on

JsonObject = dict[str, object]


def finding_object(finding: Finding, sources: Mapping[str, Source]) -> JsonObject:
    """Return a finding: its kind, its claims side by side, and the reason with their numbers."""
    return {
        "kind": finding.kind.value,
        "severity": finding.severity.value,
        "claims": [side_object(claim, sources) for claim in finding.claims],
        "reason": reason(finding),
        **{name: str(number) for name, number in finding.numbers.items() if name == "difference"},
    }


def side_object(claim: Claim, sources: Mapping[str, Source]) -> JsonObject:
    """Return a claim with where it can be looked up. A sum of rows has no id; its note lists the rows."""
    day = withdrawn_on(claim.source, sources)
    return {
        **claim_object(claim),
        "who": who(claim),
        "url": address_of(claim, sources),
        "source_withdrawn": None if day is None else str(day),
    }


def unsupported_object(claim: Claim, sources: Mapping[str, Source]) -> JsonObject:
    """Return a figure that rests on withdrawn sources alone, in the shape of a finding."""
    return {
        "kind": "withdrawn source",
        "severity": "withdrawn",
        "claims": [side_object(claim, sources)],
        "reason": unsupported_words(claim, sources),
    }
