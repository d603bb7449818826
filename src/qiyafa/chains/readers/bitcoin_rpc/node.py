"""What is asked of a node of the Bitcoin family: its chain, its head, hashes by height, raw blocks, what they spend.

A raw block is taken by REST where the node offers it (half the bytes of hexadecimal text), else by `getblock` without
words, which every node has. No answer is trusted further than its hash carries.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from qiyafa.chains.readers.bitcoin_rpc.client import NO_SUCH_BLOCK, NOT_KEPT, CoreClient, Patience, Refusal
from qiyafa.chains.readers.bitcoin_rpc.login import find_login
from qiyafa.chains.readers.bitcoin_rpc.spent import BadSpentError, spent_in_binary, spent_in_json
from qiyafa.model.errors import NotFound, Unavailable

HEADER_BYTES: Final = 80
HASHES_TOGETHER: Final = 500
"""So many heights are asked for in one request."""

_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)
_CAIP2_DIGITS = 32


@dataclass(frozen=True, slots=True)
class RawBlock:
    """One block as the network carries it."""

    number: int
    hash: str
    parent_hash: str
    content: bytes


@dataclass(slots=True)
class CoreNode:
    """A node. Use it in a `with` block, which closes its connections."""

    client: CoreClient
    _offers_rest: bool | None = field(init=False, default=None)
    _offers_spent: bool | None = field(init=False, default=None)

    @property
    def shown_url(self) -> str:
        """Scheme, host and port of the node: all that may be shown or stored of its URL."""
        return self.client.shown_url

    def __enter__(self) -> Self:
        self.client.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.client.__exit__(kind, error, traceback)

    def chain(self) -> str:
        """Return the CAIP-2 identifier of the node's chain, made from the hash of its genesis block."""
        genesis = self.block_hash(0)
        if genesis is None:
            raise self.client.misshapen("getblockhash")
        return f"bip122:{genesis[:_CAIP2_DIGITS]}"

    def head(self) -> tuple[int, str]:
        """Return number and hash of the last block of the node's best chain."""
        state = self._state()
        return _whole(state, "blocks", self.client), _hash_of(
            state.get("bestblockhash"), "getblockchaininfo", self.client
        )

    def first_kept(self) -> int:
        """Return the first block that the node still has; 0 unless it is pruned."""
        state = self._state()
        return _whole(state, "pruneheight", self.client) if state.get("pruned") is True else 0

    def block_hash(self, number: int) -> str | None:
        """Return the hash of the block at a height of the best chain, or None beyond its head."""
        [found] = self.block_hashes(number, number)
        return found

    def block_hashes(self, first: int, last: int) -> list[str | None]:
        """Return the hashes of the blocks from one height to another, included; None beyond the head."""
        hashes: list[str | None] = []
        for begin in range(first, last + 1, HASHES_TOGETHER):
            heights = [(number,) for number in range(begin, min(begin + HASHES_TOGETHER, last + 1))]
            for answer in self.client.call_each("getblockhash", heights):
                if isinstance(answer, Refusal) and answer.code not in NO_SUCH_BLOCK:
                    raise self.client.refused("getblockhash", answer)
                hashes.append(None if isinstance(answer, Refusal) else _hash_of(answer, "getblockhash", self.client))
        return hashes

    def raw_block(self, number: int, hash_: str) -> RawBlock:
        """Return the block with a number and a hash.

        Raises NotFound if the node has not (or no longer) got it, Unavailable if it answers another one.
        """
        content = self._content(number, hash_)
        header = content[:HEADER_BYTES]
        if len(header) < HEADER_BYTES or sha256(sha256(header).digest()).digest()[::-1].hex() != hash_:
            raise Unavailable("core_node.error.other_block", url=self.shown_url, block=number, hash=hash_)
        return RawBlock(number, hash_, header[4:36][::-1].hex(), content)

    def spent_by(self, block: RawBlock) -> bytes | None:
        """Return the outputs that a block spends, or None if the node does not offer them.

        In the order of the inputs, coinbase left out: 8 bytes of units and the script behind its length, little-endian.
        """
        if self._offers_spent is False:
            return None
        try:
            found = self._spent_by_rest(block.hash)
            if found is None:
                found = self._spent_by_rpc(block.hash)
        except BadSpentError as error:
            raise Unavailable("core_node.error.spent", url=self.shown_url, block=block.number) from error
        self._offers_spent = found is not None
        return found

    def _state(self) -> dict[str, object]:
        state = self.client.call("getblockchaininfo")
        if isinstance(state, Refusal):
            raise self.client.refused("getblockchaininfo", state)
        if not isinstance(state, dict):
            raise self.client.misshapen("getblockchaininfo")
        return state

    def _content(self, number: int, hash_: str) -> bytes:
        if self._offers_rest is None:
            self._offers_rest = self.client.fetch(f"/rest/headers/1/{hash_}.bin") is not None
        if self._offers_rest:
            content = self.client.fetch(f"/rest/block/{hash_}.bin")
            if content is None:
                raise self._missing(number)
            return content
        # The number 0 means the same, but old nodes (Dogecoin's) take only a truth value.
        answer = self.client.call("getblock", hash_, False)
        if isinstance(answer, Refusal):
            if answer.code in NO_SUCH_BLOCK or answer.code == NOT_KEPT:
                raise self._missing(number)
            raise self.client.refused("getblock", answer)
        try:
            return bytes.fromhex(answer) if isinstance(answer, str) else b""
        except ValueError as error:
            raise self.client.misshapen("getblock") from error

    def _missing(self, number: int) -> NotFound:
        return NotFound("core_node.error.block_missing", url=self.shown_url, block=number)

    def _spent_by_rest(self, hash_: str) -> bytes | None:
        content = self.client.fetch(f"/rest/spenttxouts/{hash_}.bin") if self._offers_rest else None
        return None if content is None else spent_in_binary(content)

    def _spent_by_rpc(self, hash_: str) -> bytes | None:
        answer = self.client.call("getblock", hash_, 3)
        return spent_in_json(answer) if isinstance(answer, dict) else None


def core_node(
    url: str, sleep: Callable[[float], None], *, cookie: Path | None = None, patience: Patience | None = None
) -> CoreNode:
    """Return the node behind a URL. Raises InvalidInput or NotFound for a URL or a cookie file that is none."""
    return CoreNode(CoreClient(url, find_login(url, cookie), sleep, patience or Patience()))


def _whole(state: dict[str, object], name: str, client: CoreClient) -> int:
    value = state.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise client.misshapen("getblockchaininfo")
    return value


def _hash_of(value: object, method: str, client: CoreClient) -> str:
    if not isinstance(value, str) or not _HASH.fullmatch(value):
        raise client.misshapen(method)
    return value
