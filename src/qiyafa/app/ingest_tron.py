"""From what TRON's explorer and its nodes give to a ledger."""

import time
from dataclasses import dataclass, field
from pathlib import Path

from qiyafa.app.block_spans import ingest_spans, missing_spans
from qiyafa.app.ingest import Ingested, ingest_reading
from qiyafa.chains.chain import Chain
from qiyafa.chains.node import JsonRpcNode, Manners
from qiyafa.chains.readers import READERS
from qiyafa.chains.readers.reading import Reading
from qiyafa.chains.readers.tron_rpc.reader import chain_of_node, head_of_node, read_tron_blocks
from qiyafa.chains.readers.tronscan.reader import TronscanFiles, read_tronscan
from qiyafa.model.errors import Conflict, InvalidInput
from qiyafa.model.ledger import BlockCoverage
from qiyafa.model.ports import Progress, silent
from qiyafa.model.raw import RawTransfers
from qiyafa.stores.parquet_duckdb import ParquetLedger

BLOCKS_TOGETHER = 1000
"""So many blocks are on the disk before the next are asked for."""


@dataclass(frozen=True, slots=True)
class TronBlocks:
    """Which blocks of which node."""

    url: str
    first: int
    last: int | None
    """None means up to the node's head."""
    chain: str | None = None
    """CAIP-2; None takes the node's own."""
    manners: Manners = field(default_factory=Manners)


def ingest_tronscan(files: tuple[Path, ...], chain: str, ledger: Path, *, progress: Progress = silent) -> Ingested:
    """Take lists of TRC-20 transfers into a ledger, which is made if it is missing.

    Raises InvalidInput or NotFound for a file that is no such list, Conflict if the ledger is busy or damaged,
    Unavailable if the disk fails. The ledger is then as it was.
    """
    found = READERS["tronscan-csv"].chain(chain)
    request = TronscanFiles(files)
    request.total_bytes()  # A name mistyped must not leave a ledger behind.
    return ingest_reading(
        found, ledger, lambda scratch: read_tronscan(request, found, scratch, progress), progress=progress
    )


def ingest_tron_blocks(request: TronBlocks, ledger: Path, *, progress: Progress = silent) -> Ingested:
    """Take token transfers of a range of blocks from a node into a ledger, which is made if it is missing.

    Blocks that the ledger holds whole are not asked for. Raises InvalidInput for a range that is none, Unavailable if
    the node fails, Conflict if it contradicts itself, the ledger or the request. What was taken before stays.
    """
    with JsonRpcNode(request.url, time.sleep, time.monotonic, request.manners) as node:
        found = _chain(node, request)
        wanted = _wanted(node, request)
        opened = ParquetLedger.open_or_create(ledger)
        held = opened.coverage(found.caip2).blocks if found.caip2 in opened.chains() else ()

        def ingest(span: BlockCoverage, told: Progress) -> Ingested:
            first, last = span.first_block, span.last_block
            return ingest_reading(
                found, ledger, lambda scratch: read_tron_blocks(node, first, last, found, scratch, told)
            )

        taken = ingest_spans(missing_spans(held, wanted, BLOCKS_TOGETHER), ingest, progress)
    if taken is not None:
        return taken
    nothing = RawTransfers(found.caip2, (), (), frozenset())
    return ingest_reading(found, ledger, lambda _: Reading(nothing, (), 0))


def _chain(node: JsonRpcNode, request: TronBlocks) -> Chain:
    reader, stated = READERS["tron-rpc"], chain_of_node(node)
    found, asked = reader.chain(stated), reader.chain(request.chain or stated)
    if found.caip2 != asked.caip2:
        raise Conflict("tron.error.other_chain", url=node.shown_url, found=found.caip2, wanted=asked.caip2)
    return found


def _wanted(node: JsonRpcNode, request: TronBlocks) -> BlockCoverage:
    head = head_of_node(node)
    last = head if request.last is None else request.last
    if last > head:
        raise InvalidInput("tron.error.beyond_head", url=node.shown_url, head=head, block=last)
    if last < request.first:
        raise InvalidInput("tron.error.no_blocks", first=request.first, last=last)
    return BlockCoverage(request.first, last)
