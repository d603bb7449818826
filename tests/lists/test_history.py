"""The built-in history: every fact is an address of a known format, in order, with its link."""

import re
from datetime import date

import pytest

from qiyafa.chains.formats import FORMATS
from qiyafa.lists.history import ofac_history

EDITION, FACTS = ofac_history(FORMATS)
ROUTER = "0xd90e2f925DA726b50C4Ed8D0Fb90Ad053324F31b"


def days_of(address: str) -> list[tuple[date, date | None]]:
    return [(one.listed_from, one.listed_to) for one in FACTS if one.written == address]


def test_every_fact_is_dated_linked_and_of_a_known_format():
    for one in FACTS:
        assert FORMATS.read(one.written).is_known_format, one.written
        assert one.is_dated
        assert one.listed_to is None or one.listed_to > one.listed_from
        assert one.listed_from.strftime("recent-actions/%Y%m%d") in one.reason
    assert EDITION.addresses == len(FACTS)


def test_no_address_stands_twice_under_one_ticker_and_party():
    keys = [(one.written, one.declared, one.party) for one in FACTS]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    ("address", "days"),
    [
        (ROUTER, (date(2022, 8, 8), date(2025, 3, 21))),
        ("0x84443CFd09A48AF6eF360C6976C5392aC5023a1F", (date(2022, 11, 8), date(2025, 3, 21))),
        ("0x098B716B8Aaf21512996dC57EB0615e2383E2f96", (date(2022, 4, 14), None)),
        ("1JHdQHkBZiim1cb4hyUh2PbzEbbg6z2TrF", (date(2023, 11, 29), None)),
    ],
)
def test_days_of_well_known_designations(address, days):
    assert days_of(address) == [days]


def test_tornado_cash_had_90_addresses_when_it_was_delisted():
    gone = {one.written for one in FACTS if one.listed_to == date(2025, 3, 21)}
    assert len(gone) == 90
    assert all(re.fullmatch("0x[0-9a-fA-F]{40}", one) for one in gone)


@pytest.mark.shared_data
def test_what_has_no_end_by_then_is_on_the_list_of_the_day_of_the_last_check(shared_data):
    listed = {
        (path.stem.rpartition("_")[2], line.strip().lower())
        for path in (shared_data / "sanctions").glob("*.txt")
        for line in path.read_text().splitlines()
    }
    standing = [one for one in FACTS if one.listed_to is None or one.listed_to > EDITION.published]
    assert [one for one in standing if (one.declared, one.written.lower()) not in listed] == []
