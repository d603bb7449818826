"""What changed since a day: which verdicts are others now, and by which reasons."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from qiyafa.app.exposure_sources import Books
from qiyafa.app.home import Home
from qiyafa.app.kept_verdicts import KeptQuestion, VerdictKeeper, checked_id, question_of
from qiyafa.app.rescreen import changed_addresses, changed_verdicts
from qiyafa.app.screen import Screener
from qiyafa.chains.formats import FORMATS
from qiyafa.model.category import Category
from qiyafa.model.errors import Conflict, InvalidInput
from qiyafa.model.label import Label
from qiyafa.model.verdict import ScreenRequest
from qiyafa.stores.labels import LabelStore
from qiyafa.stores.verdicts import VerdictStore

from support.screening import ADDRESS, DEFAULT_RULES, LabelsInMemory, ListsInMemory, address, designation, label

THEN = datetime(2025, 1, 1, 12, tzinfo=UTC)
NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)
TORNADO = designation(listed_from=date(2022, 8, 8), listed_to=date(2025, 3, 21))
OTHER = address(7)


class Clock:
    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def screener(lists: ListsInMemory, labels: LabelsInMemory, clock: Clock) -> Screener:
    return Screener(Books(lists, labels, FORMATS), DEFAULT_RULES, clock)


def test_a_delisting_is_a_change_with_both_reasons() -> None:
    asked = screener(ListsInMemory([TORNADO], NOW.date()), LabelsInMemory(), Clock(NOW))
    (change,) = changed_addresses(asked, [ScreenRequest(ADDRESS), ScreenRequest("hello")], THEN)
    assert (change.before["verdict"], change.after["verdict"]) == ("hit", "review")
    assert ["listed 2022-08-08 to 2025-03-21" in one["text"] for one in change.appeared] == [True]
    assert ["listed since 2022-08-08" in one["text"] for one in change.gone] == [True]
    assert change.as_object()["address"] == ADDRESS


def test_a_label_that_became_known_since_is_a_change() -> None:
    late = label(Category.FRAUD, known_from=THEN + timedelta(days=1))
    dated = designation(listed_from=date(2030, 1, 1))
    asked = screener(ListsInMemory([dated], NOW.date()), LabelsInMemory([late]), Clock(NOW))
    (change,) = changed_addresses(asked, [ScreenRequest(ADDRESS)], THEN)
    assert (change.before["verdict"], change.after["verdict"]) == ("no_hit", "review")


def test_a_list_that_only_grew_older_is_no_change_of_its_own() -> None:
    asked = screener(ListsInMemory(published=date(2024, 1, 1)), LabelsInMemory(), Clock(NOW))
    assert list(changed_addresses(asked, [ScreenRequest(OTHER)], THEN)) == []


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def test_a_kept_verdict_that_would_be_another_now_is_found_with_its_request(home: Home) -> None:
    lists, clock = ListsInMemory([TORNADO], THEN.date()), Clock(THEN)
    asked = screener(lists, LabelsInMemory(), clock)
    keeper = VerdictKeeper(home, asked, clock)
    keeper.answer(KeptQuestion(ScreenRequest(ADDRESS)), "deposit-1")
    keeper.answer(KeptQuestion(ScreenRequest(OTHER)), "deposit-2")
    keeper.answer(KeptQuestion(ScreenRequest(ADDRESS), as_of=THEN), "deposit-3")
    clock.now, lists.published = NOW, NOW.date()
    (change,) = changed_verdicts(asked, VerdictStore(home.verdicts).each(THEN))
    assert change.request_id == "deposit-1"
    assert (change.before["verdict"], change.after["verdict"]) == ("hit", "review")
    assert "lists" in change.versions()
    assert list(changed_verdicts(asked, VerdictStore(home.verdicts).each(NOW))) == []


def test_the_same_request_gets_the_same_bytes_whatever_happened_since(home: Home) -> None:
    clock = Clock(THEN)
    keeper = VerdictKeeper(home, screener(ListsInMemory([TORNADO], THEN.date()), LabelsInMemory(), clock), clock)
    first = keeper.answer(KeptQuestion(ScreenRequest(ADDRESS)), "deposit-1")
    clock.now = NOW
    assert keeper.answer(KeptQuestion(ScreenRequest(ADDRESS)), "deposit-1") == first
    with pytest.raises(Conflict):
        keeper.answer(KeptQuestion(ScreenRequest(OTHER)), "deposit-1")
    again = keeper.answer(KeptQuestion(ScreenRequest(ADDRESS)))
    assert json.loads(again)["verdict"] == "review"


def test_a_kept_verdict_is_noted_at_the_labels_it_rests_on(home: Home) -> None:
    store = LabelStore.open(home.made().labels)
    said: Label = label(Category.FRAUD, id="0" * 32)
    store.add([said], THEN)
    clock = Clock(NOW)
    books = Books(ListsInMemory(published=NOW.date()), store, FORMATS)
    (known,) = store.of([said.identity], NOW)
    keeper = VerdictKeeper(home, Screener(books, DEFAULT_RULES, clock), clock)
    keeper.answer(KeptQuestion(ScreenRequest(ADDRESS)), "deposit-1")
    assert [(use.kind, use.name) for use in store.uses(known.id)] == [("verdict", "deposit-1")]
    kept = VerdictStore(home.verdicts).get("deposit-1")
    assert kept is not None
    assert kept.labels == (known.id,)


@pytest.mark.parametrize("written", ["", "a b", "-x", "x" * 129, "é", "a\nb", "../x"])
def test_an_id_is_a_short_plain_name(written: str) -> None:
    with pytest.raises(InvalidInput):
        checked_id(written)


def test_a_question_comes_back_from_its_json() -> None:
    question = KeptQuestion(ScreenRequest("‮x\udcff", "bitcoin"), THEN, NOW)
    assert question_of(json.loads(question.written())) == question
