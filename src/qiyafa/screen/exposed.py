"""What exposure weighs: for each rule, its categories together, by asset, direction and level."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from qiyafa.model.asset import AssetUnit
from qiyafa.model.errors import Field
from qiyafa.model.exposure import Direction, Exposure, Level
from qiyafa.model.verdict import Outcome, Reason, ReasonKind
from qiyafa.screen.evidence import Evidence
from qiyafa.screen.finding import Finding
from qiyafa.screen.rules import ExposureRule, Reach, Rules
from qiyafa.text import text
from qiyafa.text.amounts import readable_units

_SENTENCES = {
    (Reach.ANY, Level.ADDRESS, Direction.IN): "screen.reason.exposure_in",
    (Reach.ANY, Level.ADDRESS, Direction.OUT): "screen.reason.exposure_out",
    (Reach.ANY, Level.CLUSTER, Direction.IN): "screen.reason.cluster_exposure_in",
    (Reach.ANY, Level.CLUSTER, Direction.OUT): "screen.reason.cluster_exposure_out",
    (Reach.DIRECT, Level.ADDRESS, Direction.IN): "screen.reason.straight_in",
    (Reach.DIRECT, Level.ADDRESS, Direction.OUT): "screen.reason.straight_out",
    (Reach.DIRECT, Level.CLUSTER, Direction.IN): "screen.reason.cluster_straight_in",
    (Reach.DIRECT, Level.CLUSTER, Direction.OUT): "screen.reason.cluster_straight_out",
}
_MOST_SOURCES = 10
_MOST_TRANSFERS = 10


@dataclass(frozen=True, slots=True)
class _Together:
    """Exposure to the categories of a rule in one asset, direction and level."""

    parts: tuple[Exposure, ...]

    @property
    def one(self) -> Exposure:
        """Any of them: chain, asset, direction, level and total are the same."""
        return self.parts[0]

    def units(self, reach: Reach) -> int:
        """Units of all categories together."""
        direct = sum(part.direct_units for part in self.parts)
        return direct if reach is Reach.DIRECT else direct + sum(part.indirect_units for part in self.parts)

    def share(self, reach: Reach) -> Fraction:
        """Their share of everything received or sent."""
        total = max(part.total_units for part in self.parts)
        return min(Fraction(self.units(reach), total), Fraction(1)) if total else Fraction(0)

    @property
    def hops(self) -> int | None:
        """The fewest hops to any of them; None if those of one are not known, since it may be the nearest."""
        known = [part.hops for part in self.parts if part.hops is not None]
        return min(known) if known and len(known) == len(self.parts) else None


def exposure_findings(evidence: Evidence, rules: Rules) -> Iterator[Finding]:
    """Yield the exposures that a rule weighs."""
    for rule in rules.exposures:
        for together in _groups(evidence.weighed.get(rule.categories, ())):
            if _is_met(rule, together, rules):
                yield Finding(_reason(rule, together), together.one.chain)


def poisoning_findings(evidence: Evidence) -> Iterator[Finding]:
    """Yield how often somebody tried to be taken for a counterparty; it counts for nothing."""
    counts = Counter(poisoning.kind for poisoning in evidence.poisonings)
    for kind in sorted(counts):
        key = f"screen.poisoning.{kind.value}"
        yield Finding(Reason(ReasonKind.POISONING, Outcome.NO_HIT, "", key, {"count": counts[kind]}))


def _groups(exposures: Sequence[Exposure]) -> Iterator[_Together]:
    groups: dict[tuple[str, str, Level, Direction], list[Exposure]] = {}
    for one in exposures:
        groups.setdefault((one.chain, one.asset, one.level, one.direction), []).append(one)
    return (_Together(tuple(groups[key])) for key in sorted(groups))


def _is_met(rule: ExposureRule, together: _Together, rules: Rules) -> bool:
    one, units = together.one, together.units(rule.reach)
    if one.direction not in rule.directions or one.level not in rule.levels:
        return False
    if units < max(1, rules.dust.of(one.asset)):
        return False
    if rule.max_hops is not None and together.hops is not None and together.hops > rule.max_hops:
        return False
    by_units = rule.least_units is not None and units >= rule.least_units.of(one.asset)
    return by_units or (rule.least_share is not None and together.share(rule.reach) >= rule.least_share)


def _reason(rule: ExposureRule, together: _Together) -> Reason:
    one, units = together.one, together.units(rule.reach)
    counted = [part for part in together.parts if (part.direct_units if rule.reach is Reach.DIRECT else part.units)]
    fields: dict[str, Field] = {
        "share": percent(together.share(rule.reach)),
        "units": readable(units, one.unit),
        "asset": one.asset,
        "categories": ", ".join(part.category.value for part in counted),
        "hops": "?" if together.hops is None else together.hops,
    }
    found: dict[str, object] = {
        "chain": one.chain,
        "asset": one.asset,
        "symbol": None if one.unit is None else one.unit.symbol,
        "decimals": None if one.unit is None else one.unit.decimals,
        "level": one.level.value,
        "direction": one.direction.value,
        "reach": rule.reach.value,
        "units": str(units),
        "total_units": str(max(part.total_units for part in together.parts)),
        "share": exact(together.share(rule.reach)),
        "hops": together.hops,
        "categories": {part.category.value: str(part.units) for part in counted},
        "sources": [source for part in counted for source in part.sources][:_MOST_SOURCES],
        "transfers": [
            {"transaction": transfer.transaction_hash, "position": transfer.position, "units": str(transfer.units)}
            for part in counted
            for transfer in part.evidence
        ][:_MOST_TRANSFERS],
    }
    key = _SENTENCES[rule.reach, one.level, one.direction]
    return Reason(ReasonKind.EXPOSURE, rule.outcome, rule.id, key, fields, found)


def readable(units: int, unit: AssetUnit | None) -> str:
    """Return units as people write them, e.g. `173,600.0000 ETH`; base units where nobody states the decimals."""
    if unit is None:
        return readable_units(units, text("screen.unit.base"), 0)
    return readable_units(units, unit.symbol, unit.decimals)


def percent(share: Fraction) -> str:
    """Return a share in percent to two digits, rounded down, but never as nothing."""
    hundredths = int(share * 10_000)
    return f"{hundredths // 100}.{hundredths % 100:02d}%" if hundredths or not share else "<0.01%"


def exact(share: Fraction) -> str:
    """Return a share as a decimal number of nine digits, rounded down; text, so that programs lose nothing of it."""
    billionths = int(share * 10**9)
    return f"{billionths // 10**9}.{billionths % 10**9:09d}"
