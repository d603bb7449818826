"""Exposure on the Ronin ledger: real transactions, real sanctioned addresses, explained down to transfers."""

from pathlib import Path

import pytest

from qiyafa.app.exposure import ExposureFindings, ExposureGround
from qiyafa.model.category import Category
from qiyafa.model.exposure import Direction, Exposure, ExposureSource, Level
from qiyafa.stores.parquet_duckdb import ParquetLedger

from support.ronin import ROUTER, THIEF

pytestmark = pytest.mark.shared_data

CHAIN = "eip155:1"
ETH = 10**18
SOURCES = [
    ExposureSource(THIEF, Category.SANCTIONED, "Lazarus Group", "ofac"),
    ExposureSource(ROUTER, Category.MIXER, "Tornado Cash", "label"),
]
LISTED_IN_LEDGER = 24


@pytest.fixture(scope="module")
def ledger(ronin_ledger: Path) -> ParquetLedger:
    return ParquetLedger.open(ronin_ledger)


@pytest.fixture(scope="module")
def ground(ledger: ParquetLedger) -> ExposureGround:
    return ExposureGround.open(ledger, CHAIN, SOURCES)


def exposure(found: ExposureFindings, direction: Direction, category: Category) -> Exposure:
    (one,) = [
        one for one in found.exposures if (one.direction, one.category, one.entity) == (direction, category, None)
    ]
    return one


def test_what_the_exploiter_sent_to_the_mixer_is_what_the_mixer_received_of_him(ground: ExposureGround) -> None:
    sent = exposure(ground.explain([THIEF], Level.ADDRESS), Direction.OUT, Category.MIXER)
    received = exposure(ground.explain([ROUTER], Level.ADDRESS), Direction.IN, Category.SANCTIONED)
    assert sent.units == pytest.approx(received.units, rel=1e-9)
    assert round(sent.units / ETH) == 175_100
    assert sent.direct_units == 0
    assert sent.hops == received.hops == 2


def test_the_way_to_the_mixer_is_shown_transfer_by_transfer(ground: ExposureGround, ledger: ParquetLedger) -> None:
    one = exposure(ground.explain([THIEF], Level.ADDRESS), Direction.OUT, Category.MIXER)
    columns = ledger.columns(CHAIN)
    first, second = one.evidence[:2]
    assert (first.source, first.target, second.target) == (THIEF, second.source, ROUTER)
    assert first.time is not None
    assert second.time is not None
    assert first.time < second.time
    for shown in one.evidence:
        rows = columns.hashes.rows(shown.transaction_hash).tolist()
        (row,) = [row for row in rows if int(columns.position[row]) == shown.position]
        assert columns.units(row) == shown.units
        assert 0 < shown.exposed_units <= shown.units
    assert one.sources == ("label",)


def test_all_at_once_gives_the_same_as_one_by_one(ground: ExposureGround) -> None:
    table = ground.table()
    for address in (THIEF, ROUTER):
        explained = [one for one in ground.explain([address], Level.ADDRESS).exposures if one.entity is None]
        tabled = table.of(address)
        assert len(tabled) == len(explained)
        for one, other in zip(tabled, explained, strict=True):
            assert (one.direction, one.category, one.hops) == (other.direction, other.category, other.hops)
            assert (one.direct_units, one.total_units) == (other.direct_units, other.total_units)
            assert one.indirect_units == pytest.approx(other.indirect_units, rel=1e-9)


def test_so_many_sanctioned_addresses_occur_in_the_ledger(ledger: ParquetLedger, shared_data: Path) -> None:
    listed = {
        line.lower()
        for path in (shared_data / "sanctions").glob("*.txt")
        for line in path.read_text(encoding="utf-8").split()
        if line.startswith("0x")
    }
    sources = [ExposureSource(one, Category.SANCTIONED, "", one) for one in sorted(listed)]
    assert len(ExposureGround.open(ledger, CHAIN, sources).sources) == LISTED_IN_LEDGER


def test_histories_that_were_cut_off_are_named(ledger: ParquetLedger, shared_data: Path) -> None:
    rows = (shared_data / "ethereum" / "coverage.csv").read_text(encoding="utf-8").splitlines()[1:]
    capped = {row.split(",")[0].lower() for row in rows if row.split(",")[2].startswith("capped")}
    sources = [ExposureSource(one, Category.EXCHANGE, "", one) for one in sorted(capped)]
    found = ExposureGround.open(ledger, CHAIN, sources).explain([THIEF], Level.ADDRESS)
    used = {evidence for one in found.exposures for evidence in one.sources}
    assert set(found.incomplete_sources) == used <= capped
