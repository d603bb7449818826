"""What the record refuses, each with its reason; nothing hostile gives a traceback."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from qiyafa.model.claim import Bound, Quote, Scope
from qiyafa.model.errors import InvalidInput
from qiyafa.model.incident import Amount, AmountKind, StatedText, Victim
from qiyafa.model.record import Entry
from qiyafa.stores.record import RecordStore, open_record
from qiyafa.text import text

from support.records import GROUND, NOON, SOURCE, changes, claim, theft

TOMORROW = NOON.date() + timedelta(days=2)


@pytest.fixture
def record(tmp_path: Path) -> RecordStore:
    store = open_record(tmp_path / "record.sqlite", casebook=None)
    store.apply(changes(*GROUND), at=NOON, author="me")
    return store


REFUSED: list[tuple[str, Entry]] = [
    ("id", claim("Has Capitals")),
    ("id", claim("")),
    ("id", claim("x" * 201)),
    ("id", claim("../etc")),
    ("unknown_source", claim(source="unheard-of")),
    ("unknown_source", theft(methods=(StatedText("phishing", "unheard-of"),))),
    ("unknown_source", replace(SOURCE, id="copy", origin="unheard-of")),
    ("reference", claim(scope=Scope(actor="\u202eroot"))),
    ("no_url", replace(SOURCE, id="no-url", url="  ")),
    ("url", replace(SOURCE, id="script", url="javascript:alert(1)")),
    ("grade", replace(SOURCE, id="graded", grade="Z9")),
    ("grade", replace(SOURCE, id="graded", grade="")),
    ("future", replace(SOURCE, id="tomorrow", published=TOMORROW)),
    ("future", theft(day=str(TOMORROW))),
    ("future", claim(statement_date=TOMORROW)),
    ("bounds", claim(quantity=None, lower=Decimal(2), upper=Decimal(1))),
    ("outside", claim(quantity="5", lower=Decimal(6))),
    ("outside", claim(quantity="5", upper=Decimal(4))),
    ("no_quantity", claim(quantity="5", bound=Bound.ORDER)),
    ("no_quantity", claim(quantity="0.5", unit="share", bound=Bound.MAJORITY)),
    ("number", claim(quantity="NaN")),
    ("number", claim(quantity=None, upper=Decimal("Infinity"))),
    ("negative", theft(dollars="-1")),
    ("digits", claim(quantity="1" + 36 * "0")),
    ("digits", claim(quantity="0." + 30 * "0" + "1")),
    ("cents", theft(dollars="0.001")),
    ("cents", theft(dollars="1" + 17 * "0")),
    ("country", theft(victims=(Victim("X", "exchange", "jp", SOURCE.id),))),
    ("country", claim(scope=Scope(country="Japan"))),
    ("currency", theft(amounts=(Amount(AmountKind.EXECUTED, Decimal(5), "usd", SOURCE.id),))),
    ("currency", claim(unit="usd")),
    ("supersedes", claim(supersedes="claim-1")),
    ("relation", theft("a-2023", part_of="a-2023")),
    ("quote", claim(quote=Quote("x", 9, 3))),
    ("characters", claim(claimant="a\x00b")),
    ("characters", claim(claimant="\ud800")),
]


@pytest.mark.parametrize(("reason", "entry"), REFUSED, ids=[f"{reason}-{n}" for n, (reason, _) in enumerate(REFUSED)])
def test_what_cannot_be_is_refused_with_its_reason(record: RecordStore, reason: str, entry: Entry) -> None:
    before = record.version()
    with pytest.raises(InvalidInput) as refused:
        record.apply(changes(entry), at=NOON, author="me")
    assert refused.value.key == f"record.refused.{reason}"
    assert text(refused.value.key, **refused.value.fields)
    assert record.version() == before


@pytest.mark.parametrize(
    "entry",
    [
        claim(quantity=None, bound=Bound.ORDER, lower=Decimal(1), upper=Decimal(1)),
        claim(period=replace(claim().period, end=date(2030, 12, 31))),
        claim(claimant="\\u0000 as it is written, \u202e and \u2067"),
        theft(day=str(NOON.date() + timedelta(days=1))),
        theft(amounts=(Amount(AmountKind.BLOCKED, Decimal("1e30"), "USD", SOURCE.id),)),
        claim(quantity="123456789012345678901234567890.5"),
        claim(claimant="long " * 5000, edition="e" * 5000, unit="u" * 5000),
    ],
)
def test_what_is_odd_but_can_be_is_taken_in(record: RecordStore, entry: Entry) -> None:
    (made,) = record.apply(changes(entry), at=NOON, author="me")
    assert replace(made.entry, known_from=None) == entry
    record.verify()


def test_in_the_far_east_it_is_tomorrow_already(record: RecordStore) -> None:
    evening = NOON.replace(hour=22)
    record.apply(changes(theft(day=str(evening.date() + timedelta(days=1)))), at=evening, author="me")
    with pytest.raises(InvalidInput):
        record.apply(changes(theft(day="2026-03-02")), at=datetime.fromisoformat("2026-03-01T01:00+00:00"), author="me")
