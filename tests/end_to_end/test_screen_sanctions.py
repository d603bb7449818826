"""Screening on real lists: every listed address in every spelling, nothing that only looks like one, on any day."""

import csv
import random
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from qiyafa.app.home import Home
from qiyafa.app.lists import ImportRequest, import_list, read_files
from qiyafa.app.screen import Screener
from qiyafa.app.screen_csv import CsvQuestion, screen_csv
from qiyafa.chains.formats import FORMATS
from qiyafa.model.listing import listed_identities
from qiyafa.model.verdict import Outcome, ScreenRequest

from support.look_alikes import look_alikes

pytestmark = pytest.mark.shared_data

PUBLISHED = date(2024, 9, 27)
THAT_DAY = datetime(2024, 9, 27, 23, 59, 59, tzinfo=UTC)
NOW = datetime(2026, 9, 27, 12, tzinfo=UTC)
LOOK_ALIKES = 10_000
RANDOM = 20_000


@pytest.fixture(scope="module")
def entries(shared_data: Path) -> list[tuple[str, str]]:
    """Ticker and address of every entry, as published."""
    return [
        (path.stem.rpartition("_")[2], line)
        for path in sorted((shared_data / "sanctions").glob("*.txt"))
        for line in path.read_text().split()
    ]


@pytest.fixture(scope="module")
def screener(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Screener:
    home = Home(tmp_path_factory.mktemp("home")).made()
    files = read_files(shared_data / "sanctions")
    import_list(home, ImportRequest("ofac-addresses", files, "sanctions", PUBLISHED), now=NOW)
    return Screener.open(home, ledger=None, rules=None, now=lambda: NOW)


def outcomes(screener: Screener, requests: list[ScreenRequest], as_of: datetime | None) -> Counter[Outcome]:
    return Counter(one.outcome for one in screener.screen(requests, as_of=as_of))


def test_every_entry_is_a_hit_in_every_spelling(screener: Screener, entries: list[tuple[str, str]]) -> None:
    assert len(entries) == 654
    distinct = {written for _, written in entries}
    assert len(distinct) == 641
    spelled = {
        text
        for ticker, one in entries
        for identity in listed_identities(FORMATS, one, ticker)
        for text in FORMATS.spellings(identity)
    }
    asked = [ScreenRequest(text) for text in sorted(spelled | distinct)]
    assert outcomes(screener, asked, THAT_DAY) == {Outcome.HIT: len(asked)}
    with_ticker = [ScreenRequest(text, ticker) for ticker, text in entries]
    assert outcomes(screener, with_ticker, THAT_DAY) == {Outcome.HIT: 654}


def test_what_only_looks_like_an_entry_is_no_hit(screener: Screener, entries: list[tuple[str, str]]) -> None:
    written = sorted({text for _, text in entries if FORMATS.read(text).is_known_format})
    asked = [ScreenRequest(text) for _, text in look_alikes(written, LOOK_ALIKES)]
    found = screener.screen(asked, as_of=THAT_DAY)
    assert {one.outcome for one in found} <= {Outcome.NO_HIT, Outcome.UNAVAILABLE}
    # Only a text that is no address at all gets no answer.
    assert all((one.outcome is Outcome.NO_HIT) == FORMATS.read(one.address).is_known_format for one in found)


def test_random_addresses_are_no_hits(screener: Screener, tmp_path: Path) -> None:
    chance = random.Random(7)
    path = tmp_path / "in.csv"
    path.write_text("address\n" + "".join(f"0x{chance.getrandbits(160):040x}\n" for _ in range(RANDOM)))
    with (tmp_path / "out.csv").open("w", newline="") as out:
        counts = screen_csv(screener, CsvQuestion(path, as_of=THAT_DAY), out)
    assert counts.outcomes == {**dict.fromkeys(Outcome, 0), Outcome.NO_HIT: RANDOM}
    with (tmp_path / "out.csv").open(newline="") as file:
        assert [row["address"] for row in csv.DictReader(file)] == path.read_text().split()[1:]


def test_two_years_later_the_list_still_hits_and_no_longer_clears(
    screener: Screener, entries: list[tuple[str, str]]
) -> None:
    asked = [ScreenRequest(text) for _, text in entries]
    found = outcomes(screener, asked, None)
    # What was delisted since, Tornado Cash, is looked at; everything else is as it was.
    assert set(found) == {Outcome.HIT, Outcome.REVIEW}
    assert found.total() == 654
    assert outcomes(screener, [ScreenRequest("0x" + "ab" * 20)], None) == {Outcome.UNAVAILABLE: 1}
