"""Small screening packs, made in memory and signed with a key that everybody knows."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from qiyafa.model.address import VERBATIM, Identity
from qiyafa.model.category import Category
from qiyafa.model.designation import ListCoverage
from qiyafa.model.exposure import Direction
from qiyafa.model.verdict import Outcome
from qiyafa.stores.pack_build import Signer, write_pack
from qiyafa.stores.pack_evidence import EvidencePool, PackEvidence
from qiyafa.stores.pack_header import AbsentAnswer, PackContents, PackHeader, PackNote
from qiyafa.stores.pack_record import PackExposure, PackRecord, record_rows
from qiyafa.stores.pack_signing import public_bytes

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC_KEY = public_bytes(KEY)
AS_OF = datetime(2024, 9, 27, 12, tzinfo=UTC)
VALID_UNTIL = datetime(2024, 10, 4, 12, tzinfo=UTC)
ETHEREUM = "eip155:1"

CONTENTS = PackContents(
    as_of=AS_OF,
    valid_until=VALID_UNTIL,
    made_by="a test",
    formats=(VERBATIM, "evm", "bitcoin"),
    chains=(ETHEREUM,),
    lists=(ListCoverage("ofac-addresses", "ofac", "2024-09-27-abc", date(2024, 9, 27), 0),),
    labels_version="1",
    rules_version="default/1",
    ledgers=(),
    absent=AbsentAnswer(Outcome.NO_HIT, (PackNote("screen.gap.no_labels"),)),
    unreadable=AbsentAnswer(Outcome.UNAVAILABLE, ()),
)


def signer(key: Ed25519PrivateKey = KEY) -> Signer:
    return Signer(public_bytes(key), key.sign)


def evm(number: int) -> Identity:
    return Identity("evm", f"0x{number:040x}")


def listed(identity: Identity) -> PackRecord:
    evidence = PackEvidence("designation", Outcome.HIT, ("ofac-addresses/2024-09-27-abc/17",))
    return PackRecord(identity, Outcome.HIT, categories=frozenset({Category.SANCTIONED}), evidence=(evidence,))


def exposed(identity: Identity, *, share: float = 0.25, chain: str = ETHEREUM) -> PackRecord:
    exposure = PackExposure(Direction.IN, Category.STOLEN, is_direct=True, is_indirect=False, share=share, hops=1)
    return PackRecord(identity, Outcome.REVIEW, chain, exposures=(exposure,))


def write(
    path: Path,
    records: Sequence[PackRecord],
    *,
    contents: PackContents = CONTENTS,
    key: Ed25519PrivateKey = KEY,
) -> PackHeader:
    pool = EvidencePool()
    rows = record_rows(records, contents.format_numbers, contents.chain_numbers, pool)
    return write_pack(path, contents, rows, pool.data(), signer(key))
