"""An attribution as an argument to read: what is concluded, what speaks for and against it, and what it hangs on.

It is made of blocks (headings, paragraphs, tables, lists) that `attribution_pages` writes as plain text or Markdown.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from qiyafa.app.attribution import AttributionPage
from qiyafa.model.attribution import StatementKind
from qiyafa.model.source import Source
from qiyafa.record.argument import Argument, Finding, Side, Standing, Variation, Weighed
from qiyafa.record.attribution import origin_of
from qiyafa.record.verbal import rounded, told
from qiyafa.text import text


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is the title."""

    level: int
    words: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Sentences."""

    words: str


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a list: its first line, then what is said about it, then where it can be looked up."""

    words: str
    lines: tuple[str, ...] = ()
    url: str = ""


@dataclass(frozen=True, slots=True)
class Points:
    """A list."""

    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table; the last column is the longest."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Block = Heading | Paragraph | Points | Table


def argument_blocks(page: AttributionPage) -> list[Block]:
    """Return an attribution as the blocks of a page."""
    argument = page.argument
    blocks = [*_opening(page)]
    for finding in argument.findings:
        blocks += _finding(finding, page)
    blocks += _closing(argument)
    return blocks


def conclusion(finding: Finding) -> str:
    """Return one finding as a sentence with its probability in words and in per cent; all of them if it is open."""
    if finding.standing is Standing.OPEN:
        answers = text("attribution.page.between").join(
            text("attribution.page.share", answer=one.hypothesis.answer, percent=percent(told(one.after)))
            for one in finding.ranking
        )
        return text("attribution.page.open", answers=answers)
    leader = finding.leader
    return text(
        "attribution.page.conclusion",
        words=leader.hypothesis.words,
        verbal=text(f"attribution.verbal.{leader.words.name.lower()}"),
        percent=percent(told(leader.after)),
        standing=text(f"attribution.standing.{finding.standing.value}"),
    )


def percent(share: Decimal) -> str:
    """Return a share of two digits in whole per cent, without the sign."""
    return f"{share * 100:.0f}"


def signed(decibans: Decimal) -> str:
    """Return a weight of evidence with its sign; zero has none."""
    return f"{decibans:+}" if decibans else "0.0"


def _opening(page: AttributionPage) -> Iterator[Block]:
    argument = page.argument
    one = argument.attribution
    yield Heading(1, text("attribution.page.title", title=one.title))
    yield Paragraph(
        text(
            "attribution.page.about",
            incident=page.incident or one.incident,
            id=one.incident,
            author=one.author,
            day=str(one.stated),
            tlp=page.tlp.value,
        )
    )
    if argument.conditions.without:
        origins = ", ".join(sorted(argument.conditions.without))
        yield Paragraph(text("attribution.page.without", origins=origins, count=len(argument.unused)))
    if argument.conditions.flat_prior:
        yield Paragraph(text("attribution.page.flat"))
    yield Heading(2, text("attribution.page.short"))
    yield Points(tuple(Point(conclusion(finding)) for finding in argument.findings))
    if len(argument.findings) > 1:
        yield Paragraph(text("attribution.page.apart"))


def _finding(finding: Finding, page: AttributionPage) -> Iterator[Block]:
    yield Heading(2, _question(finding))
    yield Paragraph(conclusion(finding))
    yield Table(
        tuple(text(f"attribution.column.{name}") for name in ("answer", "before", "after", "verbal", "hypothesis")),
        tuple(
            (
                ranked.hypothesis.answer,
                text("attribution.page.percent", percent=percent(rounded(ranked.before, 2))),
                text("attribution.page.percent", percent=percent(told(ranked.after))),
                text(f"attribution.verbal.{ranked.words.name.lower()}"),
                text("attribution.page.words", words=ranked.hypothesis.words),
            )
            for ranked in finding.ranking
        ),
    )
    yield Heading(3, text("attribution.page.before"))
    yield Points(
        tuple(
            Point(
                text(
                    "attribution.page.prior",
                    answer=ranked.hypothesis.answer,
                    percent=percent(rounded(ranked.before, 2)),
                    reason=ranked.hypothesis.prior_reason,
                )
            )
            for ranked in finding.ranking
        )
    )
    yield Heading(3, text("attribution.page.glance"))
    yield Paragraph(text("attribution.page.matrix"))
    yield _matrix(finding)
    yield from _open_evidence(finding, page) if finding.standing is Standing.OPEN else _evidence(finding, page)
    if finding.copies:
        yield Heading(3, text("attribution.side.copies"))
        yield Points(tuple(_point(one, page) for one in finding.copies))
    yield from _hangs_on(finding)


def _question(finding: Finding) -> str:
    match finding.statement:
        case StatementKind.ADDRESS_IN_INCIDENT:
            return text("attribution.question.address", subject=finding.subject)
        case StatementKind.INCIDENT_BY_ACTOR:
            return text("attribution.question.incident", subject=finding.subject)
        case StatementKind.ACTOR_IS_STATE:
            return text("attribution.question.actor", subject=finding.subject)


def _evidence(finding: Finding, page: AttributionPage) -> Iterator[Block]:
    for side in Side:
        yield Heading(3, text(f"attribution.side.{side.value}", answer=finding.leader.hypothesis.answer))
        points = tuple(_point(one, page) for one in finding.on_side(side))
        yield Points(points) if points else Paragraph(text(f"attribution.none.{side.value}"))


def _open_evidence(finding: Finding, page: AttributionPage) -> Iterator[Block]:
    """Yield the evidence of an open question by the one hypothesis that each item favours, or else speaks against."""
    undecided = [one for one in finding.evidence if one.favours is None]
    for ranked in finding.ranking:
        one = ranked.hypothesis
        yield from _part("for", one.answer, (item for item in finding.evidence if item.favours is one), page)
        yield from _part("against", one.answer, (item for item in undecided if item.disfavours is one), page)
    yield from _part("several", "", (item for item in undecided if item.disfavours is None), page)


def _part(side: str, answer: str, items: Iterable[Weighed], page: AttributionPage) -> Iterator[Block]:
    points = tuple(_point(item, page) for item in items)
    if points:
        yield Heading(3, text(f"attribution.side.{side}", answer=answer))
        yield Points(points)


def _matrix(finding: Finding) -> Block:
    """Return what each item weighs for each hypothesis, in decibans: hypotheses across, evidence down."""
    return Table(
        (
            *(ranked.hypothesis.answer for ranked in finding.ranking),
            text("attribution.column.origin"),
            text("attribution.column.evidence"),
        ),
        tuple(
            (*(signed(each.decibans) for each in one.likelihoods), origin_of(one.item), one.item.id)
            for one in finding.evidence
        ),
    )


def _point(one: Weighed, page: AttributionPage) -> Point:
    source = page.sources.get(one.item.source)
    return Point(
        text("attribution.page.evidence", words=one.item.words),
        tuple(_lines(one, source)),
        "" if source is None else source.url,
    )


def _lines(one: Weighed, source: Source | None) -> Iterator[str]:
    item = one.item
    yield text("attribution.page.reason", reason=item.reason)
    likelihoods = text("attribution.page.between").join(
        text(
            "attribution.page.likelihood",
            answer=damped.hypothesis.answer,
            given=f"{damped.given:f}",
            counted=f"{rounded(damped.counted, 3):f}",
            weight=signed(damped.decibans),
        )
        for damped in one.likelihoods
    )
    yield text("attribution.page.likelihoods", likelihoods=likelihoods)
    if not one.is_diagnostic:
        yield text("attribution.page.not_diagnostic")
    if one.copy_of:
        yield text("attribution.page.copy", origin=origin_of(item), id=one.copy_of)
    yield text(
        "attribution.page.graded", kind=item.kind, grade=item.grade, percent=one.weight_percent, origin=origin_of(item)
    )
    yield _cited(item.source, source)


def _cited(id: str, source: Source | None) -> str:
    if source is None:
        return text("attribution.page.source_gone", source=id)
    if source.published is None:
        return text("attribution.page.source_undated", publisher=source.publisher, title=source.title)
    return text("attribution.page.source", publisher=source.publisher, title=source.title, day=str(source.published))


def _hangs_on(finding: Finding) -> Iterator[Block]:
    answer = finding.leader.hypothesis.answer
    yield Heading(3, text("attribution.page.hangs_on"))
    yield Paragraph(text(f"attribution.why.{finding.standing.value}"))
    yield Paragraph(
        text(
            "attribution.page.sum",
            answer=answer,
            before=signed(finding.prior_decibans),
            after=signed(finding.total_decibans),
        )
    )
    if finding.carried_by:
        least = next(one for one in finding.without if one.origin == finding.carried_by)
        yield Paragraph(
            text("attribution.page.carried", origin=least.origin, answer=answer, percent=percent(told(least.after)))
        )
    rows = [_variation_row(one, text("attribution.page.without_origin", origin=one.origin)) for one in finding.without]
    rows.append(_variation_row(finding.flat_prior, text("attribution.page.flat_prior")))
    yield Table(
        (
            text("attribution.column.case"),
            text("attribution.column.then", answer=answer),
            text("attribution.column.verbal"),
            text("attribution.column.leads"),
        ),
        tuple(rows),
    )


def _variation_row(one: Variation, case: str) -> tuple[str, ...]:
    return (
        case,
        text("attribution.page.percent", percent=percent(told(one.after))),
        text(f"attribution.verbal.{one.words.name.lower()}"),
        one.leader.answer,
    )


def _closing(argument: Argument) -> Sequence[Block]:
    missing = argument.attribution.not_considered
    points = tuple(Point(text("attribution.page.words", words=one)) for one in missing)
    return (
        Heading(2, text("attribution.page.not_considered")),
        Points(points) if points else Paragraph(text("attribution.none.not_considered")),
        Heading(2, text("attribution.page.method")),
        Paragraph(text("attribution.page.method_words")),
    )
