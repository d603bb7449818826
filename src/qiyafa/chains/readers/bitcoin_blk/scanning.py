"""The first pass over the files: where blocks stand, and whether their headers are worth their work."""

from qiyafa.chains.outputs.block_layout import HEADER_BYTES, MOST_BLOCK_BYTES
from qiyafa.chains.outputs.headers import HEAD_BYTES, HeaderError, needs_whole_block, read_header
from qiyafa.chains.outputs.network import Network
from qiyafa.chains.readers.bitcoin_blk.files import BlockFile
from qiyafa.chains.readers.bitcoin_blk.framing import Frame, Framing, frames
from qiyafa.chains.readers.bitcoin_blk.header_table import HeaderTable
from qiyafa.chains.readers.reading import FileProblems


def scan_file(file: BlockFile, number: int, network: Network, table: HeaderTable, problems: FileProblems) -> None:
    """Note every block of a file whose header holds, under the number of the file; the others become problems."""
    if file.fault:
        problems.add("", file.fault)
        return
    framing = Framing(network.magic, least=HEADER_BYTES + 1, most=MOST_BLOCK_BYTES)
    with file.opened() as opened:
        found = frames(opened, framing, problems) if not file.is_single else [Frame(0, file.size)]
        for frame in found:
            head = opened.read(frame.at, min(frame.size, HEAD_BYTES))
            if needs_whole_block(head, network):
                head = opened.read(frame.at, frame.size)
            try:
                header = read_header(head, network)
            except HeaderError as error:
                problems.add(block_place(frame.at + error.at, error.block), error.key)
            else:
                table.add(number, frame, header)


def block_place(at: int, block_hash: str) -> str:
    """Return where in a file something stands: the byte, and the block if its hash is known."""
    return f"byte {at}, block {block_hash}" if block_hash else f"byte {at}"
