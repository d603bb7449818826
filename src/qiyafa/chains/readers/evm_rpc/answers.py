"""What a node answered for one block."""

from dataclasses import dataclass
from enum import Enum

from qiyafa.chains.json_tape import Value


class Tracing(Enum):
    """Which form of traces a node offers."""

    FLAT = "trace_block"
    TREE = "debug_traceBlockByNumber"
    NONE = ""


@dataclass(frozen=True, slots=True)
class BlockAnswers:
    """The answers from which one block is read; whatever the node said, true or not."""

    number: int
    """The number that was asked for."""
    block: Value
    receipts: tuple[Value, ...]
    """One array of all receipts, or the receipts one by one."""
    are_listed: bool
    """The receipts came as one array."""
    traces: Value | None
    uncles: tuple[Value, ...] = ()
    """Their headers."""

    def values(self) -> tuple[Value, ...]:
        """Return all of them."""
        traces = () if self.traces is None else (self.traces,)
        return (self.block, *self.receipts, *traces, *self.uncles)
