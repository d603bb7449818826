"""A small answer, by hand: one thief, a mixer that stops the trace, and one holder."""

from qiyafa.model.finding import (
    Gap,
    Holding,
    Interval,
    LedgerState,
    MethodAnswer,
    PoisonAnswer,
    Status,
    Totals,
    TraceAnswer,
)
from qiyafa.model.ledger import CoverageStatus

CHAIN = "eip155:1"
ETH = "eip155:1/slip44:60"
TOKEN = "eip155:1/erc20:0xdac17f958d2ee523a2206206994597c13d831ec7"
MIXER = "0xd90e2f925da726b50c4ed8d0fb90ad053324f31b"
HOLDER = "0x098b716b8aaf21512996dc57eb0615e2383e2f96"
UNIT = 10**18
DISPLAY = {ETH: ("ETH", 18)}


def holding(address: str, units: int, *, status: Status = Status.HELD, reason: str = "", asset: str = ETH) -> Holding:
    return Holding(
        chain=CHAIN,
        address=address,
        asset=asset,
        units=units,
        status=status,
        theft="1",
        reason=reason,
        first_received="2022-03-23T13:29:09Z",
        last_received=None,
        transfers=3,
        coverage=CoverageStatus.UNKNOWN,
    )


def small_answer(reason: str = "mixer: Tornado Cash router") -> TraceAnswer:
    """Return what two methods say of 100 units: fifo stops 60, lifo 40; a fee of 1 wei."""
    return TraceAnswer(
        case_id="small",
        title="A small theft",
        ledger=LedgerState("ab" * 32, {CHAIN: {"block": 14_442_840, "hash": None, "time": "2022-03-23T13:31:36Z"}}),
        engine="test 1",
        limits={"max_hops": 3},
        methods={"fifo": small_method("fifo", 60, reason), "lifo": small_method("lifo", 40, reason)},
        poison=PoisonAnswer((HOLDER, MIXER), {"1": (HOLDER, MIXER)}),
        intervals=(
            Interval(CHAIN, MIXER, ETH, 40 * UNIT, 60 * UNIT),
            Interval(CHAIN, HOLDER, ETH, 40 * UNIT - 1, 60 * UNIT - 1),
        ),
        gaps=(
            Gap("history", "nobody says whether 0x09 is complete", HOLDER, "unknown"),
            Gap("history", "nobody says whether 0xd9 is complete", MIXER, "unknown"),
            Gap("internal_transfers", "the ledger has no internal transfers"),
        ),
        versions={"qiyafa": "0.1.0"},
    )


def small_method(name: str, stopped: int, reason: str) -> MethodAnswer:
    totals = {ETH: Totals(100 * UNIT, (100 - stopped) * UNIT - 1, stopped * UNIT, 1, 0)}
    holdings = (
        holding(MIXER, stopped * UNIT, status=Status.STOPPED, reason=reason),
        holding(HOLDER, (100 - stopped) * UNIT - 1),
    )
    return MethodAnswer(name, totals, {"1": totals}, {}, holdings)
