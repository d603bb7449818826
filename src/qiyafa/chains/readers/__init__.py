"""Readers: from a user's files, or a node's answers, to raw rows; one package for each family of formats."""

from qiyafa.chains import ethereum, tron
from qiyafa.chains.outputs.network import NAMESPACE as OUTPUTS
from qiyafa.chains.readers.reader_record import ReaderRecord

READERS: dict[str, ReaderRecord] = {
    record.name: record
    for record in (
        ReaderRecord("ethereum-etl", frozenset({ethereum.NAMESPACE})),
        ReaderRecord("etherscan", frozenset({ethereum.NAMESPACE})),
        ReaderRecord("evm-rpc", frozenset({ethereum.NAMESPACE})),
        ReaderRecord("bitcoin-blk", frozenset({OUTPUTS})),
        ReaderRecord("bitcoin-rpc", frozenset({OUTPUTS})),
        ReaderRecord("esplora", frozenset({OUTPUTS})),
        ReaderRecord("tronscan-csv", frozenset({tron.NAMESPACE})),
        ReaderRecord("tron-rpc", frozenset({tron.NAMESPACE})),
    )
}
"""Every reader by its name. A reader that is listed here is held to `tests/conformance/test_chains.py`."""
