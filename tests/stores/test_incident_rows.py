"""Incidents as rows of named columns: each row with its source, rows of one id joined, nothing lost silently."""

from decimal import Decimal

import pytest

from qiyafa.model.errors import InvalidInput
from qiyafa.model.incident import AmountKind, Basis, Incident, IncidentStatus, RelationKind
from qiyafa.model.record import EntriesRead
from qiyafa.model.source import Source
from qiyafa.stores.incident_rows import COLUMNS, check_columns, read_rows
from qiyafa.text import text

ROW = {"title": "DMM Bitcoin", "theft": "2024-05-31", "amount": "308000000", "source": "fbi"}


def read(*rows: dict[str, str] | None) -> EntriesRead:
    return read_rows(((f"line {number}", row) for number, row in enumerate(rows, start=2)), "thefts.csv")


def incident(*rows: dict[str, str]) -> Incident:
    found = read(*rows)
    assert found.problems == ()
    (one,) = (entry for entry in found.entries if isinstance(entry, Incident))
    return one


def complaints(found: EntriesRead) -> list[str]:
    return [f"{one.place}: {text(one.key, **one.fields)}" for one in found.problems]


def test_a_row_is_an_incident_with_its_amount() -> None:
    one = incident(ROW)
    (amount,) = one.amounts
    assert (one.id, one.title_source) == ("dmm-bitcoin-2024", "fbi")
    assert (amount.kind, amount.value, amount.currency, amount.source) == (
        AmountKind.EXECUTED,
        Decimal(308_000_000),
        "USD",
        "fbi",
    )


def test_rows_of_one_id_add_what_each_says_with_its_own_source() -> None:
    second = {"id": "dmm-bitcoin-2024", "amount": "305000000", "bound": "about", "source": "dmm", "victim": "DMM"}
    one = incident(ROW, second, second)
    assert [(amount.value, amount.source) for amount in one.amounts] == [(308_000_000, "fbi"), (305_000_000, "dmm")]
    assert [(victim.name, victim.source) for victim in one.victims] == [("DMM", "dmm")]


def test_an_asset_has_its_quantity_and_the_amount_as_its_value() -> None:
    one = incident({**ROW, "asset": "BTC", "quantity": "4502.9", "basis": "at theft"}, {**ROW, "asset": "BTC"})
    priced, bare = one.assets[0], incident({**ROW, "asset": "BTC", "amount": ""}).assets[0]
    assert (priced.quantity, priced.value, priced.basis) == (Decimal("4502.9"), 308_000_000, Basis.AT_THEFT)
    assert (bare.value, bare.currency) == (None, "")
    assert one.amounts == ()


def test_an_actor_is_suspected_unless_the_row_says_more() -> None:
    assert incident({**ROW, "actor": "dprk"}).actors[0].status is IncidentStatus.SUSPECTED
    assert incident({**ROW, "actor": "dprk", "status": "confirmed"}).actors[0].status is IncidentStatus.CONFIRMED


def test_another_incident_is_a_whole_of_it_unless_the_row_says_more() -> None:
    assert incident({**ROW, "related": "big-2024"}).relations[0].kind is RelationKind.PART_OF


def test_a_described_source_comes_along_once() -> None:
    described = {**ROW, "source": "", "source_url": "https://fbi.gov/1", "publisher": "FBI", "published": "2024-12-23"}
    found = read(described, {**described, "amount": "5"})
    (source,) = (entry for entry in found.entries if isinstance(entry, Source))
    assert source.id.startswith("fbi-")
    assert (source.publisher, source.title, str(source.published)) == ("FBI", "https://fbi.gov/1", "2024-12-23")
    assert found.entries[0] is source


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({**ROW, "source": " "}, "line 2: The row names no source"),
        ({**ROW, "title": "삼성", "theft": "2024"}, "line 2: The row has no id"),
        ({**ROW, "amount": "308,000,000"}, "line 2, amounts 1, value: 308,000,000 is no number"),
        ({**ROW, "theft": "31.5.2024", "id": "a"}, "line 2, dates 1, period: `31.5.2024` is no period"),
        ({**ROW, "source_url": "https://a.b"}, "line 2: The field publisher is missing"),
        ({**ROW, "source_url": "https://a.b", "publisher": "p", "published": "May"}, "published: May is no day"),
        (None, "line 2: The row has another number of cells"),
    ],
)
def test_a_row_that_cannot_be_read_is_a_problem_of_that_row(row: dict[str, str] | None, expected: str) -> None:
    found = read(row, {**ROW, "title": "Good"})
    assert [entry.id for entry in found.entries] == ["good-2024"]
    assert expected in complaints(found)[0]


def test_rows_that_contradict_each_other_are_not_joined() -> None:
    other = {"source": "x", "source_url": "https://a.b", "publisher": "p"}
    found = read(ROW, {**ROW, "id": "dmm-bitcoin-2024", "title": "Another"}, ROW | other, ROW | other | {"grade": "A1"})
    assert "has the title DMM Bitcoin in a row above" in complaints(found)[0]
    assert "The source x is described in two ways" in complaints(found)[1]


def test_a_column_that_means_nothing_is_refused_with_the_nearest() -> None:
    with pytest.raises(InvalidInput) as refused:
        check_columns(["title", "amout"], "thefts.csv")
    assert refused.value.fields["nearest"] == "amount"
    check_columns(COLUMNS, "thefts.csv")


def test_codes_in_small_letters_are_the_same_codes() -> None:
    one = incident({**ROW, "currency": "usd", "victim": "DMM", "country": "jp"})
    assert (one.amounts[0].currency, one.victims[0].country) == ("USD", "JP")


@pytest.mark.parametrize(
    ("columns", "lost"),
    [
        ({"country": "JP"}, "country"),
        ({"since": "2024-12-24"}, "since"),
        ({"quantity": "4502.9"}, "quantity"),
        ({"asset": "BTC", "quantity": "4502.9", "note": "of one key"}, "note"),
        ({"asset": "BTC", "quantity": "4502.9", "bound": "about"}, "bound"),
    ],
)
def test_a_column_that_would_be_lost_is_a_problem_of_its_row(columns: dict[str, str], lost: str) -> None:
    found = read({**ROW, **columns})
    assert found.entries == ()
    assert f"`{lost}`" in complaints(found)[0]
