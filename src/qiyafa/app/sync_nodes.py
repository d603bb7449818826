"""What a sync asks of a node, whatever kind of chain it serves, and how the nodes of each kind answer it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit, urlunsplit

from qiyafa.chains.chain import Chain
from qiyafa.chains.ethereum import NAMESPACE as ETHEREUM_LIKE
from qiyafa.chains.heads import Heads, HeardHeads, PolledHeads
from qiyafa.chains.readers.bitcoin_rpc.node import CoreNode, core_node
from qiyafa.chains.readers.bitcoin_rpc.reader import read_core_blocks
from qiyafa.chains.readers.evm_rpc.evm_node import EvmNode
from qiyafa.chains.readers.evm_rpc.reader import read_evm_blocks
from qiyafa.model.errors import InvalidInput
from qiyafa.model.ledger import LedgerModel
from qiyafa.model.raw import RawOutputs, RawTransfers

_SOCKETS = {"ws": "http", "wss": "https"}
"""Scheme of a WebSocket to the one at which the same node answers single questions."""


@dataclass(frozen=True, slots=True)
class BlockId:
    """One block of a chain."""

    number: int
    hash: str


@dataclass(frozen=True, slots=True)
class Span:
    """Blocks that are asked for, both ends included."""

    first: int
    last: int
    holds_all_below: bool = False
    """The ledger holds every block before the first."""


class FollowedNode(Protocol):
    """A node of any chain. Every question raises Unavailable if the node fails."""

    @property
    def shown_url(self) -> str:
        """Return scheme, host and port: the rest of a URL may hold a key of its owner."""

    def chain(self) -> str:
        """Return the CAIP-2 identifier of the chain that the node serves now."""

    def head(self) -> BlockId:
        """Return the last block."""

    def block_hash(self, number: int) -> str | None:
        """Return the hash of a block, or None if the node's chain is shorter."""

    def final_block(self) -> int | None:
        """Return the last block that the node calls final, or None if it does not say."""

    def read(self, span: Span, chain: Chain, scratch: Path) -> RawTransfers | RawOutputs:
        """Return whole blocks; none if one of them cannot be had."""


class FollowedEvmNode:
    """An Ethereum-like node."""

    def __init__(self, node: EvmNode) -> None:
        self._node = node

    @property
    def shown_url(self) -> str:
        """Return scheme, host and port."""
        return self._node.rpc.shown_url

    def chain(self) -> str:
        """Return the chain of the id that the node states now."""
        return f"{ETHEREUM_LIKE}:{self._node.chain_id()}"

    def head(self) -> BlockId:
        """Return the node's latest block."""
        header = self._node.head()
        return BlockId(header.number, header.hash)

    def block_hash(self, number: int) -> str | None:
        """Return the hash of a block."""
        return self._node.block_hash(number)

    def final_block(self) -> int | None:
        """Return the block that the node's tag `finalized` stands for."""
        header = self._node.finalized()
        return None if header is None else header.number

    def read(self, span: Span, chain: Chain, scratch: Path) -> RawTransfers | RawOutputs:
        """Return whole blocks, checked."""
        return read_evm_blocks(self._node, span.first, span.last, chain, scratch).raw


class FollowedCoreNode:
    """A node of the Bitcoin family."""

    def __init__(self, node: CoreNode) -> None:
        self._node = node

    @property
    def shown_url(self) -> str:
        """Return scheme, host and port."""
        return self._node.shown_url

    def chain(self) -> str:
        """Return the chain of the node's first block."""
        return self._node.chain()

    def head(self) -> BlockId:
        """Return the last block of the best chain."""
        return BlockId(*self._node.head())

    def block_hash(self, number: int) -> str | None:
        """Return the hash of a block of the best chain."""
        return self._node.block_hash(number)

    def final_block(self) -> int | None:
        """Return nothing: proof of work knows no final block."""
        return None

    def read(self, span: Span, chain: Chain, scratch: Path) -> RawTransfers | RawOutputs:
        """Return whole blocks, checked."""
        # What a block spends can be looked up if the ledger holds every block below; else the node may say.
        with_spent = not span.holds_all_below
        first, last = span.first, span.last
        return read_core_blocks(self._node, first, last, chain, scratch, with_spent=with_spent).raw


@dataclass(frozen=True, slots=True)
class NodeAddress:
    """Where a node is asked, and where it tells of new blocks by itself."""

    url: str
    socket_url: str | None
    cookie: Path | None = None
    """The file with which a node of the Bitcoin family lets its user in."""


def node_address(urls: tuple[str, ...], cookie: Path | None = None) -> NodeAddress:
    """Return the address in one or two URLs; a WebSocket alone is asked over HTTP at the same place.

    Raises InvalidInput, which never repeats a URL, for two of one kind.
    """
    sockets = [url for url in urls if urlsplit(url).scheme in _SOCKETS]
    asked = [url for url in urls if urlsplit(url).scheme not in _SOCKETS]
    if len(sockets) > 1 or len(asked) > 1 or not urls:
        raise InvalidInput("sync.error.urls")
    if not asked:
        parts = urlsplit(sockets[0])
        asked = [urlunsplit(parts._replace(scheme=_SOCKETS[parts.scheme]))]
    return NodeAddress(asked[0], sockets[0] if sockets else None, cookie)


@contextmanager
def followed_node(address: NodeAddress, chain: Chain | None) -> Iterator[FollowedNode]:
    """Give the node behind an address. Without a chain or a cookie it is taken for an Ethereum-like one."""
    if address.cookie is not None or (chain is not None and chain.model is LedgerModel.OUTPUTS):
        with core_node(address.url, time.sleep, cookie=address.cookie) as core:
            yield FollowedCoreNode(core)
    else:
        with EvmNode(address.url, sleep=time.sleep, clock=time.monotonic) as node:
            yield FollowedEvmNode(node)


@contextmanager
def heads_of(address: NodeAddress) -> Iterator[Heads]:
    """Give what tells when to look at the node again."""
    heads: Heads = PolledHeads(time.sleep)
    if address.socket_url is not None:
        heads = HeardHeads(address.socket_url, time.sleep, time.monotonic)
    try:
        yield heads
    finally:
        heads.close()
