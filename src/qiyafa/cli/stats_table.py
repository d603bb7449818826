"""Statistics for people: tables, intervals, and the reasons for differences."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from qiyafa.app.claim_words import period_words, quantity, reason, said, source_words, who
from qiyafa.app.stats import Answer, OwnRow, only_suspected, unsupported_incidents
from qiyafa.app.stats_words import change, dollars, percent, remade_words, short, short_said, why_words
from qiyafa.cli.terminal import Cell, Column, say, show_table
from qiyafa.model.incident import Amount, Incident
from qiyafa.model.record import Dimension
from qiyafa.model.source import Source
from qiyafa.record.quantities import allowed, size
from qiyafa.record.regenerate import Remade
from qiyafa.record.registry import theft_period
from qiyafa.record.statistics import amount_in, cents_of
from qiyafa.record.verdicts import Verdict, VerdictKind
from qiyafa.record.withdrawn import withdrawn_on
from qiyafa.record.yearly import Interval, SourceRow
from qiyafa.text import shown, text

if TYPE_CHECKING:
    from rich.console import Console

_STYLES: Final = {
    VerdictKind.CONTRADICTED: "red",
    VerdictKind.REVISED: "yellow",
    VerdictKind.DIFFERS: "cyan",
    VerdictKind.CONSISTENT: "green",
}


def show_own(screen: "Console", answer: Answer, *, with_rows: bool) -> None:
    """Print the registry's own groups; by year with what the sources say beside them."""
    if not answer.own and not answer.said:
        say(screen, text("stats.cli.nothing"))
        return
    by_year = answer.asked.by is Dimension.YEAR
    names = ["year" if by_year else "group", "incidents", "usd", "share", *(["change"] if by_year else []), "median"]
    columns = [Column(text(f"stats.column.{name}"), "left" if at == 0 else "right") for at, name in enumerate(names)]
    if by_year:
        columns.append(Column(text("stats.column.said")))
    by = text(f"stats.dimension.{answer.asked.by.value.replace(' ', '_')}")
    title = text("stats.cli.own_title", actor=_actor(answer), by=by)
    show_table(screen, title, columns, [_own_row(row, answer, by_year=by_year) for row in answer.own])
    unpriced = len({one.id for own in answer.own for one in own.incidents if _amount(one, own, answer) is None})
    if unpriced:
        say(screen, text("stats.cli.unpriced", count=f"{unpriced:,}"), "dim")
    fallen = sorted({id for row in answer.own for id in unsupported_incidents(row, answer)})
    if fallen:
        say(screen, text("stats.cli.unsupported", count=f"{len(fallen):,}", incidents=", ".join(fallen)), "red")
    doubtful = only_suspected(answer)
    if doubtful:
        usd = _money(sum(cents_of(one) or 0 for one in doubtful))
        say(screen, text("stats.cli.suspected", count=f"{len(doubtful):,}", usd=usd), "dim")
    if not by_year:
        say(screen, text("stats.cli.overlap"), "dim")
    if answer.asked.stated_by is not None:
        say(screen, text("stats.cli.stated_by_note"), "dim")
    if with_rows:
        _show_incidents(screen, answer)


def show_said(screen: "Console", answer: Answer, *, with_rows: bool) -> None:
    """Print every source's figures, then the interval of each year and why they differ."""
    names = ("period", "source", "edition", "usd", "incidents", "note")
    columns = [Column(text(f"stats.column.{name}"), "right" if name == "usd" else "left") for name in names]
    rows = [_said_row(row, answer) for row in answer.said]
    show_table(screen, text("stats.cli.said_title", actor=_actor(answer)), columns, rows)
    for finding in answer.left_out:
        claim = finding.claims[0]
        place = period_words(claim.period)
        say(screen, text("stats.cli.misread", claim=claim.id, said=said(claim), period=place), "dim")
    if with_rows:
        for row in answer.said:
            for one in (row.amount, row.count):
                if one is not None:
                    say(screen, text("stats.cli.row_claim", id=one.id, said=said(one)))


def show_why(screen: "Console", answer: Answer) -> None:
    """Print the interval of each year and the reasons for it."""
    for year, whys in answer.why.items():
        if year not in answer.every:
            continue
        say(screen, _interval_words(year, answer.every[year], answer.newest.get(year)), style="bold")
        if whys:
            say(screen, text("stats.cli.why_title"))
        for why in whys:
            say(screen, text("stats.cli.why", why=why_words(why)))


def show_remade(screen: "Console", figures: Sequence[Remade]) -> None:
    """Print published figures beside the registry's."""
    names = ("claim", "period", "stated", "own", "difference", "how")
    right = {"stated", "own", "difference"}
    columns = [Column(text(f"stats.column.{name}"), "right" if name in right else "left") for name in names]
    rows = [
        (
            one.claim.id,
            period_words(one.claim.period),
            said(one.claim),
            "" if one.own is None else quantity(one.own, one.claim.unit),
            "" if one.difference is None else quantity(one.difference, one.claim.unit),
            remade_words(one),
        )
        for one in figures
    ]
    show_table(screen, text("stats.cli.remade_title", count=f"{len(figures):,}"), columns, rows)
    made = [one for one in figures if one.own is not None]
    same = sum(one.difference == 0 for one in made)
    fits = sum(one.own is not None and allowed(one.claim).holds(one.own) for one in made)
    say(screen, text("stats.cli.remade_summary", made=len(made), count=len(figures), same=same, fits=fits))


def show_verdicts(screen: "Console", found: Sequence[Verdict], sources: Mapping[str, Source]) -> None:
    """Print how each claim stands and against what."""
    names = ("claim", "period", "stated", "published", "verdict", "counter")
    columns = [Column(text(f"stats.column.{name}")) for name in names]
    rows = [
        (
            one.claim.id,
            period_words(one.claim.period),
            said(one.claim),
            source_words(one.claim.source, sources),
            Cell(_verdict(one.kind), _STYLES.get(one.kind, "")),
            "" if one.counter is None else f"{said(one.counter)}, {who(one.counter)}",
        )
        for one in found
    ]
    show_table(screen, text("stats.cli.verdicts_title", count=f"{len(found):,}"), columns, rows)
    counts = Counter(one.kind for one in found)
    words = [
        text("stats.cli.verdict_count", count=counts[kind], kind=_verdict(kind)) for kind in VerdictKind if counts[kind]
    ]
    say(screen, text("stats.cli.verdicts_summary", counts=", ".join(words)))


def verdict_reason(verdict: Verdict) -> str:
    """Return why a claim stands as it does; empty where nothing doubts it."""
    return "" if verdict.finding is None else reason(verdict.finding)


def _verdict(kind: VerdictKind) -> str:
    return text(f"stats.verdict.{kind.value.replace(' ', '_')}")


def _actor(answer: Answer) -> str:
    return answer.actors[answer.asked.actor].name


def _money(cents: int) -> str:
    return f"{dollars(cents):,.2f}".removesuffix(".00")


def _own_row(own: OwnRow, answer: Answer, *, by_year: bool) -> tuple[str, ...]:
    row = own.row
    cells = [
        row.group or text("stats.cli.unsaid"),
        f"{row.incidents:,}",
        _money(row.total),
        percent(own.share),
    ]
    if by_year:
        cells.append(change(own.change))
    cells.append("" if row.median is None else short(dollars(row.median)))
    if by_year:
        interval = answer.every.get(int(row.group)) if row.group else None
        cells.append("" if interval is None else _limits(interval))
    return tuple(cells)


def _said_row(row: SourceRow, answer: Answer) -> tuple[str | Cell, ...]:
    style = "dim" if row.superseded_by else ""
    shown_cells = (
        period_words(row.period),
        shown(row.said.claimant or row.said.publisher),
        row.said.edition,
        "" if row.amount is None else said(row.amount),
        "" if row.count is None else said(row.count),
        _note(row, answer),
    )
    return tuple(Cell(cell, style) for cell in shown_cells)


def _amount(one: Incident, own: OwnRow, answer: Answer) -> Amount | None:
    return amount_in(one, answer.asked.by, own.row.group)


def _note(row: SourceRow, answer: Answer) -> str:
    day = withdrawn_on(row.said.source, answer.sources)
    if day is not None:
        key = "stats.cli.only_withdrawn" if row.said.id in answer.unsupported else "stats.cli.withdrawn"
        return text(key, day=str(day))
    return text("stats.cli.superseded") if row.superseded_by else ""


def _limits(interval: Interval) -> str:
    if interval.least is interval.most:
        return short_said(interval.least.said)
    least, most = (short(size(row.said)) for row in (interval.least, interval.most))
    return least if least == most else text("claims.said.between", lower=least, upper=most)


def _interval_words(year: int, every: Interval, newest: Interval | None) -> str:
    fields: Mapping[str, str] = {"year": str(year), "who_least": who(every.least.said)}
    if every.least is every.most:
        return text("stats.cli.interval_one", **fields, least=short_said(every.least.said))
    least, most = short(size(every.least.said)), short(size(every.most.said))
    fields = {**fields, "least": least, "most": most, "who_most": who(every.most.said)}
    if newest is None or (newest.least is every.least and newest.most is every.most):
        return text("stats.cli.interval", **fields)
    limits = {"newest_least": short(size(newest.least.said)), "newest_most": short(size(newest.most.said))}
    return text("stats.cli.interval_every", **fields, **limits)


def _show_incidents(screen: "Console", answer: Answer) -> None:
    for own in answer.own:
        group = own.row.group or text("stats.cli.unsaid")
        say(screen, text("stats.cli.group_title", group=group), style="bold")
        for one in own.incidents:
            amount = _amount(one, own, answer)
            value = text("stats.cli.no_value") if amount is None else quantity(amount.value, amount.currency)
            day = str(theft_period(one))
            say(screen, text("stats.cli.row_incident", id=one.id, title=one.title, date=day, value=value))
