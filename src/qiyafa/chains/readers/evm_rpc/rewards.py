"""What a block brings into being, or hands to its maker: rows of kind `reward`, so that balances add up.

`tips`: what the block's fees exceed the burnt base fee, to the address that the header names; before London the whole
fees. `block`: the static reward of mined Ethereum blocks with 1/32 of it for each uncle that is named; `uncle:N`: the
reward of an uncle's own miner (yellow paper, section 11.3). `withdrawal:N`: stake that leaves the beacon chain, by its
index, stated in gwei (EIP-4895). What a chain's rules do not promise is left out, and then shows as unseen balance.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from qiyafa.chains.ethereum import EvmRules
from qiyafa.chains.json_tape import Tape
from qiyafa.chains.readers.evm_rpc.fields import Objects
from qiyafa.chains.readers.evm_rpc.headers import Headers
from qiyafa.chains.readers.evm_rpc.hex_kernels import LIMBS
from qiyafa.chains.readers.evm_rpc.rows import NO_INDEX, MoreText, Rank, Rows, plain_rows
from qiyafa.model.columns import I64, U64

_WEI_A_GWEI = 10**9
_NEPHEW_SHARE, _UNCLE_SHARE = 32, 8
_LIMB_BITS, _LIMB = 32, 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class _Reward:
    block: int
    target: int
    """Where the address begins in the answer."""
    units: int
    name: str


@dataclass(frozen=True, slots=True)
class BlockFees:
    """What the transactions of each block paid and used, apart from blobs."""

    paid: tuple[int, ...]
    gas: tuple[int, ...]


def reward_rows(
    tape: Tape, headers: Headers, uncles: Sequence[Sequence[int]], fees: BlockFees, rules: EvmRules, more: MoreText
) -> Rows:
    """Return the rewards of some blocks. `uncles` has the entries of their uncles' headers."""
    found = sorted(
        (*_withdrawals(tape, headers), *_tips(tape, headers, fees, rules), *_mined(tape, headers, uncles, rules)),
        key=lambda reward: reward.block,
    )
    names = [more.put(reward.name) for reward in found]
    return plain_rows(
        Rank.REWARD,
        np.array([reward.block for reward in found], np.int64),
        np.full(len(found), NO_INDEX, np.int64),
        units=limbs_of([reward.units for reward in found]),
        target=np.array([reward.target for reward in found], np.int64),
        trace=np.array(names, np.int64),
        trace_size=np.array([len(reward.name) for reward in found], np.int64),
    )


def limbs_of(numbers: Sequence[int]) -> U64:
    """Return whole numbers up to 2^256 - 1 as limbs."""
    limbs = [[number >> _LIMB_BITS * place & _LIMB for place in range(LIMBS)] for number in numbers]
    return np.array(limbs, np.uint64).reshape(len(numbers), LIMBS)


def whole_numbers(limbs: U64) -> list[int]:
    """Return limbs, each perhaps the sum of many, as whole numbers."""
    return [sum(limb << _LIMB_BITS * place for place, limb in enumerate(row) if limb) for row in limbs.tolist()]


def _headers(tape: Tape, headers: Headers, entries: I64, thing: str) -> Objects:
    return Objects(tape, entries, headers.numbers, np.zeros(len(entries), np.int64), thing)


def _tips(tape: Tape, headers: Headers, fees: BlockFees, rules: EvmRules) -> Iterator[_Reward]:
    if not rules.tips_go_to_miner:
        return
    fields = _headers(tape, headers, headers.entries, "header").read(("baseFeePerGas",))
    base_fees = whole_numbers(fields.quantities("baseFeePerGas", is_optional=True))
    for block, base_fee in enumerate(base_fees):
        units = fees.paid[block] - base_fee * fees.gas[block]
        if units < 0:
            fields.differs(block, "baseFeePerGas", "less than every price paid")
        if units:
            yield _Reward(block, int(headers.miner_start[block]), units, "tips")


def _mined(tape: Tape, headers: Headers, uncles: Sequence[Sequence[int]], rules: EvmRules) -> Iterator[_Reward]:
    for block, header in enumerate(headers.blocks):
        reward = rules.static_reward(header.number)
        if not reward:
            continue
        count = len(uncles[block])
        yield _Reward(block, int(headers.miner_start[block]), reward + reward * count // _NEPHEW_SHARE, "block")
        entries = np.array(uncles[block], np.int64)
        objects = Objects(tape, entries, np.full(count, header.number), np.arange(count), "uncle")
        fields = objects.read(("number", "miner"))
        numbers, miners = fields.numbers("number").tolist(), fields.addresses("miner").tolist()
        for place, (number, miner) in enumerate(zip(numbers, miners, strict=True)):
            yield _Reward(
                block, miner, reward * (_UNCLE_SHARE + number - header.number) // _UNCLE_SHARE, f"uncle:{place}"
            )


def _withdrawals(tape: Tape, headers: Headers) -> Iterator[_Reward]:
    lists = tape.members(headers.entries, ("withdrawals",))[:, 0].tolist()
    for block, entry in enumerate(lists):
        entries = tape.elements(entry)
        if not len(entries):
            continue
        number = np.full(len(entries), headers.blocks[block].number)
        objects = Objects(tape, entries, number, np.arange(len(entries)), "withdrawal")
        fields = objects.read(("index", "address", "amount"))
        units = whole_numbers(fields.quantities("amount"))
        rows = zip(fields.numbers("index").tolist(), fields.addresses("address").tolist(), units, strict=True)
        for index, address, gwei in rows:
            yield _Reward(block, address, gwei * _WEI_A_GWEI, f"withdrawal:{index}")
