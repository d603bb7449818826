"""What is published about each registered chain, for the conformance suite. A new chain adds one entry.

Every fact is one that anybody can look up: an address in all its spellings, one with a mistyped character, a
transaction, a token.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class ChainSample:
    """Facts of one chain. Its canonical spellings are the ones that a ledger keeps."""

    addresses: dict[str, tuple[str, ...]]
    """Canonical spelling to every other one that people or programs write."""
    mistyped: tuple[str, ...]
    """Addresses whose checksum is wrong."""
    transactions: dict[str, tuple[str, ...]]
    """Canonical spelling of a transaction hash to every other one."""
    token: str = ""
    """The CAIP-19 asset of a token whose contract is the first address; empty where the chain has no tokens."""


CHAIN_SAMPLES: dict[str, ChainSample] = {
    # Tether's contract: etherscan.io. The transaction: the first of Ronin's thefts, 23 March 2022.
    "eip155:1": ChainSample(
        addresses={
            "0xdac17f958d2ee523a2206206994597c13d831ec7": (
                "0xdAC17F958D2ee523a2206206994597C13D831ec7",
                "0xDAC17F958D2EE523A2206206994597C13D831EC7",
                "0Xdac17f958d2ee523a2206206994597c13d831ec7",
            ),
        },
        mistyped=("0xdAC17F958D2ee523a2206206994597C13D831Ec7",),
        transactions={
            "0xc28fad5e8d5e0ce6a2eaf67b6687be5d58113e16be590824d6cfa1a94467d0b7": (
                "0xC28FAD5E8D5E0CE6A2EAF67B6687BE5D58113E16BE590824D6CFA1A94467D0B7",
                "0Xc28fad5e8d5e0ce6a2eaf67b6687be5d58113e16be590824d6cfa1a94467d0b7",
            ),
        },
        token="eip155:1/erc20:0xdac17f958d2ee523a2206206994597c13d831ec7",
    ),
    # Tether's contract: tronscan.org gives it in base58 and in hexadecimal.
    "tron:728126428": ChainSample(
        addresses={
            "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t": (
                "41a614f803b6fd780986a42c78ec9c7f77e6ded13c",
                "41A614F803B6FD780986A42C78EC9C7F77E6DED13C",
                "0x41a614f803b6fd780986a42c78ec9c7f77e6ded13c",
                "0xa614f803b6fd780986a42c78ec9c7f77e6ded13c",
            ),
        },
        mistyped=("TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6T", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLi6t"),
        transactions={
            "99e53c29e7c429aaf5150dc5586f5d3cd143c111c62f5b5deebd000aedacb842": (
                "99E53C29E7C429AAF5150DC5586F5D3CD143C111C62F5B5DEEBD000AEDACB842",
                "0x99e53c29e7c429aaf5150dc5586f5d3cd143c111c62f5b5deebd000aedacb842",
            ),
        },
        token="tron:728126428/trc20:TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t",
    ),
    # Addresses of BIP 173 and of the first block; the first transaction between two people, in block 170.
    "bip122:000000000019d6689c085ae165831e93": ChainSample(
        addresses={
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa": (),
            "3P14159f73E4gFr7JterCCQh9QjiTjiZrG": (),
            "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4": ("BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",),
        },
        mistyped=(
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb",
            "3P14159f73E4gFr7JterCCQh9QjiTjiZrg",
            "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
        ),
        transactions={
            "f4184fc596403b9d638783cf57adfe4c75c605f6356fbc91338530e9831e9e16": (
                "F4184FC596403B9D638783CF57ADFE4C75C605F6356FBC91338530E9831E9E16",
            ),
        },
    ),
    # The old spelling 3... of a script's address is the same address as today's M...
    "bip122:12a765e31ffd4059bada1e25190f6e98": ChainSample(
        addresses={
            "MQMcJhpWHYVeQArcZR3sBgyPZxxRtnH441": ("3J9TzpQYLReDbfaiTY4XN3izFGMyswQgCb",),
        },
        mistyped=("MQMcJhpWHYVeQArcZR3sBgyPZxxRtnH442",),
        transactions={"ab" * 32: ("AB" * 32,)},
    ),
    "bip122:1a91e3dace36e2be3bf030a65679fe82": ChainSample(
        addresses={"DH5yaieqoZN36fDVciNyRueRGvGLR3mr7L": ()},
        mistyped=("DH5yaieqoZN36fDVciNyRueRGvGLR3mr7M",),
        transactions={"cd" * 32: ("CD" * 32,)},
    ),
}
"""By CAIP-2 identifier; each namespace in `CHAINS` has one at least."""
