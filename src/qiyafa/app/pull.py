"""Load what a case needs and no more, so that nobody needs a full node."""

from qiyafa.app.case_file import read_case
from qiyafa.app.pull_blocks import NODE, pull_blocks
from qiyafa.app.pull_histories import pull_histories
from qiyafa.app.pull_records import PullReport, PullRequest
from qiyafa.chains import find_chain
from qiyafa.model.case import Case
from qiyafa.model.errors import InvalidInput
from qiyafa.model.ports import Progress, silent


def pull(request: PullRequest, progress: Progress = silent) -> PullReport:
    """Pull a case into a ledger, which is made if it is missing.

    Raises InvalidInput or NotFound for a request that cannot be meant, Conflict for a busy or damaged ledger,
    Unavailable if the source or the disk fails. What was answered until then is kept.
    """
    case = read_case(request.case).case
    chain = find_chain(_chain_of(case, request.chain))
    if request.source.name == NODE:
        return pull_blocks(request, case, chain, progress)
    if request.first_block is not None or request.last_block is not None:
        raise InvalidInput("pull.error.blocks_not_here", source=request.source.name, node=NODE)
    return pull_histories(request, case, chain, progress)


def _chain_of(case: Case, wanted: str | None) -> str:
    chains = sorted({theft.chain for theft in case.thefts})
    if wanted is not None and wanted not in chains:
        raise InvalidInput("pull.error.chain_not_in_case", chain=wanted, known=", ".join(chains))
    if wanted is None and len(chains) > 1:
        raise InvalidInput("pull.error.several_chains", known=", ".join(chains))
    return wanted or chains[0]
