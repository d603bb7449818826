"""Damage is found and named, whatever file it is in."""

import random
import shutil
from pathlib import Path

import pytest

from qiyafa.model.errors import Conflict, NotFound
from qiyafa.model.ledger import AddressCoverage, BlockCoverage, CoverageStatus
from qiyafa.stores.parquet_duckdb import ParquetLedger
from qiyafa.stores.verify import verify_ledger

CHAIN = "eip155:1"


@pytest.fixture
def ledger(tmp_path, raw_of, ingest_into, row) -> Path:
    """A ledger with a file of every kind."""
    rows = [row(block_number=n, transaction_hash=f"0x{n:064x}", units_text=str(n + 1)) for n in range(20)]
    coverage = (AddressCoverage("a", CoverageStatus.COMPLETE),)
    raw = raw_of(rows, address_coverage=coverage, block_coverage=(BlockCoverage(0, 19),))
    ingest_into(tmp_path / "ledger", raw)
    opened = ParquetLedger.open(tmp_path / "ledger")
    opened.columns(CHAIN)
    opened.settle()
    return tmp_path / "ledger"


def files_of(ledger: Path) -> list[Path]:
    return [path for path in sorted(ledger.rglob("*")) if path.is_file() and path.name != ".lock"]


def flip(path: Path, bit: int) -> None:
    data = bytearray(path.read_bytes())
    data[bit // 8] ^= 1 << bit % 8
    path.write_bytes(data)


def damaged(ledger: Path) -> list[tuple[str, str]]:
    return [(damage.path, damage.key) for damage in verify_ledger(ledger)]


def test_a_sound_ledger_has_no_damage(ledger):
    tables = {path.relative_to(ledger).parts[1].split("/")[0] for path in ledger.rglob("chain=*/table=*/*.parquet")}
    assert tables == {"table=transfers", "table=address_coverage", "table=block_coverage"}
    assert damaged(ledger) == []


def test_a_flipped_bit_in_any_file_is_found_and_named(ledger):
    bits = random.Random(5)
    for path in files_of(ledger):
        whole = path.read_bytes()
        for bit in [0, len(whole) * 8 - 1, *(bits.randrange(len(whole) * 8) for _ in range(3))]:
            flip(path, bit)
            assert path.relative_to(ledger).as_posix() in [name for name, _ in damaged(ledger)], bit
            path.write_bytes(whole)
    assert damaged(ledger) == []


def test_columns_that_a_killed_run_left_half_written_are_no_damage(ledger):
    (kept,) = (path for path in (ledger / "columns").glob("chain=*/*") if path.is_dir())
    shutil.copytree(kept, kept.parent / "writing")
    (kept.parent / "writing" / "meta.json").write_text("{")
    assert damaged(ledger) == []
    shutil.rmtree(kept)
    opened = ParquetLedger.open(ledger)
    opened.columns(CHAIN)
    opened.settle()
    assert [folder.name for folder in kept.parent.iterdir() if folder.is_dir()] == [kept.name]


def test_a_missing_file_is_named(ledger):
    part = ParquetLedger.open(ledger).record(CHAIN).transfers()[1]
    (ledger / part.path).unlink()
    assert damaged(ledger) == [(part.path, "ledger.damage.missing")]


def test_a_cut_file_is_named(ledger):
    part = ParquetLedger.open(ledger).record(CHAIN).transfers()[0]
    (ledger / part.path).write_bytes((ledger / part.path).read_bytes()[:100])
    assert damaged(ledger) == [(part.path, "ledger.damage.changed")]


def test_files_are_checked_by_a_manifest_that_is_itself_damaged(ledger):
    part = ParquetLedger.open(ledger).record(CHAIN).transfers()[0]
    flip(ledger / part.path, 1000)
    manifest = ledger / "manifest.json"
    manifest.write_bytes(manifest.read_bytes().replace(b'"fees"', b'"feet"'))
    assert damaged(ledger) == [("manifest.json", "ledger.damage.manifest"), (part.path, "ledger.damage.changed")]


def test_a_manifest_that_is_no_json_is_named(ledger):
    (ledger / "manifest.json").write_bytes(b"{")
    assert damaged(ledger) == [("manifest.json", "ledger.damage.manifest")]


def test_no_ledger_is_not_a_sound_one(tmp_path):
    with pytest.raises(NotFound):
        verify_ledger(tmp_path)


def test_nothing_is_built_on_a_changed_file(ledger, raw_of, ingest_into, row):
    """A merge would give changed rows a new, valid hash."""
    part = ParquetLedger.open(ledger).record(CHAIN).transfers()[0]
    flip(ledger / part.path, 1000)
    before = (ledger / "manifest.json").read_bytes()
    with pytest.raises(Conflict) as refused:
        ingest_into(ledger, raw_of([row(block_number=100, transaction_hash="0xff")]))
    assert refused.value.fields["path"] == str(ledger / part.path)
    assert (ledger / "manifest.json").read_bytes() == before


def test_a_changed_coverage_file_gives_no_answer(ledger):
    (coverage,) = ledger.rglob("table=address_coverage/*.parquet")
    flip(coverage, 400)
    with pytest.raises(Conflict):
        ParquetLedger.open(ledger).address_coverage(CHAIN, "a")


def test_verifying_tells_how_far_it_is(ledger):
    told = []
    verify_ledger(ledger, lambda stage, done, total: told.append((stage, done, total)))
    sizes = sum(file.bytes for file in ParquetLedger.open(ledger).manifest.files().values())
    assert told[-1] == ("ledger.progress.verifying", sizes, sizes)
