"""A reason on its way into a verdict: with the chain it speaks of, and merged with others that say the same."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from qiyafa.model.verdict import GRAVEST_FIRST, Reason, ReasonKind

_KINDS = tuple(ReasonKind)


@dataclass(frozen=True, slots=True)
class Finding:
    """A reason and the chain it holds on; None if on no chain in particular."""

    reason: Reason
    chain: str | None = None


def merged(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings, gravest first; those of one sentence become one, with the evidence of all.

    One address stands on a list under several tickers: that is one reason with several entries.
    """
    by_sentence: dict[tuple[object, ...], Finding] = {}
    for finding in findings:
        reason = finding.reason
        sentence = (reason.kind, reason.outcome, reason.rule, reason.key, tuple(sorted(reason.fields.items())))
        known = by_sentence.get(sentence)
        if known is not None:
            joined = _joined(known.reason.evidence, reason.evidence)
            finding = replace(known, reason=replace(known.reason, evidence=joined))
        by_sentence[sentence] = finding
    return sorted(by_sentence.values(), key=_gravity)


def _gravity(finding: Finding) -> tuple[int, int]:
    """Order by outcome, then by kind; what comes in a fixed order otherwise keeps it."""
    return GRAVEST_FIRST.index(finding.reason.outcome), _KINDS.index(finding.reason.kind)


def _joined(first: dict[str, object], second: dict[str, object]) -> dict[str, object]:
    """Return both tables of evidence: lists of the same name one after the other."""
    joined = dict(first)
    for name, value in second.items():
        known = joined.get(name)
        joined[name] = [*known, *value] if isinstance(known, list) and isinstance(value, list) else value
    return joined
