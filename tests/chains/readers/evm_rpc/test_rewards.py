"""Rewards that no test node pays: mining, uncles, withdrawals; and the hash of a published header."""

import json
from dataclasses import dataclass

import pytest

from qiyafa.chains import find_chain
from qiyafa.chains.ethereum import evm_rules
from qiyafa.chains.json_tape import Value, read_tape
from qiyafa.chains.readers.evm_rpc.answers import BlockAnswers, Tracing
from qiyafa.chains.readers.evm_rpc.batch import read_batch
from qiyafa.chains.readers.evm_rpc.checks import check_batch
from qiyafa.chains.readers.evm_rpc.decode import EvmSource, decode_blocks
from qiyafa.model.errors import Unavailable

ETHEREUM = find_chain("eip155:1")
SOURCE = EvmSource(ETHEREUM, evm_rules(ETHEREUM), Tracing.NONE)
ETHER = 10**18
MINER, UNCLE_MINER, STAKER = ("0x" + digit * 40 for digit in "abc")
EMPTY_ROOT = "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421"
EMPTY_LIST = "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347"
ZERO = "0x" + "0" * 64

GENESIS = {
    "hash": "0xd4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3",
    "parentHash": ZERO,
    "sha3Uncles": EMPTY_LIST,
    "miner": "0x" + "0" * 40,
    "stateRoot": "0xd7f8974fb5ac78d9ac099b9ad5018bedc2ce0a72dad1827a1709da30580f0544",
    "transactionsRoot": EMPTY_ROOT,
    "receiptsRoot": EMPTY_ROOT,
    "logsBloom": "0x" + "0" * 512,
    "difficulty": "0x400000000",
    "number": "0x0",
    "gasLimit": "0x1388",
    "gasUsed": "0x0",
    "timestamp": "0x0",
    "extraData": "0x11bbe8db4e347b4e8c937c1c8370e4b5ed33adb3db69cbdb7a38e1e50b1b82fa",
    "mixHash": ZERO,
    "nonce": "0x0000000000000042",
    "uncles": [],
    "transactions": [],
}
"""Ethereum's first block, as every node gives it."""


@dataclass(frozen=True)
class Reward:
    target: str
    units: int
    name: str


def answers(block: dict[str, object], *uncles: dict[str, object]) -> BlockAnswers:
    tape = read_tape(json.dumps([block, [], *uncles]).encode())
    entries = [Value(tape, int(entry)) for entry in tape.elements(0)]
    return BlockAnswers(int(str(block["number"]), 16), entries[0], (entries[1],), True, None, tuple(entries[2:]))


def block(number: int, **more: object) -> dict[str, object]:
    return GENESIS | {"number": hex(number), "miner": MINER} | more


def rewards(given: BlockAnswers) -> list[Reward]:
    rows = decode_blocks([given], SOURCE).transfers.to_pylist()
    assert {row["kind"] for row in rows} <= {"reward"}
    assert {(row["source"], row["transaction_hash"]) for row in rows} <= {("", "")}
    return [Reward(row["target"], int(row["units_text"]), row["trace_address"]) for row in rows]


@pytest.mark.parametrize(
    ("number", "units"),
    [
        (1, 5 * ETHER),
        (4_369_999, 5 * ETHER),
        (4_370_000, 3 * ETHER),
        (7_279_999, 3 * ETHER),
        (7_280_000, 2 * ETHER),
        (15_537_393, 2 * ETHER),
    ],
)
def test_mining_a_block_brought_what_its_fork_promised(number: int, units: int) -> None:
    assert rewards(answers(block(number))) == [Reward(MINER, units, "block")]


@pytest.mark.parametrize("number", [0, 15_537_394, 20_000_000])
def test_nothing_is_mined_in_the_first_block_or_after_the_merge(number: int) -> None:
    assert rewards(answers(block(number))) == []


def test_uncles_are_paid_by_their_distance_and_a_thirty_second_for_naming_them() -> None:
    uncle = {"number": hex(7_999_998), "miner": UNCLE_MINER}
    assert rewards(answers(block(8_000_000, uncles=[ZERO]), uncle)) == [
        Reward(MINER, 2 * ETHER + 2 * ETHER // 32, "block"),
        Reward(UNCLE_MINER, 2 * ETHER * 6 // 8, "uncle:0"),
    ]


def test_withdrawn_stake_is_stated_in_gwei() -> None:
    withdrawals = [
        {"index": "0x5", "validatorIndex": "0x1", "address": STAKER, "amount": "0x773594000"},
        {"index": "0x6", "validatorIndex": "0x2", "address": STAKER, "amount": "0x773594000"},
    ]
    assert rewards(answers(block(18_000_000, withdrawals=withdrawals))) == [
        Reward(STAKER, 32 * ETHER, "withdrawal:5"),
        Reward(STAKER, 32 * ETHER, "withdrawal:6"),
    ]


def test_the_hash_of_ethereums_first_block_is_recomputed() -> None:
    assert check_batch(read_batch([answers(GENESIS)])) == 0


@pytest.mark.parametrize("field", ["parentHash", "stateRoot", "logsBloom", "difficulty", "gasLimit", "extraData"])
def test_any_other_header_has_another_hash(field: str) -> None:
    changed = str(GENESIS[field])[:-1] + ("7" if str(GENESIS[field])[-1] != "7" else "8")
    with pytest.raises(Unavailable) as refused:
        check_batch(read_batch([answers(GENESIS | {field: changed})]))
    assert refused.value.fields["field"] == "hash"


def test_what_the_header_says_of_its_uncles_is_checked() -> None:
    with pytest.raises(Unavailable):
        check_batch(read_batch([answers(GENESIS, GENESIS)]))
