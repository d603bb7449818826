"""Screening over stores and a ledger: real books, real kernels, and what must hold whatever they say."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qiyafa.app.exposure_sources import Books
from qiyafa.app.home import Home
from qiyafa.app.lists import ImportRequest, import_list
from qiyafa.app.screen import Screener
from qiyafa.app.screen_ground import LedgerGround
from qiyafa.app.verdict_json import exposure_object, verdict_bytes
from qiyafa.chains.base58check import base58check_text
from qiyafa.chains.formats import FORMATS
from qiyafa.model.category import Category
from qiyafa.model.errors import Conflict, InvalidInput, NotFound
from qiyafa.model.exposure import Direction, Level
from qiyafa.model.label import Label
from qiyafa.model.ports import silent
from qiyafa.model.verdict import GRAVEST_FIRST, Outcome, ReasonKind, ScreenRequest, Verdict
from qiyafa.screen.rules import ExposureRule, Reach, Rules, Units
from qiyafa.stores.labels import LabelStore
from qiyafa.text import text

from support.screening import (
    ADDRESS,
    DEFAULT_RULES,
    IDENTITY,
    LabelsInMemory,
    ListsInMemory,
    address,
    designation,
    label,
    made_ledger,
)

NOW = datetime(2023, 12, 1, 12, tzinfo=UTC)
THIEF, MULE, SHOP, MIXER, VICTIM, STRANGER = map(address, range(0xA1, 0xA7))
FINNEY = 10**15
PAYMENTS = [
    (THIEF, MULE, 100 * FINNEY),
    (VICTIM, MULE, 300 * FINNEY),
    (MULE, SHOP, 200 * FINNEY),
    (SHOP, MIXER, 50 * FINNEY),
    (SHOP, STRANGER, 55 * FINNEY),
    (THIEF, VICTIM, 1),
]


def said_of(text_: str, category: Category, number: int = 1) -> Label:
    return replace(label(category), id=f"{number:032x}", identity=FORMATS.read(text_).identities[0], written=text_)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_ledger(tmp_path_factory.mktemp("screen") / "ledger", PAYMENTS)


def screener(
    ledger: Path | None, labels: LabelsInMemory, rules: Rules = DEFAULT_RULES, lists: ListsInMemory | None = None
) -> Screener:
    books = Books(lists or ListsInMemory(published=NOW.date()), labels, FORMATS)
    ground = None if ledger is None else LedgerGround(ledger, Home(ledger.parent / "home"), books, rules, silent)
    return Screener(books, rules, lambda: NOW, ground)


def ask(asked: Screener, *addresses: str, **more: object) -> list[Verdict]:
    return asked.screen([ScreenRequest(one) for one in addresses], **more)


def gaps(verdict: Verdict) -> set[str]:
    return {gap.key for gap in verdict.not_covered}


# Exposure ------------------------------------------------------------------------------------------------------------


def test_who_got_stolen_money_over_a_mule_is_a_review_down_to_the_transfers(ledger: Path) -> None:
    asked = screener(ledger, LabelsInMemory([said_of(THIEF, Category.STOLEN)]))
    mule, shop = ask(asked, MULE, SHOP)
    assert mule.outcome is shop.outcome is Outcome.REVIEW
    (direct,) = [one for one in mule.exposures if one.entity is None and one.direction is Direction.IN]
    assert (direct.direct_units, direct.total_units, direct.hops) == (100 * FINNEY, 400 * FINNEY, 1)
    assert direct.evidence[0].transaction_hash == f"0x{1:064x}"
    (indirect,) = [one for one in shop.exposures if one.entity is None and one.direction is Direction.IN]
    assert (indirect.direct_units, indirect.indirect_units, indirect.hops) == (0, 50 * FINNEY, 2)
    (reason,) = [one for one in shop.reasons if one.kind is ReasonKind.EXPOSURE]
    assert reason.evidence["sources"] == [f"{1:032x}"]
    sentence = text(reason.key, **reason.fields)
    assert "25.00%" in sentence
    assert "(0.0500 ETH)" in sentence
    assert exposure_object(indirect)["symbol"] == "ETH"


def test_what_came_straight_and_what_came_over_others_are_two_sentences(ledger: Path) -> None:
    (mule,) = ask(screener(ledger, LabelsInMemory([said_of(THIEF, Category.STOLEN)])), MULE)
    exposures = [one for one in mule.reasons if one.kind is ReasonKind.EXPOSURE]
    said = {one.evidence["reach"]: text(one.key, **one.fields) for one in exposures}
    assert "straight from" in said["direct"]
    assert "straight" not in said["any"]


def test_a_ledger_without_internal_and_token_transfers_is_no_whole_answer(ledger: Path) -> None:
    (mule,) = ask(screener(ledger, LabelsInMemory()), MULE)
    assert {f"screen.gap.lacks.{kind}" for kind in ("fees", "internal", "tokens")} <= gaps(mule)


def test_where_an_address_sends_counts_as_much(ledger: Path) -> None:
    (shop,) = ask(screener(ledger, LabelsInMemory([said_of(MIXER, Category.MIXER)])), SHOP)
    assert shop.outcome is Outcome.REVIEW
    assert shop.exposures[0].direction is Direction.OUT


def test_a_designation_in_force_is_a_source_too(ledger: Path) -> None:
    listed = designation(identities=FORMATS.read(THIEF).identities, listed_from=date(2023, 1, 1))
    lists = ListsInMemory([listed], NOW.date())
    (mule,) = ask(screener(ledger, LabelsInMemory(), lists=lists), MULE)
    assert mule.exposures[0].category is Category.SANCTIONED
    (earlier,) = ask(screener(ledger, LabelsInMemory(), lists=lists), MULE, as_of=datetime(2022, 12, 31, tzinfo=UTC))
    assert earlier.exposures == ()


def test_a_source_counts_only_as_far_as_it_was_known(ledger: Path) -> None:
    late = replace(said_of(THIEF, Category.STOLEN), known_from=NOW - timedelta(hours=1))
    asked = screener(ledger, LabelsInMemory([late]))
    assert ask(asked, MULE)[0].outcome is Outcome.REVIEW
    assert ask(asked, MULE, known_at=NOW - timedelta(hours=2))[0].exposures == ()
    assert ask(asked, MULE, known_at=NOW)[0].outcome is Outcome.REVIEW


def test_dust_from_a_thief_says_nothing_of_its_victim(ledger: Path) -> None:
    (victim,) = ask(screener(ledger, LabelsInMemory([said_of(THIEF, Category.STOLEN)])), VICTIM)
    assert [one for one in victim.exposures if one.direction is Direction.IN] == []


def test_an_answer_as_of_a_moment_knows_nothing_of_later_payments(ledger: Path) -> None:
    asked = screener(ledger, LabelsInMemory([said_of(MIXER, Category.MIXER)]))
    before = datetime.fromtimestamp(1_700_000_000 + 60 * 3, UTC)
    (early,) = ask(asked, SHOP, as_of=before)
    assert early.exposures == ()


def test_an_address_that_the_ledger_lacks_is_said_to_be_missing(ledger: Path) -> None:
    (unknown,) = ask(screener(ledger, LabelsInMemory()), address(0xFF))
    assert "screen.gap.ledger.not_in_ledger" in gaps(unknown)
    assert unknown.ledger is not None
    assert unknown.ledger.status == "not_in_ledger"


def test_without_evidence_the_outcomes_are_the_same_and_it_is_said(ledger: Path) -> None:
    asked = screener(ledger, LabelsInMemory([said_of(THIEF, Category.STOLEN), said_of(MIXER, Category.MIXER, 2)]))
    everyone = (THIEF, MULE, SHOP, MIXER, VICTIM, STRANGER)
    full, short = ask(asked, *everyone), ask(asked, *everyone, with_evidence=False)
    assert [one.outcome for one in full] == [one.outcome for one in short]
    assert all("screen.gap.no_poisonings" in gaps(one) for one in short)
    for one, other in zip(full, short, strict=True):
        by_category = [e for e in one.exposures if e.entity is None]
        assert [(e.category, e.direction) for e in by_category] == [(e.category, e.direction) for e in other.exposures]
        # Pro rata is in floating point, and a table of all addresses adds up in another order.
        assert [e.units for e in by_category] == pytest.approx([e.units for e in other.exposures], rel=1e-9)


def test_precomputed_tables_change_no_outcome(ledger: Path) -> None:
    labels = LabelsInMemory([said_of(THIEF, Category.STOLEN)])
    plain, quick = screener(ledger, labels), screener(ledger, labels)
    assert quick._ground is not None
    quick._ground.uses_tables = True
    for one, other in zip(ask(plain, MULE, SHOP, VICTIM), ask(quick, MULE, SHOP, VICTIM), strict=True):
        assert (one.outcome, one.exposures) == (other.outcome, other.exposures)


def test_a_ledger_that_was_moved_on_is_asked_as_it_is_now(tmp_path: Path) -> None:
    path = made_ledger(tmp_path / "ledger", PAYMENTS[:1])
    asked = screener(path, LabelsInMemory([said_of(MIXER, Category.MIXER)]))
    (before,) = ask(asked, SHOP)
    assert "screen.gap.ledger.not_in_ledger" in gaps(before)
    made_ledger(path, PAYMENTS)
    (after,) = ask(asked, SHOP)
    assert after.outcome is Outcome.REVIEW
    assert after.ledger != before.ledger


def rule(name: str, categories: set[Category], units: int) -> ExposureRule:
    return ExposureRule(
        id=name,
        categories=frozenset(categories),
        directions=frozenset(Direction),
        levels=frozenset({Level.ADDRESS}),
        reach=Reach.ANY,
        least_units=Units({}, units),
        least_share=None,
        max_hops=3,
        outcome=Outcome.REVIEW,
    )


GRAVE = {Category.SANCTIONED, Category.STOLEN}
UNEQUAL = replace(
    DEFAULT_RULES,
    labels=(),
    exposures=(rule("grave", GRAVE, 10 * FINNEY), rule("any", {*GRAVE, Category.MIXER}, 60 * FINNEY)),
)
said = st.tuples(
    st.sampled_from([THIEF, MULE, SHOP, MIXER, VICTIM, STRANGER]),
    st.sampled_from([Category.SANCTIONED, Category.STOLEN, Category.MIXER, Category.GAMBLING]),
)


@settings(max_examples=30)
@example([(THIEF, Category.STOLEN)], (SHOP, Category.MIXER))
@given(st.lists(said, max_size=4), said)
def test_a_risk_label_anywhere_never_lowers_anybodys_verdict(
    ledger: Path, before: list[tuple[str, Category]], added: tuple[str, Category]
) -> None:
    """Labels are walls: one on the way cuts off those behind it. Rules of unequal weight must not be cheated so."""
    everyone = (THIEF, MULE, SHOP, MIXER, VICTIM, STRANGER)
    outcomes = []
    for chosen in (before, [*before, added]):
        labels = LabelsInMemory([said_of(one, category, n) for n, (one, category) in enumerate(chosen)])
        outcomes.append([one.outcome for one in ask(screener(ledger, labels, UNEQUAL), *everyone)])
    for less, more in zip(*outcomes, strict=True):
        assert GRAVEST_FIRST.index(more) <= GRAVEST_FIRST.index(less)


# Questions -----------------------------------------------------------------------------------------------------------


def test_the_same_question_gets_the_same_bytes(ledger: Path) -> None:
    labels = LabelsInMemory([said_of(THIEF, Category.STOLEN)])
    asked = [screener(ledger, labels) for _ in range(2)]
    first, second = ([verdict_bytes(one) for one in ask(each, MULE, SHOP, "hello", as_of=NOW)] for each in asked)
    assert first == second == [verdict_bytes(one) for one in ask(asked[0], MULE, SHOP, "hello", as_of=NOW)]


def test_threads_get_the_answers_of_one(ledger: Path) -> None:
    asked = screener(ledger, LabelsInMemory([said_of(THIEF, Category.STOLEN)]))
    alone = [verdict_bytes(one) for one in ask(screener(ledger, asked.books.labels), MULE, SHOP, as_of=NOW)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: [verdict_bytes(one) for one in ask(asked, MULE, SHOP, as_of=NOW)], range(40)))
    assert found == [alone] * 40


def test_the_future_is_refused_beyond_a_day() -> None:
    asked = screener(None, LabelsInMemory())
    ask(asked, ADDRESS, as_of=NOW + timedelta(hours=23))
    with pytest.raises(InvalidInput):
        ask(asked, ADDRESS, as_of=NOW + timedelta(hours=25))


def test_a_listed_address_under_a_wrong_chain_is_still_a_hit() -> None:
    asked = screener(None, LabelsInMemory(), lists=ListsInMemory([designation()], NOW.date()))
    (verdict,) = asked.screen([ScreenRequest(ADDRESS, "bitcoin")])
    assert verdict.outcome is Outcome.HIT
    assert "screen.reason.format" in [reason.key for reason in verdict.reasons]


def test_a_chain_that_nobody_knows_is_no_answer_but_still_finds_a_listed_address() -> None:
    asked = screener(None, LabelsInMemory(), lists=ListsInMemory([designation()], NOW.date()))
    listed, other = asked.screen([ScreenRequest(one, "moonchain") for one in (ADDRESS, STRANGER)])
    assert (listed.outcome, other.outcome) == (Outcome.HIT, Outcome.UNAVAILABLE)
    with pytest.raises(InvalidInput):
        asked.check_chain("moonchain")


def test_without_a_chain_the_verdict_is_the_worst_over_all_chains() -> None:
    """One text is Bitcoin's and Litecoin's: a script of the one may be listed, which says nothing of the other."""
    written = base58check_text(b"\x05" + bytes(range(20)))
    reading = FORMATS.read(written)
    assert len(reading.identities) > 1
    listed = designation(identities=reading.identities[-1:], written=written)
    asked = screener(None, LabelsInMemory(), lists=ListsInMemory([listed], NOW.date()))
    (verdict,) = ask(asked, written)
    assert verdict.outcome is Outcome.HIT
    assert verdict.chain is not None
    assert FORMATS.canonical(reading.identities[-1], verdict.chain) is not None


def test_labels_are_used_as_far_as_they_were_known() -> None:
    late = replace(label(Category.MIXER), known_from=NOW)
    asked = screener(None, LabelsInMemory([late]))
    assert ask(asked, ADDRESS)[0].outcome is Outcome.REVIEW
    (then,) = ask(asked, ADDRESS, known_at=NOW - timedelta(days=1))
    assert then.outcome is Outcome.NO_HIT
    assert "screen.gap.lists_known_at" in gaps(then)


class Moving(ListsInMemory):
    """Lists that change while they are asked, so many times."""

    times = 0
    asked = 0

    def of(self, identities: object) -> list:
        self.asked += 1
        return []

    def version(self) -> str:
        return f"{min(self.asked, self.times)}"


@pytest.mark.parametrize(("times", "asked"), [(0, 1), (2, 3)])
def test_a_verdict_rests_on_one_state_of_the_lists(times: int, asked: int) -> None:
    lists = Moving(published=NOW.date())
    lists.times = times
    (verdict,) = ask(screener(None, LabelsInMemory(), lists=lists), ADDRESS)
    assert verdict.outcome is Outcome.NO_HIT
    assert lists.asked == asked


# Stores --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").made()


def opened(home: Home, ledger: Path | None = None) -> Screener:
    return Screener.open(home, ledger=ledger, rules=None, now=lambda: NOW)


def import_addresses(home: Home, *addresses: str) -> None:
    files = {"sanctioned_addresses_ETH.txt": "\n".join([*addresses, *map(address, range(1000, 1600))]).encode()}
    import_list(home, ImportRequest("ofac-addresses", files, "made", NOW.date(), smaller_because="a test"), now=NOW)


def test_nothing_imported_is_no_answer_and_not_ready(home: Home) -> None:
    asked = opened(home)
    (verdict,) = ask(asked, STRANGER)
    assert verdict.outcome is Outcome.UNAVAILABLE
    assert verdict.labels_version == ""
    readiness = asked.readiness()
    assert not readiness.is_ready
    assert readiness.reasons[0].key == "screen.gap.no_list"
    assert not home.lists.exists()


def test_a_list_that_is_imported_and_a_label_that_is_added_count_at_the_next_question(home: Home) -> None:
    asked = opened(home)
    assert ask(asked, STRANGER, THIEF)[0].outcome is Outcome.UNAVAILABLE
    import_addresses(home, THIEF)
    stranger, thief = ask(asked, STRANGER, THIEF)
    assert (stranger.outcome, thief.outcome) == (Outcome.NO_HIT, Outcome.HIT)
    assert asked.readiness().is_ready
    LabelStore.open(home.labels).add([said_of(STRANGER, Category.FRAUD)], NOW - timedelta(days=1))
    assert ask(asked, STRANGER)[0].outcome is Outcome.REVIEW


@pytest.mark.parametrize("store", ["lists", "labels"])
def test_a_damaged_store_never_answers(home: Home, store: str) -> None:
    import_addresses(home, THIEF)
    LabelStore.open(home.labels).add([said_of(STRANGER, Category.FRAUD)], NOW)
    path: Path = getattr(home, store)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    path.write_bytes(b"\x07" * path.stat().st_size)
    with pytest.raises(Conflict):
        ask(opened(home), STRANGER)


def test_a_ledger_that_is_not_there_has_its_sentence(home: Home, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        opened(home, tmp_path / "none")


def test_the_labels_of_a_store_are_sources_where_they_state_a_risk(home: Home, ledger: Path) -> None:
    import_addresses(home, address(0xEE))
    said = [
        said_of(THIEF, Category.STOLEN),
        said_of(VICTIM, Category.EXCHANGE, 2),
        said_of(address(0xFF), Category.FRAUD, 3),
    ]
    store = LabelStore.open(home.labels)
    store.add(said, NOW - timedelta(days=1))
    assert sorted(store.risk_keys()) == [THIEF, address(0xFF)]
    (mule,) = ask(opened(home, ledger), MULE)
    assert {one.category for one in mule.exposures} == {Category.STOLEN}


def test_a_screener_over_a_ledger_says_where_it_ends(home: Home, ledger: Path) -> None:
    import_addresses(home, THIEF)
    asked = Screener.open(home, ledger=ledger, rules=None, precompute=True, now=lambda: NOW)
    (head,) = asked.readiness().ledgers
    assert (head.chain, head.head_block) == ("eip155:1", len(PAYMENTS))
    assert ask(asked, MULE)[0].outcome is Outcome.REVIEW


def hostile() -> Iterator[str]:
    yield from ("", " ", "\x00", "‮" + ADDRESS, ADDRESS[:10] + "​" + ADDRESS[10:], "０ｘ" + ADDRESS[2:])
    yield from ("x" * 10**6, "\udcff", "=cmd|' /C calc'!A0", ADDRESS + "\n" + ADDRESS)


@pytest.mark.parametrize("written", list(hostile()), ids=range(10))
def test_hostile_texts_get_no_answer_and_keep_their_bytes(home: Home, written: str) -> None:
    import_addresses(home, ADDRESS)
    (verdict,) = ask(opened(home), written)
    assert verdict.outcome is Outcome.UNAVAILABLE
    assert verdict.address == written
    assert verdict_bytes(verdict).isascii()


def test_white_space_around_an_address_hides_nothing(home: Home) -> None:
    import_addresses(home, ADDRESS)
    assert IDENTITY.key == ADDRESS
    assert ask(opened(home), f"  {ADDRESS.upper().replace('X', 'x', 1)}\t")[0].outcome is Outcome.HIT
