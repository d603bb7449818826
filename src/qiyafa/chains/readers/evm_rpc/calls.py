"""Internal transfers out of traces, in either form in which nodes give them.

`trace_block` (OpenEthereum's form: Erigon, Nethermind, Besu, reth, anvil) is a flat list in which each trace names its
transaction and its address in the tree of calls; `debug_traceBlockByNumber` with the callTracer (go-ethereum) is a
tree for each transaction, whose addresses follow from the places of the calls. A call, a creation and a self-destruct
move their value; calls that run another's code in place move nothing. The root is the transaction's own value and is
counted there. A call that failed moves nothing, nor does anything below it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from qiyafa.chains.json_scan import ARRAY, NUMBER, OBJECT, STRING
from qiyafa.chains.json_tape import ABSENT, Tape
from qiyafa.chains.readers.evm_rpc.answers import Tracing
from qiyafa.chains.readers.evm_rpc.batch import Batch
from qiyafa.chains.readers.evm_rpc.fields import Fields, Objects
from qiyafa.chains.readers.evm_rpc.rows import MoreText, Rank, Rows, Status, plain_rows
from qiyafa.model.columns import I64
from qiyafa.model.errors import Unavailable

MOVING: Final = {"call", "create", "create2", "suicide", "selfdestruct"}
UNMOVING: Final = {"delegatecall", "staticcall", "callcode"}
_REWARDS: Final = {"reward", "genesis"}

_FLAT = ("type", "action", "result", "error", "traceAddress", "transactionHash", "transactionPosition", "blockHash")
_ACTION = ("from", "to", "value", "callType", "address", "refundAddress", "balance")
_THING = "call of transaction"
_TREE = ("type", "from", "to", "value", "error", "calls")


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a transaction, of whatever form of trace. Values are entries of the answer."""

    kind: str
    address: tuple[int, ...]
    """In the tree of calls; empty for the root."""
    source: int
    target: int
    units: int
    has_failed: bool
    entry: int
    """The call itself, to name it."""


@dataclass(frozen=True, slots=True)
class TracedBlock:
    """What the traces of a block must belong to."""

    number: int
    hash: str
    transactions: tuple[str, ...]
    """Their hashes."""


@dataclass(frozen=True, slots=True)
class CallRows:
    """What moved inside the transactions of some blocks."""

    rows: Rows
    root_failed: I64
    """Per transaction, a `Status`, as the root of its calls says; UNKNOWN without traces."""


def traced_calls(batch: Batch, tracing: Tracing, more: MoreText) -> CallRows:
    """Return the internal transfers of a batch. Raises Unavailable for traces of other transactions, or none."""
    outcome = np.full(len(batch.block), Status.UNKNOWN, np.int64)
    found: list[tuple[int, Call]] = []
    roots: list[tuple[int, Call]] = []
    for place, traces in enumerate(batch.traces):
        if traces is None:
            continue
        block = _traced_block(batch, place)
        read = flat_calls if tracing is Tracing.FLAT else tree_calls
        for index, calls in read(batch.tape, traces, block):
            row = int(batch.bounds[place]) + index
            if not calls or calls[0].address:
                raise Unavailable("nodes.lie.no_trace", block=block.number, place=f"transaction {index}")
            roots.append((row, calls[0]))
            outcome[row] = Status.FAILED if calls[0].has_failed else Status.OK
            found += [(row, call) for call in moving_calls(batch.tape, calls, block, index)]
    if roots:
        _check_roots(batch, roots)
    return CallRows(_rows(batch, found, more), outcome)


def _traced_block(batch: Batch, place: int) -> TracedBlock:
    header = batch.headers.blocks[place]
    entries = batch.transactions.columns["hash"][batch.bounds[place] : batch.bounds[place + 1]]
    return TracedBlock(header.number, header.hash, tuple(batch.tape.text(entry) for entry in entries.tolist()))


def _check_roots(batch: Batch, roots: list[tuple[int, Call]]) -> None:
    """Require the root of a transaction's calls to be its sender's, with its value."""
    row, fields = _fields(batch, roots)
    fields.must_equal({"from": batch.transactions.columns["from"][row]})
    wrong = np.flatnonzero((fields.quantities("value") != batch.transactions.quantities("value")[row]).any(axis=1))
    if len(wrong):
        value = int(batch.transactions.columns["value"][row[wrong[0]]])
        fields.differs(int(wrong[0]), "value", batch.tape.text(value))


def _rows(batch: Batch, found: list[tuple[int, Call]], more: MoreText) -> Rows:
    row, fields = _fields(batch, found)
    names = [address_text(call) for _, call in found]
    return plain_rows(
        Rank.INTERNAL,
        batch.block[row],
        batch.index[row],
        units=fields.quantities("value"),
        hash=batch.hash[row],
        source=fields.addresses("from"),
        target=fields.addresses("to"),
        trace=np.array([more.put(name) for name in names], np.int64),
        trace_size=np.array([len(name) for name in names], np.int64),
    )


def _fields(batch: Batch, found: list[tuple[int, Call]]) -> tuple[I64, Fields]:
    """Return the transactions and the members of calls, side by side."""
    row = np.array([row for row, _ in found], np.int64)
    entries = np.array([call.entry for _, call in found], np.int64)
    objects = Objects(batch.tape, entries, batch.headers.numbers[batch.block[row]], batch.index[row], _THING)
    columns = {
        "from": [call.source for _, call in found],
        "to": [call.target for _, call in found],
        "value": [call.units for _, call in found],
    }
    return row, Fields(objects, {name: np.array(entries, np.int64) for name, entries in columns.items()})


def flat_calls(tape: Tape, traces: int, block: TracedBlock) -> Iterator[tuple[int, list[Call]]]:
    """Yield the index and the calls of each transaction, out of `trace_block`. Raises Unavailable for a lie."""
    if tape.kind(traces) != ARRAY:
        raise _lie(tape, block, "trace_block", "result", traces)
    entries = tape.elements(traces)
    members = tape.members(entries, _FLAT)
    odd = [row for row, action in enumerate(members[:, 1].tolist()) if action == ABSENT or tape.kind(action) != OBJECT]
    if odd:
        raise _lie(tape, block, f"trace {odd[0]}", "action", int(entries[odd[0]]))
    actions = tape.members(members[:, 1], _ACTION).tolist()
    calls: dict[int, list[Call]] = {index: [] for index in range(len(block.transactions))}
    for row, (entry, trace) in enumerate(zip(entries.tolist(), members.tolist(), strict=True)):
        kind, _, result, error, path, transaction, position, block_hash = trace
        if _text(tape, kind) in _REWARDS:
            continue
        index = _small(tape, position)
        steps = tuple(_small(tape, step) for step in tape.elements(path).tolist())
        if _text(tape, block_hash) != block.hash:
            raise _lie(tape, block, f"trace {row}", "blockHash", block_hash)
        if index not in calls or _text(tape, transaction) != block.transactions[index]:
            raise _lie(tape, block, f"trace {row}", "transactionHash", transaction)
        if path == ABSENT or tape.kind(path) != ARRAY or -1 in steps:
            raise _lie(tape, block, f"trace {row}", "traceAddress", path)
        exact_kind, source, target, value = _flat_movement(tape, _text(tape, kind), actions[row], result)
        calls[index].append(Call(exact_kind, steps, source, target, value, not tape.is_null(error), entry))
    for index, found in calls.items():
        yield index, sorted(found, key=lambda call: call.address)


def _flat_movement(tape: Tape, kind: str, action: list[int], result: int) -> tuple[str, int, int, int]:
    """Return the kind of a call, and the entries of its source, target and value."""
    source, target, value, call_type, destroyed, beneficiary, balance = action
    if kind == "call":
        return _text(tape, call_type) or "call", source, target, value
    if kind in ("create", "create2"):
        created = ABSENT if tape.is_null(result) else tape.member(result, "address")
        return kind, source, created, value
    return kind, destroyed, beneficiary, balance


def tree_calls(tape: Tape, traces: int, block: TracedBlock) -> Iterator[tuple[int, list[Call]]]:
    """Yield the index and the calls of each transaction, out of the callTracer. Raises Unavailable for a lie."""
    if tape.kind(traces) != ARRAY:
        raise _lie(tape, block, "debug_traceBlockByNumber", "result", traces)
    entries = tape.elements(traces)
    if len(entries) != len(block.transactions):
        raise Unavailable(
            "nodes.lie.count", block=block.number, field="traces", found=len(entries), wanted=len(block.transactions)
        )
    for index, (root, transaction) in enumerate(tape.members(entries, ("result", "txHash")).tolist()):
        # Older nodes do not name the transaction; the order is the block's.
        if transaction != ABSENT and _text(tape, transaction) != block.transactions[index]:
            raise _lie(tape, block, f"trace {index}", "txHash", transaction)
        if root == ABSENT or tape.kind(root) != OBJECT:
            raise _lie(tape, block, f"trace {index}", "result", root)
        yield index, list(_walk(tape, root))


def _walk(tape: Tape, root: int) -> Iterator[Call]:
    """Yield the calls of a tree, each before those inside it. Contracts can nest them 1,024 deep."""
    waiting: list[tuple[int, tuple[int, ...]]] = [(root, ())]
    while waiting:
        entry, address = waiting.pop()
        [[kind, source, target, value, error, calls]] = tape.members(np.array([entry]), _TREE).tolist()
        yield Call(_text(tape, kind).lower(), address, source, target, value, not tape.is_null(error), entry)
        inside = tape.elements(calls).tolist()
        waiting += [(call, (*address, place)) for place, call in reversed(list(enumerate(inside)))]


def moving_calls(tape: Tape, calls: Iterable[Call], block: TracedBlock, index: int) -> Iterator[Call]:
    """Yield the calls that moved ether inside a transaction, in order. Raises Unavailable for an unknown kind."""
    undone: list[tuple[int, ...]] = []
    for call in calls:
        if undone and call.address[: len(undone[-1])] == undone[-1]:
            continue
        if call.has_failed:
            undone.append(call.address)
            continue
        if call.kind in UNMOVING or not call.address:
            continue
        if call.kind not in MOVING:
            raise _lie(tape, block, f"transaction {index}, call {address_text(call)}", "type", call.entry)
        if tape.is_null(call.units) and call.kind != "call":
            # A creation or self-destruct of an empty contract may leave its value out.
            continue
        yield call


def address_text(call: Call) -> str:
    """Return a trace address as the ledger has it: `0,2`."""
    return ",".join(map(str, call.address))


def _text(tape: Tape, entry: int) -> str:
    return tape.text(entry) if entry != ABSENT and tape.kind(entry) == STRING else ""


def _small(tape: Tape, entry: int) -> int:
    """Return a JSON number below 10^9, or -1."""
    if entry == ABSENT or tape.kind(entry) != NUMBER:
        return -1
    digits = tape.raw(entry)
    return int(digits) if digits.isdigit() and len(digits) < 10 else -1


def _lie(tape: Tape, block: TracedBlock, place: str, field: str, entry: int) -> Unavailable:
    value = "-" if entry == ABSENT else tape.text(entry)
    return Unavailable("nodes.lie.field", block=block.number, place=place, field=field, value=value)
