"""Verdicts of every kind, made by hand, and a screener that knows only them: what each shape must say is then plain."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from qiyafa.model.asset import AssetUnit
from qiyafa.model.category import Category
from qiyafa.model.designation import ListCoverage
from qiyafa.model.exposure import Direction, Exposure, Level
from qiyafa.model.verdict import LedgerCoverage, Outcome, Reason, ReasonKind, ScreenRequest, Verdict

NOON = datetime(2024, 9, 27, 12, 0, tzinfo=UTC)
CHAIN, ASSET = "eip155:1", "eip155:1/slip44:60"
LIST = ListCoverage("ofac-addresses", "ofac", "2024-09-27-abc", date(2024, 9, 27), 0)
LEDGER = LedgerCoverage(CHAIN, "00ff", 20_842_000, "0xaa", "complete")

NOTHING = Reason(ReasonKind.COVERAGE, Outcome.NO_HIT, "", "screen.reason.nothing_found", {"asked": "ofac-addresses"})
NO_LEDGER = Reason(ReasonKind.COVERAGE, Outcome.NO_HIT, "coverage.ledger", "screen.gap.ledger.no_ledger")
NO_LIST = Reason(
    ReasonKind.COVERAGE, Outcome.UNAVAILABLE, "lists.required", "screen.gap.no_list", {"authority": "OFAC"}
)


def designated(kind: ReasonKind, outcome: Outcome, until: str | None) -> Reason:
    """A designation by OFAC, in force or past."""
    found = {
        "list": "ofac-addresses",
        "authority": "ofac",
        "version": "2024-09-27-abc",
        "entry": "27307",
        "party": "LAZARUS GROUP",
        "written": "0xL",
        "declared": "ETH",
        "programmes": ["DPRK3"],
        "listed_from": "2022-04-14",
        "is_dated": True,
        "listed_to": until,
        "reason": "",
    }
    fields = {"authority": "OFAC", "party": "LAZARUS GROUP", "since": "2022-04-14", "list": "ofac-addresses"}
    if until is None:
        return Reason(
            kind, outcome, "lists.in_force", "screen.reason.listed_named", fields, {"designations": [found]}
        )  # fmt: skip
    fields["until"] = until
    return Reason(kind, outcome, "lists.past", "screen.reason.past_named", fields, {"designations": [found]})


def labelled(category: Category, risk: Category | None, outcome: Outcome, rule: str) -> Reason:
    """A label of the address itself."""
    label = {
        "id": "label-1",
        "name": "Hot wallet 14",
        "entity": "Bitexample",
        "category": category.value,
        "risk": None if risk is None else risk.value,
        "confidence": "service_api",
        "level": 70,
        "grade": "B2",
        "source": "A register",
        "source_url": "https://example.org",
        "tlp": "TLP:CLEAR",
        "state": "active",
        "objection": "",
    }
    fields = {"category": category.value, "name": "Hot wallet 14", "source": "A register", "confidence": 70}
    return Reason(ReasonKind.LABEL, outcome, rule, "screen.reason.label", fields, {"labels": [label]})


EXPOSURE = Exposure(
    chain=CHAIN,
    asset=ASSET,
    level=Level.ADDRESS,
    direction=Direction.IN,
    category=Category.MIXER,
    entity=None,
    direct_units=25 * 10**16,
    indirect_units=5 * 10**16,
    total_units=10**18,
    hops=1,
    sources=("label-9",),
    unit=AssetUnit("ETH", 18),
)
SMALL_EXPOSURE = replace(EXPOSURE, category=Category.GAMBLING, direct_units=0, indirect_units=7, hops=3)
EXPOSED = Reason(
    ReasonKind.EXPOSURE,
    Outcome.REVIEW,
    "direct",
    "screen.reason.exposure_in",
    {"share": "25.00%", "units": "0.2500 ETH", "asset": ASSET, "categories": "mixer", "hops": 1},
    {
        "chain": CHAIN,
        "asset": ASSET,
        "symbol": "ETH",
        "decimals": 18,
        "level": "address",
        "direction": "in",
        "reach": "direct",
        "units": "250000000000000000",
        "total_units": "1000000000000000000",
        "share": "0.250000000",
        "hops": 1,
        "categories": {"mixer": "250000000000000000"},
        "sources": ["label-9"],
        "transfers": [],
    },
)


def verdict(address: str, outcome: Outcome, *reasons: Reason, **more: object) -> Verdict:
    """A verdict to which everything was asked, unless it says otherwise."""
    whole = Verdict(
        address=address,
        chain=CHAIN,
        outcome=outcome,
        reasons=reasons,
        exposures=(),
        poisonings=(),
        as_of=NOON,
        lists=(LIST,),
        labels_version="1122",
        rules_version="default/0000",
        ledger=LEDGER,
        not_covered=(),
    )
    return replace(whole, **more)


VERDICTS = {
    one.address: one
    for one in (
        verdict("hit", Outcome.HIT, designated(ReasonKind.DESIGNATION, Outcome.HIT, None)),
        verdict("past", Outcome.REVIEW, designated(ReasonKind.PAST_DESIGNATION, Outcome.REVIEW, "2025-03-21")),
        verdict("risky", Outcome.REVIEW, labelled(Category.MIXER, Category.MIXER, Outcome.REVIEW, "risk-label")),
        verdict("exposed", Outcome.REVIEW, EXPOSED, exposures=(EXPOSURE, SMALL_EXPOSURE)),
        verdict("service", Outcome.NO_HIT, labelled(Category.EXCHANGE, None, Outcome.NO_HIT, ""), NOTHING),
        verdict("whole", Outcome.NO_HIT, NOTHING),
        verdict("partial", Outcome.NO_HIT, NOTHING, ledger=None, not_covered=(NO_LEDGER,)),
        verdict("unavailable", Outcome.UNAVAILABLE, NO_LIST, lists=(), ledger=None, not_covered=(NO_LIST, NO_LEDGER)),
        verdict(
            "hit-without-list",
            Outcome.HIT,
            designated(ReasonKind.DESIGNATION, Outcome.HIT, None),
            NO_LIST,
            not_covered=(NO_LIST,),
        ),
        verdict(
            "risky-without-list",
            Outcome.REVIEW,
            labelled(Category.MIXER, Category.MIXER, Outcome.REVIEW, "risk-label"),
            NO_LIST,
            not_covered=(NO_LIST,),
        ),
    )
}


class KnownScreener:
    """Answers from `VERDICTS`."""

    def check_chain(self, chain: str) -> None:
        """Every chain will do."""

    def screen(
        self, requests: Sequence[ScreenRequest], *, as_of: datetime | None = None, known_at: datetime | None = None
    ) -> list[Verdict]:
        return [VERDICTS[request.address] for request in requests]
