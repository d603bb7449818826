"""A node of our own with a history, and what is read of it."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from qiyafa.chains import find_chain
from qiyafa.chains.node import Manners
from qiyafa.chains.readers.evm_rpc.evm_node import EvmNode
from qiyafa.chains.readers.evm_rpc.reader import read_evm_blocks
from qiyafa.chains.readers.reading import Reading

from support.anvil import CHAIN, Anvil, running_anvil
from support.evm_history import History, make_history

Row = dict[str, Any]


@pytest.fixture(scope="package")
def history_anvil() -> Iterator[tuple[Anvil, History]]:
    """A node whose history nobody changes."""
    with running_anvil() as anvil:
        yield anvil, make_history(anvil)


@pytest.fixture
def anvil() -> Iterator[Anvil]:
    """A node of the test's own."""
    with running_anvil() as running:
        yield running


def node_at(url: str, *, attempts: int = 2, batch: int = 64, sleep: Callable[[float], None] = time.sleep) -> EvmNode:
    """Return a node that is asked with little patience."""
    return EvmNode(url, sleep=sleep, clock=time.monotonic, manners=Manners(attempts=attempts, batch=batch))


def read(node: EvmNode, first: int, last: int, folder: Path) -> Reading:
    """Read blocks of the test chain into a new folder."""
    scratch = folder / f"{first}-{last}-{len(list(folder.iterdir()))}"
    scratch.mkdir()
    return read_evm_blocks(node, first, last, find_chain(CHAIN), scratch)


def rows_of(reading: Reading) -> list[Row]:
    """Return the transfers that were read, as they stand in the files."""
    return [row for path in reading.raw.parquet_files for row in pq.read_table(path).to_pylist()]


def read_all(anvil: Anvil, folder: Path) -> list[Row]:
    """Return every transfer of a node's chain."""
    with node_at(anvil.url) as node:
        return rows_of(read(node, 0, anvil.head(), folder))
