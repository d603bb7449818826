"""What a text may be as an address: on which chains, in which spellings, and never by accident."""

import json
import time
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiyafa.chains import NETWORKS as OUTPUT_NETWORKS
from qiyafa.chains import find_chain
from qiyafa.chains.formats import FORMATS
from qiyafa.chains.formats.evm import WRONG_CASE
from qiyafa.chains.formats.networks import NETWORKS
from qiyafa.model.address import VERBATIM, Identity
from qiyafa.model.errors import InvalidInput
from qiyafa.text import text

from support.look_alikes import look_alikes, valid_look_alike

BITCOIN, LITECOIN = "bip122:000000000019d6689c085ae165831e93", "bip122:12a765e31ffd4059bada1e25190f6e98"
BITCOIN_CASH, TRON, ETHEREUM = "bip122:000000000000000000651ef99cb9fcbe", "tron:728126428", "eip155:1"

EVM_DIGITS = "d90e2f925DA726b50C4Ed8D0Fb90Ad053324F31b"
EVM = Identity("evm", f"0x{EVM_DIGITS.lower()}")
TETHER = Identity("tron", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t")
TETHER_DIGITS = "a614f803b6fd780986a42c78ec9c7f77e6ded13c"

SCRIPT, LITECOIN_SCRIPT = "3CDJNfdWX8m2NwuGUV3nhXHXEeLygMXoAj", "MJRSgZ3UUFcTBTBAaN38XAXvZLwRe8WVw7"
"""One hash of a script, as Bitcoin (and Litecoin of old) and as Litecoin writes it."""

XRP = "rGWrZyQqhTp9Xu7G5Pkayo7bXjH4k4QYpf"
X_ADDRESS_WITH_TAG = "XVLhHMPHU98es4dbozjVtdWzVrDjtV18pX8yuPT7y4xaEHi"
"""An account and its X-address with the tag 4294967295: the example of XLS-5d."""


def keys(written: str, chain: str | None = None) -> list[str]:
    return [str(identity) for identity in FORMATS.read(written, chain).identities]


@pytest.mark.parametrize("mark", ["0x", "0X"])
@pytest.mark.parametrize("digits", [EVM_DIGITS, EVM_DIGITS.lower(), EVM_DIGITS.upper()])
def test_an_ethereum_address_is_one_in_every_case(mark: str, digits: str) -> None:
    reading = FORMATS.read(mark + digits, ETHEREUM)
    assert reading.identities == (EVM,)
    assert reading.notes == ()
    assert reading.chains == (ETHEREUM,)


def test_a_wrong_case_is_still_the_address_and_says_so() -> None:
    reading = FORMATS.read("0x" + EVM_DIGITS.swapcase(), ETHEREUM)
    assert reading.identities == (EVM,)
    assert reading.notes == (WRONG_CASE,)
    assert "EIP-55" in text(WRONG_CASE)


def test_twenty_bytes_in_hexadecimal_may_be_ethereums_or_trons() -> None:
    reading = FORMATS.read(f"0x{TETHER_DIGITS}")
    assert reading.identities == (Identity("evm", f"0x{TETHER_DIGITS}"), TETHER)
    assert reading.chains[0] == ETHEREUM
    assert reading.chains[-1] == TRON


@pytest.mark.parametrize("written", [TETHER.key, f"41{TETHER_DIGITS}", f"0x41{TETHER_DIGITS}", f"0X{TETHER_DIGITS}"])
@pytest.mark.parametrize("chain", ["TRX", "tron", TRON, "tron:0x2b6653dc"])
def test_every_spelling_of_tron_is_one_address(written: str, chain: str) -> None:
    reading = FORMATS.read(written, chain)
    assert (reading.identities, reading.chains) == ((TETHER,), (TRON,))


def test_a_script_hash_of_old_is_bitcoins_and_litecoins() -> None:
    assert keys(SCRIPT) == [f"bitcoin:{SCRIPT}", f"litecoin:{LITECOIN_SCRIPT}"]
    assert keys(SCRIPT, "LTC") == keys(LITECOIN_SCRIPT) == keys(SCRIPT)[1:]
    assert FORMATS.read(SCRIPT).chains[:2] == (BITCOIN, LITECOIN)


@pytest.mark.parametrize(
    ("cashaddr", "legacy"),
    [
        ("bitcoincash:qpm2qsznhks23z7629mms6s4cwef74vcwvy22gdx6a", "1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu"),
        ("bitcoincash:qr95sy3j9xwd2ap32xkykttr4cvcu7as4y0qverfuy", "1KXrWXciRDZUpQwQmuM1DbwsKDLYAYsVLR"),
        ("bitcoincash:ppm2qsznhks23z7629mms6s4cwef74vcwvn0h829pq", "3CWFddi6m4ndiGyKqzYvsFYagqDLPVMTzC"),
        ("bitcoincash:pr95sy3j9xwd2ap32xkykttr4cvcu7as4yc93ky28e", "3LDsS579y7sruadqu11beEJoTjdFiFCdX4"),
    ],
)
def test_cashaddr_is_the_address_that_bitcoin_writes(cashaddr: str, legacy: str) -> None:
    """The examples of the specification."""
    bare = cashaddr.partition(":")[2]
    for written in (cashaddr, bare, cashaddr.upper(), bare.upper()):
        assert keys(written) == [f"bitcoin:{legacy}"]
        assert FORMATS.read(written).chains[0] == BITCOIN_CASH
        assert written in FORMATS.spellings(Identity("bitcoin", legacy))
    mixed = cashaddr[:-1] + cashaddr[-1].upper()
    assert keys(mixed) == [f"verbatim:{mixed}"]


def test_a_tag_does_not_make_another_account() -> None:
    for written in (XRP, X_ADDRESS_WITH_TAG, f"{XRP}:7", f"{XRP}?dt=4294967295"):
        assert keys(written) == [f"xrp:{XRP}"]
    assert FORMATS.read(f"{XRP}:4294967296").identities[0].format == VERBATIM


def test_an_integrated_address_of_monero_is_its_standard_address() -> None:
    """The example of Monero's documentation, "Integrated address"."""
    integrated = (
        "4LL9oSLmtpccfufTMvppY6JwXNouMBzSkbLYfpAV5Usx3skxNgYeYTRj5UzqtReoS44qo9mtmXCqY45DJ852K5Jv2bYXZKKQePHES9khPK"
    )
    (standard,) = FORMATS.read(integrated, "XMR").identities
    assert (standard.format, len(standard.key)) == ("monero", 95)
    assert FORMATS.read(standard.key).identities == (standard,)


def test_a_unified_address_of_zcash_is_each_address_in_it() -> None:
    """The first of the published test vectors, and what zcashd's `z_listunifiedreceivers` says of it."""
    unified = (
        "u1l8xunezsvhq8fgzfl7404m450nwnd76zshscn6nfys7vyz2ywyh4cc5daaq0c7q2su5lqfh23sp7fkf3kt27ve5948mzpfdvckzaect2jtte3"
        "08mkwlycj2u0eac077wu70vqcetkxf"
    )
    sapling = "zs1mrhc9y7jdh5r9ece8u5khgvj9kg0zgkxzdduyv0whkg7lkcrkx5xqem3e48avjq9wn2rukydkwn"
    expected = [
        f"zcash-shielded:{unified}",
        "zcash:t1V9mnyk5Z5cTNMCkLbaDwSskgJZucTLdgW",
        f"zcash-shielded:{sapling}",
    ]
    assert keys(unified) == keys(unified.upper(), "ZEC") == expected
    assert keys(sapling) == expected[2:]
    mistyped = unified.replace("8xune", "8xunf")
    assert keys(mistyped) == [f"verbatim:{mistyped}"]


def test_a_multiplexed_account_of_stellar_is_its_account() -> None:
    """The examples of SEP-0023."""
    account = "GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ"
    multiplexed = "MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVAAAAAAAAAAAAAJLK"
    assert keys(multiplexed) == keys(account) == [f"stellar:{account}"]
    for wrong in (
        "GAAAAAAAACGC6",
        "MA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVAAAAAAAAAAAAAJLKA",
        "GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGY",
    ):
        assert FORMATS.read(wrong).identities == (Identity(VERBATIM, wrong),)


def test_one_key_has_one_address_on_every_chain_like_ethereum() -> None:
    readings = [FORMATS.read(EVM.key, chain) for chain in ("ETH", "bsc", "Arbitrum", "eip155:56", "eip155:987654321")]
    assert {reading.identities for reading in readings} == {(EVM,)}
    assert readings[-1].chains == ("eip155:987654321",)
    assert keys(f"ronin:{EVM.key[2:]}", "ronin") == [str(EVM)]


def test_the_ticker_of_a_token_means_all_its_chains() -> None:
    assert keys(EVM.key, "USDT")[0] == str(EVM)
    assert keys(TETHER.key, "usdt") == [str(TETHER)]
    assert FORMATS.chains("usdt")[:2] == (ETHEREUM, TRON)


def test_what_one_chain_does_not_accept_is_verbatim_there() -> None:
    assert keys(TETHER.key, "XBT") == [f"verbatim:{TETHER.key}"]
    assert FORMATS.read(TETHER.key, "XBT").chains == ()


@pytest.mark.parametrize(
    ("named", "nearest"),
    [("bitcon", "bitcoin"), ("ETHEREM", "ethereum"), ("eip155:0x1", "eip155:1"), ("USD-T", "usdt")],
)
def test_an_unknown_chain_is_refused_with_the_nearest_one(named: str, nearest: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        FORMATS.read(EVM.key, named)
    assert nearest in text(refused.value.key, **refused.value.fields)


@pytest.mark.parametrize("named", ["EOS", "ترون", "", "tron:0x0", "cosmos:cosmoshub-4"])
def test_a_chain_like_no_other_is_refused_without_a_guess(named: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        FORMATS.chains(named)
    assert refused.value.fields == {"value": named}


def test_a_chain_of_a_megabyte_is_refused_at_once() -> None:
    begin = time.perf_counter()
    with pytest.raises(InvalidInput) as refused:
        FORMATS.chains("bitcoin" * 150_000)
    assert len(text(refused.value.key, **refused.value.fields)) < 500
    assert time.perf_counter() - begin < 1


def test_white_space_around_a_known_format_is_no_part_of_it() -> None:
    assert keys(f" \t{EVM.key}\r\n", ETHEREUM) == [str(EVM)]
    assert FORMATS.read(f" {EVM.key}").written == f" {EVM.key}"
    assert keys(" no address ") == ["verbatim: no address "]


@pytest.mark.parametrize(
    "hostile",
    [
        f"\u200b{EVM.key}",
        f"{EVM.key}\u202e",
        f"\u00a0{EVM.key}",
        EVM.key.replace("0", "\uff10"),
        EVM.key.replace("e", "\u0435"),
        "\u0661" + SCRIPT[1:],
        f"{EVM.key}\x00",
        "",
        " ",
        "0x",
        "\ud800",
        EVM.key[2:],
        f"{EVM.key} {EVM.key}",
        "bitcoincash:",
        "bc1",
        "tex1",
    ],
)
def test_hostile_texts_are_no_address_by_accident(hostile: str) -> None:
    assert FORMATS.read(hostile).identities == (Identity(VERBATIM, hostile),)


@pytest.mark.parametrize("character", ["1", "0", "q", "4", " ", "T", "r", "G", "u", "\u0665"])
def test_a_megabyte_is_read_at_once(character: str) -> None:
    hostile = character * 1_000_000
    begin = time.perf_counter()
    reading = FORMATS.read(hostile)
    assert time.perf_counter() - begin < 0.1
    assert not reading.is_known_format


@given(st.text(max_size=120))
def test_any_text_is_read_and_random_ones_are_verbatim(written: str) -> None:
    assert FORMATS.read(written).identities == (Identity(VERBATIM, written),)


def test_every_network_that_has_a_ledger_keeps_the_same_spelling() -> None:
    random = Random(1)
    for network in NETWORKS:
        if not network.id.startswith(("eip155:", "tron:", "bip122:")) or network.names[0] in {
            "bitcoin-cash",
            "dash",
            "zcash",
        }:
            continue
        chain = find_chain(network.id)
        for identity in identities(random):
            kept = FORMATS.canonical(identity, network.id)
            for written in FORMATS.spellings(identity) if kept else ():
                if identity in FORMATS.read(written, network.id).identities and not written.startswith(
                    ("ronin", "x", "X")
                ):
                    assert chain.formats.canonical(written) == kept


def test_every_network_of_outputs_is_known_by_its_name_and_caip2() -> None:
    for network in OUTPUT_NETWORKS.values():
        assert FORMATS.chains(network.slug) == FORMATS.chains(network.caip2) == (network.caip2,)


def test_a_script_without_an_address_is_known_on_chains_of_outputs() -> None:
    script = Identity("script-hash", "scripthash:" + "ab" * 32)
    assert FORMATS.read(script.key).identities == (script,)
    assert FORMATS.canonical(script, BITCOIN) == script.key
    assert FORMATS.canonical(script, ETHEREUM) is None


def test_a_chain_keeps_no_address_of_another() -> None:
    assert FORMATS.canonical(EVM, BITCOIN) is None
    assert FORMATS.canonical(EVM, TRON) is None
    assert FORMATS.canonical(Identity(VERBATIM, EVM.key), ETHEREUM) is None
    assert FORMATS.canonical(EVM, "eip155:10") == EVM.key


def identities(random: Random) -> list[Identity]:
    """Identities of every format whose spellings are made of a hash alone."""
    digits = random.randbytes(20).hex()
    found = [FORMATS.read(f"0x{digits}").identities]
    for network in NETWORKS:
        for spelling in network.spellings:
            for example in EXAMPLES:
                spelled = spelling.read(example)
                found.append((spelled.identity,) if spelled else ())
    return list(dict.fromkeys(identity for group in found for identity in group))


EXAMPLES = (
    "1BpEi6DfDAUFd7GtittLSdBeYJvcoaVggu",
    SCRIPT,
    "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
    "bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr",
    "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx",
    "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn",
    "2MzQwSSnBHWHqSAqtTVQ6v47XtaisrJa1Vc",
    "LNf2JDiuunBz7GMDKFYHN4rq5meXWxiwfb",
    "DFFJhnQNZf8rf67tYnesPu7MuGUpYtzv7Z",
    TETHER.key,
    EVM.key,
)


@given(st.sampled_from(EXAMPLES), st.integers(2, 60), st.characters(codec="ascii", categories=["Lu", "Ll", "Nd"]))
def test_one_wrong_character_makes_another_address_or_none(address: str, place: int, character: str) -> None:
    wrong = address[: place % len(address)] + character + address[place % len(address) + 1 :]
    if wrong.lower() != address.lower():
        assert set(FORMATS.read(wrong).identities).isdisjoint(FORMATS.read(address).identities)


@pytest.mark.shared_data
def test_every_sanctioned_entry_is_found_in_every_spelling(shared_data: Path) -> None:
    entries = [
        (path.stem.rpartition("_")[2], entry)
        for path in sorted((shared_data / "sanctions").glob("*.json"))
        for entry in json.loads(path.read_text("utf-8"))
    ]
    assert (len(entries), len({entry for _, entry in entries})) == (654, 641)
    unknown, elsewhere = set(), set()
    for ticker, entry in entries:
        reading = FORMATS.read(entry)
        for identity in reading.identities:
            written = FORMATS.spellings(identity)
            assert identity.key in written
            assert all(identity in FORMATS.read(one).identities for one in written)
        if not reading.is_known_format:
            unknown.add((ticker, entry))
        elif not FORMATS.read(entry, ticker).is_known_format:
            elsewhere.add((ticker, entry))
    assert unknown == {("XMR", "5be5543ff73456ab9f2d207887e2af87322c651ea1a873c5b25b7ffae456c320")}
    assert elsewhere == {("XBT", "TUCsTq7TofTCJRRoHk6RvhMoS2mJLm5Yzq")}


def test_look_alikes_are_other_addresses() -> None:
    random = Random(2)
    originals = [example for example in EXAMPLES if not example.startswith("2")]
    for address, other in look_alikes(originals, 300, seed=3):
        assert other.lower()[:6] == address.lower()[:6]
        assert other.lower()[-6:] == address.lower()[-6:]
        assert set(FORMATS.read(other).identities).isdisjoint(FORMATS.read(address).identities)
        if address.lower().startswith(("0x", "bc1", "tb1")):
            assert FORMATS.read(other).is_known_format
    other = valid_look_alike(TETHER.key, random)
    assert FORMATS.read(other).chains == (TRON,)


@pytest.mark.slow
@pytest.mark.alone
def test_a_hundred_thousand_random_addresses_are_read_in_seconds() -> None:
    random = Random(4)
    texts = [f"0x{random.randbytes(20).hex()}" for _ in range(100_000)]
    begin = time.perf_counter()
    assert len({FORMATS.read(one).identities for one in texts}) == len(texts)
    assert time.perf_counter() - begin < 20
