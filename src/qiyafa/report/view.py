"""What every section of a report needs of its content, worked out once."""

from collections.abc import Mapping
from dataclasses import dataclass

from qiyafa.model.finding import Holding, Interval, MethodAnswer, Totals
from qiyafa.report.content import ReportContent
from qiyafa.report.denomination import Denomination, denominations
from qiyafa.report.markup import Child, Markup, el, whole

CHARTED_ASSETS = 3
"""Assets that get charts and a table of their own; a thief may have been sent hundreds of worthless tokens."""


@dataclass(frozen=True, slots=True)
class View:
    """A content with its assets in order and its answers at hand."""

    content: ReportContent
    denominations: Mapping[str, Denomination]
    """In the order in which the report shows assets."""
    intervals: Mapping[tuple[str, str, str], Interval]
    """By chain, address and asset."""
    by_asset: Mapping[str, list[Holding]]
    """The main method's holdings, the largest first."""

    @property
    def main(self) -> MethodAnswer:
        """The answer of the method that the report follows; an empty one if only poison was asked for."""
        return _main(self.content)

    def charted(self) -> list[Denomination]:
        """Return the assets that are shown at length."""
        return list(self.denominations.values())[:CHARTED_ASSETS]

    def others(self) -> list[Denomination]:
        """Return the assets that are only listed."""
        return list(self.denominations.values())[CHARTED_ASSETS:]

    def totals(self, asset: str) -> Totals:
        """Return the main method's sums of an asset."""
        return self.main.totals.get(asset, Totals(0, 0, 0, 0, 0))

    def holdings(self, asset: str) -> list[Holding]:
        """Return the main method's holdings of an asset, the largest first."""
        return self.by_asset.get(asset, [])

    def interval(self, holding: Holding) -> Interval | None:
        """Return the interval over the methods of a holding's address, all thefts together."""
        return self.intervals.get((holding.chain, holding.address, holding.asset))


def view_of(content: ReportContent) -> View:
    """Return the view of a content."""
    intervals = {(each.chain, each.address, each.asset): each for each in content.answer.intervals}
    by_asset: dict[str, list[Holding]] = {}
    for holding in sorted(
        _main(content).holdings, key=lambda holding: (-holding.units, holding.address, holding.theft)
    ):
        by_asset.setdefault(holding.asset, []).append(holding)
    return View(content, denominations(content), intervals, by_asset)


def _main(content: ReportContent) -> MethodAnswer:
    nothing = MethodAnswer(content.main_method, {}, {}, {}, ())
    return content.answer.methods.get(content.main_method, nothing)


def address_text(address: str) -> Markup:
    """Return an address whole, left to right, to be copied byte for byte."""
    return el("bdi", whole(address), dir="ltr", class_="address")


def hidden_part(summary: Child, *children: Child, class_: str = "") -> Markup:
    """Return a part that opens on a click; of the class `printed` if it stands open on paper."""
    return el("details", el("summary", summary), *children, class_=class_ or None)
