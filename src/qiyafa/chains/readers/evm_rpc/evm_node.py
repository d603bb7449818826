"""An Ethereum-like node: its chain, its head, and all that it says of a range of blocks (EIP-1474, execution-apis)."""

from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Final, Self

from qiyafa.chains.json_scan import NULL, OBJECT, STRING
from qiyafa.chains.json_tape import Value
from qiyafa.chains.node import Answer, Call, JsonRpcNode, Manners, Refusal
from qiyafa.chains.readers.evm_rpc.answers import BlockAnswers, Tracing
from qiyafa.chains.readers.evm_rpc.headers import Header, read_header
from qiyafa.model.errors import Conflict, Unavailable

BLOCK, BLOCK_RECEIPTS, RECEIPT = "eth_getBlockByNumber", "eth_getBlockReceipts", "eth_getTransactionReceipt"
UNCLE, CHAIN_ID, CODE_CALL = "eth_getUncleByBlockNumberAndIndex", "eth_chainId", "eth_call"
_TREE_TRACER: Final = {"tracer": "callTracer"}
_LONGEST_CHAIN_ID: Final = 18


class EvmNode:
    """A node behind a URL, which is not believed. Use it in a `with` block, which closes its connections."""

    def __init__(
        self,
        url: str,
        *,
        sleep: Callable[[float], None],
        clock: Callable[[], float],
        manners: Manners | None = None,
    ) -> None:
        self.rpc = JsonRpcNode(url, sleep, clock, manners or Manners())
        self.no_traces_because = ""
        """The node's own words, hostile text, once it turned out to offer no traces."""
        self._chain_id: int | None = None
        self._tracing: Tracing | None = None
        self._lists_receipts: bool | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.rpc.__exit__(kind, error, traceback)

    def chain_id(self) -> int:
        """Return the id of the node's chain, asked anew. Raises Conflict if it is not what the node said before."""
        return self._believed_chain_id(self.rpc.ask(CHAIN_ID))

    def head(self) -> Header:
        """Return the newest block of the node's chain."""
        header = self._header("latest")
        if header is None:
            raise Unavailable("nodes.error.no_head", url=self.rpc.shown_url)
        return header

    def finalized(self) -> Header | None:
        """Return the newest block that the node calls final, or None if it knows no such thing."""
        return self._header("finalized")

    def block(self, number: int) -> Header | None:
        """Return the block of a number, or None if the node's chain is not that long."""
        return self._header(hex(number))

    def block_hash(self, number: int) -> str | None:
        """Return the hash of the block of a number, or None if the node's chain is not that long."""
        header = self.block(number)
        return None if header is None else header.hash

    def tracing(self, number: int) -> Tracing:
        """Return the form of traces that the node offers, found out at the first block that is asked for."""
        if self._tracing is None and number > 0:
            self._tracing = self._offered_tracing(hex(number))
        return self._tracing or Tracing.NONE

    def answers(self, first: int, last: int) -> list[BlockAnswers]:
        """Return what the node says of each block of a range. Raises Conflict if its chain's id has changed."""
        tracing = self.tracing(last)
        if self._lists_receipts is None and last > 0:
            self._lists_receipts = not isinstance(self.rpc.ask(BLOCK_RECEIPTS, hex(last)), Refusal)
        calls = [Call(CHAIN_ID)]
        for number in range(first, last + 1):
            calls += self._calls(number, tracing)
        supply = iter(self.rpc.ask_all(calls))
        self._believed_chain_id(next(supply))
        found = []
        for number in range(first, last + 1):
            values = [self._required(call.method, next(supply)) for call in self._calls(number, tracing)]
            block, rest = values[0], values[1:]
            receipts = (rest.pop(0),) if number > 0 and self._lists_receipts else ()
            traces = rest.pop(0) if rest else None
            found.append(BlockAnswers(number, block, receipts, bool(receipts), traces))
        return found if self._lists_receipts else self._with_single_receipts(found)

    def uncles(self, number: int, count: int) -> tuple[Value, ...]:
        """Return the headers of the uncles that a block names."""
        calls = [Call(UNCLE, (hex(number), hex(place))) for place in range(count)]
        return tuple(self._required(UNCLE, answer) for answer in self.rpc.ask_all(calls))

    def call_contract(self, contract: str, data: Sequence[str], block: int) -> list[str | None]:
        """Return what a contract answers to calls at a block, as hexadecimal text; None where it refuses."""
        calls = [Call(CODE_CALL, ({"to": contract, "data": one}, hex(block))) for one in data]
        answers = self.rpc.ask_all(calls)
        return [_text(answer) if isinstance(answer, Value) else None for answer in answers]

    def _calls(self, number: int, tracing: Tracing) -> list[Call]:
        """Return the questions about one block. Nothing happened in the first one, and few nodes trace it."""
        named = hex(number)
        calls = [Call(BLOCK, (named, True))]
        if number > 0 and self._lists_receipts:
            calls.append(Call(BLOCK_RECEIPTS, (named,)))
        if number > 0 and tracing is not Tracing.NONE:
            calls.append(_trace_call(tracing, named))
        return calls

    def _with_single_receipts(self, found: list[BlockAnswers]) -> list[BlockAnswers]:
        """Ask for the receipts one by one, where the node does not give those of a block together."""
        hashes = [_transaction_hashes(one.block) for one in found]
        calls = [Call(RECEIPT, (name,)) for names in hashes for name in names]
        supply = iter(self.rpc.ask_all(calls))
        return [
            BlockAnswers(
                one.number, one.block, tuple(self._required(RECEIPT, next(supply)) for _ in names), False, one.traces
            )
            for one, names in zip(found, hashes, strict=True)
        ]

    def _offered_tracing(self, named: str) -> Tracing:
        for tracing in (Tracing.FLAT, Tracing.TREE):
            answer = self.rpc.ask(*_spelled(_trace_call(tracing, named)))
            if isinstance(answer, Value) and answer.tape.kind(answer.entry) != NULL:
                return tracing
            self.no_traces_because = answer.message if isinstance(answer, Refusal) else "null"
        return Tracing.NONE

    def _required(self, method: str, answer: Answer) -> Value:
        if isinstance(answer, Refusal):
            raise Unavailable("nodes.error.refused", url=self.rpc.shown_url, method=method, message=answer.message)
        return answer

    def _header(self, named: str) -> Header | None:
        answer = self.rpc.ask(BLOCK, named, False)
        if isinstance(answer, Refusal):
            return None
        return read_header(answer, named)

    def _believed_chain_id(self, answer: Answer) -> int:
        text = _text(self._required(CHAIN_ID, answer))
        if text is None or not text.startswith("0x") or len(text) > _LONGEST_CHAIN_ID or not text[2:].isalnum():
            raise Unavailable("nodes.error.misshapen", url=self.rpc.shown_url, method=CHAIN_ID)
        try:
            chain_id = int(text, 16)
        except ValueError:
            raise Unavailable("nodes.error.misshapen", url=self.rpc.shown_url, method=CHAIN_ID) from None
        if self._chain_id not in (None, chain_id):
            before = f"eip155:{self._chain_id}"
            raise Conflict("nodes.error.chain_changed", url=self.rpc.shown_url, before=before, now=f"eip155:{chain_id}")
        self._chain_id = chain_id
        return chain_id


def _trace_call(tracing: Tracing, named: str) -> Call:
    return Call(tracing.value, (named,) if tracing is Tracing.FLAT else (named, _TREE_TRACER))


def _spelled(call: Call) -> tuple[str, *tuple[object, ...]]:
    return call.method, *call.params


def _text(value: Value) -> str | None:
    return value.tape.text(value.entry) if value.tape.kind(value.entry) == STRING else None


def _transaction_hashes(block: Value) -> list[str]:
    """Return the hashes of a block's transactions; what is misshapen is refused when the block is read."""
    if block.tape.kind(block.entry) != OBJECT:
        return []
    listed = block.tape.elements(block.tape.member(block.entry, "transactions"))
    hashes = block.tape.members(listed, ("hash",))[:, 0].tolist()
    return [block.tape.text(entry) if entry >= 0 else "" for entry in hashes]
