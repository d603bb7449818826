"""A tiny source of each registered reader, for the conformance suite. A new reader adds one entry.

A source has at least two pieces: files, or ranges of a node's blocks. Each piece is complete in itself, and together
they hold a theft whose money moves on.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.chains.files import ALICE, BOB, CAROL, receipts, token_transfers, transaction, transactions
from tests.chains.readers.etherscan.downloads import TXLIST, answer
from tests.chains.readers.tron_rpc.network import running_network, shown
from tests.chains.readers.tronscan.lists import HOLDER, PAYER, STRANGER, TRON, transfers
from tests.support import made_blocks
from tests.support.anvil import CHAIN as ANVIL
from tests.support.anvil import running_anvil
from tests.support.esplora import MadeUpChain, address_of
from tests.support.http_server import serving
from tests.support.litecoind import LITECOIN, MATURITY, running_node
from tests.support.patience import PretendClock

from qiyafa.app.ingest import Ingested, ingest_ethereum_etl, ingest_etherscan
from qiyafa.app.ingest_core import CoreBlocks, ingest_core_blocks
from qiyafa.app.ingest_explorer import ingest_histories
from qiyafa.app.ingest_nodes import EvmBlocks, ingest_evm_blocks
from qiyafa.app.ingest_outputs import ingest_bitcoin_blk
from qiyafa.app.ingest_tron import TronBlocks, ingest_tron_blocks, ingest_tronscan
from qiyafa.app.pull_sources import SourceRequest
from qiyafa.chains import bitcoin
from qiyafa.chains.http_client import Budget
from qiyafa.chains.node import Manners
from qiyafa.chains.readers.bitcoin_blk.reader import BlockPaths
from qiyafa.chains.readers.bitcoin_rpc.client import Patience
from qiyafa.chains.readers.ethereum_etl.reader import EthereumEtlFiles

Span = tuple[int, int]
"""First and last block."""


@dataclass(frozen=True)
class Source:
    """An opened source of one reader."""

    theft: str
    """What was stolen, as a case file has it behind `[[theft]]`, without the chain."""
    pieces: tuple[Any, ...]
    take: Callable[[Sequence[Any], str, Path], Ingested]
    """Take pieces of a chain into a ledger, in one run or several."""
    files: tuple[Path, ...] = ()
    """The files of all pieces, which the suite damages."""
    take_from: Callable[[str, Path], Ingested] | None = None
    """For a node: take everything from whatever answers at a URL, without patience."""


@dataclass(frozen=True)
class ReaderSample:
    """How to open the source of one reader."""

    chain: str
    """CAIP-2."""
    opened: Callable[[Path], AbstractContextManager[Source]]
    """In a folder of its own."""


def stolen_address(address: str) -> str:
    return f'address = "{address}"'


@contextmanager
def ethereum_etl(folder: Path) -> Iterator[Source]:
    """Two blocks, each with its transactions, receipts and token transfers."""
    pieces = []
    for number in (1, 2):
        block, hash_ = str(100 + number), transaction(number)
        ends = {"from_address": (ALICE, BOB)[number - 1], "to_address": (BOB, CAROL)[number - 1]}
        tables = {
            "transactions": transactions({"block_number": block, "hash": hash_, **ends}),
            "receipts": receipts({"transaction_hash": hash_}),
            "token_transfers": token_transfers({"block_number": block, "transaction_hash": hash_, **ends}),
        }
        for table, content in tables.items():
            (folder / f"{table}-{number}.csv").write_text(content)
        pieces.append({table: folder / f"{table}-{number}.csv" for table in tables})

    def take(taken: Sequence[dict[str, Path]], chain: str, ledger: Path) -> Ingested:
        files = {table: tuple(piece[table] for piece in taken) for table in taken[0]}
        return ingest_ethereum_etl(EthereumEtlFiles(**files), chain, ledger)

    yield Source(stolen_address(ALICE), tuple(pieces), take, tuple(path for piece in pieces for path in piece.values()))


@contextmanager
def etherscan(folder: Path) -> Iterator[Source]:
    """The transactions of two addresses, of which they share one."""
    shared = TXLIST
    own = {**TXLIST, "hash": transaction(2), "from": BOB, "to": CAROL, "blockNumber": "14442836", "value": "5"}
    (folder / "alice.json").write_text(answer(shared))
    (folder / "bob.json").write_text(answer(shared, own))
    pieces = ((ALICE, folder / "alice.json"), (BOB, folder / "bob.json"))

    def take(taken: Sequence[tuple[str, Path]], chain: str, ledger: Path) -> Ingested:
        return [ingest_etherscan((path,), address, chain, ledger) for address, path in taken][-1]

    yield Source(stolen_address(ALICE), pieces, take, tuple(path for _, path in pieces))


@contextmanager
def tronscan_csv(folder: Path) -> Iterator[Source]:
    """The lists of two holders, of which they share one transfer."""
    onwards = {"from_address": HOLDER, "to_address": STRANGER, "tx_id": "2" * 64, "timestamp": "1650176106000"}
    (folder / "holder.csv").write_text(transfers({}, onwards))
    (folder / "payer.csv").write_text(transfers({"wallet": PAYER}))
    pieces = (folder / "holder.csv", folder / "payer.csv")
    yield Source(
        stolen_address(PAYER), pieces, lambda taken, chain, ledger: ingest_tronscan(tuple(taken), chain, ledger), pieces
    )


@contextmanager
def tron_rpc(folder: Path) -> Iterator[Source]:
    """A few blocks with token transfers."""
    with running_network() as network:
        for source, target, units in ((1, 2, 90), (2, 3, 50), (3, 4, 20)):
            network.pay(network.account(source), network.account(target), units)

        def take(spans: Sequence[Span], chain: str, ledger: Path) -> Ingested:
            return [ingest_tron_blocks(TronBlocks(network.url, *span, chain), ledger) for span in spans][-1]

        yield Source(
            stolen_address(shown(network.account(1))),
            ((0, 4), (5, 6)),
            take,
            take_from=lambda url, ledger: ingest_tron_blocks(
                TronBlocks(url, 0, 6, manners=Manners(attempts=1)), ledger
            ),
        )


@contextmanager
def evm_rpc(folder: Path) -> Iterator[Source]:
    """A few blocks in which ether moves on."""
    with running_anvil() as node:
        for source, target, units in ((1, 2, 9 * 10**18), (2, 3, 5 * 10**18), (3, 4, 10**18)):
            node.send(node.accounts[source], node.accounts[target], units)
            node.mine()

        def take(spans: Sequence[Span], chain: str, ledger: Path) -> Ingested:
            return [ingest_evm_blocks(EvmBlocks(node.url, *span, chain), ledger) for span in spans][-1]

        yield Source(
            stolen_address(node.accounts[1]),
            ((0, 1), (2, 3)),
            take,
            take_from=lambda url, ledger: ingest_evm_blocks(EvmBlocks(url, 0, 3, manners=Manners(attempts=1)), ledger),
        )


@contextmanager
def bitcoin_blk(folder: Path) -> Iterator[Source]:
    """Two files of a node; the second spends what the first creates, in two steps."""
    below = made_blocks.chain(3)
    reward = made_blocks.transaction_id(made_blocks.coinbase(1))
    spends = [made_blocks.transaction([(reward, 0)], [made_blocks.output(30 * 10**8), made_blocks.output(20 * 10**8)])]
    spends.append(
        made_blocks.transaction(
            [(made_blocks.transaction_id(spends[0]), 1)], [made_blocks.output(19 * 10**8, made_blocks.SEGWIT)]
        )
    )
    above = made_blocks.block(
        made_blocks.block_hash(below[-1]), [made_blocks.coinbase(3), *spends], time=1296688602 + 1800
    )
    pieces = (
        made_blocks.write_blocks(folder / "blk00000.dat", below),
        made_blocks.write_blocks(folder / "blk00001.dat", [above]),
    )

    def take(taken: Sequence[Path], chain: str, ledger: Path) -> Ingested:
        return ingest_bitcoin_blk(BlockPaths(tuple(taken)), chain, ledger)

    theft = f'outputs = [{{transaction = "{made_blocks.transaction_id(spends[0])[::-1].hex()}", index = 1}}]'
    yield Source(theft, pieces, take, pieces)


@contextmanager
def bitcoin_rpc(folder: Path) -> Iterator[Source]:
    """A node whose wallet has paid twice."""
    with running_node(folder / "node") as node:
        node.mine(MATURITY + 1)
        stolen = node.send(node.new_address(), "12.5")
        node.mine(1)
        node.send(node.new_address("legacy"), "49")
        node.mine(1)

        def take(spans: Sequence[Span], chain: str, ledger: Path) -> Ingested:
            requests = [CoreBlocks(node.url, *span, chain, node.cookie) for span in spans]
            return [ingest_core_blocks(request, ledger) for request in requests][-1]

        def take_from(url: str, ledger: Path) -> Ingested:
            return ingest_core_blocks(CoreBlocks(url, 0, 3, patience=Patience(attempts=1)), ledger)

        last = MATURITY + 3
        yield Source(
            f'outputs = [{{transaction = "{stolen}"}}]', ((0, last - 2), (last - 1, last)), take, take_from=take_from
        )


@contextmanager
def esplora(folder: Path) -> Iterator[Source]:
    """A server over a made-up chain; a piece is an address."""
    chain = MadeUpChain()
    (stolen,) = chain.pay([chain.mint(1, 50_000)], (2, 49_000))
    chain.pay([stolen], (3, 20_000), (2, 28_000))

    def ingested(url: str, addresses: Sequence[str], chain: str, ledger: Path) -> Ingested:
        source = SourceRequest("esplora", url, Budget(), requests_per_second=1_000_000, clock=PretendClock())
        return ingest_histories(source, addresses, chain, ledger)

    with serving(chain) as server:
        yield Source(
            theft=f'outputs = [{{transaction = "{stolen.transaction}", index = 0}}]',
            pieces=(address_of(2), address_of(3)),
            take=lambda addresses, chain, ledger: ingested(server.url, addresses, chain, ledger),
            take_from=lambda url, ledger: ingested(url, [address_of(2)], bitcoin.MAIN.caip2, ledger),
        )


READER_SAMPLES: dict[str, ReaderSample] = {
    "ethereum-etl": ReaderSample("eip155:1", ethereum_etl),
    "etherscan": ReaderSample("eip155:1", etherscan),
    "evm-rpc": ReaderSample(ANVIL, evm_rpc),
    "bitcoin-blk": ReaderSample(made_blocks.NETWORK.caip2, bitcoin_blk),
    "bitcoin-rpc": ReaderSample(LITECOIN.chain, bitcoin_rpc),
    "esplora": ReaderSample(bitcoin.MAIN.caip2, esplora),
    "tronscan-csv": ReaderSample(TRON, tronscan_csv),
    "tron-rpc": ReaderSample(TRON, tron_rpc),
}
"""By the reader's name in `READERS`."""
