"""A chain of outputs as dense columns: transactions in the chain's order, each with its inputs and its outputs.

Numbers are given in order of appearance. Outputs that were created before the ledger begins (or in transactions
that it lacks) and whose value a source states come first; they have no creating transaction here.
"""

from dataclasses import dataclass

from qiyafa.model.columns import I64, U8, U32, U64, AddressBook, TransactionHashes

UNKNOWN_OUTPUT = -1
"""The spent output of an input whose value nothing states."""


@dataclass(frozen=True, slots=True)
class OutputColumns:
    """The transactions of one chain of outputs, in ledger order. Arrays may be memory-mapped."""

    chain: str
    """CAIP-2."""
    asset: str
    """CAIP-19 of the native asset, the only one."""
    first_input: I64
    """One entry a transaction and one more: its inputs are first_input[t] to first_input[t + 1]."""
    first_output: I64
    """One entry a transaction and one more. first_output[0] is how many outputs come from before the ledger."""
    block: I64
    """Per transaction, ascending; -1 where the source has no blocks."""
    time: I64
    """Per transaction: seconds since 1970 UTC; -1 if unknown."""
    coinbase: U8
    """Per transaction: 1 if it creates a block's reward. It has no inputs."""
    marks: U8
    """Per transaction, bits as in `TransferColumns.marks`."""
    spent_output: I64
    """Per input, in serialized order: the number of the output it spends, or UNKNOWN_OUTPUT."""
    value: U64
    """Per output: base units."""
    owner: U32
    """Per output: number in the address book."""
    output_index: U32
    """Per output: its index in the transaction that created it."""
    addresses: AddressBook
    hashes: TransactionHashes
    """Rows are transactions."""
    foreign_hashes: TransactionHashes
    """Rows are the outputs from before the ledger: the hash of the transaction that created each."""

    def __len__(self) -> int:
        """Return how many transactions there are."""
        return len(self.block)
