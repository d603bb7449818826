"""Token transfers out of the logs of some blocks.

A Transfer of a fungible token has three topics, the signature and two addresses, and 32 bytes of data, the units. With
four topics it is of a single thing (TRC-721): counted, not traced; so is every Transfer of another shape.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from qiyafa.chains.chain import Chain
from qiyafa.chains.node import JsonRpcNode
from qiyafa.chains.readers.tron_rpc.answers import TRANSFER_TOPIC, Log, quantity, word
from qiyafa.model.errors import InvalidInput, Unavailable

_METHOD = "eth_getLogs"
_FUNGIBLE_TOPICS, _SINGLE_TOPICS = 3, 4
_DATA = re.compile(r"0[xX][0-9a-fA-F]{64}", re.ASCII)
# Old compilers leave TRON's prefix 41 before the 20 bytes of an address.
_PADDED = re.compile(r"0{22}(?:00|41)([0-9a-f]{40})", re.ASCII)
_KEPT_SPELLINGS = 1 << 16
"""Addresses come again and again, and each takes two rounds of SHA-256."""

Row = dict[str, object]


class Events:
    """Reads the events of one chain, and counts what it leaves out."""

    def __init__(self, node: JsonRpcNode, chain: Chain) -> None:
        self.single = 0
        """Transfers of single things."""
        self.odd = 0
        """Transfer events of another shape, or with topics that are no addresses."""
        self._node = node
        self._chain = chain
        self._address = lru_cache(_KEPT_SPELLINGS)(chain.formats.canonical)

    def transfers(self, logs: Sequence[Log], blocks: Mapping[object, Row]) -> list[Row]:
        """Return the token transfers in the logs of some blocks, given by their hashes.

        Raises Unavailable for a log that is of no such block, dropped, or there twice.
        """
        places = [self._place(log, blocks) for log in logs]
        if len(set(places)) < len(places):
            raise self._lie("logIndex", "-")
        return [row for log, place in zip(logs, places, strict=True) for row in self._rows(log, place, blocks)]

    def _place(self, log: Log, blocks: Mapping[object, Row]) -> tuple[int, int]:
        """Return block and index of a log."""
        hash_ = word(self._node, _METHOD, log.blockHash)
        block = blocks.get(hash_)
        number = quantity(self._node, _METHOD, log.blockNumber)
        if block is None or block["number"] != number or log.removed:
            raise self._lie("blockHash", log.blockHash)
        if not log.topics or word(self._node, _METHOD, log.topics[0]) != TRANSFER_TOPIC:
            raise self._lie("topics", ", ".join(log.topics))
        return number, quantity(self._node, _METHOD, log.logIndex)

    def _rows(self, log: Log, place: tuple[int, int], blocks: Mapping[object, Row]) -> Iterator[Row]:
        """Yield the transfer of a log, if it is one."""
        ends = [_PADDED.fullmatch(word(self._node, _METHOD, topic)) for topic in log.topics[1:]]
        if len(log.topics) == _SINGLE_TOPICS:
            self.single += 1
        elif len(log.topics) != _FUNGIBLE_TOPICS or not _DATA.fullmatch(log.data) or None in ends:
            self.odd += 1
        else:
            source, target = (self._address("0x" + end[1]) for end in ends if end)
            number, log_index = place
            yield {
                "block_number": number,
                "transaction_index": quantity(self._node, _METHOD, log.transactionIndex),
                "time": blocks[word(self._node, _METHOD, log.blockHash)]["timestamp"],
                "transaction_hash": self._chain.transaction_hash(word(self._node, _METHOD, log.transactionHash)),
                "kind": "token",
                "source": source,
                "target": target,
                "asset": self._asset(log.address),
                "units_text": str(int(log.data, 16)),
                "status": "ok",
                "log_index": log_index,
                "precision": "exact",
            }

    def _asset(self, contract: str) -> str:
        try:
            return f"{self._chain.caip2}/{self._chain.token_namespace}:{self._address(contract)}"
        except InvalidInput as error:
            raise self._lie("address", contract) from error

    def _lie(self, field: str, value: str) -> Unavailable:
        return Unavailable("tron.error.log", url=self._node.shown_url, field=field, value=value)
