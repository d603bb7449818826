"""What an answer does not cover. Unknown is never clean: each gap is a word for programs and a sentence for people."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from qiyafa.model.columns import ASSUMED_ORDER, LOSSY_UNITS, UNKNOWN_TIME, TransferColumns
from qiyafa.model.finding import Gap
from qiyafa.model.ledger import CoverageStatus
from qiyafa.text import text
from qiyafa.trace.answer import ChainOutcome, Coverage
from qiyafa.trace.outcome import BEFORE_ROWS, Ending


@dataclass(frozen=True, slots=True)
class ChainKnowledge:
    """What the sources of one chain provided."""

    chain: str
    provides: frozenset[str]
    """Of `native`, `fees`, `internal`, `tokens`."""
    status_unknown: int
    """Transfers whose transaction may have failed."""


def find_gaps(outcomes: Sequence[ChainOutcome], knowledge: Iterable[ChainKnowledge]) -> tuple[Gap, ...]:
    """Return the gaps of an answer, over the conserving methods of all chains."""
    gaps = [gap for known in knowledge for gap in _kinds_missing(known)]
    gaps += _several_by_prorata(outcomes)
    chains = {id(one.columns): one for one in outcomes}
    for key in chains:
        same = [one for one in outcomes if id(one.columns) == key]
        gaps += [*_unseen(same), *_marked(same), *_untraceable(same), *_history(same)]
    return tuple(gaps)


def _kinds_missing(known: ChainKnowledge) -> list[Gap]:
    gaps = []
    if known.status_unknown or "fees" not in known.provides:
        gaps.append(Gap("fees", text("trace.gap.fees", chain=known.chain, count=f"{known.status_unknown:,}")))
    if "internal" not in known.provides:
        gaps.append(Gap("internal_transfers", text("trace.gap.internal_transfers", chain=known.chain)))
    if "tokens" not in known.provides:
        gaps.append(Gap("token_transfers", text("trace.gap.token_transfers", chain=known.chain)))
    return gaps


def _several_by_prorata(outcomes: Sequence[ChainOutcome]) -> list[Gap]:
    """Name the assets that several thefts share: there pro rata may claim a unit twice."""
    assets: set[str] = set()
    for one in outcomes:
        if one.outcome.method == "prorata":
            claims = one.outcome.claims
            for asset in np.unique(one.columns.places.asset[claims.place]):
                colours = np.unique(claims.colour[one.columns.places.asset[claims.place] == asset])
                if len(colours) > 1:
                    assets.add(one.columns.places.assets[int(asset)])
    return [Gap("prorata_alone", text("trace.gap.prorata_alone", asset=asset)) for asset in sorted(assets)]


def _unseen(outcomes: Sequence[ChainOutcome]) -> list[Gap]:
    """Name stolen units whose arrival the ledger never saw."""
    first = outcomes[0]
    claims = first.outcome.claims
    gaps = []
    for index in np.flatnonzero(claims.row == BEFORE_ROWS).tolist():
        place = int(claims.place[index])
        opening = int(first.columns.places.opening_hi[place]) << 64 | int(first.columns.places.opening_lo[place])
        if opening:
            address = first.columns.address_of(place)
            sentence = text(
                "trace.gap.unseen_balance",
                address=address,
                units=str(min(opening, claims.units(index))),
                asset=first.columns.asset_of(place),
            )
            gaps.append(Gap("unseen_balance", sentence, address=address))
    return gaps


def _marked(outcomes: Sequence[ChainOutcome]) -> list[Gap]:
    """Name the stolen transfers that rest on assumed order, lossy units or no time."""
    columns = outcomes[0].columns
    rows = np.unique(np.concatenate([one.outcome.flows.row for one in outcomes]))
    marks = columns.marks[rows]
    counts = (
        ("order", "trace.gap.order", int(np.count_nonzero(marks & ASSUMED_ORDER))),
        ("lossy", "trace.gap.lossy", int(np.count_nonzero(marks & LOSSY_UNITS))),
        ("time", "trace.gap.time", int(np.count_nonzero(columns.time[rows] == UNKNOWN_TIME))),
    )
    return [Gap(kind, text(key, chain=columns.chain, count=f"{count:,}")) for kind, key, count in counts if count]


def _untraceable(outcomes: Sequence[ChainOutcome]) -> list[Gap]:
    """Name the addresses where the trace broke off because amounts exceed 38 digits."""
    columns = outcomes[0].columns
    flows = [one.outcome.flows for one in outcomes]
    plan = outcomes[0].planned.plan
    thieves = [
        seizure.place
        for seizure in plan.seizures
        if seizure.place in plan.too_large or columns.places.untraceable[seizure.place]
    ]
    reached = [one.place[one.ending == Ending.UNTRACEABLE] for one in flows]
    places = np.unique(np.concatenate([np.array(thieves, dtype=np.uint32), *reached]))
    return [
        Gap(
            "untraceable",
            text("trace.gap.untraceable", address=columns.address_of(place), asset=columns.asset_of(place)),
            address=columns.address_of(place),
        )
        for place in places.tolist()
    ]


def _history(outcomes: Sequence[ChainOutcome]) -> list[Gap]:
    """Name every address that stolen units entered and whose history is not known to be complete."""
    columns = outcomes[0].columns
    coverage = outcomes[0].coverage
    return history_gaps(entered_addresses(columns, outcomes), coverage)


def history_gaps(addresses: Iterable[str], coverage: Coverage) -> list[Gap]:
    """Name the addresses whose history is not known to be complete."""
    gaps = []
    for address in addresses:
        status = coverage(address)
        if status is not CoverageStatus.COMPLETE:
            sentence = text(_HISTORY[status], address=address)
            gaps.append(Gap("history", sentence, address=address, status=status.value))
    return gaps


_HISTORY = {
    CoverageStatus.CAPPED: "trace.gap.history_capped",
    CoverageStatus.ABSENT: "trace.gap.history_absent",
    CoverageStatus.UNKNOWN: "trace.gap.history_unknown",
}


def entered_addresses(columns: TransferColumns, outcomes: Sequence[ChainOutcome]) -> list[str]:
    """Return the addresses that stolen units entered under any of the outcomes, sorted."""
    places = [np.empty(0, dtype=np.uint32)]
    for one in outcomes:
        flows = one.outcome.flows
        places += [flows.place[(flows.ending != Ending.FEE)], one.outcome.held.place, one.outcome.claims.place]
    numbers = np.unique(columns.places.address[np.unique(np.concatenate(places))])
    return sorted(columns.addresses.text(int(number)) for number in numbers)
