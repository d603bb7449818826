"""The questions that Etherscan's API V2 takes (https://docs.etherscan.io/api-endpoints/accounts)."""

from dataclasses import dataclass

from qiyafa.chains.answer_cache import KeptAnswer
from qiyafa.chains.http_client import BadAnswerError, HttpClient, Question
from qiyafa.chains.readers.etherscan.listing import ListKind
from qiyafa.chains.readers.etherscan_api.answers import proxy_result_in, rows_in
from qiyafa.chains.readers.etherscan_api.windows import WINDOW_ROWS, BlockRange
from qiyafa.model.errors import NotFound

KEY_PARAMETER = "apikey"
REQUESTS_PER_SECOND = 3
"""Of the free tier (https://docs.etherscan.io/resources/rate-limits)."""

FINAL_DEPTH = 64
"""Histories are read up to a block so far below the head that a reorganization no longer changes it: two epochs of
Ethereum. The same block serves a whole pull, so that an interrupted one asks the same questions again."""


@dataclass(frozen=True, slots=True)
class Explorer:
    """One chain of the explorer."""

    client: HttpClient
    url: str
    chain_id: str

    def last_block(self, *, anew: bool = False) -> int:
        """Return the last block that histories are read to: as first told, unless it is asked anew."""
        question = self._question(("module", "proxy"), ("action", "eth_blockNumber"))
        head, _ = self.client.ask(question, _block_number_in, anew=anew)
        return max(head - FINAL_DEPTH, 0)

    def parties(self, transaction_hash: str) -> tuple[str, ...]:
        """Return sender and receiver of a transaction as they are written. Raises NotFound if there is none."""
        question = self._question(
            ("module", "proxy"), ("action", "eth_getTransactionByHash"), ("txhash", transaction_hash)
        )
        transaction, _ = self.client.ask(question, proxy_result_in)
        if transaction is None:
            raise NotFound("pull.error.transaction", transaction=transaction_hash, url=self.url)
        if not isinstance(transaction, dict):
            raise BadAnswerError("pull.problem.shape")
        return tuple(str(transaction[side]) for side in ("from", "to") if transaction.get(side))

    def rows(self, action: ListKind, address: str, blocks: BlockRange) -> tuple[list[object], KeptAnswer]:
        """Return the first rows of a list in a range of blocks, oldest first."""
        return self.client.ask(self.list_question(action, address, blocks), rows_in)

    def list_question(self, action: ListKind, address: str, blocks: BlockRange) -> Question:
        """Return the question for the rows of a list."""
        return self._question(
            ("module", "account"),
            ("action", action.value),
            ("address", address),
            ("startblock", str(blocks.first)),
            ("endblock", str(blocks.last)),
            ("page", "1"),
            ("offset", str(WINDOW_ROWS)),
            ("sort", "asc"),
        )

    def _question(self, *parameters: tuple[str, str]) -> Question:
        return Question(self.url, (("chainid", self.chain_id), *parameters))


def _block_number_in(body: bytes) -> int:
    written = proxy_result_in(body)
    try:
        head = int(written, 16) if isinstance(written, str) and len(written) <= 18 else -1
    except ValueError:
        head = -1
    if head < 0:
        raise BadAnswerError("pull.problem.head", value=str(written)[:80])
    return head
