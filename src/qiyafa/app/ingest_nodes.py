"""From an Ethereum-like node to a ledger: whole ranges of blocks."""

import time
from dataclasses import dataclass, field
from pathlib import Path

from qiyafa.app.block_spans import ingest_spans, missing_spans, together
from qiyafa.app.ingest import Ingested, ingest_reading
from qiyafa.app.tokens import TokenCheck, ingest_token_check
from qiyafa.chains import find_chain
from qiyafa.chains.node import Manners
from qiyafa.chains.readers import READERS
from qiyafa.chains.readers.evm_rpc.evm_node import EvmNode
from qiyafa.chains.readers.evm_rpc.reader import chain_of, read_evm_blocks
from qiyafa.chains.readers.reading import Reading
from qiyafa.model.errors import InvalidInput
from qiyafa.model.ledger import BlockCoverage
from qiyafa.model.ports import Progress, silent
from qiyafa.model.raw import RawTransfers
from qiyafa.stores.parquet_duckdb import ParquetLedger

BLOCKS_TOGETHER = 1000
"""So many blocks are on the disk before the next are asked for."""


@dataclass(frozen=True, slots=True)
class EvmBlocks:
    """Which blocks of which node."""

    url: str
    """May hold a key of its owner."""
    first: int = 0
    last: int | None = None
    """None means up to the node's head."""
    chain: str | None = None
    """CAIP-2; None takes the node's own."""
    manners: Manners = field(default_factory=Manners)
    check_tokens: int = 0
    """So many of the range's busiest tokens are compared with what their contracts say; see `app.tokens`."""


def ingest_evm_blocks(request: EvmBlocks, ledger: Path, *, progress: Progress = silent) -> Ingested:
    """Take a range of blocks from a node into a ledger, which is made if it is missing.

    Blocks that the ledger holds whole are not asked for again, but the tokens in them are checked. Raises InvalidInput
    for a range that is none, Unavailable if the node fails or lies, Conflict if it contradicts itself, the ledger or
    the request. What was taken before stays.
    """
    with EvmNode(request.url, sleep=time.sleep, clock=time.monotonic, manners=request.manners) as node:
        found = READERS["evm-rpc"].chain(request.chain) if request.chain else find_chain(chain_of(node))
        wanted = _wanted(node, request)
        opened = ParquetLedger.open_or_create(ledger)
        held = opened.coverage(found.caip2).blocks if found.caip2 in opened.chains() else ()

        def ingest(span: BlockCoverage, told: Progress) -> Ingested:
            first, last = span.first_block, span.last_block
            return ingest_reading(
                found, ledger, lambda scratch: read_evm_blocks(node, first, last, found, scratch, told)
            )

        taken = ingest_spans(missing_spans(held, wanted, BLOCKS_TOGETHER), ingest, progress)
        if taken is None:
            nothing = RawTransfers(found.caip2, (), (), frozenset())
            taken = ingest_reading(found, ledger, lambda _: Reading(nothing, (), 0))
        if request.check_tokens:
            check = TokenCheck(node, found, wanted, request.check_tokens)
            taken = together(taken, ingest_token_check(check, ledger, progress=progress))
    return taken


def _wanted(node: EvmNode, request: EvmBlocks) -> BlockCoverage:
    head = node.head().number
    last = head if request.last is None else request.last
    if last > head:
        raise InvalidInput("nodes.error.beyond_head", url=node.rpc.shown_url, block=last, head=head)
    if last < request.first:
        raise InvalidInput("nodes.error.no_blocks", first=request.first, last=last)
    return BlockCoverage(request.first, last)
