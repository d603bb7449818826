"""Addresses made to be mistaken for another: the same first and last six characters, as address poisoning uses them.

Where a format's checksum can be met (EVM, bech32, cashaddr; Solana has none) a look-alike is a valid address. In
Base58Check and Monero's Base58 the last six characters hold a hash that cannot be chosen, so there are two kinds:
`look_alike` keeps six and six and is no valid address, `valid_look_alike` is valid and keeps six and the last two.
"""

from collections.abc import Iterator
from random import Random

from qiyafa.chains.base58check import base58check_text
from qiyafa.chains.formats import FORMATS
from qiyafa.chains.formats.base58_text import payload_of
from qiyafa.chains.outputs.bech32 import ALPHABET

KEPT = 6
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_HEX = "0123456789abcdef"
_BECH32_CHECK, _CASHADDR_CHECK = 6, 8
_LAST_GROUND = 2


def look_alikes(written: list[str], count: int, seed: int = 0) -> Iterator[tuple[str, str]]:
    """Yield pairs of an address and a text that keeps its first and last six characters, and is another address."""
    random = Random(seed)
    for number in range(count):
        address = written[number % len(written)]
        yield address, look_alike(address, random)


def look_alike(address: str, random: Random) -> str:
    """Return another text with the same first and last six characters; valid wherever the checksum allows it."""
    kind = FORMATS.read(address).identities[0].format
    middle = len(address) - 2 * KEPT
    if kind == "evm":
        address = address.lower()
        return _framed(address, "".join(random.choice(_HEX) for _ in range(middle)))
    if kind == "segwit":
        return _linear(address, random, address.lower().index("1") + 1, _BECH32_CHECK)
    if kind == "bitcoin" and address != FORMATS.read(address).identities[0].key:
        return _linear(address, random, address.find(":") + 1, _CASHADDR_CHECK)
    while True:
        text = _framed(address, "".join(random.choice(_BASE58) for _ in range(middle)))
        if kind != "solana" or FORMATS.read(text).is_known_format:
            return text


def valid_look_alike(address: str, random: Random) -> str:
    """Return a valid Base58Check address (one version byte) with the same first six and last two characters."""
    payload = payload_of(address)
    assert payload is not None
    size = 8 * (len(payload) - KEPT + 1)
    prefix = int.from_bytes(payload, "big") >> size << size
    while True:
        text = base58check_text((prefix | random.getrandbits(size)).to_bytes(len(payload), "big"))
        if text != address and text[:KEPT] == address[:KEPT] and text[-_LAST_GROUND:] == address[-_LAST_GROUND:]:
            return text


def _framed(address: str, middle: str) -> str:
    return address[:KEPT] + middle + address[-KEPT:]


def _linear(address: str, random: Random, begin: int, check: int) -> str:
    """Change digits between the kept ends so that the checksum stays: it is linear over bits, so solve for it.

    The digits that may change are those behind the sixth of the text and before the checksum; the last of them stays,
    since it may hold padding. Changing `check` of them makes up for random changes of all others.
    """
    lower = address.lower()
    last = len(address) - check - 1
    changing = list(range(max(begin + 1, KEPT), last))
    solved, free = changing[-check:], changing[:-check]
    values = {place: ALPHABET.index(lower[place]) for place in changing}

    def checksum(digits: dict[int, int]) -> int:
        return _remainder(lower, begin, check, digits)

    plain = checksum(values)
    steps = [(place, 1 << bit) for place in solved for bit in range(5)]
    effects = [checksum({**values, place: values[place] ^ step}) ^ plain for place, step in steps]
    changed = {place: random.randrange(32) if place in free else values[place] for place in changing}
    for number in _combination(effects, checksum(changed) ^ plain):
        place, step = steps[number]
        changed[place] ^= step
    text = "".join(ALPHABET[changed[place]] if place in changed else one for place, one in enumerate(lower))
    return text.upper() if address.isupper() else text


def _remainder(lower: str, begin: int, check: int, digits: dict[int, int]) -> int:
    generator: tuple[int, ...] = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
    if check == _CASHADDR_CHECK:
        generator = (0x98F2BC8E61, 0x79B76D99E2, 0xF33E5FB3C4, 0xAE2EABE2A8, 0x1E4F43E470)
    bits, remainder = 5 * (check - 1), 1
    for place in range(begin, len(lower)):
        top = remainder >> bits
        remainder = (remainder & (1 << bits) - 1) << 5 ^ digits.get(place, ALPHABET.index(lower[place]))
        for bit, value in enumerate(generator):
            remainder ^= value if top >> bit & 1 else 0
    return remainder


def _combination(effects: list[int], wanted: int) -> list[int]:
    """Return which effects XOR to the wanted one: elimination over bits."""
    reduced: list[tuple[int, int]] = []
    for number, effect in enumerate(effects):
        row, uses = _cleared(effect, 1 << number, reduced)
        if row:
            reduced.append((row, uses))
            reduced.sort(reverse=True)
    rest, uses = _cleared(wanted, 0, reduced)
    assert not rest
    return [number for number in range(len(effects)) if uses >> number & 1]


def _cleared(row: int, uses: int, reduced: list[tuple[int, int]]) -> tuple[int, int]:
    for other, other_uses in reduced:
        if row ^ other < row and row.bit_length() >= other.bit_length():
            row, uses = row ^ other, uses ^ other_uses
    return row, uses
