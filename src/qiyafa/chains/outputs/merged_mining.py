"""Merged mining (AuxPoW): a block that rests on the work done for a block of another chain, the parent.

Behind the header stand the parent's coinbase, which names this block's hash (or the root of a small tree of such
hashes), the branch from that coinbase to the parent's merkle root, and the parent's header, whose work counts.
Source: Dogecoin Core 1.14, `auxpow.cpp`; en.bitcoin.it/wiki/Merged_mining_specification.
"""

from dataclasses import dataclass
from enum import StrEnum

from qiyafa.chains.outputs.block_layout import HEADER_BYTES
from qiyafa.chains.outputs.byte_reader import ByteReader, CutError
from qiyafa.chains.outputs.proof_of_work import sha256d

_FLAG = 1 << 8
"""In the version of a header: merged mining proves it."""
_MARK = bytes.fromhex("fabe6d6d")
_LONGEST_BRANCH = 30
_MARK_WINDOW = 20
"""A root without the mark must stand near the beginning of the script."""


class MergedMiningFault(StrEnum):
    """Why a proof of merged mining proves nothing."""

    CUT = "cut"
    PARENT = "parent"
    """The parent's coinbase is not in the parent, or the parent is a block of the same chain."""
    ROOT = "root"
    """The parent's coinbase does not name this block."""


class MergedMiningError(ValueError):
    """A proof of merged mining that proves nothing."""

    def __init__(self, fault: MergedMiningFault, at: int) -> None:
        super().__init__(fault, at)
        self.fault = fault
        self.at = at
        """Byte of the block."""


@dataclass(frozen=True, slots=True)
class MergedMining:
    """A proof of merged mining."""

    parent_header: bytes
    end: int
    """First byte of the block behind the proof."""


@dataclass(frozen=True, slots=True)
class _Branch:
    hashes: tuple[bytes, ...]
    index: int

    def root_from(self, leaf: bytes) -> bytes:
        """Return the root of the merkle tree that this branch climbs from a leaf."""
        index = self.index
        for sibling in self.hashes:
            leaf = sha256d(sibling + leaf if index & 1 else leaf + sibling)
            index >>= 1
        return leaf


def is_merge_mined(version: int) -> bool:
    """Tell whether the version of a header says that a proof of merged mining follows it."""
    return bool(version & _FLAG)


def read_merged_mining(block: bytes, auxiliary_chain: int) -> MergedMining:
    """Return the proof behind a block's header once it is checked, all but the parent's work.

    Raises MergedMiningError.
    """
    reader = ByteReader(block, HEADER_BYTES)
    try:
        coinbase_start = reader.at
        script = _coinbase_script(reader)
        coinbase = block[coinbase_start : reader.at]
        reader.take(32)  # The parent's hash, which nobody checks: its header follows.
        coinbase_branch, chain_branch = _read_branch(reader), _read_branch(reader)
        parent_at = reader.at
        parent = reader.take(HEADER_BYTES)
    except CutError as error:
        raise MergedMiningError(MergedMiningFault.CUT, reader.at) from error
    parent_version = int.from_bytes(parent[:4], "little")
    is_in_parent = coinbase_branch.root_from(sha256d(coinbase)) == parent[36:68]
    if coinbase_branch.index or parent_version >> 16 == auxiliary_chain or not is_in_parent:
        raise MergedMiningError(MergedMiningFault.PARENT, parent_at)
    root = chain_branch.root_from(sha256d(block[:HEADER_BYTES]))[::-1]
    if not _names(script, root, chain_branch, auxiliary_chain):
        raise MergedMiningError(MergedMiningFault.ROOT, coinbase_start)
    return MergedMining(parent, reader.at)


def _coinbase_script(reader: ByteReader) -> bytes:
    """Read a transaction without witnesses; return the script of its first input."""
    reader.take(4)
    scripts = []
    for _ in range(reader.compact_size()):
        reader.take(36)
        scripts.append(reader.take(reader.compact_size()))
        reader.take(4)
    for _ in range(reader.compact_size()):
        reader.take(8)
        reader.take(reader.compact_size())
    reader.take(4)
    if not scripts:
        raise CutError
    return scripts[0]


def _read_branch(reader: ByteReader) -> _Branch:
    count = reader.compact_size()
    if count > _LONGEST_BRANCH:
        raise CutError
    return _Branch(tuple(reader.take(32) for _ in range(count)), reader.number(4))


def _names(script: bytes, root: bytes, branch: _Branch, auxiliary_chain: int) -> bool:
    """Tell whether a parent's coinbase script names a root, and its tree has this chain in the place it must have."""
    at, mark = script.find(root), script.find(_MARK)
    if at < 0 or (mark < 0 and at > _MARK_WINDOW):
        return False
    if mark >= 0 and (script.find(_MARK, mark + 1) >= 0 or mark + len(_MARK) != at):
        return False
    reader = ByteReader(script, at + len(root))
    try:
        size, nonce = reader.number(4), reader.number(4)
    except CutError:
        return False
    return size == 1 << len(branch.hashes) and branch.index == _place(nonce, auxiliary_chain, size)


def _place(nonce: int, auxiliary_chain: int, size: int) -> int:
    """Return the place of a chain in the tree: a linear congruential generator over 32 bits."""
    drawn = nonce * 1103515245 + 12345 + auxiliary_chain
    return (drawn * 1103515245 + 12345) % (1 << 32) % size
