"""Whoever is answered learns nothing of labels above their level, by no question and by no kept verdict."""

from pathlib import Path

import pytest

from qiyafa.app.clock import utc_now
from qiyafa.app.cluster_labels import services
from qiyafa.app.desk import Desk
from qiyafa.app.home import Home
from qiyafa.app.kept_verdicts import KeptQuestion, VerdictKeeper
from qiyafa.app.label_level import LabelsUpTo, rests_on_stricter
from qiyafa.app.screen import Screener
from qiyafa.chains.formats import FORMATS
from qiyafa.model.category import Category
from qiyafa.model.errors import NotFound
from qiyafa.model.label import Label, Tlp
from qiyafa.model.verdict import ScreenRequest
from qiyafa.stores.labels import LabelStore

from support.labels import HUOBI, ROUTER, made_label
from support.service import home_with_list

BITCOIN = "bip122:000000000019d6689c085ae165831e93"
ASKED = KeptQuestion(ScreenRequest(ROUTER))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return home_with_list(tmp_path / "home")


def label(tlp: Tlp) -> Label:
    return made_label(ROUTER, risk=Category.MIXER, name=f"at {tlp.value}", tlp=tlp)


def screener(home: Home, level: Tlp) -> Screener:
    return Screener.open(home, ledger=None, rules=None, level=level, now=utc_now)


@pytest.mark.parametrize("level", Tlp)
def test_every_question_is_answered_without_the_labels_above_a_level(home: Home, level: Tlp) -> None:
    store = LabelStore.open(home.labels)
    store.add([label(one) for one in Tlp], utc_now())
    open_ones = {one.value for one in list(Tlp)[: list(Tlp).index(level) + 1]}
    book, now = LabelsUpTo(store, level), utc_now()
    identities = FORMATS.read(ROUTER).identities
    for found in (book.of(identities, now), book.each(now), book.with_keys([identities[0].key], now)):
        assert {one.tlp.value for one in found} == open_ones
    assert (list(book.risk_keys()), book.version()) == ([identities[0].key], store.version())


def test_a_kept_verdict_that_rests_on_a_stricter_label_is_not_given_out_and_asked_anew(home: Home) -> None:
    LabelStore.open(home.labels).add([label(Tlp.RED)], utc_now())
    own = VerdictKeeper(home, screener(home, Tlp.RED), utc_now).answer(ASKED, "case-1")
    assert b"at TLP:RED" in own
    desk = Desk(screener(home, Tlp.AMBER_STRICT), home, utc_now, level=Tlp.AMBER_STRICT)
    assert desk.answered("case-1", ASKED) is None
    with pytest.raises(NotFound):
        desk.kept("case-1")
    (answer,) = desk.screen([ASKED.request])
    assert desk.keep("case-1", ASKED, answer).body == answer.body
    assert b"TLP:RED" not in answer.body


def test_a_kept_verdict_on_open_labels_is_given_out_byte_for_byte(home: Home) -> None:
    LabelStore.open(home.labels).add([label(Tlp.GREEN)], utc_now())
    own = VerdictKeeper(home, screener(home, Tlp.RED), utc_now).answer(ASKED, "case-1")
    assert Desk(screener(home, Tlp.AMBER), home, utc_now, level=Tlp.AMBER).kept("case-1") == own


def test_a_label_that_is_not_there_counts_as_stricter(home: Home) -> None:
    store = LabelStore.open(home.labels)
    assert rests_on_stricter(LabelStore.reading(home.labels), ["00" * 16], Tlp.AMBER)
    store.add([label(Tlp.GREEN)], utc_now())
    assert rests_on_stricter(store, ["00" * 16], Tlp.AMBER)
    assert not rests_on_stricter(store, [label(Tlp.GREEN).id], Tlp.AMBER)


class Everything:
    """A ledger in which every address stands."""

    def number(self, address: str) -> int:
        return 1


def test_a_red_label_names_no_exchange_in_clusters(home: Home) -> None:
    store = LabelStore.open(home.labels)
    fields = {"routing": Category.EXCHANGE, "confidence": "ownership"}
    store.add([made_label(HUOBI, "BTC", "Quiet", Category.EXCHANGE, tlp=Tlp.RED, **fields)], utc_now())
    assert services(home.labels, BITCOIN, Everything(), utc_now()) == {}
    store.add([made_label(HUOBI, "BTC", "Open", Category.EXCHANGE, tlp=Tlp.AMBER_STRICT, **fields)], utc_now())
    assert services(home.labels, BITCOIN, Everything(), utc_now()) == {HUOBI: "Open"}
