"""Section: the answer in one sentence, with the shares as a bar, and as of when it holds."""

import re
from collections.abc import Sequence

from qiyafa.model.finding import Holding, Status, Totals
from qiyafa.report import dates, drawing
from qiyafa.report.denomination import Denomination
from qiyafa.report.markup import Markup, el, joined, say, say_count
from qiyafa.report.numbers import shares
from qiyafa.report.tables import Column, table
from qiyafa.report.view import View, hidden_part
from qiyafa.text import text

PARTS = ("stopped", "held", "fees", "untraced")
"""In the order of the bar, the tiles and the sentence."""

_CATEGORY = re.compile(r"(?P<category>[a-z][a-z ]{2,24}): (?P<name>\S.*)")
"""A reason as labels write it: `mixer: Tornado Cash router`."""

_BAR_HEIGHT = 22
_BAR_LEAST = 2.5
"""A part that is not zero stays visible."""

_ASSETS_LISTED = 200


def headline_section(view: View) -> Markup:
    """Render the answer for each charted asset, then the other assets and the thefts one by one."""
    if not view.content.answer.methods:
        return el("p", say("report.headline.screening"), class_="answer")
    if not view.charted():
        return el("p", say("report.headline.nothing"), class_="answer")
    first, *others = view.charted()
    return joined(
        _answer(view, first, "answer"),
        as_of(view),
        (_answer(view, unit, "answer next") for unit in others),
        _thefts(view),
        _other_assets(view),
    )


def sentence(view: View, unit: Denomination) -> Markup:
    """Render what became of one asset in one sentence."""
    totals = view.totals(unit.asset)
    holdings = view.holdings(unit.asset)
    clauses = [
        _clause(part, unit, totals, [each for each in holdings if each.status == part])
        for part in PARTS
        if getattr(totals, part)
    ]
    stolen = el("strong", unit.marked(totals.stolen))
    return say("report.headline.sentence", stolen=stolen, parts=_and(clauses))


def as_of(view: View) -> Markup:
    """Render the method, and the block and time up to which the answer holds."""
    answer = view.content.answer
    facts = [say("report.headline.method", method=view.content.main_method)]
    if "until_block" in answer.limits:
        facts.append(say("report.headline.until_block", block=answer.limits["until_block"]))
    elif "until_time" in answer.limits:
        facts.append(say("report.headline.until_time", time=dates.moment_of(answer.limits["until_time"])))
    else:
        facts += [say("report.headline.head", **head) for head in heads(view)]
    return el("p", (joined(fact, " ") for fact in facts), class_="as-of")


def heads(view: View) -> list[dict[str, object]]:
    """Return the last block of each chain: its chain, number and time."""
    found: list[dict[str, object]] = []
    for chain, head in sorted(view.content.answer.ledger.head.items()):
        number = head.get("block")
        time = head.get("time")
        found.append(
            {
                "chain": chain,
                "block": f"{number:,}" if isinstance(number, int) else "–",
                "time": dates.moment(str(time) if time else None),
            }
        )
    return found


def shares_of(totals: Totals) -> dict[str, str]:
    """Return the share of each part, so that together they make 100%."""
    written = shares([getattr(totals, part) for part in PARTS], totals.stolen)
    return dict(zip(PARTS, written, strict=True))


def _answer(view: View, unit: Denomination, class_: str) -> Markup:
    totals = view.totals(unit.asset)
    tiles = (_tile(view, unit, totals, part) for part in PARTS)
    return el(
        "div",
        el("p", sentence(view, unit), class_=class_),
        _bar(unit, totals),
        el("dl", tiles, class_="tiles"),
        _agreement(view, unit),
    )


def _clause(part: str, unit: Denomination, totals: Totals, holdings: Sequence[Holding]) -> Markup:
    units = getattr(totals, part)
    fields: dict[str, object] = {"units": unit.marked(units), "share": el("strong", shares_of(totals)[part])}
    addresses = len({holding.address for holding in holdings})
    if part == Status.HELD:
        return say_count("report.headline.held", addresses, **fields)
    if part == Status.STOPPED and addresses == 1:
        return say("report.headline.stopped.one", place=_place(holdings[0].reason), **fields)
    if part == Status.STOPPED:
        return say("report.headline.stopped.many", count=addresses, place=_place(holdings[0].reason), **fields)
    return say(f"report.headline.{part}", **fields)


def _place(reason: str) -> Markup:
    """Render the reason of a stop as a place: `the mixer Tornado Cash router`."""
    found = _CATEGORY.fullmatch(reason)
    if not found:
        return say("report.headline.place.quoted", reason=reason or "–")
    return say("report.headline.place.known", category=found["category"], name=found["name"])


def _and(parts: Sequence[Markup]) -> Markup:
    """Join clauses as a sentence does."""
    if len(parts) < 2:
        return joined(*parts)
    head = Markup(text("report.list.comma").join(parts[:-1]))
    return joined(head, text("report.list.and"), parts[-1])


def _bar(unit: Denomination, totals: Totals) -> Markup:
    """Draw the parts side by side, the whole width for all that was stolen."""
    x = 0.0
    pieces = []
    for part in PARTS:
        units = getattr(totals, part)
        if units:
            width = max(_BAR_LEAST, units * drawing.WIDTH / totals.stolen)
            x = min(x, drawing.WIDTH - width)
            tip = text(f"report.headline.tile.{part}") + f": {unit.plain(units)} ({shares_of(totals)[part]})"
            pieces.append(el("g", el("title", tip), drawing.box(x, 0, width, _BAR_HEIGHT, f"part {part}")))
            x += width
    return el(
        "svg",
        *pieces,
        viewBox=f"0 0 {drawing.WIDTH} {_BAR_HEIGHT}",
        preserveAspectRatio="none",
        class_="bar",
        role="img",
        aria_label=text("report.headline.bar", symbol=unit.symbol),
    )


def _tile(view: View, unit: Denomination, totals: Totals, part: str) -> Markup:
    units = getattr(totals, part)
    holdings = [holding for holding in view.holdings(unit.asset) if holding.status == part]
    count = say_count("report.headline.addresses", len({each.address for each in holdings})) if holdings else None
    return el(
        "div",
        el("dt", say(f"report.headline.tile.{part}")),
        el("dd", shares_of(totals)[part], class_="share"),
        el("dd", unit.marked(units)),
        el("dd", count or say(f"report.headline.about.{part}"), class_="quiet"),
        class_=f"tile {part}" + ("" if units else " zero"),
    )


def _agreement(view: View, unit: Denomination) -> Markup | None:
    """Render the least and the most over the methods for what is held and what stopped."""
    answers = [
        answer.totals[unit.asset] for answer in view.content.answer.methods.values() if unit.asset in answer.totals
    ]
    if len(answers) < 2:
        return None
    stopped = _range(unit, [totals.stopped for totals in answers])
    held = _range(unit, [totals.held for totals in answers])
    return el("p", say("report.headline.agreement", count=len(answers), stopped=stopped, held=held), class_="quiet")


def _range(unit: Denomination, units: Sequence[int]) -> Markup:
    least, most = min(units), max(units)
    if least == most:
        return unit.marked(most)
    return say("report.headline.range", least=unit.marked(least), most=unit.marked(most))


def _thefts(view: View) -> Markup | None:
    """Render the sums of each theft, where there are several."""
    thefts = view.main.theft_totals
    if len(thefts) < 2:
        return None
    columns = [Column("report.head.theft"), Column("report.head.stolen", number=True)]
    columns += [Column(f"report.head.{part}", number=True) for part in PARTS]
    tables = []
    for unit in view.charted():
        rows = [
            [el("bdi", theft), *_cells(unit, totals[unit.asset])]
            for theft, totals in thefts.items()
            if unit.asset in totals
        ]
        foot = [say("report.headline.thefts.sum"), *_cells(unit, view.totals(unit.asset))]
        tables.append(table(say("report.headline.thefts.caption", symbol=unit.symbol), columns, rows, foot))
    return el("div", el("h3", say("report.headline.thefts.title")), tables)


def _cells(unit: Denomination, totals: Totals) -> list[Markup]:
    return [unit.both(totals.stolen), *(unit.both(getattr(totals, part)) for part in PARTS)]


def _other_assets(view: View) -> Markup | None:
    others = view.others()
    if not others:
        return None
    columns = [Column("report.head.asset"), Column("report.head.stolen", number=True)]
    columns += [Column(f"report.head.{part}", number=True) for part in PARTS]
    rows = [
        [el("div", unit.symbol, el("br"), el("code", unit.asset)), *_cells(unit, view.totals(unit.asset))]
        for unit in others[:_ASSETS_LISTED]
    ]
    caption = say("report.headline.others.caption", count=len(others), shown=len(rows))
    return hidden_part(say_count("report.headline.others", len(others)), table(caption, columns, rows))
