"""The questions that an Esplora server takes (https://github.com/Blockstream/esplora/blob/master/API.md)."""

import re
from dataclasses import dataclass

from qiyafa.chains.answer_cache import KeptAnswer
from qiyafa.chains.http_client import BadAnswerError, HttpClient, Question
from qiyafa.chains.outputs.addresses import SCRIPT_HASH
from qiyafa.chains.strict_json import StrictJsonError, strict_json

REQUESTS_PER_SECOND = 2
"""Public servers publish no limit; this is what none of them has been seen to refuse."""

FINAL_DEPTH = 6
"""Histories are read up to a block so far below the head that a reorganization hardly ever changes it."""

_HEIGHT = re.compile(rb"\s*[0-9]{1,9}\s*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Server:
    """One server, hence one chain."""

    client: HttpClient
    url: str

    def last_block(self, *, anew: bool = False) -> int:
        """Return the last block that histories are read to: as first told, unless it is asked anew."""
        head, _ = self.client.ask(Question(f"{self.url}/blocks/tip/height"), _height_in, anew=anew)
        return max(head - FINAL_DEPTH, 0)

    def transaction(self, transaction_hash: str) -> tuple[object, KeptAnswer]:
        """Return a transaction as it is written. Raises RefusedError if the server knows none."""
        return self.client.ask(Question(f"{self.url}/tx/{transaction_hash}"), _value_in)

    def page(self, address: str, after: str, last_block: int) -> tuple[list[object], KeptAnswer]:
        """Return one page of an address's confirmed transactions, newest first, those after a transaction."""
        return self.client.ask(self.page_question(address, after, last_block), _list_in)

    def page_question(self, address: str, after: str, last_block: int) -> Question:
        """Return the question for a page. The last block is never sent: it tells pages of other heads apart."""
        path = f"{self.url}/{_path_of(address)}/txs/chain"
        return Question(f"{path}/{after}#up-to-{last_block}" if after else f"{path}#up-to-{last_block}")


def _path_of(address: str) -> str:
    """Return where an address stands; a script without one is named by its hash, in the bytes' own order here."""
    if address.startswith(SCRIPT_HASH):
        return f"scripthash/{bytes.fromhex(address.removeprefix(SCRIPT_HASH))[::-1].hex()}"
    return f"address/{address}"


def _height_in(body: bytes) -> int:
    if not _HEIGHT.fullmatch(body):
        raise BadAnswerError("pull.problem.head", value=body[:80].decode("utf-8", "replace"))
    return int(body)


def _value_in(body: bytes) -> object:
    try:
        return strict_json(body)
    except StrictJsonError as error:
        raise BadAnswerError("pull.problem.no_json", reason=str(error)) from error


def _list_in(body: bytes) -> list[object]:
    value = _value_in(body)
    if not isinstance(value, list):
        raise BadAnswerError("pull.problem.shape")
    return value
