"""Pull from a node. It has no index of addresses, so whole blocks are read, from the first theft to a last block."""

from qiyafa.app.ingest_nodes import EvmBlocks, ingest_evm_blocks
from qiyafa.app.pull_frontier import Question, reached_addresses
from qiyafa.app.pull_records import PullReport, PullRequest
from qiyafa.chains.chain import Chain
from qiyafa.chains.node import Manners
from qiyafa.model.case import Case
from qiyafa.model.errors import InvalidInput
from qiyafa.model.ledger import BlockCoverage
from qiyafa.model.ports import Progress
from qiyafa.stores.parquet_duckdb import ParquetLedger

NODE = "evm-rpc"
"""The name after `--source`."""


def pull_blocks(request: PullRequest, case: Case, chain: Chain, progress: Progress) -> PullReport:
    """Pull a range of blocks from a node and trace the case, so that a mistake in it shows at once.

    Raises what `pull` raises, and InvalidInput for limits that only histories have.
    """
    source, budget = request.source, request.source.budget
    limits = (request.most_addresses, budget.requests, budget.seconds, source.most_rows, source.api_key_file)
    if any(limit is not None for limit in limits) or source.refresh:
        raise InvalidInput("pull.error.limits_not_here", source=source.name)
    first = _first_block(case, chain) if request.first_block is None else request.first_block
    manners = Manners(rate=source.requests_per_second or 0.0)
    blocks = EvmBlocks(source.url, first, request.last_block, chain.caip2, manners)
    ingested = ingest_evm_blocks(blocks, request.ledger, progress=progress)
    ledger = ParquetLedger.open(request.ledger)
    last = max(span.last_block for span in ledger.coverage(chain.caip2).blocks)
    if request.last_block is not None:
        last = min(last, request.last_block)
    reached_addresses(Question(case, chain.caip2, request.limits).narrowed(()), ledger, progress)
    return PullReport(
        chain=chain.caip2,
        ledger=request.ledger,
        manifest_sha256=ledger.manifest.sha256,
        last_block=last,
        rounds=1,
        histories=(),
        busy=(),
        not_given=(),
        left_out=(),
        unbalanced=(),
        limit="",
        requests=0,
        kept_answers_used=0,
        problems=ingested.problems,
        problem_count=ingested.problem_count,
        blocks=BlockCoverage(first, last),
    )


def _first_block(case: Case, chain: Chain) -> int:
    """Return the block at which the first theft begins. Raises InvalidInput if a theft does not say."""
    thefts = [theft for theft in case.thefts if theft.chain == chain.caip2]
    if any(theft.address is None for theft in thefts):
        raise InvalidInput("pull.error.first_block")
    return min(theft.from_block for theft in thefts)
