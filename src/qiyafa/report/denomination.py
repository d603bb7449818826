"""How a report writes the units of each asset, and in which order it shows assets.

Symbols are hostile text: anyone can issue a token called ETH. Two assets with the same symbol get a number, and the
full CAIP-19 name of every asset stands in the report.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from qiyafa.model.asset import AssetUnit
from qiyafa.report import numbers
from qiyafa.report.content import ReportContent
from qiyafa.report.markup import Markup, el
from qiyafa.text import shown, text

_SYMBOL_LENGTH = 12
_SHORT_SYMBOL = 6
"""A longer symbol may wrap to the next line."""


@dataclass(frozen=True, slots=True)
class Denomination:
    """How one asset is written."""

    asset: str
    """CAIP-19."""
    symbol: str
    decimals: int

    def plain(self, units: int) -> str:
        """Return units for a sentence or a tooltip, e.g. `173,600.000 ETH`."""
        return f"{numbers.readable(units, self.decimals)} {self.symbol}"

    def brief(self, units: int) -> str:
        """Return units for a chart, e.g. `173,600 ETH`."""
        return f"{numbers.brief(units, self.decimals)} {self.symbol}"

    def exact(self, units: int) -> str:
        """Return the whole number of base units in words, for a tooltip."""
        return text("report.units.exact", units=f"{units:,}")

    def marked(self, units: int) -> Markup:
        """Return units to read, with the exact number behind them."""
        return el("span", *self._words(units), class_=self._class(), title=self.exact(units))

    def both(self, units: int) -> Markup:
        """Return units to read and, below, the exact number, to be copied."""
        return el("span", el("span", *self._words(units), class_=self._class()), exact_digits(units), class_="both")

    def _words(self, units: int) -> tuple[str, Markup]:
        number = numbers.readable(units, self.decimals)
        return number + " ", el("bdi", self.symbol)

    def _class(self) -> str:
        return "units" if len(self.symbol) <= _SHORT_SYMBOL else "units long"


def exact_digits(units: int) -> Markup:
    """Return the exact base units as bare digits."""
    return el("span", str(units), class_="exact")


def denominations(content: ReportContent) -> dict[str, Denomination]:
    """Return every asset of an answer, the one with the most stolen transfers first."""
    busy: Counter[str] = Counter()
    for edge in content.flows.edges:
        busy[edge.asset] += edge.transfers
    found = {asset for answer in content.answer.methods.values() for asset in answer.totals} | set(busy)
    order = sorted(found, key=lambda asset: (-busy[asset], asset))
    symbols = _distinct({asset: _symbol(content.assets, asset) for asset in order})
    return {
        asset: Denomination(asset, symbols[asset], content.assets[asset].decimals if asset in content.assets else 0)
        for asset in order
    }


def _symbol(assets: Mapping[str, AssetUnit], asset: str) -> str:
    symbol = shown(assets[asset].symbol.strip()) if asset in assets else ""
    if not symbol:
        return text("report.units.base")
    return symbol if len(symbol) <= _SYMBOL_LENGTH else symbol[:_SYMBOL_LENGTH] + "…"


def _distinct(symbols: Mapping[str, str]) -> dict[str, str]:
    """Number the symbols that stand for several assets; only a chain's own asset, if it is one of them, stays plain."""
    times = Counter(symbol.casefold() for symbol in symbols.values())
    seen: Counter[str] = Counter()
    found = {}
    for asset in sorted(symbols, key=lambda asset: not _is_native(asset)):
        symbol = symbols[asset]
        seen[symbol.casefold()] += 1
        number = seen[symbol.casefold()]
        plain = times[symbol.casefold()] == 1 or (number == 1 and _is_native(asset))
        found[asset] = symbol if plain else f"{symbol} ({number})"
    return found


def _is_native(asset: str) -> bool:
    """Tell a chain's own asset by its CAIP-19 namespace."""
    return "/slip44:" in asset
