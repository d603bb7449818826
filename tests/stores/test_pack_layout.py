"""A reader written from docs/packs.md alone, with nothing of ours, finds what a pack holds and the same root."""

import hashlib
import json
import struct
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from support.packs import CONTENTS, PUBLIC_KEY, evm, exposed, listed, write

PAGE = 4096
ALL_BITS = 2**64 - 1
RECORDS = [listed(evm(number)) for number in range(5_000)] + [exposed(evm(number)) for number in range(4_900, 5_100)]


def header_of(data: bytes) -> tuple[int, dict[str, Any]]:
    pages, size = struct.unpack("<II", data[12:20])
    signed = b"qiyafa-pack/1\0" + data[:64] + data[128 : pages * PAGE]
    Ed25519PublicKey.from_public_bytes(data[32:64]).verify(data[64:128], signed)
    return pages, json.loads(data[128 : 128 + size])


def slots_of(data: bytes, address: str) -> list[bytes]:
    pages, header = header_of(data)
    key = bytes([header["formats"].index("evm") + 1, 0x40 + 20]) + bytes.fromhex(address[2:]).ljust(32, b"\0")
    kind, *words = struct.unpack("<HQQQQ", key)
    factors = [int(factor, 16) for factor in header["hash_factors"]]
    mixed = (kind * factors[0] + sum(a * b for a, b in zip(words, factors[1:5], strict=True)) + factors[5]) & ALL_BITS
    mixed = (mixed ^ (mixed >> 32)) * 0x9E3779B97F4A7C15 & ALL_BITS
    number, tag = ((mixed >> 32) * header["home_pages"]) >> 32, (mixed ^ (mixed >> 29)) % 255 + 1
    found = []
    while True:
        page = data[(pages + number) * PAGE : (pages + number + 1) * PAGE]
        slots = [page[64 + 96 * place : 160 + 96 * place] for place in range(42) if page[place] == tag]
        found += [slot for slot in slots if slot.startswith(key)]
        if page[43] != 1:
            return found
        number += 1


def test_every_address_is_where_the_document_says(tmp_path: Path) -> None:
    write(tmp_path / "a.qpack", RECORDS)
    data = (tmp_path / "a.qpack").read_bytes()
    assert data[32:64] == PUBLIC_KEY
    for number in range(0, 5_200, 13):
        slots = slots_of(data, evm(number).key)
        wanted = [one for one in RECORDS if one.identity == evm(number)]
        assert [(slot[34], slot[35]) for slot in slots] == [
            (["no_hit", "unavailable", "review", "hit"].index(one.outcome), len(one.chain) and 1) for one in wanted
        ]
    (slot,) = slots_of(data, evm(5_050).key)
    assert struct.unpack("<HHHHH", slot[36:46]) == (0, 1 << 3, 0, 0, 0)
    assert (slot[46], slot[47], 2 ** ((slot[48 + 3] - 255) / 8)) == (1, 255, 0.25)


def test_the_root_is_the_one_that_the_document_describes(tmp_path: Path) -> None:
    write(tmp_path / "a.qpack", RECORDS)
    data = (tmp_path / "a.qpack").read_bytes()
    pages, header = header_of(data)
    body = [data[at : at + PAGE] for at in range(pages * PAGE, len(data), PAGE)]
    leaves = header["record_pages"] + header["evidence_pages"]
    hashes, at = [hashlib.sha256(b"\0" + page).digest() for page in body[:leaves]], leaves
    while True:
        level = [b"".join(hashes[place : place + 128]).ljust(PAGE, b"\0") for place in range(0, len(hashes), 128)]
        assert body[at : at + len(level)] == level
        at += len(level)
        hashes = [hashlib.sha256(b"\1" + page).digest() for page in level]
        if len(level) == 1:
            break
    assert at == len(body)
    assert hashlib.sha256(b"\2" + leaves.to_bytes(8, "little") + hashes[0]).hexdigest() == header["root"]
    assert header["as_of"] == CONTENTS.as_of.isoformat().replace("+00:00", "Z")
