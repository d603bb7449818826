"""Screening on a chain of outputs: an address is also asked about what is spent together with it."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from qiyafa.app.cluster_build import build_clusters
from qiyafa.app.exposure_sources import Books
from qiyafa.app.home import Home
from qiyafa.app.screen import Screener
from qiyafa.app.screen_ground import LedgerGround
from qiyafa.chains.base58check import base58check_text
from qiyafa.chains.formats import FORMATS
from qiyafa.model.category import Category
from qiyafa.model.exposure import Level
from qiyafa.model.ports import silent
from qiyafa.model.verdict import Outcome, ReasonKind, ScreenRequest, Verdict
from qiyafa.screen.rules import Rules
from qiyafa.stores.parquet_duckdb import ParquetLedger

from support.output_ledgers import BITCOIN, CHAIN, OutputRows, Spend, hash_of, write_outputs
from support.screening import DEFAULT_RULES, LabelsInMemory, ListsInMemory, designation, label

NOW = datetime(2009, 6, 1, tzinfo=UTC)
ALICE, TWIN, THIRD, THIEF, SHOP = (base58check_text(b"\x00" + bytes([n]) * 20) for n in range(1, 6))
COIN = 100_000_000


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Alice spends together with her twin and later with a third address; a thief had paid the twin."""
    folder = tmp_path_factory.mktemp("outputs")
    rows = OutputRows()
    for block, (name, owner) in enumerate([("a", ALICE), ("t", THIEF), ("c", THIRD)]):
        rows.add(name, block, 0, [], [(owner, 50 * COIN)])
    rows.add("stolen", 3, 1, [Spend(hash_of("t"))], [(TWIN, 50 * COIN)])
    rows.add("both", 4, 1, [Spend(hash_of("a")), Spend(hash_of("stolen"))], [(SHOP, 60 * COIN), (ALICE, 40 * COIN)])
    rows.add("again", 5, 1, [Spend(hash_of("both"), 1), Spend(hash_of("c"))], [(SHOP, 90 * COIN)])
    path = folder / "ledger"
    opened = ParquetLedger.open_or_create(path)
    opened.ingest(write_outputs(folder, rows), native_asset=BITCOIN)
    build_clusters(ParquetLedger.open(path), CHAIN, Home(folder / "home"))
    return path


def ask(
    ledger: Path, written: str, lists: ListsInMemory, labels: LabelsInMemory, rules: Rules = DEFAULT_RULES
) -> Verdict:
    books = Books(lists, labels, FORMATS)
    ground = LedgerGround(ledger, Home(ledger.parent / "home"), books, rules, silent)
    (verdict,) = Screener(books, rules, lambda: NOW, ground).screen([ScreenRequest(written)])
    return verdict


def listed(written: str) -> ListsInMemory:
    one = designation(identities=FORMATS.read(written).identities, listed_from=date(2009, 1, 1), written=written)
    return ListsInMemory([one], NOW.date())


NOBODY = ListsInMemory(published=NOW.date())


def test_a_listed_address_of_the_same_cluster_is_a_review(ledger: Path) -> None:
    verdict = ask(ledger, ALICE, listed(THIRD), LabelsInMemory())
    assert verdict.outcome is Outcome.REVIEW
    (reason,) = [one for one in verdict.reasons if one.kind is ReasonKind.CLUSTER]
    assert reason.evidence["address"] == THIRD
    assert ask(ledger, THIRD, listed(THIRD), LabelsInMemory()).outcome is Outcome.HIT


def test_what_a_cluster_received_counts_for_each_of_its_addresses(ledger: Path) -> None:
    thief = replace(label(Category.STOLEN), identity=FORMATS.read(THIEF).identities[0], written=THIEF, id="f" * 32)
    verdict = ask(ledger, THIRD, NOBODY, LabelsInMemory([thief]))
    assert verdict.outcome is Outcome.REVIEW
    together = [one for one in verdict.exposures if one.level is Level.CLUSTER]
    assert [one.direct_units for one in together if one.entity is None] == [50 * COIN]


def test_members_beyond_the_most_are_said_to_be_left_out(ledger: Path) -> None:
    few = replace(DEFAULT_RULES, cluster=replace(DEFAULT_RULES.cluster, most_members=2))
    verdict = ask(ledger, ALICE, NOBODY, LabelsInMemory(), few)
    (gap,) = [one for one in verdict.not_covered if one.key == "screen.gap.cluster_cut"]
    assert (gap.fields["size"], gap.fields["left_out"]) == (3, 1)
