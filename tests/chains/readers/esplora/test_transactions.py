"""One transaction of Esplora's JSON: nothing is believed that can be computed."""

import copy
import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiyafa.chains import bitcoin
from qiyafa.chains.http_client import BadAnswerError
from qiyafa.chains.readers.esplora.fields import entry_in
from qiyafa.chains.readers.esplora.transactions import read_transaction
from qiyafa.chains.strict_json import StrictJsonError, strict_json
from qiyafa.text import text

from support.esplora import MadeUpChain, address_of, identified, script_of

NAKAMOTO = (
    "410411db93e1dcdb8a016b49840f8c53bc1eb68a382e97b1482ecad7b148a6909a5cb2e0eaddfb84ccf9744464f82e160bfa9b8b64f9d4c03f999b"
    "8643f656b412a3ac"
)
FINNEY = (
    "4104ae1a62fe09c5f51b13905f07f06b99a2f7159b2225f374cd378d71302fa28414e7aab37397f554a7df5f142c21c1b7303b8a0626f1baded5c7"
    "2a704f7e6cd84cac"
)
SIGNATURE = (
    "47304402204e45e16932b8af514961a1d3a1a25fdf3f4f7732e9d624c6c61548ab5fb8cd410220181522ec8eca07de4860a4acdd12909d831cc56cb"
    "bac4622082221a8768d1d0901"
)
FIRST_PAYMENT: dict[str, Any] = {
    "txid": "f4184fc596403b9d638783cf57adfe4c75c605f6356fbc91338530e9831e9e16",
    "version": 1,
    "locktime": 0,
    "vin": [
        {
            "txid": "0437cd7f8525ceed2324359c2d0ba26006d92d856a9c20fa0241106ee5a597c9",
            "vout": 0,
            "prevout": {
                "scriptpubkey": NAKAMOTO,
                "value": 5_000_000_000,
            },
            "scriptsig": SIGNATURE,
            "is_coinbase": False,
            "sequence": 4294967295,
        }
    ],
    "vout": [
        {
            "scriptpubkey": FINNEY,
            "value": 1_000_000_000,
        },
        {
            "scriptpubkey": NAKAMOTO,
            "value": 4_000_000_000,
        },
    ],
    "size": 275,
    "weight": 1100,
    "fee": 0,
    "status": {
        "confirmed": True,
        "block_height": 170,
        "block_hash": "00000000d1145790a8694403d4063f323d499e655c83426834d4ce2f8dd4a2ee",
        "block_time": 1231731025,
    },
}
"""The first payment in bitcoin, from Satoshi Nakamoto to Hal Finney."""


def made_up() -> dict[str, Any]:
    chain = MadeUpChain()
    (coin, _) = chain.pay([chain.mint(1, 5_000), chain.mint(2, 700)], (3, 5_600), (1, 60))
    return copy.deepcopy(chain.transactions[coin.transaction])


def test_the_first_payment_in_bitcoin() -> None:
    read = read_transaction(FIRST_PAYMENT, bitcoin.MAIN)
    assert read.row == {
        "hash": FIRST_PAYMENT["txid"], "block_number": 170, "block_hash": FIRST_PAYMENT["status"]["block_hash"],
        "block_timestamp": 1231731025, "is_coinbase": False, "input_count": 1, "output_count": 2, "size": 275,
    }  # fmt: skip
    assert [(one["value"], one["type"]) for one in read.outputs] == [(10**9, "p2pk"), (4 * 10**9, "p2pk")]
    (spent,) = read.inputs
    assert (spent["spent_transaction_hash"], spent["spent_output_index"]) == (FIRST_PAYMENT["vin"][0]["txid"], 0)
    assert (spent["value"], spent["address"]) == (5 * 10**9, read.outputs[1]["address"])


def test_types_and_addresses_come_from_the_scripts_not_from_the_server() -> None:
    written = made_up()
    for output in written["vout"]:
        output["scriptpubkey_address"], output["scriptpubkey_type"] = address_of(99), "p2sh"
    read = read_transaction(written, bitcoin.MAIN)
    assert [(one["type"], one["address"]) for one in read.outputs] == [
        ("p2wpkh", address_of(3)),
        ("p2wpkh", address_of(1)),
    ]
    assert [one["address"] for one in read.inputs] == [address_of(1), address_of(2)]
    assert [one["script_hex"] for one in read.outputs] == [script_of(3).hex(), script_of(1).hex()]
    assert read.touches(address_of(2))
    assert not read.touches(address_of(99))


def test_a_reward_has_no_inputs() -> None:
    chain = MadeUpChain()
    coin = chain.mint(1, 5_000)
    read = read_transaction(chain.transactions[coin.transaction], bitcoin.MAIN)
    assert (read.row["is_coinbase"], read.row["input_count"], read.inputs) == (True, 0, ())


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (lambda one: one["vout"][0].update(value=5_601), "pull.problem.transaction_id"),
        (lambda one: one["vin"][0].update(vout=1), "pull.problem.transaction_id"),
        (lambda one: one["vin"].pop(), "pull.problem.transaction_id"),
        (lambda one: one["vin"][0]["prevout"].update(value=5_001), "pull.problem.sums"),
        (lambda one: one.update(fee=41), "pull.problem.sums"),
        (lambda one: one["vout"][0].update(value=-1), "pull.problem.field"),
        (lambda one: one["vout"][0].update(value=1.5), "pull.problem.field"),
        (lambda one: one["vout"][0].update(value="5600"), "pull.problem.field"),
        (lambda one: one["vout"][0].update(value=True), "pull.problem.field"),
        (lambda one: one["vout"][0].update(value=22_000_000 * 10**8), "pull.problem.field"),
        (lambda one: one["vout"][0].update(scriptpubkey="zz"), "pull.problem.field"),
        (lambda one: one["vin"][0].update(prevout=None), "pull.problem.field"),
        (lambda one: one.update(vin=None), "pull.problem.field"),
        (lambda one: one.update(vin=[7]), "pull.problem.field"),
        (lambda one: one.update(txid="beef"), "pull.problem.field"),
        (lambda one: one.pop("locktime"), "pull.problem.field"),
        (lambda one: one["status"].update(confirmed=False), "pull.problem.unconfirmed"),
        (lambda one: one["status"].update(block_height=-1), "pull.problem.field"),
        (lambda one: one["status"].update(block_hash=None), "pull.problem.field"),
    ],
)
def test_a_transaction_that_cannot_be_is_named(change, key: str) -> None:
    written = made_up()
    change(written)
    with pytest.raises(BadAnswerError) as refused:
        read_transaction(written, bitcoin.MAIN)
    assert refused.value.key == key
    assert text(key, **refused.value.fields)


def test_a_spend_that_the_server_calls_a_reward_is_a_spend() -> None:
    written = made_up()
    for spend in written["vin"]:
        spend["is_coinbase"] = True
    assert read_transaction(written, bitcoin.MAIN).row["input_count"] == 2


def test_a_version_below_zero_is_the_same_32_bits() -> None:
    written = made_up()
    written["version"] = 2**32 - 2
    as_unsigned = identified({key: value for key, value in written.items() if key != "txid"})
    assert read_transaction(as_unsigned | {"version": -2}, bitcoin.MAIN).hash == as_unsigned["txid"]


@given(st.data())
def test_a_transaction_cut_or_changed_anywhere_is_read_or_named(data: st.DataObject) -> None:
    body = bytearray(json.dumps(made_up()).encode())
    for _ in range(data.draw(st.integers(1, 3))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    with suppress(BadAnswerError, StrictJsonError):
        read_transaction(entry_in(strict_json(bytes(body)), "transaction"), bitcoin.MAIN)
