"""Asks the contracts of tokens what they are called and what their holders have, and compares it with the ledger.

A token's transfers are logs that its contract writes as it likes. Where it keeps a fee in silence, lets balances grow
by themselves or logs what never happened, the balances that it states do not follow from the transfers. Such a token
is marked as unreconciled, and every answer that rests on it says so.

The compared stretch is the whole blocks that the last wanted block lies in, up to their end. Where it does not begin at
the chain's beginning, it counts what balances gained since the block before it, which takes a node that still knows.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import pyarrow.parquet as pq

from qiyafa.app.ingest import Ingested, ingest_reading
from qiyafa.chains.chain import Chain
from qiyafa.chains.readers.evm_rpc.contracts import ZERO_ADDRESS, ask_earlier_balances, ask_token, has_state
from qiyafa.chains.readers.evm_rpc.evm_node import EvmNode
from qiyafa.chains.readers.reading import Reading
from qiyafa.model.errors import Field, Problem
from qiyafa.model.ledger import BlockCoverage
from qiyafa.model.ports import Progress, silent
from qiyafa.model.raw import RawTransfers
from qiyafa.model.token import TokenFacts
from qiyafa.stores.blocks import BlockHashes, BlockParts
from qiyafa.stores.layout import BLOCKS
from qiyafa.stores.manifest import ChainRecord
from qiyafa.stores.parquet_duckdb import ParquetLedger
from qiyafa.stores.token_sums import SampledToken, Sampling, sample_tokens
from qiyafa.stores.tokens import token_rows
from qiyafa.text import text

HOLDERS: Final = 8
"""So many holders of a token are asked for, those with the most transfers."""
_STAGE: Final = "nodes.stage.tokens"


@dataclass(frozen=True, slots=True)
class TokenCheck:
    """Which tokens are checked, by whose word."""

    node: EvmNode
    chain: Chain
    wanted: BlockCoverage
    """The blocks whose busiest tokens and holders are looked at; the ledger holds them whole."""
    most: int
    """How many tokens."""


@dataclass(frozen=True, slots=True)
class _Stretch:
    """The blocks over which balances and transfers are compared."""

    blocks: BlockCoverage
    asked_at: int
    """The block as of which contracts are asked: the last one, or the node's head if it forgot that."""
    forgotten: Problem | None
    """Set if the node no longer knows the balances at one of the ends, so that nothing can be compared."""

    @property
    def before(self) -> int:
        """Return the block before the stretch; 0 or less where nothing came before."""
        return self.blocks.first_block - 1


def ingest_token_check(check: TokenCheck, ledger: Path, *, progress: Progress = silent) -> Ingested:
    """Check tokens and keep what was found in the ledger. Raises Unavailable if the node fails."""
    tokens, problems = _checked(check, ParquetLedger.open(ledger), progress)

    def found(scratch: Path) -> Reading:
        path = scratch / "tokens.parquet"
        pq.write_table(token_rows(tokens), path)
        raw = RawTransfers(check.chain.caip2, (), (), frozenset(), token_files=(str(path),))
        return Reading(raw, tuple(problems), len(problems))

    return ingest_reading(check.chain, ledger, found)


def _checked(check: TokenCheck, ledger: ParquetLedger, progress: Progress) -> tuple[list[TokenFacts], list[Problem]]:
    record = ledger.record(check.chain.caip2)
    blocks = _stretch_around(ledger.coverage(check.chain.caip2).blocks, check.wanted)
    sampled = sample_tokens(ledger.path, record, Sampling(check.wanted, blocks, check.most, HOLDERS, ZERO_ADDRESS))
    if not sampled:
        return [], []
    stretch = _stretch(check.node, blocks)
    problems = [] if stretch.forgotten is None else [stretch.forgotten]
    tokens = []
    for token in sampled:
        facts, found = _checked_token(check, token, stretch)
        tokens.append(facts)
        problems += found
        progress(_STAGE, len(tokens), len(sampled))
    # Asked last, as the chain may have been reorganized meanwhile.
    if not _is_same_history(check.node, ledger, record, blocks.last_block):
        other = Problem(check.node.rpc.shown_url, "", "nodes.token.other_block", {"block": blocks.last_block})
        return [], [other]
    return tokens, problems


def _stretch_around(held: Sequence[BlockCoverage], wanted: BlockCoverage) -> BlockCoverage:
    return next(one for one in held if one.first_block <= wanted.last_block <= one.last_block)


def _is_same_history(node: EvmNode, ledger: ParquetLedger, record: ChainRecord, block: int) -> bool:
    """Say whether the node has the ledger's own block: the balances of another history prove nothing."""
    hashes = BlockHashes(BlockParts(ledger.path, record.chain, record.table(BLOCKS)))
    at = bisect_left(hashes, (block, ""))
    if at == len(hashes) or hashes[at][0] != block:
        return True
    return node.block_hash(block) == hashes[at][1]


def _stretch(node: EvmNode, blocks: BlockCoverage) -> _Stretch:
    """Return how some blocks are compared, as far as the node still knows the balances at both ends."""
    first, last = blocks.first_block, blocks.last_block
    knows_last = has_state(node, last)
    asked_at = last if knows_last else node.head().number
    if knows_last and (first <= 1 or has_state(node, first - 1)):
        return _Stretch(blocks, asked_at, None)
    block = first - 1 if knows_last else last
    return _Stretch(blocks, asked_at, Problem(node.rpc.shown_url, "", "nodes.token.no_state", {"block": block}))


def _checked_token(check: TokenCheck, token: SampledToken, stretch: _Stretch) -> tuple[TokenFacts, list[Problem]]:
    contract = token.asset.rpartition(":")[2]
    holders, last = list(token.gains), stretch.blocks.last_block
    answers = ask_token(check.node, contract, holders if stretch.forgotten is None else [], stretch.asked_at)
    facts = TokenFacts(token.asset, answers.symbol, answers.name, answers.decimals)
    if stretch.forgotten is not None:
        return replace(facts, detail=text(stretch.forgotten.key, **stretch.forgotten.fields)), []
    if not holders:
        return replace(facts, detail=text("nodes.token.nobody")), []
    before: tuple[int | None, ...] = (0,) * len(holders)
    if stretch.before > 0:
        before = ask_earlier_balances(check.node, contract, holders, stretch.before)
    told = [
        None if old is None or new is None else new - old for old, new in zip(before, answers.balances, strict=True)
    ]
    problem = _difference(check.node.rpc.shown_url, token, told, stretch.blocks)
    facts = replace(facts, unreconciled=problem is not None, checked_block=last)
    if problem is None:
        return facts, []
    return replace(facts, detail=text(problem.key, **problem.fields)), [problem]


def _difference(source: str, token: SampledToken, told: Sequence[int | None], blocks: BlockCoverage) -> Problem | None:
    """Return the first holder whose balance does not follow from the transfers, and how many others there are."""
    pairs = list(zip(token.gains.items(), told, strict=True))
    differing = [(holder, gained, summed) for (holder, summed), gained in pairs if gained != summed]
    if not differing:
        return None
    holder, gained, summed = differing[0]
    counts: dict[str, Field] = {"differing": len(differing), "sampled": len(pairs), "last": blocks.last_block}
    if gained is None:
        return Problem(source, token.asset, "nodes.token.untold", {"holder": holder, **counts})
    gains: dict[str, Field] = {"told": f"{gained:,}", "summed": f"{summed:,}", "first": blocks.first_block}
    return Problem(source, token.asset, "nodes.token.differs", {"holder": holder, **gains, **counts})
