"""One run of `qiyafa sync`: opens node and ledger, looks until told to stop, and waits when there is nothing new."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from qiyafa.app.ingest import scratch_folder
from qiyafa.app.sync import Event, Follower, Following, Look, require_fit
from qiyafa.app.sync_nodes import BlockId, NodeAddress, followed_node, heads_of
from qiyafa.app.sync_trace import LiveCase, Traced
from qiyafa.chains import find_chain, find_network
from qiyafa.chains.chain import Chain
from qiyafa.chains.finality import Finality, finality_of
from qiyafa.chains.heads import Heads
from qiyafa.model.errors import Unavailable
from qiyafa.stores.parquet_duckdb import ParquetLedger

EVERY_SECONDS: Final = 2.0
"""Without news the node is looked at so often."""
_DISK: Final = ("ledger.storage.", "chains.error.scratch")
"""Errors of the disk begin so: waiting for the node does not mend them."""
_LONGEST_PAUSE: Final = 60.0
_TRIES_AT_ONCE: Final = 3
"""A run that does not wait for blocks gives up after so many failures in a row."""


@dataclass(frozen=True, slots=True)
class Sync:
    """What a user asks for."""

    ledger: Path
    address: NodeAddress
    chain: str | None = None
    """Name or CAIP-2; None takes the chain that the node states."""
    begin: int | None = None
    until_block: int | None = None
    is_once: bool = False
    """Stop at the head instead of waiting for the next block."""
    finality_blocks: int | None = None
    """Instead of the chain's own rule."""
    resync_from: int | None = None
    every_seconds: float = EVERY_SECONDS
    case: Path | None = None
    """A case to trace again after every change."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """The node failed; it is asked again after a pause."""

    error: Unavailable
    pause_seconds: float


@dataclass(frozen=True, slots=True)
class Synced:
    """Where a run ended."""

    chain: str
    head: BlockId | None
    manifest_sha256: str


Told = Event | Traced | Trouble


def sync(request: Sync, told: Callable[[Told], None]) -> Synced:
    """Follow a chain until the run is done; without an end, until Ctrl-C.

    Raises InvalidInput for a request that cannot be meant, Conflict when a person has to decide, Unavailable if the
    disk fails, or the node at the start or in a run that does not wait. What was told of is on the disk.
    """
    wanted = None if request.chain is None else _named_chain(request.chain)
    with followed_node(request.address, wanted) as node, heads_of(request.address) as heads:
        chain = wanted or find_chain(node.chain())
        following = _following(request, chain)
        require_fit(following, node)
        ParquetLedger.open_or_create(request.ledger)
        case = None if request.case is None else LiveCase(request.case, chain, request.ledger)

        def told_and_traced(event: Event) -> None:
            told(event)
            traced = None if case is None else case.after(event)
            if traced is not None:
                told(traced)

        with scratch_folder(request.ledger) as scratch:
            follower = Follower(following, node, scratch, told_and_traced)
            follower.start()
            _Run(request, follower, heads, told).go()
    head = follower.head
    return Synced(chain.caip2, head, ParquetLedger.open(request.ledger).manifest.sha256)


def _named_chain(named: str) -> Chain:
    return find_chain(named if ":" in named else find_network(named).caip2)


def _following(request: Sync, chain: Chain) -> Following:
    finality = finality_of(chain)
    if request.finality_blocks is not None:
        finality = Finality(request.finality_blocks)
    return Following(
        ledger=request.ledger,
        chain=chain,
        finality=finality,
        begin=request.begin,
        until_block=request.until_block,
        resync_from=request.resync_from,
    )


@dataclass(slots=True)
class _Run:
    request: Sync
    follower: Follower
    heads: Heads
    told: Callable[[Told], None]
    _failures: int = 0

    def go(self) -> None:
        """Take looks until the follower is done, or once all is settled if asked to sync only once."""
        while not self.follower.is_done():
            look = self._look()
            if look is Look.SETTLED:
                if self.request.is_once:
                    return
                self.heads.wait(self.request.every_seconds)

    def _look(self) -> Look:
        """Take one look; a node that fails is given time."""
        try:
            look = self.follower.step()
        except Unavailable as error:
            self._failures += 1
            is_hopeless = self.request.is_once and self._failures >= _TRIES_AT_ONCE
            if is_hopeless or error.key.startswith(_DISK):
                raise
            pause = min(self.request.every_seconds * 2**self._failures, _LONGEST_PAUSE)
            self.told(Trouble(error, pause))
            self.heads.wait(pause)
            return Look.AGAIN
        self._failures = 0
        return look
