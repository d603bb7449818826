"""Labels in a trace: where services make it stop by themselves, and who holds what came to rest.

A label stops a trace if it routes (exchange, mixer, bridge ...), is at least as confident as `LEAST_LEVEL`, is not
disputed, and nobody equally confident says that the address holds stolen, extorted or defrauded money: a label that
was slipped in must not hide a thief. The case's own stops count first, and an address that the case names as a theft
never stops it. Labels that were too weak are named in the gaps where stolen units came by.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain as chained
from typing import TYPE_CHECKING, Final

import numpy as np

from qiyafa.chains.formats import FORMATS
from qiyafa.model.address import Identity
from qiyafa.model.case import NO_LIMITS, Case, Limits, Stop
from qiyafa.model.category import Category
from qiyafa.model.columns import UNKNOWN_TIME, TransferColumns
from qiyafa.model.errors import Conflict, InvalidInput, Unavailable
from qiyafa.model.finding import Gap, HolderLabel, TraceAnswer
from qiyafa.model.label import CONFIDENCES, Label, LabelState, rank
from qiyafa.stores.labels import LabelStore
from qiyafa.stores.opening import Location
from qiyafa.text import text
from qiyafa.trace.gaps import entered_addresses
from qiyafa.trace.holdings import HoldingTable, holder_addresses

if TYPE_CHECKING:
    from qiyafa.app.trace import ChainGround

LEAST_LEVEL: Final = CONFIDENCES["service_data"]
"""What a service says of itself, an analyst's report, an authority. An explorer's tag is weaker."""

_OF_THIEVES: Final = frozenset(
    {Category.TERRORISM, Category.ABUSE, Category.STOLEN, Category.RANSOMWARE, Category.FRAUD}
)
"""Risks of a party and not of a service: a sanctioned exchange is still an exchange."""


@dataclass(frozen=True, slots=True)
class LabelStops:
    """What labels say of where a trace on one chain ends."""

    chain: str
    stops: tuple[Stop, ...]
    labels: dict[str, Label]
    """By address: the label that stops the trace there."""
    decided: frozenset[str]
    """Addresses of which the case itself says what they are."""
    at: datetime
    """The moment at which these labels held, as they are known today."""


class TraceLabels:
    """The label store as a trace needs it: labels that held where the trace ends, by what is known of it now."""

    def __init__(self, store: LabelStore, now: datetime) -> None:
        self._store = store
        self._now = now
        self.version = store.version()

    @classmethod
    def open(cls, location: Location) -> "TraceLabels":
        """Return the labels that hold now. Raises Conflict for a damaged or foreign store."""
        return cls(LabelStore.reading(location), datetime.now(UTC))

    def stops(self, case: Case, columns: TransferColumns, limits: Limits = NO_LIMITS) -> LabelStops:
        """Return where the labels of a ledger's addresses end a trace of a case."""
        at = _end_moment(columns, limits) or self._now
        stopped = {stop.address for stop in case.stops if stop.chain == columns.chain}
        stolen = {theft.address for theft in case.thefts if theft.chain == columns.chain and theft.address}
        decided = frozenset(stopped | stolen)
        labels = {
            address: next(label for label in labels if label.routing is not None)
            for address, labels in self._by_address(self._routed(columns), columns.chain, at)
            if address not in decided and not _too_weak(labels)
        }
        stops = tuple(Stop(columns.chain, address, stop_reason(label)) for address, label in labels.items())
        return LabelStops(columns.chain, stops, labels, decided, at)

    def ignored(self, stops: LabelStops, addresses: Sequence[str]) -> list[Gap]:
        """Return the labels of addresses at which a trace would have ended, and did not."""
        gaps = []
        for address, labels in self._by_address(addresses, stops.chain, stops.at):
            label = next((one for one in labels if one.routing is not None), None)
            if label is not None and address not in stops.labels and address not in stops.decided:
                gaps.append(_ignored(address, label, _too_weak(labels)))
        return gaps

    def _routed(self, columns: TransferColumns) -> list[str]:
        """Return the addresses of a ledger at which some label would stop a trace."""
        keys: set[str] = set()
        for format in self._store.routing_formats():
            every = self._store.routing_keys(format, LEAST_LEVEL)
            first = next(every, None)
            # One address tells for its format, so that the labels of other chains cost nothing.
            if first is not None and FORMATS.canonical(Identity(format, first), columns.chain) is not None:
                keys |= {key for key in chained((first,), every) if columns.addresses.number(key)}
        return sorted(keys)

    def _by_address(self, addresses: Sequence[str], chain: str, at: datetime) -> Iterator[tuple[str, list[Label]]]:
        """Yield the addresses that have labels at a moment, sorted, each with its labels by `rank`."""
        found: dict[str, list[Label]] = {}
        for label in self._store.with_keys(addresses, at):
            if FORMATS.canonical(label.identity, chain) == label.identity.key:
                found.setdefault(label.identity.key, []).append(label)
        return ((address, sorted(labels, key=rank)) for address, labels in sorted(found.items()))

    def holders(self, chain: str, addresses: Sequence[str], at: datetime) -> dict[tuple[str, str], HolderLabel]:
        """Return the label that is named first of each of these addresses that has one."""
        return {
            (chain, address): HolderLabel(
                labels[0].id, labels[0].name, labels[0].entity, labels[0].category, labels[0].source
            )
            for address, labels in self._by_address(addresses, chain, at)
        }

    def labelled(
        self, answer: TraceAnswer, grounds: Sequence["ChainGround"], tables: Sequence[HoldingTable]
    ) -> tuple[TraceAnswer, "UsedLabels"]:
        """Return an answer with the names of holders and the labels that were too weak, and note what it rests on."""
        holders: dict[tuple[str, str], HolderLabel] = {}
        gaps = list(answer.gaps)
        used: set[str] = set()
        for ground in grounds:
            assert ground.labels is not None, "the case was opened with labels"
            addresses = holder_addresses(tables, ground.labels.chain)
            here = self.holders(ground.labels.chain, addresses, ground.labels.at)
            holders |= here
            used |= {label.id for label in here.values()}
            used |= {ground.labels.labels[one].id for one in addresses if one in ground.labels.labels}
            gaps += self.ignored(ground.labels, _entered(ground.labels.chain, tables))
        versions = {**answer.versions, "labels": self.version}
        ends = {ground.labels.at for ground in grounds if ground.labels is not None} - {self._now}
        if ends:
            versions["labels_as_of"] = ", ".join(f"{end:%Y-%m-%dT%H:%M:%SZ}" for end in sorted(ends))
        digest = _digest(versions, answer.ledger.manifest_sha256, answer.engine, answer.limits, list(answer.methods))
        rests = UsedLabels(self, frozenset(used))
        gaps += rests.record("trace", answer.case_id, digest)
        return replace(answer, gaps=tuple(gaps), versions=versions, labels=holders), rests

    def record(self, labels: Iterable[str], kind: str, name: str, digest: str) -> tuple[Gap, ...]:
        """Note that something rested on labels; a store that cannot take it is a gap, and the answer stands."""
        wanted = sorted(set(labels))
        if not wanted:
            return ()
        try:
            self._store.use(wanted, kind, name, digest, self._now)
        except (Unavailable, Conflict, InvalidInput) as error:
            reason = text(error.key, **error.fields)
            return (Gap("labels_not_recorded", text("labels.gap.not_recorded", reason=reason)),)
        return ()


@dataclass(frozen=True, slots=True)
class UsedLabels:
    """The labels that an answer rests on."""

    store: TraceLabels
    ids: frozenset[str]

    def record(self, kind: str, name: str, digest: str) -> tuple[Gap, ...]:
        """Note that something rests on them, so that it is found if one of them is withdrawn."""
        return self.store.record(self.ids, kind, name, digest)


def _end_moment(columns: TransferColumns, limits: Limits) -> datetime | None:
    """Return when a trace ends, in UTC; None where it follows everything, or its last block has no time."""
    seconds = limits.until_time
    if limits.until_block is not None:
        end = int(np.searchsorted(columns.block, limits.until_block, side="right"))
        seconds = int(columns.time[end - 1]) if end else UNKNOWN_TIME
    return None if seconds in (None, UNKNOWN_TIME) else datetime.fromtimestamp(seconds, UTC)


def stop_reason(label: Label) -> str:
    """Return why a trace ends at an address, e.g. `mixer: Tornado Cash (label 2ef917d810dd)`."""
    return f"{label.routing}: {label.entity or label.name} (label {label.id[:12]})"


def _entered(chain: str, tables: Sequence[HoldingTable]) -> list[str]:
    """Return the addresses of a chain that stolen units entered."""
    outcomes = [part.chain for table in tables for part in table.parts if part.chain.columns.chain == chain]
    return entered_addresses(outcomes[0].columns, outcomes) if outcomes else []


def _digest(*parts: object) -> str:
    """Return the SHA-256 of everything that an answer depends on."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def _too_weak(labels: Sequence[Label]) -> str:
    """Return why the labels of an address do not end a trace, as a key of the catalogue; empty if they do."""
    routing = [one for one in labels if one.routing is not None]
    undisputed = [one for one in routing if one.state is not LabelState.DISPUTED]
    if not undisputed:
        return "labels.gap.disputed"
    level = max(one.level for one in undisputed)
    if level < LEAST_LEVEL:
        return "labels.gap.weak"
    if any(one.risk in _OF_THIEVES and one.level >= level for one in labels):
        return "labels.gap.contradicted"
    return ""


def _ignored(address: str, label: Label, why: str) -> Gap:
    """Return the gap that an ignored label leaves."""
    detail = text(
        "labels.gap.ignored",
        address=address,
        name=label.entity or label.name,
        routing=str(label.routing),
        source=label.source,
        label=label.id[:12],
        why=text(why, least=LEAST_LEVEL) if why == "labels.gap.weak" else text(why),
    )
    return Gap("label_ignored", detail, address=address, status=label.confidence)
