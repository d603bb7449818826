"""Judge one address: the gravest of what was found, or, if nothing was, whether that is an answer at all."""

from qiyafa.model.verdict import Outcome, Reason, ReasonKind, Verdict, gravest
from qiyafa.screen.covered import answers, not_covered
from qiyafa.screen.direct import cluster_findings, designation_findings, label_findings
from qiyafa.screen.evidence import Evidence
from qiyafa.screen.exposed import exposure_findings, poisoning_findings
from qiyafa.screen.finding import Finding, merged
from qiyafa.screen.rules import Rules
from qiyafa.text import text


def judge(evidence: Evidence, rules: Rules) -> Verdict:
    """Return the verdict on one address. Pure: the same evidence and rules give the same verdict."""
    gaps = not_covered(evidence, rules)
    findings = merged(
        [
            *designation_findings(evidence, rules),
            *label_findings(evidence, rules),
            *exposure_findings(evidence, rules),
            *cluster_findings(evidence, rules),
            *poisoning_findings(evidence),
            *(Finding(gap) for gap in gaps if gap.outcome is Outcome.UNAVAILABLE),
            *_format(evidence, rules),
        ]
    )
    outcome = gravest([Outcome.NO_HIT, *(finding.reason.outcome for finding in findings)])
    if outcome is Outcome.NO_HIT:
        findings.append(Finding(_nothing_found(evidence, rules)))
    chain = next((one.chain for one in findings if one.reason.outcome is outcome and one.chain), None)
    chain = chain or next(iter(evidence.reading.chains), None)
    return Verdict(
        address=evidence.address,
        chain=chain,
        outcome=outcome,
        reasons=tuple(finding.reason for finding in findings),
        exposures=evidence.exposures,
        poisonings=evidence.poisonings,
        as_of=evidence.circumstances.as_of,
        lists=evidence.circumstances.lists,
        labels_version=evidence.circumstances.labels_version,
        rules_version=rules.version,
        ledger=next(
            (one.coverage for one in evidence.ledgers if one.coverage.chain == chain),
            next((one.coverage for one in evidence.ledgers), None),
        ),
        not_covered=tuple(gaps),
    )


def _format(evidence: Evidence, rules: Rules) -> list[Finding]:
    """Return why the text cannot be screened as an address, though it was compared with lists byte for byte; or what is
    odd about it.
    """
    outcome, rule = rules.coverage.unknown_format, "coverage.unknown_format"
    if evidence.unknown_chain:
        fields: dict[str, str | int] = {"chain": evidence.unknown_chain}
        return [Finding(Reason(ReasonKind.FORMAT, Outcome.UNAVAILABLE, rule, "screen.reason.unknown_chain", fields))]
    if evidence.reading.is_known_format:
        return [Finding(Reason(ReasonKind.FORMAT, Outcome.NO_HIT, "", note)) for note in evidence.reading.notes]
    key = "screen.reason.format" if evidence.address.strip() else "screen.reason.empty"
    return [Finding(Reason(ReasonKind.FORMAT, outcome, rule, key))]


def _nothing_found(evidence: Evidence, rules: Rules) -> Reason:
    """Return what was asked and found nothing; it never says that the address is clean."""
    asked = [f"{one.list_id} ({one.published})" for one in evidence.circumstances.lists if answers(one, rules)]
    dated = sorted({one.authority.upper() for one in evidence.designations if one.is_dated})
    asked += [text("screen.asked.history", authority=authority) for authority in dated]
    asked += [text("screen.asked.labels")] if evidence.circumstances.labels_version else []
    asked += [text("screen.asked.ledger", chain=one.coverage.chain) for one in evidence.ledgers]
    key = "screen.reason.nothing_found" if asked else "screen.reason.nothing_asked"
    fields: dict[str, str | int] = {"asked": ", ".join(asked)} if asked else {}
    return Reason(ReasonKind.COVERAGE, Outcome.NO_HIT, "", key, fields)
