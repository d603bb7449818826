"""What an answer does not cover. Unknown is never clean: each gap is a word for programs and a sentence for people."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from qiyafa.model.columns import ASSUMED_ORDER, LOSSY_UNITS, TRANSACTION, UNKNOWN_TIME, TransferColumns
from qiyafa.model.finding import Gap
from qiyafa.model.ledger import CoverageStatus
from qiyafa.text import text
from qiyafa.trace.chain_outcome import ChainOutcome, Coverage
from qiyafa.trace.lowering import is_pool
from qiyafa.trace.outcome import BEFORE_ROWS, Ending
from qiyafa.trace.sums import ascending

EVERY_KIND = frozenset({"native", "fees", "internal", "tokens"})


@dataclass(frozen=True, slots=True)
class ChainKnowledge:
    """What the sources of one chain provided."""

    chain: str
    provides: frozenset[str]
    """Of `native`, `fees`, `internal`, `tokens`; a chain of outputs has nothing else to offer, so it counts as all."""
    status_unknown: int
    """Transfers whose transaction may have failed."""
    diverged: str = ""
    """Why the chain's history cannot be trusted; empty if it can."""
    unreconciled: frozenset[str] = frozenset()
    """Tokens (CAIP-19) whose contracts' balances do not follow from their transfers."""


def find_gaps(outcomes: Sequence[ChainOutcome], knowledge: Iterable[ChainKnowledge]) -> tuple[Gap, ...]:
    """Return the gaps of an answer, over the conserving methods of all chains."""
    knowledge = list(knowledge)
    gaps = [*_diverged(knowledge), *(gap for known in knowledge for gap in _kinds_missing(known))]
    gaps += _not_everywhere(outcomes, [known.chain for known in knowledge])
    gaps += _several_by_prorata(outcomes)
    gaps += _unreconciled(outcomes, frozenset().union(*(known.unreconciled for known in knowledge)))
    chains = {id(one.columns): one for one in outcomes}
    for key in chains:
        same = [one for one in outcomes if id(one.columns) == key]
        gaps += [*_unseen(same), *_partly_seen(same), *_marked(same), *_untraceable(same), *_inputs_unknown(same)]
        gaps += _history(same)
    return tuple(gaps)


def _diverged(knowledge: Iterable[ChainKnowledge]) -> list[Gap]:
    """Name the chains of which a node has another history: no answer over them is a verdict."""
    return [
        Gap("diverged", text("sync.diverged.gap", chain=known.chain, why=known.diverged))
        for known in knowledge
        if known.diverged
    ]


def _kinds_missing(known: ChainKnowledge) -> list[Gap]:
    gaps = []
    if "fees" not in known.provides:
        gaps.append(Gap("fees", text("trace.gap.no_fees", chain=known.chain)))
    elif known.status_unknown:
        gaps.append(Gap("fees", text("trace.gap.fees", chain=known.chain, count=f"{known.status_unknown:,}")))
    if "internal" not in known.provides:
        gaps.append(Gap("internal_transfers", text("trace.gap.internal_transfers", chain=known.chain)))
    if "tokens" not in known.provides:
        gaps.append(Gap("token_transfers", text("trace.gap.token_transfers", chain=known.chain)))
    return gaps


def _not_everywhere(outcomes: Sequence[ChainOutcome], chains: Sequence[str]) -> list[Gap]:
    """Name the chains of the case that a method cannot be used on."""
    covered: dict[str, set[str]] = {}
    for one in outcomes:
        covered.setdefault(one.outcome.method, set()).add(one.columns.chain)
    return [
        Gap("method", text("trace.gap.method", method=method, chain=chain))
        for method, known in covered.items()
        for chain in chains
        if chain not in known
    ]


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


def _unreconciled(outcomes: Sequence[ChainOutcome], doubtful: frozenset[str]) -> list[Gap]:
    """Name the stolen tokens that do not add up: what was seized of them may not be what was moved."""
    seized: set[str] = set()
    for one in outcomes if doubtful else ():
        numbers = np.unique(one.columns.places.asset[one.outcome.claims.place])
        seized |= {one.columns.places.assets[number] for number in numbers.tolist()}
    return [Gap("unreconciled", text("trace.gap.unreconciled", asset=asset)) for asset in sorted(seized & doubtful)]


def _unseen(outcomes: Sequence[ChainOutcome]) -> list[Gap]:
    """Name stolen units whose arrival the ledger never saw."""
    columns, claims = outcomes[0].columns, outcomes[0].outcome.claims
    unseen: dict[tuple[str, str], int] = {}
    for index in np.flatnonzero(claims.row == BEFORE_ROWS).tolist():
        place = int(claims.place[index])
        opening = int(columns.places.opening_hi[place]) << 64 | int(columns.places.opening_lo[place])
        if opening:
            holder = columns.address_of(place), columns.asset_of(place)
            unseen[holder] = unseen.get(holder, 0) + min(opening, claims.units(index))
    return [
        Gap(
            "unseen_balance",
            text("trace.gap.unseen_balance", address=address, units=str(units), asset=asset),
            address=address,
        )
        for (address, asset), units in unseen.items()
    ]


def _partly_seen(outcomes: Sequence[ChainOutcome]) -> list[Gap]:
    """Name the transactions that a theft names whole, of which the ledger knows only the outputs it saw spent."""
    return [
        Gap("theft", text("trace.gap.theft", transaction=transaction))
        for transaction in outcomes[0].planned.partly_seen
    ]


def _inputs_unknown(outcomes: Sequence[ChainOutcome]) -> list[Gap]:
    """Name the transactions where the trace broke off because an input's value is not known."""
    columns = outcomes[0].columns
    flows = [one.outcome.flows for one in outcomes]
    ended = [one.place[one.ending == Ending.INPUT_UNKNOWN] for one in flows]
    return [
        Gap("input_unknown", text("trace.gap.input_unknown", transaction=name.removeprefix(TRANSACTION)))
        for name in columns.addresses.texts(columns.places.address[ascending(np.concatenate(ended))])
    ]


def _marked(outcomes: Sequence[ChainOutcome]) -> list[Gap]:
    """Name the stolen transfers that rest on assumed order, lossy units or no time."""
    columns = outcomes[0].columns
    rows = ascending(np.concatenate([one.outcome.flows.row for one in outcomes]))
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
    places = ascending(np.concatenate([np.array(thieves, dtype=np.uint32), *reached]))
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
    entered = ascending(np.concatenate(places))
    numbers = ascending(columns.places.address[entered[~is_pool(columns, entered)]])
    return sorted(columns.addresses.texts(numbers))
