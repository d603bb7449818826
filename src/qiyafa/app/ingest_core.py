"""From a node of the Bitcoin family to a ledger."""

import time
from dataclasses import dataclass, field
from pathlib import Path

from qiyafa.app.block_spans import ingest_spans, missing_spans
from qiyafa.app.ingest import Ingested, ingest_reading
from qiyafa.chains import find_network
from qiyafa.chains.chain import Chain
from qiyafa.chains.readers import READERS
from qiyafa.chains.readers.bitcoin_rpc.client import Patience
from qiyafa.chains.readers.bitcoin_rpc.node import CoreNode, core_node
from qiyafa.chains.readers.bitcoin_rpc.reader import read_core_blocks
from qiyafa.chains.readers.reading import OutputsReading
from qiyafa.model.errors import Conflict, InvalidInput
from qiyafa.model.ledger import BlockCoverage
from qiyafa.model.ports import Progress, silent
from qiyafa.model.raw import RawOutputs
from qiyafa.stores.parquet_duckdb import ParquetLedger

BLOCKS_TOGETHER = 10_000
"""So many blocks are on the disk before the next are asked for."""


@dataclass(frozen=True, slots=True)
class CoreBlocks:
    """Which blocks of which node."""

    url: str
    """May hold user and password."""
    first: int = 0
    last: int | None = None
    """None means up to the node's head."""
    chain: str | None = None
    """Name or CAIP-2; None takes the node's own."""
    cookie: Path | None = None
    """The file with the node's user and password."""
    patience: Patience = field(default_factory=Patience)


def ingest_core_blocks(request: CoreBlocks, ledger: Path, *, progress: Progress = silent) -> Ingested:
    """Take a range of blocks from a node into a ledger, which is made if it is missing.

    Blocks that the ledger holds whole are not asked for. Raises InvalidInput for a range that is none or a wrong login,
    NotFound for a block that the node has not got, Unavailable if the node fails or lies, Conflict if it contradicts
    itself, the ledger or the request. What was taken before stays.
    """
    with core_node(request.url, time.sleep, cookie=request.cookie, patience=request.patience) as node:
        found = _chain(node, request)
        wanted = _wanted(node, request)
        opened = ParquetLedger.open_or_create(ledger)
        held = opened.coverage(found.caip2).blocks if found.caip2 in opened.chains() else ()

        def ingest(span: BlockCoverage, told: Progress) -> Ingested:
            first, last = span.first_block, span.last_block
            return ingest_reading(
                found, ledger, lambda scratch: read_core_blocks(node, first, last, found, scratch, told)
            )

        taken = ingest_spans(missing_spans(held, wanted, BLOCKS_TOGETHER), ingest, progress)
    if taken is not None:
        return taken
    nothing = RawOutputs(found.caip2, (), (), (), ())
    return ingest_reading(found, ledger, lambda _: OutputsReading(nothing, (), 0))


def _chain(node: CoreNode, request: CoreBlocks) -> Chain:
    found = node.chain()
    if request.chain is not None and find_network(request.chain).caip2 != found:
        raise Conflict("core_node.error.other_chain", url=node.shown_url, found=found, wanted=request.chain)
    return READERS["bitcoin-rpc"].chain(found)


def _wanted(node: CoreNode, request: CoreBlocks) -> BlockCoverage:
    head, _ = node.head()
    last = head if request.last is None else request.last
    if last > head:
        raise InvalidInput("core_node.error.beyond_head", url=node.shown_url, block=last, head=head)
    if last < request.first:
        raise InvalidInput("core_node.error.no_blocks", first=request.first, last=last)
    kept = node.first_kept()
    if request.first < kept:
        raise InvalidInput("core_node.error.pruned", url=node.shown_url, kept=kept)
    return BlockCoverage(request.first, last)
