"""Undo data for a block: which form it has, and what the block spends by it."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from qiyafa.chains.outputs.network import Network
from qiyafa.chains.outputs.proof_of_work import sha256d
from qiyafa.chains.outputs.undo_columns import SpentOutputs, core_spent_outputs, plain_spent_outputs
from qiyafa.model.columns import I64


class Undo(Protocol):
    """What is kept to undo one block."""

    @property
    def source(self) -> str:
        """The file as the user named it."""

    def spent_by(self, input_counts: I64, network: Network) -> SpentOutputs:
        """Return what a block spends, given the inputs of each transaction but the coinbase.

        Raises UndoFaultError.
        """


@dataclass(frozen=True, slots=True)
class CoreUndo:
    """A record of `rev*.dat`."""

    source: str
    data: bytes

    def spent_by(self, input_counts: I64, network: Network) -> SpentOutputs:
        """Return what a block spends. Raises UndoFaultError."""
        undo = np.frombuffer(self.data, np.uint8)
        return core_spent_outputs(undo, input_counts, network.most_units, may_go_on=network.has_extension_blocks)


@dataclass(frozen=True, slots=True)
class PlainUndo:
    """A file in bcoin's form."""

    source: str
    data: bytes

    def spent_by(self, input_counts: I64, network: Network) -> SpentOutputs:
        """Return what a block spends. Raises UndoFaultError."""
        undo = np.frombuffer(self.data, np.uint8)
        return plain_spent_outputs(undo, int(input_counts.sum()), network.most_units)


def has_checksum(record: bytes, checksum: bytes, parent: bytes) -> bool:
    """Tell whether a record of `rev*.dat` belongs to a block with this parent."""
    return sha256d(parent + record) == checksum
