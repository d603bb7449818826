"""Entries written as TOML: exact, strict, and a bad table never takes a good one with it."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiyafa.model.actor import Actor
from qiyafa.model.case import TransferRef
from qiyafa.model.claim import Bound, Claim
from qiyafa.model.errors import InvalidInput
from qiyafa.model.incident import Basis, Incident
from qiyafa.model.record import Entry, EntryKind
from qiyafa.model.source import Source
from qiyafa.stores.entry_toml import read_entries
from qiyafa.text import text

INCIDENT = """
[[incident]]
id = "heist-2024"
title = "Heist"
kind = "theft"
title_source = "paper"
dates = [{ kind = "theft", period = "2024-05" }]
amounts = [
  { kind = "executed", value = "1_234.56", currency = "USD", basis = "at theft" },
  { kind = "recovered", value = "34", currency = "USD", source = "court" },
]
assets = [{ symbol = "BTC", currency = "" }]
thefts = [
  { chain = "eip155:1", address = "0x098b716b8aaf21512996dc57eb0615e2383e2f96", from_block = 7 },
  { chain = "eip155:1", transfers = [{ transaction = "0xab", position = 2 }] },
]
"""


def read(written: str) -> tuple[Entry, ...]:
    found = read_entries(written, "a.toml")
    assert found.problems == ()
    return found.entries


def complaint(written: str) -> str:
    (problem,) = read_entries(written, "a.toml").problems
    return f"{problem.place}: {text(problem.key, **problem.fields)}"


def incident(written: str = INCIDENT) -> Incident:
    (found,) = read(written)
    assert isinstance(found, Incident)
    return found


def test_amounts_stay_exact_and_take_the_source_of_the_title() -> None:
    executed, recovered = incident().amounts
    assert (executed.value, executed.source, executed.basis) == (Decimal("1234.56"), "paper", Basis.AT_THEFT)
    assert recovered.source == "court"


def test_a_field_that_may_be_unknown_may_be_left_out() -> None:
    assert (incident().assets[0].quantity, incident().assets[0].value) == (None, None)


def test_thefts_are_written_as_in_a_case_file() -> None:
    by_address, by_transfer = (link.theft for link in incident().thefts)
    assert (by_address.id, by_address.from_block) == ("heist-2024", 7)
    assert (by_transfer.id, by_transfer.transfers) == ("heist-2024-2", (TransferRef("0xab", 2),))


def test_a_series_lends_its_fields_to_its_claims() -> None:
    one, other = read("""
[[series]]
claimant = "Bureau"
publisher = "Bureau"
source = "report"
subject = "thefts"
measure = "stolen"
unit = "USD"
scope = { actor = "dprk" }
claims = [
  { id = "bureau-2023", period = "2023", quantity = "10" },
  { id = "bureau-2024", period = "2024", quantity = "20", bound = "at least", scope = {} },
]
""")
    assert isinstance(one, Claim)
    assert isinstance(other, Claim)
    assert (one.claimant, one.scope.actor, one.quantity, one.bound) == ("Bureau", "dprk", 10, Bound.EXACT)
    assert (other.scope.actor, other.bound) == ("", Bound.AT_LEAST)


def test_an_actor_has_one_identifier_or_several_in_a_catalogue() -> None:
    (actor,) = read('[[actor]]\nid = "a"\nname = "A"\nsource = "s"\nidentifiers = { mitre = "G1", misp = ["1", "2"] }')
    assert isinstance(actor, Actor)
    assert actor.identifiers == (("mitre", "G1"), ("misp", "1"), ("misp", "2"))


def test_days_are_days() -> None:
    (source,) = read('[[source]]\nid = "s"\npublisher = "p"\ntitle = "t"\nurl = "u"\npublished = 2024-02-29')
    assert isinstance(source, Source)
    assert source.published == date(2024, 2, 29)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("title =", "titel =", "[[incident]] heist-2024: The field titel means nothing here. Did you mean title?"),
        ('title = "Heist"', "", "[[incident]] heist-2024: The field title is missing."),
        ('kind = "theft"\n', 'kind = "larceny"\n', "heist-2024, kind: larceny is none of the words"),
        ('"1_234.56"', "1234.56", "amounts 1, value: 1234.56 is no number in quotes"),
        ('"1_234.56"', '"1,234.56"', "amounts 1, value: 1,234.56 is no number. Write digits"),
        ('"1_234.56"', '"1e9"', "amounts 1, value: 1e9 is no number. Write digits"),
        ('"1_234.56"', '"NaN"', "amounts 1, value: NaN is no number. Write digits"),
        ('"2024-05"', '"2024-13"', "dates 1, period: `2024-13` is no period"),
        ("from_block = 7", "from_block = true", "thefts 1, theft, from_block: A whole number"),
        ("dates = [", "dates = 5\nmethods = [", "dates: A list must stand here"),
        ('"Heist"', '"He\\u0000ist"', "title: The text holds a null character"),
    ],
)
def test_a_mistake_is_named_with_its_place(before: str, after: str, expected: str) -> None:
    assert before in INCIDENT
    assert expected in complaint(INCIDENT.replace(before, after, 1))


def test_a_bad_table_leaves_the_others() -> None:
    good = '[[source]]\nid = "s"\npublisher = "p"\ntitle = "t"\nurl = "u"\n'
    found = read_entries(good + good.replace('"s"', '"t"').replace("title", "headline"), "a.toml")
    assert [entry.id for entry in found.entries] == ["s"]
    assert [problem.place for problem in found.problems] == ["[[source]] t"]


@pytest.mark.parametrize("written", ["[[", 'a = "b"', "[incident]\nid = 1", "x = " + "[" * 5000, "a = " + "9" * 5000])
def test_what_is_no_such_file_is_refused(written: str) -> None:
    with pytest.raises(InvalidInput):
        read_entries(written, "a.toml")


@given(st.recursive(st.integers() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=3), max_leaves=6))
def test_any_value_in_any_place_is_read_or_refused(value: object) -> None:
    written = str(value).replace("'", '"') if not isinstance(value, str) else '"x"'
    for place in ("dates", "amounts", "thefts", "title", "kind"):
        try:
            read_entries(f'[[incident]]\nid = "a"\ntitle_source = "s"\n{place} = {written}\n', "a.toml")
        except InvalidInput as error:
            assert error.key == "entries.error.not_toml"  # noqa: PT017 - both ends are right


def test_it_is_known_which_entries_a_file_gives_a_level() -> None:
    source = '[[source]]\nid = "{}"\npublisher = "P"\ntitle = "T"\nurl = "https://example.org/"\n'
    read = read_entries(source.format("open") + 'tlp = "TLP:CLEAR"\n' + source.format("unsaid"), "a.toml")
    assert len(read.entries) == 2
    assert read.levelled == {(EntryKind.SOURCE, "open")}
