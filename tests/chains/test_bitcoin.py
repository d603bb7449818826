"""The networks of the three chains: their genesis blocks, rewards and names."""

import struct

import pytest
from tests.support.made_blocks import sha256d

from qiyafa.chains import NETWORKS, bitcoin, dogecoin, find_network, litecoin
from qiyafa.chains.outputs.network import Network
from qiyafa.chains.outputs.proof_of_work import meets_target, target_of
from qiyafa.model.errors import InvalidInput

BITCOIN_ROOT = "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b"
TESTNET4_ROOT = "7aa0a7ae1e223414cb807e40cd57e667b718e42aaf9306db9102fe28912b7b4e"
LITECOIN_ROOT = "97ddfbbae6be97fd6cdf3e7ca13232a3afff2353e29badfab7f73011edd4ced9"
DOGECOIN_ROOT = "5b2a3f53f605d62c53e62932dac6925e3d74afa5a4b459745c36d42d0ed26a69"
GENESIS = [
    (bitcoin.MAIN, BITCOIN_ROOT, 1231006505, 0x1D00FFFF, 2083236893),
    (bitcoin.TESTNET3, BITCOIN_ROOT, 1296688602, 0x1D00FFFF, 414098458),
    (bitcoin.TESTNET4, TESTNET4_ROOT, 1714777860, 0x1D00FFFF, 393743547),
    (bitcoin.SIGNET, BITCOIN_ROOT, 1598918400, 0x1E0377AE, 52613770),
    (bitcoin.REGTEST, BITCOIN_ROOT, 1296688602, 0x207FFFFF, 2),
    (litecoin.MAIN, LITECOIN_ROOT, 1317972665, 0x1E0FFFF0, 2084524493),
    (litecoin.TESTNET, LITECOIN_ROOT, 1486949366, 0x1E0FFFF0, 293345),
    (litecoin.REGTEST, LITECOIN_ROOT, 1296688602, 0x207FFFFF, 0),
    (dogecoin.MAIN, DOGECOIN_ROOT, 1386325540, 0x1E0FFFF0, 99943),
    (dogecoin.TESTNET, DOGECOIN_ROOT, 1391503289, 0x1E0FFFF0, 997879),
    (dogecoin.REGTEST, DOGECOIN_ROOT, 1296688602, 0x207FFFFF, 2),
]


@pytest.mark.parametrize(("network", "root", "time", "bits", "nonce"), GENESIS, ids=[row[0].slug for row in GENESIS])
def test_the_genesis_block_has_its_hash_and_its_work(
    network: Network, root: str, time: int, bits: int, nonce: int
) -> None:
    header = struct.pack("<i", 1) + bytes(32) + bytes.fromhex(root)[::-1] + struct.pack("<III", time, bits, nonce)
    assert sha256d(header)[::-1].hex() == network.genesis
    assert meets_target(header, target_of(bits), network)


def test_every_network_is_found_by_its_name_and_by_its_identifier() -> None:
    assert {network.slug for network in NETWORKS.values()} == {row[0].slug for row in GENESIS}
    for network in NETWORKS.values():
        assert find_network(network.slug) is network
        assert find_network(network.caip2) is network
    with pytest.raises(InvalidInput) as refused:
        find_network("monero")
    assert "dogecoin" in str(refused.value.fields["known"])


def test_rewards_halve_as_the_chains_say() -> None:
    assert [bitcoin.MAIN.subsidy(height) for height in (0, 209_999, 210_000, 840_000, 6_930_000, 10**9)] == [
        50 * 10**8,
        50 * 10**8,
        25 * 10**8,
        312_500_000,
        0,
        0,
    ]
    assert litecoin.MAIN.subsidy(840_000) == 25 * 10**8
    assert [dogecoin.MAIN.subsidy(height) // 10**8 for height in (0, 100_000, 145_000, 200_000, 599_999, 600_000)] == [
        1_000_000,
        500_000,
        250_000,
        125_000,
        15_625,
        10_000,
    ]


def test_all_bitcoins_together_are_a_little_less_than_21_million() -> None:
    total = sum(bitcoin.MAIN.subsidy(210_000 * era) * 210_000 for era in range(40))
    assert total == 2_099_999_997_690_000 < bitcoin.MAIN.most_units


def test_what_is_no_target_is_never_met() -> None:
    assert target_of(0x1D00FFFF) == 0xFFFF << 208
    assert target_of(0x01003456) == 0
    assert target_of(0x02008000) == 0x80
    assert target_of(0x04923456) == 0
    assert target_of(0xFF123456) == 0
    assert not meets_target(bytes(80), 0, bitcoin.REGTEST)
    assert not meets_target(bytes(80), (1 << 256) - 1, bitcoin.REGTEST)
