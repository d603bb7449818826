"""Claims and findings for people."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from qiyafa.app.claim_words import (
    address_of,
    measured,
    modality_words,
    period_words,
    reason,
    said,
    source_words,
    unsupported_words,
    who,
)
from qiyafa.cli.terminal import Column, say, show_table
from qiyafa.model.claim import Claim
from qiyafa.model.errors import Problem
from qiyafa.model.source import Source
from qiyafa.record.contradictions.finding import Finding, FindingKind, Severity
from qiyafa.record.quantities import size
from qiyafa.text import shown, text

if TYPE_CHECKING:
    from rich.console import Console

    from qiyafa.app.claims import Checked

_STYLES = {
    Severity.CONTRADICTION: "red bold",
    Severity.REVISION: "yellow bold",
    Severity.DIFFERENCE: "cyan bold",
    Severity.ROUNDING: "bold",
}
_MOST_SIDES = 4
_SHOWN_PROBLEMS = 20
_COLUMNS = ("id", "claimant", "said", "measure", "period", "edition", "source")
_FACTS = ("subject", "claimant", "publisher", "statement_date", "edition", "supersedes", "basis")


def show_checked(screen: "Console", checked: "Checked") -> None:
    """Print the findings, contradictions first; what only differs by source is folded to one line a question."""
    show_problems(screen, checked.problems)
    if checked.unsupported:
        say(screen, text("claims.cli.unsupported_title", count=f"{len(checked.unsupported):,}"), "red bold")
    for one in checked.unsupported:
        say(screen, f"  {unsupported_words(one, checked.sources)}")
    if not checked.findings:
        say(screen, text("claims.cli.nothing", claims=f"{checked.claims:,}"))
        return
    number = 0
    for severity in Severity:
        found = [one for one in checked.findings if one.severity is severity]
        folded = [one for one in found if one.kind is FindingKind.DIFFERS_BY_SOURCE]
        if not found:
            continue
        title = text(f"claims.severity.{severity.value.replace(' ', '_')}")
        say(screen, text("claims.cli.group", severity=title), style=_STYLES[severity])
        for finding in found:
            if finding not in folded:
                number += 1
                _show_finding(screen, number, finding)
        _show_folded(screen, folded)
    say(screen, _summary(checked))


def show_claims(screen: "Console", claims: Sequence[Claim], sources: Mapping[str, Source]) -> None:
    """Print a table of claims."""
    if not claims:
        say(screen, text("claims.cli.none"))
        return
    columns = [Column(text(f"claims.column.{name}")) for name in _COLUMNS]
    rows = (
        (
            claim.id,
            shown(claim.claimant or claim.publisher),
            said(claim),
            measured(claim),
            period_words(claim.period),
            claim.edition,
            source_words(claim.source, sources),
        )
        for claim in claims
    )
    show_table(screen, text("claims.cli.title", count=f"{len(claims):,}"), columns, rows)


def show_claim(screen: "Console", claim: Claim, findings: Sequence[Finding], sources: Mapping[str, Source]) -> None:
    """Print one claim with everything that is known of it."""
    say(screen, claim.id, style="bold")
    for name, value in _facts(claim, sources):
        if value:
            say(screen, text("claims.cli.fact", name=text(f"claims.fact.{name}"), value=value))
    if not findings:
        say(screen, text("claims.cli.no_doubts"))
        return
    say(screen, text("claims.cli.doubts"), style="bold")
    for number, finding in enumerate(findings, start=1):
        _show_finding(screen, number, finding)


def show_problems(screen: "Console", problems: Sequence[Problem]) -> None:
    """Print what was left out of files, the first of it."""
    for number, line in enumerate(problem_lines(problems)):
        say(screen, line, style=None if number else "bold")


def problem_lines(problems: Sequence[Problem]) -> Iterable[str]:
    """Yield what was left out of files: how much, then the first of it."""
    if problems:
        yield text("claims.cli.left_out", count=f"{len(problems):,}")
    for one in problems[:_SHOWN_PROBLEMS]:
        detail = text(one.key, **one.fields)
        yield text("claims.cli.problem", file=one.source, place=one.place, detail=detail)


def _facts(claim: Claim, sources: Mapping[str, Source]) -> Iterable[tuple[str, str]]:
    source = sources.get(claim.source)
    scope = claim.scope
    narrowed = (f"{name} {getattr(scope, name)}" for name in type(scope).__slots__ if getattr(scope, name))
    yield "said", said(claim)
    yield "period", period_words(claim.period)
    yield "scope", ", ".join(narrowed)
    yield "measure", measured(claim)
    yield "modality", modality_words(claim)
    for name in _FACTS:
        yield name, str(getattr(claim, name) or "")
    named = source_words(claim.source, sources)
    yield "source", f"{named}: {source.title}" if source else named
    yield "url", address_of(claim, sources)
    yield "grade", source.grade if source else ""
    yield "quote", claim.quote.words if claim.quote else ""
    yield "note", claim.note


def _show_finding(screen: "Console", number: int, finding: Finding) -> None:
    kind = text(f"claims.kind.{_kind_key(finding.kind)}")
    say(screen, text("claims.cli.finding", number=number, kind=kind, reason=reason(finding)))
    for claim in finding.claims[:_MOST_SIDES]:
        edition = text("claims.cli.edition", edition=claim.edition) if claim.edition else ""
        place = period_words(claim.period)
        say(screen, text("claims.cli.side", quantity=said(claim), who=who(claim), period=place, edition=edition), "dim")
        if claim.quote:
            say(screen, text("claims.cli.side_quote", quote=claim.quote.words), "dim")


def _kind_key(kind: FindingKind) -> str:
    return kind.value.replace(" ", "_").replace("-", "_")


def _show_folded(screen: "Console", findings: Sequence[Finding]) -> None:
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    for one in findings:
        first = one.claims[0]
        where = first.scope.incident or str(first.period)
        groups.setdefault((where, measured(first), first.unit), []).append(one)
    for (where, measure, unit), group in sorted(groups.items()):
        claims = [claim for one in group for claim in one.claims]
        least, most = (pick(claims, key=lambda claim: (size(claim), claim.id)) for pick in (min, max))
        say(
            screen,
            text(
                "claims.cli.differences_folded",
                period=where,
                measure=measure,
                unit=unit,
                least=said(least),
                who_least=who(least),
                most=said(most),
                who_most=who(most),
                pairs=len(group),
            ),
        )
    if groups:
        say(screen, text("claims.cli.fold_hint"), "dim")


def _summary(checked: "Checked") -> str:
    counts = {severity: sum(one.severity is severity for one in checked.findings) for severity in Severity}
    return text(
        "claims.cli.found",
        count=f"{len(checked.findings):,}",
        claims=f"{checked.claims:,}",
        contradictions=counts[Severity.CONTRADICTION],
        revisions=counts[Severity.REVISION],
        differences=counts[Severity.DIFFERENCE],
        roundings=counts[Severity.ROUNDING],
    )
