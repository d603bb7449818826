"""A foreign library's opinion on every spelling: `bip_utils` writes, we read, and our spellings are its own."""

import base64
import binascii

import pytest
from bip_utils import (
    Base58Alphabets,
    Base58Encoder,
    Base58XmrEncoder,
    BchBech32Encoder,
    Bech32Encoder,
    SegwitBech32Encoder,
)
from bip_utils.utils.crypto import Kekkak256
from hypothesis import given
from hypothesis import strategies as st

from qiyafa.chains.formats import FORMATS
from qiyafa.chains.formats.networks import NETWORKS
from qiyafa.model.address import VERBATIM, Identity

hashes = st.binary(min_size=20, max_size=20)
keys = st.binary(min_size=32, max_size=32)

BASE58 = {
    ("bitcoin", "BTC"): (b"\x00", b"\x05"),
    ("bitcoin", "BSV"): (b"\x00", b"\x05"),
    ("bitcoin", "BCH"): (b"\x00", b"\x05"),
    ("litecoin", "LTC"): (b"\x30", b"\x32"),
    ("dogecoin", "DOGE"): (b"\x1e", b"\x16"),
    ("dash", "DASH"): (b"\x4c", b"\x10"),
    ("bitcoin-gold", "BTG"): (b"\x26", b"\x17"),
    ("zcash", "ZEC"): (b"\x1c\xb8", b"\x1c\xbd"),
    ("tron", "TRX"): (b"\x41",),
    ("bitcoin-test", "bitcoin-regtest"): (b"\x6f", b"\xc4"),
}
"""Format and ticker to the versions of a key's and of a script's hash."""


@pytest.mark.parametrize(("place", "versions"), BASE58.items())
@given(twenty=hashes)
def test_base58check(place: tuple[str, str], versions: tuple[bytes, ...], twenty: bytes) -> None:
    name, ticker = place
    for version in versions:
        written = Base58Encoder.CheckEncode(version + twenty)
        identity = Identity(name, written)
        assert FORMATS.read(written, ticker).identities == (identity,)
        assert written in FORMATS.spellings(identity)


@given(hashes)
def test_verge_writes_keys_as_dogecoin_does(twenty: bytes) -> None:
    written = Base58Encoder.CheckEncode(b"\x1e" + twenty)
    assert FORMATS.read(written, "XVG").identities == FORMATS.read(written, "DOGE").identities
    script = Base58Encoder.CheckEncode(b"\x21" + twenty)
    assert FORMATS.read(script, "XVG").identities == (Identity("verge", script),)
    assert not FORMATS.read(script, "DOGE").is_known_format


@given(hashes)
def test_litecoins_two_spellings_of_a_script(twenty: bytes) -> None:
    old, new = Base58Encoder.CheckEncode(b"\x05" + twenty), Base58Encoder.CheckEncode(b"\x32" + twenty)
    identity = Identity("litecoin", new)
    assert FORMATS.read(old, "LTC").identities == (identity,)
    assert FORMATS.spellings(identity) == (new, old)


@given(
    st.sampled_from(
        [("bc", "BTC"), ("ltc", "LTC"), ("btg", "BTG"), ("tb", "bitcoin-testnet"), ("bcrt", "bitcoin-regtest")]
    ),
    st.sampled_from([(0, 20), (0, 32), (1, 32), (2, 40)]),
    st.data(),
)
def test_segwit(place: tuple[str, str], kind: tuple[int, int], data: st.DataObject) -> None:
    (prefix, chain), (version, size) = place, kind
    written = SegwitBech32Encoder.Encode(prefix, version, data.draw(st.binary(min_size=size, max_size=size)))
    identity = Identity("segwit", written)
    assert FORMATS.spellings(identity) == (written, written.upper())
    for spelled in (written, written.upper()):
        assert FORMATS.read(spelled, chain).identities == (identity,)
    mixed = written[:-1] + written[-1].upper()
    assert FORMATS.read(mixed, chain).is_known_format is (mixed == written)


@given(hashes)
def test_cashaddr(twenty: bytes) -> None:
    for version, kind in ((b"\x00", b"\x00"), (b"\x05", b"\x08")):
        legacy = Base58Encoder.CheckEncode(version + twenty)
        written = BchBech32Encoder.Encode("bitcoincash", kind, twenty)
        assert FORMATS.read(written).identities == (Identity("bitcoin", legacy),)
        spellings = FORMATS.spellings(Identity("bitcoin", legacy))
        assert spellings[:3] == (legacy, written, written.partition(":")[2])
        assert BchBech32Encoder.Encode("ecash", kind, twenty) in spellings
        assert all(Identity("bitcoin", legacy) in FORMATS.read(one).identities for one in spellings)


@given(hashes)
def test_token_aware_cashaddr_is_the_same_owner(twenty: bytes) -> None:
    legacy = Base58Encoder.CheckEncode(b"\x00" + twenty)
    written = BchBech32Encoder.Encode("bitcoincash", b"\x10", twenty)
    assert FORMATS.read(written, "BCH").identities == (Identity("bitcoin", legacy),)
    assert written in FORMATS.spellings(Identity("bitcoin", legacy))


@given(hashes)
def test_tex_is_a_transparent_address_of_zcash(twenty: bytes) -> None:
    legacy = Base58Encoder.CheckEncode(b"\x1c\xb8" + twenty)
    assert FORMATS.spellings(Identity("zcash", legacy))[1].startswith("tex1")
    assert {FORMATS.read(one, "ZEC").identities for one in FORMATS.spellings(Identity("zcash", legacy))} == {
        (Identity("zcash", legacy),)
    }


def test_the_published_tex_address() -> None:
    """The example of ZIP 320."""
    assert FORMATS.read("tex1s2rt77ggv6q989lr49rkgzmh5slsksa9khdgte").identities == (
        Identity("zcash", "t1VmmGiyjVNeCjxDZzg7vZmd99WyzVby9yC"),
    )


@given(st.binary(min_size=43, max_size=43))
def test_sapling(payload: bytes) -> None:
    written = Bech32Encoder.Encode("zs", payload)
    assert FORMATS.read(written, "ZEC").identities == (Identity("zcash-shielded", written),)
    assert FORMATS.read(written[:-1] + ("q" if written[-1] != "q" else "p")).identities[0].format == VERBATIM


@given(hashes)
def test_xrp(twenty: bytes) -> None:
    written = Base58Encoder.CheckEncode(b"\x00" + twenty, Base58Alphabets.RIPPLE)
    identity = Identity("xrp", written)
    with_x = Base58Encoder.CheckEncode(b"\x05\x44" + twenty + bytes(9), Base58Alphabets.RIPPLE)
    assert FORMATS.spellings(identity) == (written, with_x)
    assert FORMATS.read(written).identities == FORMATS.read(with_x).identities == (identity,)


@given(st.sampled_from([18, 42]), st.binary(min_size=64, max_size=64), st.binary(min_size=8, max_size=8))
def test_monero(kind: int, both_keys: bytes, payment_id: bytes) -> None:
    written = monero_text(bytes([kind]) + both_keys)
    assert FORMATS.read(written, "XMR").identities == (Identity("monero", written),)
    integrated = monero_text(bytes([19]) + both_keys + payment_id)
    assert FORMATS.read(integrated, "XMR").identities == (Identity("monero", monero_text(bytes([18]) + both_keys)),)


def monero_text(payload: bytes) -> str:
    return Base58XmrEncoder.Encode(payload + Kekkak256.QuickDigest(payload)[:4])


@given(keys)
def test_solana(key: bytes) -> None:
    written = Base58Encoder.Encode(key)
    assert Identity("solana", written) in FORMATS.read(written).identities
    assert FORMATS.read(written, "SOL").identities == (Identity("solana", written),)


@given(keys)
def test_stellar(key: bytes) -> None:
    payload = b"\x30" + key
    written = base64.b32encode(payload + binascii.crc_hqx(payload, 0).to_bytes(2, "little")).decode()
    assert FORMATS.read(written).identities == (Identity("stellar", written),)


@given(st.binary(min_size=20, max_size=64), st.sampled_from(["cosmos", "bnb", "one", "terra"]))
def test_bech32_of_other_chains_is_verbatim(payload: bytes, prefix: str) -> None:
    written = Bech32Encoder.Encode(prefix, payload)
    assert FORMATS.read(written).identities == (Identity(VERBATIM, written),)


@given(hashes, keys, st.binary(min_size=64, max_size=64))
def test_a_spelling_says_with_which_characters_it_begins(twenty: bytes, key: bytes, both_keys: bytes) -> None:
    """The reader tries a spelling only on texts that begin so."""
    payloads = (twenty, key, both_keys)
    for network in NETWORKS:
        for spelling in network.spellings:
            version = getattr(spelling, "version", None)
            if version is not None:
                body = next(one for one in payloads if len(one) == spelling.payload_bytes)
                assert Base58Encoder.CheckEncode(version + body)[0] in spelling.starts
            if hasattr(spelling, "standard"):
                for kind in (spelling.standard, spelling.subaddress):
                    assert monero_text(bytes([kind]) + both_keys)[0] in spelling.starts
                assert monero_text(bytes([spelling.integrated]) + both_keys + bytes(8))[0] in spelling.starts
