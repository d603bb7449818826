"""What the reader makes of files, as tests look at it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from tests.support.made_blocks import NETWORK

from qiyafa.chains.outputs.network import Network
from qiyafa.chains.readers.bitcoin_blk.reader import BlockPaths, read_bitcoin_blk
from qiyafa.model.raw import RawOutputs
from qiyafa.text import text


@dataclass(frozen=True)
class Read:
    """One run of the reader."""

    raw: RawOutputs
    problems: list[tuple[str, str, str]]
    """File name, place and key."""
    sentences: list[str]
    transactions: list[dict[str, Any]]
    inputs: list[dict[str, Any]]
    outputs: list[dict[str, Any]]
    blocks: list[dict[str, Any]]

    @property
    def hashes(self) -> list[str]:
        """The blocks that were taken, by height."""
        return [one["hash"] for one in sorted(self.blocks, key=lambda one: one["number"])]

    @property
    def keys(self) -> list[str]:
        """The problems' keys."""
        return [key for _, _, key in self.problems]


def read(*paths: Path, undo: tuple[Path, ...] = (), network: Network = NETWORK, scratch: Path | None = None) -> Read:
    """Read files and return their rows."""
    folder = scratch or paths[0].parent / "scratch"
    folder.mkdir(exist_ok=True)
    found = read_bitcoin_blk(BlockPaths(paths, undo), network, folder)
    raw = found.raw
    files = (raw.transaction_files, raw.input_files, raw.output_files, raw.block_files)
    rows = [[row for file in one for row in pq.read_table(file).to_pylist()] for one in files]
    problems = [(Path(one.source).name, one.place, one.key) for one in found.problems]
    sentences = [text(one.key, **one.fields) for one in found.problems]
    assert found.problem_count >= len(problems)
    return Read(raw, problems, sentences, *rows)
