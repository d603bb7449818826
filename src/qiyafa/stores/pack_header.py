"""The header of a pack: what it was made from, until when it holds, and the signature over all of that.

The first 128 bytes are magic (8), format version (4), pages of the header (4), bytes of its JSON (4), zeros (12), the
public key (32) and the signature (64); the JSON and zeros up to the page's end follow. The Ed25519 signature (RFC 8032)
covers the text `qiyafa-pack/1` and a zero byte, then every byte of the header except the signature. The JSON names the
root of the hash tree. Nothing of it is read before the signature was checked with a key that the reader trusts.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from struct import Struct
from typing import Any, Final

from qiyafa.model.designation import ListCoverage
from qiyafa.model.errors import Conflict, Field
from qiyafa.model.verdict import Outcome
from qiyafa.stores.pack_keys import KeyHash
from qiyafa.stores.pack_layout import FORMAT_VERSION, MAGIC, MOST_HEADER_PAGES, PAGE_BYTES, PREFIX_BYTES, Layout

SIGNED_AS: Final = b"qiyafa-pack/1\0"
_FIXED: Final = Struct("<8sIII12x32s")
_SIGNATURE: Final = slice(_FIXED.size, PREFIX_BYTES)
assert PREFIX_BYTES - _FIXED.size == 64

Verify = Callable[[bytes, bytes, bytes], bool]
"""(public key, signature, message): whether the signature is right."""


@dataclass(frozen=True, slots=True)
class PackLedger:
    """One chain of the ledger that exposure was traced on."""

    chain: str
    manifest_sha256: str
    head_block: int | None
    head_hash: str | None


@dataclass(frozen=True, slots=True)
class PackNote:
    """Something that was not covered, as a sentence of the text catalogue."""

    key: str
    fields: tuple[tuple[str, Field], ...] = ()


@dataclass(frozen=True, slots=True)
class AbsentAnswer:
    """What is answered where a pack has nothing."""

    outcome: Outcome
    notes: tuple[PackNote, ...]
    """What it does not cover."""


@dataclass(frozen=True, slots=True)
class PackContents:
    """What a pack was made from and what it covers."""

    as_of: datetime
    """UTC."""
    valid_until: datetime
    """UTC; from then on it answers nothing."""
    made_by: str
    """Program and version."""
    formats: tuple[str, ...]
    """Formats of the addresses that it holds; a key names its format by place, from 1."""
    chains: tuple[str, ...]
    """Chains that a record can be limited to, by place, from 1."""
    lists: tuple[ListCoverage, ...]
    labels_version: str
    rules_version: str
    ledgers: tuple[PackLedger, ...]
    """Empty: no ledger was asked, so nothing is said of exposure."""
    absent: AbsentAnswer
    """What is said of an address that it does not hold."""
    unreadable: AbsentAnswer
    """What is said of a text that is no address of a known format, even if it holds the text."""

    @property
    def format_numbers(self) -> dict[str, int]:
        """The number of each format."""
        return {name: number for number, name in enumerate(self.formats, 1)}

    @property
    def chain_numbers(self) -> dict[str, int]:
        """The number of each chain."""
        return {name: number for number, name in enumerate(self.chains, 1)}


@dataclass(frozen=True, slots=True)
class PackHeader:
    """A header whose signature was checked."""

    contents: PackContents
    records: int
    layout: Layout
    hashing: KeyHash
    evidence_bytes: int
    root: bytes
    public_key: bytes


def header_bytes(header: PackHeader, sign: Callable[[bytes], bytes]) -> bytes:
    """Return the bytes of a header, signed."""
    body = _json(header)
    pages = header.layout.header_pages
    fixed = _FIXED.pack(MAGIC, FORMAT_VERSION, pages, len(body), header.public_key)
    rest = body.ljust(pages * PAGE_BYTES - PREFIX_BYTES, b"\0")
    return fixed + sign(SIGNED_AS + fixed + rest) + rest


def header_pages(header: PackHeader) -> int:
    """Return how many pages a header takes."""
    return -(-(PREFIX_BYTES + len(_json(header))) // PAGE_BYTES)


def pages_of_header(prefix: bytes, path: str) -> int:
    """Return how many pages the header has whose first 128 bytes these are. Raises Conflict if it is none."""
    if len(prefix) < PREFIX_BYTES or not prefix.startswith(MAGIC):
        raise Conflict("pack.error.foreign", path=path)
    _, version, pages, size, _ = _FIXED.unpack_from(prefix)
    if version != FORMAT_VERSION:
        raise Conflict("pack.error.version", path=path, found=version, known=FORMAT_VERSION)
    if not 0 < pages <= MOST_HEADER_PAGES or not 0 < size <= pages * PAGE_BYTES - PREFIX_BYTES:
        raise Conflict("pack.error.header", path=path)
    return int(pages)


def claimed_key(prefix: bytes) -> bytes:
    """Return the public key that a header names; whether it is to be trusted is another question."""
    key: bytes = _FIXED.unpack_from(prefix)[4]
    return key


def checked_header(data: bytes, verify: Verify, path: str) -> PackHeader:
    """Return the header in these bytes if its key signed it. Raises Conflict if it did not."""
    _, _, pages, size, public_key = _FIXED.unpack_from(data)
    signature, rest = data[_SIGNATURE], data[PREFIX_BYTES:]
    if not verify(public_key, signature, SIGNED_AS + data[: _FIXED.size] + rest):
        raise Conflict("pack.error.signature", path=path)
    try:
        return _header(json.loads(rest[:size]), pages, public_key)
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise Conflict("pack.error.header", path=path) from error


def _json(header: PackHeader) -> bytes:
    absent = [
        {"outcome": one.outcome, "notes": [(note.key, dict(note.fields)) for note in one.notes]}
        for one in (header.contents.absent, header.contents.unreadable)
    ]
    contents = asdict(header.contents) | {
        "absent": absent[0],
        "unreadable": absent[1],
        "as_of": _written(header.contents.as_of),
        "valid_until": _written(header.contents.valid_until),
        "lists": [asdict(one) | {"published": one.published and str(one.published)} for one in header.contents.lists],
    }
    record = contents | {
        "records": header.records,
        "home_pages": header.layout.homes,
        "record_pages": header.layout.record_pages,
        "evidence_pages": header.layout.evidence_pages,
        "evidence_bytes": header.evidence_bytes,
        "hash_factors": [f"{factor:016x}" for factor in header.hashing.factors],
        "root": header.root.hex(),
    }
    return json.dumps(record, sort_keys=True, ensure_ascii=True, separators=(",", ":")).encode("ascii")


def _header(record: Mapping[str, Any], pages: int, public_key: bytes) -> PackHeader:
    layout = Layout(pages, int(record["home_pages"]), int(record["record_pages"]), int(record["evidence_pages"]))
    if not 0 < layout.homes <= layout.record_pages or layout.evidence_pages < 0:
        raise ValueError("no pages")
    factors = tuple(int(factor, 16) for factor in record["hash_factors"])
    hashing = KeyHash(factors, layout.homes)
    root = bytes.fromhex(record["root"])
    return PackHeader(
        _contents(record), int(record["records"]), layout, hashing, int(record["evidence_bytes"]), root, public_key
    )


def _contents(record: Mapping[str, Any]) -> PackContents:
    lists = [
        ListCoverage(**one | {"published": one["published"] and date.fromisoformat(one["published"])})
        for one in record["lists"]
    ]
    return PackContents(
        as_of=_moment(record["as_of"]),
        valid_until=_moment(record["valid_until"]),
        made_by=record["made_by"],
        formats=tuple(record["formats"]),
        chains=tuple(record["chains"]),
        lists=tuple(lists),
        labels_version=record["labels_version"],
        rules_version=record["rules_version"],
        ledgers=tuple(PackLedger(**one) for one in record["ledgers"]),
        absent=_absent(record["absent"]),
        unreadable=_absent(record["unreadable"]),
    )


def _absent(record: Mapping[str, Any]) -> AbsentAnswer:
    notes = tuple(PackNote(key, tuple(fields.items())) for key, fields in record["notes"])
    return AbsentAnswer(Outcome(record["outcome"]), notes)


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _moment(written: str) -> datetime:
    return datetime.fromisoformat(written).astimezone(UTC)
