"""Owners of scripts in bulk: every type by its name, every address as other libraries write it."""

import hashlib

import numpy as np
import pytest
from bip_utils import Base58Encoder, SegwitBech32Encoder
from hypothesis import given
from hypothesis import strategies as st

from qiyafa.chains import NETWORKS, bitcoin, dogecoin, litecoin
from qiyafa.chains.outputs.address_columns import address_rules, owners_of
from qiyafa.chains.outputs.addresses import AddressVersions, OutputAddresses
from qiyafa.chains.outputs.scripts import SCRIPT_TYPE_NAMES

HASH, WIDE = bytes(range(20)), bytes(range(32))
SHORT_KEY, LONG_KEY = b"\x02" + WIDE, b"\x04" + WIDE + WIDE
BITCOIN = bitcoin.MAIN.versions


def owners(scripts: list[bytes], versions: AddressVersions = BITCOIN) -> list[tuple[str, str]]:
    sizes = np.array([len(script) for script in scripts], np.int64)
    data = np.frombuffer(b"".join(scripts) + b"\0", np.uint8)
    kinds, texts = owners_of(data, np.cumsum(sizes) - sizes, sizes, address_rules(versions))
    written = texts.data.tobytes().decode("ascii")
    spans = zip(texts.ends[:-1].tolist(), texts.ends[1:].tolist(), strict=True)
    names = [SCRIPT_TYPE_NAMES[kind] for kind in kinds.tolist()]
    return [(name, written[start:end]) for name, (start, end) in zip(names, spans, strict=True)]


def script_hash(script: bytes) -> str:
    return "scripthash:" + hashlib.sha256(script).digest()[::-1].hex()


@pytest.mark.parametrize(
    ("script", "name"),
    [
        (b"\x21" + SHORT_KEY + b"\xac", "p2pk"),
        (b"\x41" + LONG_KEY + b"\xac", "p2pk"),
        (b"\x21\x05" + WIDE + b"\xac", "nonstandard"),
        (b"\x51\x21" + SHORT_KEY + b"\x51\xae", "multisig"),
        (b"\x52\x21" + SHORT_KEY + b"\x41" + LONG_KEY + b"\x52\xae", "multisig"),
        (b"\x01\x11" + (b"\x21" + SHORT_KEY) * 18 + b"\x01\x12\xae", "multisig"),
        (b"\x52\x21" + SHORT_KEY + b"\x51\xae", "nonstandard"),
        (b"\x51\x21" + SHORT_KEY + b"\x52\xae", "nonstandard"),
        (b"\x51\x21" + SHORT_KEY[:10] + b"\xae", "nonstandard"),
        (b"\x00\x51\xae", "nonstandard"),
        (b"\xae", "nonstandard"),
        (b"\xac", "nonstandard"),
        (b"\x76\xa9\x14" + HASH + b"\x88\xac", "p2pkh"),
        (b"\xa9\x14" + HASH + b"\x87", "p2sh"),
        (b"\x00\x14" + HASH, "p2wpkh"),
        (b"\x00\x20" + WIDE, "p2wsh"),
        (b"\x51\x20" + WIDE, "p2tr"),
        (b"\x51\x02\x4e\x73", "witness_unknown"),
        (b"\x60\x28" + WIDE + WIDE[:8], "witness_unknown"),
        (b"\x00\x15" + HASH + b"\x00", "nonstandard"),
        (b"\x51\x29" + WIDE + WIDE[:9], "nonstandard"),
        (b"\x51\x01\x00", "nonstandard"),
        (b"\x6a", "op_return"),
        (b"\x6a\xff\xff", "op_return"),
        (b"", "nonstandard"),
        (b"\x00", "nonstandard"),
    ],
)
def test_every_script_has_its_name(script: bytes, name: str) -> None:
    [(found, owner)] = owners([script])
    assert found == name
    if name in {"p2pk", "multisig", "op_return", "nonstandard"}:
        assert owner == script_hash(script)


def test_addresses_that_the_standards_and_explorers_show() -> None:
    """BIP173, BIP350, the genesis block's key as explorers write it, and Bitcoin Core's pay-to-anchor."""
    program = bytes.fromhex("751e76e8199196d454941c45d1b3a323f1433bd6")
    point = bytes.fromhex("79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798")
    assert [owner for _, owner in owners([b"\x00\x14" + program, b"\x51\x20" + point, b"\x51\x02\x4e\x73"])] == [
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
        "bc1pfeessrawgf",
    ]
    first_key = bytes.fromhex("62e907b15cbf27d5425399ebf6f0fb50ebb88f18")
    assert owners([b"\x76\xa9\x14" + first_key + b"\x88\xac"]) == [("p2pkh", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa")]


@given(
    st.sampled_from([bitcoin.MAIN, bitcoin.REGTEST, litecoin.MAIN, litecoin.REGTEST]),
    st.integers(0, 16),
    st.binary(min_size=2, max_size=40),
    st.binary(min_size=20, max_size=20),
)
def test_addresses_are_those_of_bip_utils_and_are_read_back(
    network, version: int, program: bytes, hash_: bytes
) -> None:
    versions = network.versions
    scripts = [b"\x76\xa9\x14" + hash_ + b"\x88\xac", b"\xa9\x14" + hash_ + b"\x87"]
    expected = [
        Base58Encoder.CheckEncode(bytes([versions.pubkey_hash]) + hash_),
        Base58Encoder.CheckEncode(bytes([versions.script_hash]) + hash_),
    ]
    if version or len(program) in (20, 32):
        scripts.append(bytes([0x50 + version if version else 0, len(program)]) + program)
        expected.append(SegwitBech32Encoder.Encode(versions.segwit, version, program))
    found = [owner for _, owner in owners(scripts, versions)]
    assert found == expected
    formats = OutputAddresses(network.name, versions)
    assert [formats.canonical(owner) for owner in found] == found


def test_leading_zeros_and_the_largest_hash_keep_their_length() -> None:
    for hash_ in (bytes(20), b"\0" * 19 + b"\1", b"\xff" * 20):
        expected = Base58Encoder.CheckEncode(b"\0" + hash_)
        assert owners([b"\x76\xa9\x14" + hash_ + b"\x88\xac"])[0][1] == expected


def test_a_chain_without_segwit_has_no_witness_programs() -> None:
    script = b"\x00\x14" + HASH
    assert owners([script], dogecoin.MAIN.versions) == [("nonstandard", script_hash(script))]


def test_an_unknown_script_has_no_owner() -> None:
    kinds, texts = owners_of(
        np.zeros(1, np.uint8), np.zeros(2, np.int64), np.full(2, -1, np.int64), address_rules(BITCOIN)
    )
    assert texts.ends.tolist() == [0, 0, 0]
    assert kinds.tolist() == [0, 0]


def test_every_network_writes_addresses_that_it_reads() -> None:
    for network in NETWORKS.values():
        formats = OutputAddresses(network.name, network.versions)
        scripts = [b"\x76\xa9\x14" + HASH + b"\x88\xac", b"\xa9\x14" + HASH + b"\x87", b"\x51\x20" + WIDE]
        for _, owner in owners(scripts, network.versions):
            assert formats.canonical(owner) == owner
            if not owner.startswith("scripthash:"):
                assert owner[0] in network.versions.starts.replace("1,", "1 ,") or owner[:3] in network.versions.starts
