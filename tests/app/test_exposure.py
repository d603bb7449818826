"""Exposure on ledgers on disk: from sources and a moment to findings, poisonings and gaps."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from qiyafa.app.exposure import ExposureGround
from qiyafa.model.category import Category
from qiyafa.model.errors import InvalidInput, NotFound
from qiyafa.model.exposure import Direction, Exposure, ExposureRules, ExposureSource, Level, PoisonKind
from qiyafa.model.ledger import AddressCoverage, CoverageStatus
from qiyafa.stores.parquet_duckdb import ParquetLedger

from support.output_ledgers import BITCOIN, OutputRows, Spend, write_outputs
from support.output_ledgers import CHAIN as BITCOIN_CHAIN
from support.whole_blocks import CHAIN, ETHER, GENESIS, TOKEN, Row, make_block, moment, raw_blocks

THIEF, MULE, SHOP, MIXER = (f"0x{number:040x}" for number in (1, 2, 3, 4))
FRIEND = "0x1234" + "f" * 32 + "9876"
IMITATOR = "0x1234" + "0" * 32 + "9876"
SOURCES = [
    ExposureSource(THIEF, Category.STOLEN, "Lazarus", "label 1"),
    ExposureSource(MIXER, Category.MIXER, "Tornado", "label 2"),
]
COIN = 10**18


def pays(source: str, target: str, units: int, **more: object) -> list[Row]:
    fee = {"kind": "fee", "source": source, "target": "", "units_text": "0"}
    return [fee, {"source": source, "target": target, "units_text": str(units), **more}]


def reward(target: str, units: int) -> list[Row]:
    return [{"kind": "reward", "source": "", "target": target, "units_text": str(units)}]


BLOCKS = (
    [reward(THIEF, 10 * COIN), reward(FRIEND, 6 * COIN)],
    [pays(THIEF, MULE, 6 * COIN), pays(FRIEND, MULE, 6 * COIN)],
    [pays(MULE, MIXER, 4 * COIN), pays(MULE, SHOP, 2 * COIN)],
    [pays(IMITATOR, MULE, 0), [*pays(IMITATOR, MULE, 7, kind="token", asset=TOKEN, log_index=1)]],
    [pays(THIEF, SHOP, 1000)],
    [pays(MULE, MIXER, 1 * COIN)],
)


@pytest.fixture
def ledger(tmp_path: Path) -> ParquetLedger:
    blocks, parent = [], GENESIS
    for number, transactions in enumerate(BLOCKS):
        blocks.append(make_block(number, parent, 0, transactions))
        parent = blocks[-1].hash
    found = ParquetLedger.open_or_create(tmp_path / "ledger")
    found.ingest(raw_blocks(tmp_path, blocks), native_asset=ETHER)
    return found


def units(exposures: tuple[Exposure, ...], direction: Direction, category: Category) -> tuple[int, int]:
    (one,) = [
        one
        for one in exposures
        if (one.direction, one.category, one.entity, one.asset) == (direction, category, None, ETHER)
    ]
    return one.direct_units, one.indirect_units


def test_a_mule_is_explained_in_both_directions(ledger: ParquetLedger) -> None:
    found = ExposureGround.open(ledger, CHAIN, SOURCES).explain([MULE], Level.ADDRESS)
    assert units(found.exposures, Direction.IN, Category.STOLEN) == (6 * COIN, 0)
    assert units(found.exposures, Direction.OUT, Category.MIXER) == (5 * COIN, 0)
    named = {(one.direction, one.entity): one for one in found.exposures if one.entity}
    assert named.keys() == {(Direction.IN, "Lazarus"), (Direction.OUT, "Tornado")}
    assert named[Direction.OUT, "Tornado"].sources == ("label 2",)
    assert [one.units for one in named[Direction.OUT, "Tornado"].evidence] == [4 * COIN, 1 * COIN]
    assert found.coverage == ((MULE, CoverageStatus.COMPLETE),)


def test_over_a_mule_a_shortest_way_proves_the_exposure(ledger: ParquetLedger) -> None:
    found = ExposureGround.open(ledger, CHAIN, SOURCES).explain([SHOP], Level.ADDRESS)
    assert units(found.exposures, Direction.IN, Category.STOLEN) == pytest.approx((0, 1 * COIN), rel=1e-12)
    (whole,) = [one for one in found.exposures if one.entity is None]
    assert whole.hops == 2
    assert [(one.source, one.target, one.units) for one in whole.evidence] == [
        (THIEF, MULE, 6 * COIN),
        (MULE, SHOP, 2 * COIN),
    ]
    assert [one.exposed_units for one in whole.evidence] == pytest.approx([6 * COIN, 1 * COIN], rel=1e-12)


def test_the_answer_as_of_a_moment_knows_nothing_later(ledger: ParquetLedger) -> None:
    early = ExposureGround.open(ledger, CHAIN, SOURCES, as_of=datetime.fromtimestamp(moment(2), UTC))
    found = early.explain([MULE], Level.ADDRESS)
    assert units(found.exposures, Direction.OUT, Category.MIXER) == (4 * COIN, 0)
    assert found.poisonings == ()
    before = ExposureGround.open(ledger, CHAIN, SOURCES, as_of=datetime.fromtimestamp(moment(0) - 1, UTC))
    assert before.explain([MULE], Level.ADDRESS).exposures == ()
    assert list(before.table().each()) == []


def test_poisoning_is_shown_and_counts_for_nothing(ledger: ParquetLedger) -> None:
    ground = ExposureGround.open(ledger, CHAIN, SOURCES, rules=ExposureRules(dust_units={TOKEN: 100}))
    found = ground.explain([MULE], Level.ADDRESS)
    assert [(one.kind, one.source, one.imitated, one.units) for one in found.poisonings] == [
        (PoisonKind.LOOK_ALIKE, IMITATOR, FRIEND, 0),
        (PoisonKind.LOOK_ALIKE, IMITATOR, FRIEND, 7),
    ]
    assert found.poisonings_found == 2
    shop = ground.explain([SHOP], Level.ADDRESS)
    assert [(one.kind, one.source, one.units) for one in shop.poisonings] == [(PoisonKind.DUST, THIEF, 1000)]
    assert units(shop.exposures, Direction.IN, Category.STOLEN)[0] == 0


def test_dust_is_what_the_rules_say(ledger: ParquetLedger) -> None:
    ground = ExposureGround.open(ledger, CHAIN, SOURCES, rules=ExposureRules(dust_units={ETHER: 1}))
    assert units(ground.explain([SHOP], Level.ADDRESS).exposures, Direction.IN, Category.STOLEN)[0] == 1000


def test_a_cluster_does_not_receive_from_itself(ledger: ParquetLedger) -> None:
    found = ExposureGround.open(ledger, CHAIN, SOURCES).explain([MULE, SHOP], Level.CLUSTER)
    assert units(found.exposures, Direction.IN, Category.STOLEN) == (6 * COIN, 0)
    assert {one.total_units for one in found.exposures if one.direction is Direction.IN} == {12 * COIN}
    assert {one.level for one in found.exposures} == {Level.CLUSTER}


def test_the_table_agrees_with_what_is_explained(ledger: ParquetLedger) -> None:
    ground = ExposureGround.open(ledger, CHAIN, SOURCES)
    for address, exposures in ground.table().each():
        explained = [one for one in ground.explain([address], Level.ADDRESS).exposures if one.entity is None]
        assert [key_of(one) for one in exposures] == [key_of(one) for one in explained]


def key_of(one: Exposure) -> tuple[object, ...]:
    return one.asset, one.direction, one.category, one.direct_units, one.total_units, one.hops


def test_an_address_that_the_ledger_lacks_has_no_exposure(ledger: ParquetLedger) -> None:
    found = ExposureGround.open(ledger, CHAIN, SOURCES).explain(["0x" + "9" * 40], Level.ADDRESS)
    assert (found.exposures, found.poisonings) == ((), ())
    with pytest.raises(NotFound):
        ExposureGround.open(ledger, "eip155:1", SOURCES)


def test_the_same_question_gives_the_same_answer(ledger: ParquetLedger) -> None:
    first, second = (ExposureGround.open(ledger, CHAIN, SOURCES).explain([MULE], Level.ADDRESS) for _ in range(2))
    assert first == second


def test_sources_whose_history_was_cut_off_are_named(tmp_path: Path) -> None:
    blocks = [make_block(0, GENESIS, 0, [pays(THIEF, MULE, COIN)])]
    raw = replace(
        raw_blocks(tmp_path, blocks),
        block_coverage=(),
        block_files=(),
        address_coverage=(AddressCoverage(THIEF, CoverageStatus.CAPPED, "capped at 10,000"),),
    )
    ledger = ParquetLedger.open_or_create(tmp_path / "ledger")
    ledger.ingest(raw, native_asset=ETHER)
    found = ExposureGround.open(ledger, CHAIN, SOURCES).explain([MULE], Level.ADDRESS)
    assert found.incomplete_sources == (THIEF,)
    assert found.coverage == ((MULE, CoverageStatus.UNKNOWN),)


def test_a_moment_means_nothing_where_no_transfer_has_a_time(tmp_path: Path) -> None:
    blocks = [make_block(0, GENESIS, 0, [[{"source": THIEF, "target": MULE, "time": None}]])]
    ledger = ParquetLedger.open_or_create(tmp_path / "ledger")
    ledger.ingest(raw_blocks(tmp_path, blocks), native_asset=ETHER)
    with pytest.raises(InvalidInput):
        ExposureGround.open(ledger, CHAIN, SOURCES, as_of=datetime(2022, 1, 1, tzinfo=UTC))


def test_on_a_chain_of_outputs_transactions_are_no_addresses(tmp_path: Path) -> None:
    thief, mule, shop = (
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
        "12c6DSiU4Rq3P4ZxziKxzrL5LmMBrzjrJX",
        "1HLoD9E4SDFFPDiYfNYnkBLQ85Y51J3Zb1",
    )
    rows = OutputRows()
    coin = rows.add("coin", 0, 0, (), [(thief, 10_000)])
    pay = rows.add("pay", 1, 0, [Spend(coin)], [(mule, 6_000), (thief, 3_900)])
    rows.add("last", 2, 0, [Spend(pay, 0)], [(shop, 2_000), (mule, 3_900), (shop, 50)])
    ledger = ParquetLedger.open_or_create(tmp_path / "ledger")
    ledger.ingest(write_outputs(tmp_path, rows), native_asset=BITCOIN)
    ground = ExposureGround.open(ledger, BITCOIN_CHAIN, [ExposureSource(thief, Category.STOLEN, "", "label 1")])
    found = ground.explain([shop], Level.ADDRESS)
    (whole,) = found.exposures
    assert (whole.direct_units, whole.indirect_units, whole.total_units, whole.hops) == (0, 2_000, 2_000, 2)
    assert [(one.source, one.target, one.units) for one in whole.evidence] == [
        (thief, mule, 6_000),
        (mule, shop, 2_000),
    ]
    assert [(one.kind, one.source, one.units) for one in found.poisonings] == [(PoisonKind.DUST, mule, 50)]
    (received,) = ground.explain([mule], Level.ADDRESS).exposures
    assert (received.direct_units, received.indirect_units, received.total_units) == (6_000, 0, 6_000)
    assert dict(ground.table().each()).keys() == {mule, shop}
