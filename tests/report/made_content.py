"""Contents for the tests of reports: a story of stolen units is told, and every sum follows from it."""

from collections import defaultdict
from dataclasses import dataclass, field

from qiyafa.model.asset import AssetUnit
from qiyafa.model.case import Case, Stop, Theft
from qiyafa.model.columns import iso_time
from qiyafa.model.finding import (
    Fate,
    Flow,
    Gap,
    Holding,
    Interval,
    LedgerState,
    MethodAnswer,
    PoisonAnswer,
    Status,
    Taking,
    Totals,
    TraceAnswer,
)
from qiyafa.model.ledger import CoverageStatus
from qiyafa.report.content import ReportContent
from qiyafa.report.flow_graph import Graph, build
from qiyafa.report.flow_summary import summarise

CHAIN = "eip155:1"
ETHER = "eip155:1/slip44:60"
TOKEN = "eip155:1/erc20:0xdac17f958d2ee523a2206206994597c13d831ec7"
START = 1_650_000_000
UNTRACED = (Fate.BEYOND_HOPS, Fate.BELOW_UNITS, Fate.UNTRACEABLE)


def address(number: int) -> str:
    """Return an address by number."""
    return f"0x{number * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 16**40:040x}"


@dataclass
class Story:
    """Stolen units as they move; nobody can move what they do not have."""

    claims: list[Taking] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)
    balance: dict[tuple[str, str, str], int] = field(default_factory=lambda: defaultdict(int))
    """By theft, asset and address."""
    received: dict[tuple[str, str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    reasons: dict[str, str] = field(default_factory=dict)
    stopped: dict[tuple[str, str, str], int] = field(default_factory=lambda: defaultdict(int))
    clock: int = START

    def claim(self, to: str, units: int, theft: str = "t", asset: str = ETHER, transaction_hash: str = "") -> None:
        """Let units be stolen at an address."""
        self.claims.append(
            Taking(CHAIN, to, asset, theft, units, transaction_hash, self.now() if transaction_hash else None)
        )
        self.balance[theft, asset, to] += units

    def move(
        self, source: str, target: str, units: int, fate: Fate = Fate.MOVED, theft: str = "t", asset: str = ETHER
    ) -> int:
        """Move at most so many units, and return how many there were to move."""
        units = min(units, self.balance[theft, asset, source])
        if not units:
            return 0
        time = self.now()
        kind = "fee" if fate is Fate.FEE else "native"
        transaction = f"0x{len(self.flows):064x}"
        self.flows.append(Flow(CHAIN, transaction, 1, 1, time, kind, source, target, asset, theft, units, units, fate))
        self.balance[theft, asset, source] -= units
        if fate in (Fate.MOVED, Fate.STOPPED):
            self.received[theft, asset, target].append(time)
            (self.balance if fate is Fate.MOVED else self.stopped)[theft, asset, target] += units
        return units

    def stop(self, source: str, target: str, units: int, reason: str, theft: str = "t", asset: str = ETHER) -> None:
        """Move units into a stop."""
        self.reasons[target] = reason
        self.move(source, target, units, Fate.STOPPED, theft, asset)

    def fee(self, source: str, units: int, theft: str = "t", asset: str = ETHER) -> None:
        """Pay a fee in stolen units."""
        self.move(source, "", units, Fate.FEE, theft, asset)

    def now(self) -> str:
        """Let ten minutes pass."""
        self.clock += 600
        return iso_time(self.clock) or ""

    def holdings(self) -> tuple[Holding, ...]:
        """Return where everything is, the largest first."""
        found = []
        for status, places in ((Status.HELD, self.balance), (Status.STOPPED, self.stopped)):
            for (theft, asset, at), units in places.items():
                times = self.received[theft, asset, at]
                reason = self.reasons.get(at, "") if status is Status.STOPPED else ""
                coverage = list(CoverageStatus)[len(times) % 4]
                first, last = (times[0], times[-1]) if times else (None, None)
                if units:
                    found.append(
                        Holding(CHAIN, at, asset, units, status, theft, reason, first, last, len(times), coverage)
                    )
        return tuple(sorted(found, key=lambda holding: (-holding.units, holding.address, holding.theft)))

    def totals(self, theft: str | None, asset: str) -> Totals:
        """Return the sums of an asset, of one theft or of all."""
        flows = [flow for flow in self.flows if flow.asset == asset and theft in (None, flow.theft)]

        def ended(*fates: Fate) -> int:
            return sum(flow.stolen_units for flow in flows if flow.fate in fates)

        held = sum(units for (of, what, _), units in self.balance.items() if what == asset and theft in (None, of))
        stolen = sum(each.units for each in self.claims if each.asset == asset and theft in (None, each.theft))
        return Totals(stolen, held, ended(Fate.STOPPED), ended(Fate.FEE), ended(*UNTRACED))

    def method(self, name: str) -> MethodAnswer:
        """Return the story as the answer of a method."""
        assets = list(dict.fromkeys(claim.asset for claim in self.claims))
        thefts = list(dict.fromkeys(claim.theft for claim in self.claims))
        return MethodAnswer(
            method=name,
            totals={asset: self.totals(None, asset) for asset in assets},
            theft_totals={
                theft: {asset: self.totals(theft, asset) for asset in assets if self.totals(theft, asset).stolen}
                for theft in thefts
            },
            untraced_reasons={},
            holdings=self.holdings(),
        )


def content_of(story: Story, *others: Story, hostile: str = "", **changes: object) -> ReportContent:
    """Return a story as a content; other stories answer for other methods. A hostile text goes into every field."""
    methods = {
        name: told.method(name) for name, told in zip(("fifo", "lifo", "prorata"), (story, *others), strict=False)
    }
    thefts = tuple(
        Theft(claim.theft, CHAIN, claim.address, 14_442_835)
        for claim in {each.theft: each for each in story.claims}.values()
    )
    stops = tuple(Stop(CHAIN, at, reason) for at, reason in story.reasons.items())
    case = Case("case" + hostile, "A theft" + hostile, thefts, stops)
    answer = TraceAnswer(
        case_id=case.id,
        title=case.title,
        ledger=LedgerState("ab" * 32 + hostile, {CHAIN + hostile: _head(hostile)}, "ledgers/one" + hostile),
        engine="engine" + hostile,
        limits={"max_hops": 12},
        methods=methods,
        poison=PoisonAnswer(tuple(at for _, _, at in story.received) + ((hostile,) if hostile else ()), {}),
        intervals=_intervals(methods),
        gaps=_gaps(story, hostile),
        versions={"qiyafa" + hostile: "0.1.0" + hostile},
    )
    fields: dict[str, object] = {
        "answer": answer,
        "case": case,
        "main_method": "fifo",
        "flows": summarise(case, story.claims, story.flows),
        "claims": tuple(story.claims),
        "assets": {ETHER: AssetUnit("ETH" + hostile, 18), TOKEN: AssetUnit("ETH" + hostile, 6)},
        "names": {story.claims[0].address: "Theft: the thief" + hostile} if story.claims else {},
        "command": "qiyafa trace case.toml" + hostile,
    }
    return ReportContent(**(fields | changes))  # type: ignore[arg-type]


def busy_story(scale: int = 10**18, width: int = 200, chain: int = 40) -> Story:
    """Tell of three thefts of two assets: a long peel chain, a fan out and in, a cycle, limits and fees."""
    story = Story()
    thief, other, third = address(1), address(2), address(3)
    story.claim(thief, 100_000 * scale, "first")
    story.claim(other, 30_000 * scale, "second")
    story.claim(third, 5 * 10**12, "third", TOKEN)
    at = thief
    for hop in range(chain):
        following = address(100 + hop)
        story.move(at, following, (60_000 - 900 * hop) * scale, theft="first")
        story.stop(following, address(50), 600 * scale, "exchange: deposits", "first")
        story.move(following, address(1000 + hop), 290 * scale, theft="first")
        story.fee(following, scale // 50, "first")
        at = following
    hub = address(4)
    for branch in range(width):
        leaf = address(2000 + branch)
        story.move(other, leaf, (100 + branch) * scale // 2, theft="second")
        if branch % 3:
            story.move(leaf, hub, (90 + branch) * scale // 2, theft="second")
    story.move(hub, other, 500 * scale, theft="second")
    story.move(hub, address(5), 2_000 * scale, theft="second")
    story.move(address(5), address(6), 1_500 * scale, theft="second")
    story.move(address(6), hub, 1_000 * scale, theft="second")
    story.stop(hub, address(51), 9_000 * scale, "mixer: the mixer", "second")
    story.move(hub, address(7), 300 * scale, Fate.BELOW_UNITS, "second")
    story.move(third, address(8), 3 * 10**12, theft="third", asset=TOKEN)
    story.stop(address(8), address(51), 10**12, "mixer: the mixer", "third", TOKEN)
    return story


def graph_of(story: Story, asset: str = ETHER) -> Graph:
    """Return the flow of one asset as a graph."""
    return build(asset, content_of(story).flows.edges, story.claims, story.holdings())


def _head(hostile: str) -> dict[str, str | int | None]:
    return {"block": 18_182_321, "hash": "0x" + "cd" * 32 + hostile, "time": "2023-09-21T05:58:47Z"}


def _intervals(methods: dict[str, MethodAnswer]) -> tuple[Interval, ...]:
    units: dict[tuple[str, str], dict[str, int]] = {}
    for name, answer in methods.items():
        for holding in answer.holdings:
            by_method = units.setdefault((holding.address, holding.asset), dict.fromkeys(methods, 0))
            by_method[name] += holding.units
    return tuple(
        Interval(CHAIN, at, asset, min(each.values()), max(each.values())) for (at, asset), each in units.items()
    )


def _gaps(story: Story, hostile: str) -> tuple[Gap, ...]:
    gaps = [Gap("internal_transfers" + hostile, "No transfers by contracts are in this ledger." + hostile)]
    gaps += [
        Gap("history", "This history is not complete." + hostile, holding.address, str(holding.coverage))
        for holding in story.holdings()
        if holding.coverage is not CoverageStatus.COMPLETE
    ]
    return tuple(gaps)
