"""What a pack says of one address, and how that becomes the 96 bytes of a slot.

Shares are kept rounded up, in steps of an eighth of a factor of two, so they are never understated: code 0 is none,
code c is at most 2^((c - 255) / 8). Amounts are not kept; the outcome was judged on them when the pack was built.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from struct import Struct
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from qiyafa.model.address import Identity
from qiyafa.model.category import Category
from qiyafa.model.errors import Conflict
from qiyafa.model.exposure import Direction
from qiyafa.model.verdict import Outcome
from qiyafa.stores.pack_evidence import OUTCOMES, EvidencePool, PackEvidence
from qiyafa.stores.pack_keys import key_of
from qiyafa.stores.pack_layout import RECORD, RECORD_BYTES

CATEGORIES: Final = tuple(Category)

_SLOT: Final = Struct("<34sBBHHHHHBB16s16sQI4x")
_PLACE: Final = Struct("<QI")
_PLACE_AT: Final = _SLOT.size - 16
_OUTCOME_AT, _CHAIN_AT = 34, 35
assert _SLOT.size == RECORD_BYTES

NO_HOPS: Final = 255
"""No way leads there, or it is not known how long the shortest is."""
_MOST_HOPS: Final = 254
_STEPS: Final = 8
_FULL: Final = 255
_LIMITS: Final = 2.0 ** ((np.arange(1, _FULL + 1) - _FULL) / _STEPS)


@dataclass(frozen=True, slots=True)
class PackExposure:
    """What an address has to do with one category in one direction, over all assets."""

    direction: Direction
    category: Category
    is_direct: bool
    is_indirect: bool
    share: float
    """The largest of any asset, between 0 and 1; as a pack gives it, rounded up by less than a tenth."""
    hops: int | None = None
    """Fewest transfers; a pack keeps the fewest over all categories of the direction."""


@dataclass(frozen=True, slots=True)
class PackRecord:
    """What a pack says of one address."""

    identity: Identity
    outcome: Outcome
    chain: str = ""
    """CAIP-2 of the only chain that it holds on; empty if it holds on every one."""
    categories: frozenset[Category] = frozenset()
    """Of the address itself, by lists and labels."""
    exposures: tuple[PackExposure, ...] = ()
    evidence: tuple[PackEvidence, ...] = ()


def record_rows(
    records: Iterable[PackRecord], formats: Mapping[str, int], chains: Mapping[str, int], pool: EvidencePool
) -> NDArray[np.void]:
    """Return records as slots; their evidence goes into the pool."""
    slots = [_slot(record, formats, chains, pool) for record in records]
    return np.frombuffer(b"".join(slots), RECORD)


def read_record(
    slot: bytes, identity: Identity, chains: tuple[str, ...], evidence: tuple[PackEvidence, ...]
) -> PackRecord:
    """Return what a slot says of an identity. Raises Conflict if it says what cannot be."""
    _, outcome, chain, own, *exposures, _, _ = _SLOT.unpack(slot)
    try:
        return PackRecord(
            identity,
            OUTCOMES[outcome],
            ("", *chains)[chain],
            frozenset(_categories(own)),
            tuple(_exposures(*exposures)),
            evidence,
        )
    except IndexError as error:
        raise Conflict("pack.error.record", address=identity.key) from error


def outcome_of(slot: bytes) -> tuple[int, int]:
    """Return (number of the outcome, number of the chain it is limited to or 0) of a slot."""
    return slot[_OUTCOME_AT], slot[_CHAIN_AT]


def evidence_place(slot: bytes) -> tuple[int, int]:
    """Return (offset, size) of a slot's evidence."""
    place: tuple[int, int] = _PLACE.unpack_from(slot, _PLACE_AT)
    return place


def share_codes(shares: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Return the code of each share; 0 for a share of nothing."""
    codes = np.searchsorted(_LIMITS, np.minimum(shares, 1.0), side="left") + 1
    return np.where(shares > 0, codes, 0).astype(np.uint8)


def share_of(code: int) -> float:
    """Return the share that a code stands for, at most."""
    return float(_LIMITS[code - 1]) if code else 0.0


def _slot(record: PackRecord, formats: Mapping[str, int], chains: Mapping[str, int], pool: EvidencePool) -> bytes:
    key = key_of(record.identity, formats)
    assert key is not None, "the formats of a pack are those of its records"
    inward = _side([one for one in record.exposures if one.direction is Direction.IN])
    outward = _side([one for one in record.exposures if one.direction is Direction.OUT])
    sides = (value for both in zip(inward, outward, strict=True) for value in both)
    in_direct, out_direct, in_indirect, out_indirect, in_hops, out_hops, in_shares, out_shares = sides
    return _SLOT.pack(
        key,
        OUTCOMES.index(record.outcome),
        chains[record.chain] if record.chain else 0,
        sum(1 << CATEGORIES.index(category) for category in record.categories),
        *(in_direct, in_indirect, out_direct, out_indirect),
        *(in_hops, out_hops, in_shares, out_shares),
        *pool.place(record.evidence),
    )


def _side(exposures: Sequence[PackExposure]) -> tuple[int, int, int, bytes]:
    """Return the bits of direct and of indirect categories, the fewest hops, and the codes of the shares."""
    shares = np.zeros(len(CATEGORIES))
    direct, indirect = 0, 0
    for one in exposures:
        place = CATEGORIES.index(one.category)
        shares[place] = max(shares[place], one.share)
        direct |= one.is_direct << place
        indirect |= one.is_indirect << place
    hops = [min(one.hops, _MOST_HOPS) for one in exposures if one.hops is not None]
    return direct, indirect, min(hops, default=NO_HOPS), share_codes(shares).tobytes()


def _exposures(*sides: Any) -> Iterator[PackExposure]:
    in_direct, in_indirect, out_direct, out_indirect, in_hops, out_hops, in_shares, out_shares = sides
    for direction, direct, indirect, hops, shares in (
        (Direction.IN, in_direct, in_indirect, in_hops, in_shares),
        (Direction.OUT, out_direct, out_indirect, out_hops, out_shares),
    ):
        for category in _categories(direct | indirect):
            place = CATEGORIES.index(category)
            is_direct, is_indirect = bool(direct >> place & 1), bool(indirect >> place & 1)
            fewest = None if hops == NO_HOPS else hops
            yield PackExposure(direction, category, is_direct, is_indirect, share_of(shares[place]), fewest)


def _categories(bits: int) -> list[Category]:
    return [category for place, category in enumerate(CATEGORIES) if bits >> place & 1]
