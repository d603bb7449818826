"""Blocks as columns: every id, every input and output, and the merkle root, against the bytes they were made of."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.support.made_blocks import (
    NETWORK,
    P2PKH,
    SEGWIT,
    coinbase,
    compact,
    merkle_root,
    output,
    sha256d,
    transaction,
)

from qiyafa.chains.outputs.block_columns import BlockColumns, columns_of, merkle_roots
from qiyafa.chains.outputs.block_layout import BlockBytes, shapes_of

SPEND = (b"\x01" * 32, 3)


def columns(*transactions: bytes) -> tuple[np.ndarray, BlockColumns]:
    data = np.frombuffer(bytes(80) + compact(len(transactions)) + b"".join(transactions), np.uint8)
    blocks = BlockBytes(data, np.array([0]), np.array([80]), np.array([len(data)]))
    return data, columns_of(blocks, shapes_of(blocks, NETWORK.most_units, has_extensions=False))


def test_the_id_leaves_the_witnesses_out_and_the_size_counts_them() -> None:
    bare = transaction([SPEND], [output(5)])
    witnessed = transaction([SPEND], [output(5)], witnesses=[[b"signature"]])
    _, found = columns(coinbase(1), bare, witnessed)
    ids = found.transactions.id.reshape(-1, 32)
    assert ids[1].tobytes() == ids[2].tobytes() == sha256d(bare)
    assert found.transactions.size.tolist() == [len(coinbase(1)), len(bare), len(witnessed)]


def test_inputs_and_outputs_stand_in_the_order_of_the_bytes() -> None:
    spends = [(bytes([n]) * 32, n) for n in (9, 1, 5)]
    paying = transaction(spends, [output(7, SEGWIT), output(0, b""), output(NETWORK.most_units - 7)])
    data, found = columns(coinbase(1), paying)
    assert found.transactions.first_input.tolist() == [0, 0, 3]
    assert found.transactions.first_output.tolist() == [0, 1, 4]
    assert found.inputs.spent_index.tolist() == [9, 1, 5]
    assert [one.tobytes() for one in found.inputs.spent_id.reshape(-1, 32)] == [spent for spent, _ in spends]
    assert found.outputs.units[1:].tolist() == [7, 0, NETWORK.most_units - 7]
    spans = zip(found.outputs.script_start.tolist(), found.outputs.script_size.tolist(), strict=True)
    assert [data[start : start + size].tobytes() for start, size in spans] == [P2PKH, SEGWIT, b"", P2PKH]


@given(st.integers(1, 40))
def test_the_merkle_root_is_that_of_the_definition(count: int) -> None:
    transactions = [coinbase(1), *(transaction([(bytes([n]) * 32, 0)], [output(n)]) for n in range(1, count))]
    _, found = columns(*transactions)
    roots, repeats = merkle_roots(found)
    assert roots.tobytes() == merkle_root([sha256d(one) for one in transactions])
    assert repeats.tolist() == [0]


def test_a_repeated_end_has_the_same_root_and_is_found_out() -> None:
    """CVE-2012-2459: of three transactions, the third may be repeated without a change of the root."""
    three = [coinbase(1), transaction([SPEND], [output(1)]), transaction([SPEND], [output(2)])]
    honest, _ = merkle_roots(columns(*three)[1])
    forged, repeats = merkle_roots(columns(*three, three[2])[1])
    assert honest.tobytes() == forged.tobytes()
    assert repeats.tolist() == [1]
