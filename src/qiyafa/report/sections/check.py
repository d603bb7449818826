"""Section: how to check the report. What it rests on, the command that makes it again, and conservation to the unit."""

from collections.abc import Iterator

from qiyafa.model.case import Stop, Theft
from qiyafa.model.finding import Totals
from qiyafa.report import dates
from qiyafa.report.denomination import Denomination, exact_digits
from qiyafa.report.markup import Child, Markup, el, joined, say, say_count, whole
from qiyafa.report.sections.headline import heads
from qiyafa.report.tables import Column, table
from qiyafa.report.view import View, address_text, hidden_part

CLAIMS_LISTED = 1000
TRANSFERS_LISTED = 200
EQUATIONS_LISTED = 600


def check_section(view: View) -> Markup:
    """Render the origins of the numbers and the sums that prove them."""
    return joined(
        el("h3", say("report.check.again")),
        el("p", say("report.check.again_about")),
        el("pre", el("code", whole(view.content.command)), class_="command"),
        el("h3", say("report.check.rests_on")),
        el("dl", _facts(view), class_="facts"),
        el("h3", say("report.check.case")),
        _case(view),
        _claims(view),
        el("h3", say("report.check.conservation")),
        el("p", say("report.check.conservation_about")),
        _equations(view),
    )


def _facts(view: View) -> Iterator[Markup]:
    answer = view.content.answer
    yield _fact("manifest", el("code", whole(answer.ledger.manifest_sha256)))
    if answer.ledger.path:
        yield _fact("path", el("code", whole(answer.ledger.path)))
    for head in heads(view):
        yield _fact("head", say("report.check.head", **head))
    for _, head_block in sorted(answer.ledger.head.items()):
        if head_block.get("hash"):
            yield _fact("head_hash", el("code", whole(str(head_block["hash"]))))
    yield _fact("engine", el("code", whole(answer.engine)))
    yield _fact("transfers", f"{view.content.flows.transfers:,}")
    for unit in view.charted():
        yield _fact("asset", say("report.check.asset", symbol=unit.symbol, asset=unit.asset, decimals=unit.decimals))
    for name, value in sorted(answer.limits.items()):
        yield _fact("limit", say("report.check.limit", name=name, value=_limit(name, value)))
    if not answer.limits:
        yield _fact("limit", say("report.check.no_limit"))
    for name, version in answer.versions.items():
        yield el("div", el("dt", name), el("dd", el("code", whole(version))))


def _limit(name: str, value: int) -> str:
    return dates.moment_of(value) if name == "until_time" else f"{value:,}"


def _fact(name: str, *value: Child) -> Markup:
    return el("div", el("dt", say(f"report.check.fact.{name}")), el("dd", *value))


def _case(view: View) -> Markup:
    case = view.content.case
    thefts = (
        el("div", el("dt", say("report.check.theft", theft=theft.id)), el("dd", _theft(theft))) for theft in case.thefts
    )
    stops = (el("div", el("dt", say("report.check.stop")), el("dd", _stop(stop))) for stop in case.stops)
    return el("dl", thefts, stops, class_="facts")


def _theft(theft: Theft) -> Markup:
    asset = joined(" ", say("report.check.only_asset", asset=theft.asset)) if theft.asset else None
    if theft.address is not None:
        address = address_text(theft.address)
        return joined(say("report.check.theft_address", address=address, block=theft.from_block), asset)
    listed = (
        el("li", el("code", whole(ref.transaction_hash)), " ", say("report.check.position", position=ref.position))
        for ref in theft.transfers[:TRANSFERS_LISTED]
    )
    count = len(theft.transfers)
    return joined(say_count("report.check.theft_transfers", count), asset, el("ul", listed))


def _stop(stop: Stop) -> Markup:
    return el("div", address_text(stop.address), el("bdi", stop.reason, class_="name"), class_="who")


def _claims(view: View) -> Markup:
    """Render where the stolen units come from; the sums are those of the headline."""
    claims = sorted(
        view.content.claims, key=lambda claim: (claim.theft, claim.asset, -claim.units, claim.transaction_hash)
    )
    columns = [
        Column("report.head.theft"),
        Column("report.head.address"),
        Column("report.head.from"),
        Column("report.head.units", number=True),
    ]
    rows = [
        [
            el("bdi", claim.theft),
            address_text(claim.address),
            el("div", el("code", whole(claim.transaction_hash)), el("br"), dates.moment(claim.time))
            if claim.transaction_hash
            else say("report.check.held_before"),
            view.denominations[claim.asset].both(claim.units) if claim.asset in view.denominations else claim.units,
        ]
        for claim in claims[:CLAIMS_LISTED]
    ]
    caption = say("report.check.claims_caption", shown=len(rows), count=len(claims))
    return hidden_part(say_count("report.check.claims", len(claims)), table(caption, columns, rows))


def _equations(view: View) -> Markup:
    """Render `stolen = held + stopped + fees + untraced` for every method, theft and asset, with its check."""
    names = ("report.head.method", "report.head.theft", "report.head.asset")
    columns = [Column(name) for name in names]
    columns += [
        Column(f"report.head.{part}", number=True) for part in ("stolen", "held", "stopped", "fees", "untraced", "sum")
    ]
    rows = [
        [el("code", method), el("bdi", theft), unit.symbol, *_terms(totals)]
        for method, theft, unit, totals in _sums(view)
    ]
    listed = rows[:EQUATIONS_LISTED]
    caption = say("report.check.equations_caption", shown=len(listed), count=len(rows))
    return table(caption, columns, listed, class_="equations")


def _sums(view: View) -> Iterator[tuple[str, str, Denomination, Totals]]:
    for method, answer in view.content.answer.methods.items():
        for theft, by_asset in answer.theft_totals.items():
            for asset, totals in by_asset.items():
                yield method, theft, view.denominations[asset], totals


def _terms(totals: Totals) -> list[Markup]:
    rest = totals.stolen - totals.held - totals.stopped - totals.fees - totals.untraced
    signs = (("=", totals.held), ("+", totals.stopped), ("+", totals.fees), ("+", totals.untraced))
    terms = [joined(el("span", sign, class_="sign"), " ", exact_digits(units)) for sign, units in signs]
    verdict = say("report.check.holds") if rest == 0 else say("report.check.broken", units=f"{rest:,}")
    return [
        exact_digits(totals.stolen),
        *terms,
        el("span", verdict, class_="badge complete" if rest == 0 else "badge absent"),
    ]
