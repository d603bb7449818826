"""The manifest: the same sources give the same bytes, and a changed bit is noticed."""

import hashlib
import json

import pytest

from qiyafa.model.errors import Conflict, InvalidInput, NotFound
from qiyafa.model.raw import SourceFile
from qiyafa.stores.manifest import merged_sources, read_manifest
from qiyafa.stores.parquet_duckdb import ParquetLedger
from qiyafa.stores.sealed import BrokenSealError, sealed, unsealed

CHAIN = "eip155:1"


def test_every_single_bit_of_a_sealed_file_counts():
    data = sealed({"b": [1, None], "a": "x"})
    assert unsealed(data) == {"a": "x", "b": [1, None]}
    for position in range(len(data) * 8):
        flipped = bytearray(data)
        flipped[position // 8] ^= 1 << position % 8
        with pytest.raises(BrokenSealError):
            unsealed(bytes(flipped))


def test_the_manifest_names_every_file_with_its_hash(tmp_path, raw_of, ingest_into, row):
    report = ingest_into(tmp_path, raw_of([row(block_number=n, transaction_hash=hex(n)) for n in range(20)]))
    data = (tmp_path / "manifest.json").read_bytes()
    assert report.manifest_sha256 == hashlib.sha256(data).hexdigest()
    files = json.loads(data)["chains"][CHAIN]["files"]
    assert len(files) == 3
    for file in files:
        assert hashlib.sha256((tmp_path / file["path"]).read_bytes()).hexdigest() == file["sha256"]


def test_the_head_is_the_last_block(tmp_path, raw_of, ingest_into, row):
    ingest_into(tmp_path, raw_of([row(), row(block_number=7, transaction_hash="0xbb", time=1648039200)]))
    head = json.loads((tmp_path / "manifest.json").read_bytes())["chains"][CHAIN]["head"]
    assert head == {"block_number": 7, "hash": None, "time": 1648039200, "time_utc": "2022-03-23T12:40:00Z"}


def test_sources_are_a_set_whatever_their_names():
    def source(name: str, sha256: str) -> SourceFile:
        return SourceFile(name, sha256, 5, 0, "test/1", "transactions")

    first = merged_sources([], [source("b.csv", "11"), source("a.csv", "22")])
    assert [one.name for one in first] == ["a.csv", "b.csv"]
    assert merged_sources(first, [source("copy of b.csv", "11")]) == first
    assert merged_sources([source("copy of b.csv", "11")], first) == first


def test_the_sources_of_two_ingests_give_one_manifest_in_either_order(tmp_path, raw_of, ingest_into, row):
    early, late = (
        raw_of([row()]),
        raw_of([row(block_number=2, transaction_hash="0xbb")], provides=frozenset({"tokens"})),
    )
    for folder, runs in (("one", (early, late)), ("other", (late, early))):
        for raw in runs:
            ingest_into(tmp_path / folder, raw)
    assert (tmp_path / "one/manifest.json").read_bytes() == (tmp_path / "other/manifest.json").read_bytes()


def test_a_changed_manifest_opens_no_ledger(tmp_path, raw_of, ingest_into, row):
    ingest_into(tmp_path, raw_of([row()]))
    manifest = tmp_path / "manifest.json"
    manifest.write_bytes(manifest.read_bytes().replace(b'"rows": 1', b'"rows": 2'))
    with pytest.raises(Conflict) as refused:
        ParquetLedger.open(tmp_path)
    assert refused.value.key == "ledger.manifest.changed"


def test_a_ledger_of_another_format_is_refused_by_name(tmp_path):
    (tmp_path / "manifest.json").write_bytes(sealed({"format": "qiyafa-ledger/9", "chains": {}}))
    with pytest.raises(Conflict) as refused:
        read_manifest(tmp_path)
    assert refused.value.fields["found"] == "qiyafa-ledger/9"


def test_opening_what_is_no_ledger_says_so(tmp_path):
    with pytest.raises(NotFound) as missing:
        ParquetLedger.open(tmp_path / "nothing")
    assert missing.value.key == "ledger.missing"
    with pytest.raises(NotFound) as empty:
        ParquetLedger.open(tmp_path)
    assert empty.value.key == "ledger.no_manifest"


def test_a_ledger_is_never_made_among_other_files(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(InvalidInput) as refused:
        ParquetLedger.open_or_create(tmp_path)
    assert refused.value.key == "ledger.folder_in_use"
    with pytest.raises(InvalidInput) as no_folder:
        ParquetLedger.open_or_create(tmp_path / "notes.txt")
    assert no_folder.value.key == "ledger.not_a_folder"


def test_a_lost_manifest_is_not_replaced_by_an_empty_one(tmp_path, raw_of, ingest_into, row):
    ingest_into(tmp_path, raw_of([row()]))
    (tmp_path / "manifest.json").unlink()
    with pytest.raises(InvalidInput) as refused:
        ParquetLedger.open_or_create(tmp_path)
    assert refused.value.key == "ledger.manifest.lost"


def test_knowledge_counts_what_an_answer_must_mention(tmp_path, raw_of, ingest_into, row):
    rows = [
        row(status="unknown"),
        row(transaction_hash="0x2", precision="lossy"),
        row(transaction_hash="0x3", precision="lossy", status="failed", units_text="0"),
        row(transaction_hash="0x4", transaction_index=None),
        row(transaction_hash="0x5", units_text=str(10**38)),
    ]
    ingest_into(tmp_path, raw_of(rows, provides=frozenset({"native"})))
    known = ParquetLedger.open(tmp_path).knowledge(CHAIN)
    assert known.provides == {"native"}
    assert (known.rows, known.status_unknown, known.lossy, known.order_assumed, known.above_38_digits) == (
        5,
        1,
        1,
        1,
        1,
    )


def test_the_native_asset_of_a_chain_cannot_change(tmp_path, raw_of, ingest_into, row):
    ingest_into(tmp_path, raw_of([row()]))
    with pytest.raises(Conflict) as refused:
        ParquetLedger.open(tmp_path).ingest(raw_of([row()]), native_asset="eip155:1/slip44:61")
    assert refused.value.key == "ledger.native_asset"
