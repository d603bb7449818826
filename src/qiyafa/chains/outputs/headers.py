"""The header of a block and the height that its coinbase states, checked as far as a header alone can be."""

from dataclasses import dataclass
from typing import Final

from qiyafa.chains.outputs.block_layout import HEADER_BYTES
from qiyafa.chains.outputs.byte_reader import ByteReader, CutError
from qiyafa.chains.outputs.merged_mining import MergedMiningError, is_merge_mined, read_merged_mining
from qiyafa.chains.outputs.network import Network
from qiyafa.chains.outputs.proof_of_work import meets_target, sha256d, target_of

NO_HEIGHT: Final = -1
HEAD_BYTES: Final = 256
"""So many bytes of a block suffice for its header and the height in its coinbase, without merged mining."""

_HEIGHT_VERSION = 2
"""From this version on a coinbase states its height (BIP34)."""
_WIDTHS = {0xFD: 2, 0xFE: 4, 0xFF: 8}
"""Bytes that follow the first one of a CompactSize."""
_VERSION_BYTES, _OUTPOINT_BYTES = 4, 36
_OP_0, _OP_1, _OP_16 = 0x00, 0x51, 0x60
_LONGEST_HEIGHT = 4


@dataclass(frozen=True, slots=True)
class Header:
    """What the first bytes of a block say."""

    hash: bytes
    """As it is hashed; people read it in reverse."""
    parent: bytes
    merkle_root: bytes
    time: int
    """Seconds since 1970 UTC."""
    bits: int
    """The target that its hash meets, as the header writes it."""
    stated_height: int
    """The height that the coinbase states; NO_HEIGHT where it need not."""
    body: int
    """Byte of the block at which the count of its transactions stands."""
    transaction_count: int
    """As the block states it, unchecked."""

    @property
    def shown_hash(self) -> str:
        """The hash as explorers show it."""
        return self.hash[::-1].hex()


class HeaderError(ValueError):
    """A header that fails; `key` names the sentence, `at` the byte of the block."""

    def __init__(self, key: str, at: int, block: str) -> None:
        super().__init__(key, at, block)
        self.key = key
        self.at = at
        self.block = block
        """Hash of the block as explorers show it."""


def needs_whole_block(head: bytes, network: Network) -> bool:
    """Tell whether the first HEAD_BYTES of a block may not be enough to read its header."""
    return bool(network.auxiliary_chain) and is_merge_mined(int.from_bytes(head[:4], "little"))


def read_header(block: bytes, network: Network) -> Header:
    """Return the checked header of a block, of which the first HEAD_BYTES suffice unless it is mined with others.

    Raises HeaderError.
    """
    digest = sha256d(block[:HEADER_BYTES])
    shown = digest[::-1].hex()
    if len(block) < HEADER_BYTES:
        raise HeaderError("chains_outputs.problem.cut", len(block), "")
    fields = ByteReader(block)
    version = fields.number(4)
    parent, merkle_root = fields.take(32), fields.take(32)
    time, bits = fields.number(4), fields.number(4)
    worker, body = block[:HEADER_BYTES], HEADER_BYTES
    if network.auxiliary_chain and is_merge_mined(version):
        try:
            proof = read_merged_mining(block, network.auxiliary_chain)
        except MergedMiningError as error:
            raise HeaderError(f"chains_outputs.merged_mining.{error.fault}", error.at, shown) from error
        worker, body = proof.parent_header, proof.end
    if not meets_target(worker, target_of(bits), network):
        raise HeaderError("chains_outputs.problem.work", 0, shown)
    count, stated = _coinbase(block, body)
    if _rules_version(version, network) < _HEIGHT_VERSION:
        stated = NO_HEIGHT
    return Header(digest, parent, merkle_root, time, bits, stated, body, count)


def _rules_version(version: int, network: Network) -> int:
    """Return the version of the rules; in chains that are mined with others, upper bits name chain and proof."""
    if network.auxiliary_chain:
        return version & 0xFF
    return version if version < 1 << 31 else 0


def _coinbase(block: bytes, body: int) -> tuple[int, int]:
    """Return the count of transactions, and the number that the coinbase's script pushes first, or NO_HEIGHT."""
    reader = ByteReader(block, body)
    count = 0
    try:
        first = reader.number(1)
        count = first if first < min(_WIDTHS) else reader.number(_WIDTHS[first])
        reader.take(_VERSION_BYTES)
        if reader.data[reader.at : reader.at + 1] == b"\0":
            reader.take(2)  # Mark and flag of a transaction with witnesses.
        reader.take(1 + _OUTPOINT_BYTES)
        script = ByteReader(reader.take(reader.number(1)))
        opcode = script.number(1)
        if opcode == _OP_0 or _OP_1 <= opcode <= _OP_16:
            return count, opcode and opcode - _OP_1 + 1
        return count, script.number(opcode) if opcode <= _LONGEST_HEIGHT else NO_HEIGHT
    except CutError:
        return count, NO_HEIGHT
