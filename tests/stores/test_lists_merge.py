"""The days of designations, from editions and from what lists of one authority know of each other."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiyafa.model.address import Identity
from qiyafa.model.designation import Designation, Force, ListVersion, Party
from qiyafa.stores.lists_merge import BuiltIn, merged, party_runs, runs

ADDRESS = Identity("evm", "0x01")
OTHER = Identity("evm", "0x02")
Y2020, Y2021, Y2022, Y2023, Y2024, Y2025, Y2026 = (date(year, 1, 1) for year in range(2020, 2027))


def edition(list_id: str, published: date) -> ListVersion:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    return ListVersion(list_id, "ofac", f"{published}-x", published, moment, "", 0, 0, 0, "")


def listed(
    list_id: str, *, since: date | None = None, until: date | None = None, entry: str = "", at: Identity = ADDRESS
):
    return Designation(
        list_id, "ofac", "v", entry, "", (at,), at.key, "ETH", (), since or date.max, since is not None, until
    )  # fmt: skip


def editions(list_id: str, by_day: dict[date, list[Designation]]) -> list[tuple[ListVersion, list[Designation]]]:
    """Editions of a list, by the day of their publication."""
    return [(edition(list_id, day), held) for day, held in by_day.items()]


def days(found: tuple[Designation, ...]) -> list[tuple[str, date, date | None]]:
    return [(one.list_id, one.listed_from, one.listed_to) for one in found]


def facts(*designations: Designation, checked: date = Y2024) -> list[BuiltIn]:
    return [(edition("facts", checked), designations)]


def test_an_undated_address_counts_from_its_first_edition_until_the_first_without_it_and_again():
    plain = listed("plain")
    by_day = {Y2020: [], Y2021: [plain], Y2022: [plain], Y2023: [], Y2024: [plain]}
    found = merged(runs(editions("plain", by_day), whole=True), [], {})
    assert days(found) == [("plain", Y2021, Y2023), ("plain", Y2024, None)]
    assert [one.force(Y2023) for one in found] == [Force.PAST, Force.NOT_YET]


def test_an_edition_that_need_not_be_whole_ends_nothing():
    plain = listed("plain")
    late = listed("plain", since=Y2020, at=OTHER)
    by_day = {Y2021: [plain], Y2022: [], Y2023: [plain, late], Y2024: []}
    found = merged(runs(editions("plain", by_day), whole=False), [], {})
    assert days(found) == [("plain", Y2021, None), ("plain", Y2020, None)]


def test_a_dated_address_keeps_its_day_and_ends_with_the_first_edition_without_it():
    dated = listed("sdn", since=Y2020, entry="7")
    found = merged(runs(editions("sdn", {Y2022: [dated], Y2023: []}), whole=True), [], {})
    assert days(found) == [("sdn", Y2020, Y2023)]


def test_an_address_that_a_party_got_later_is_not_listed_on_a_day_whose_edition_lacks_it():
    old, new = listed("sdn", since=Y2020, entry="7", at=OTHER), listed("sdn", since=Y2020, entry="7")
    found = merged(runs(editions("sdn", {Y2021: [old], Y2023: [old, new]}), whole=True), [], {})
    assert days(found) == [("sdn", Y2023, None), ("sdn", Y2020, None)]
    assert "2020-01-01" in found[0].reason


@pytest.mark.parametrize("named", [Y2020, Y2022])
def test_a_fact_of_the_same_party_gives_the_day_on_which_the_address_was_named(named):
    found = merged(
        runs(editions("sdn", {Y2024: [listed("sdn", since=Y2021, entry="7")]}), whole=True),
        facts(listed("facts", since=named, entry="7")),
        {},
    )
    assert days(found) == [("sdn", named, None)]


def test_a_fact_of_another_party_stands_beside_it():
    found = merged(
        runs(editions("sdn", {Y2024: [listed("sdn", since=Y2020, entry="7")]}), whole=True),
        facts(listed("facts", since=Y2022, entry="8")),
        {},
    )
    assert days(found) == [("facts", Y2022, None), ("sdn", Y2020, None)]


def test_a_dated_list_gives_its_day_and_party_to_an_undated_one_of_its_authority_only():
    plain = runs(editions("plain", {Y2024: [listed("plain")]}), whole=True)
    dated = replace(listed("sdn", since=Y2020, entry="7"), party="SOMEBODY", programmes=("P",))
    sdn = runs(editions("sdn", {Y2024: [dated]}), whole=True)
    found = merged([*plain, *sdn], [], {})
    assert days(found) == [("plain", Y2020, None), ("sdn", Y2020, None)]
    assert (found[0].entry, found[0].party, found[0].programmes, found[0].is_dated) == ("7", "SOMEBODY", ("P",), True)
    foreign = [replace(run, designation=replace(run.designation, authority="un")) for run in sdn]
    assert ("plain", Y2024, None) in days(merged([*plain, *foreign], [], {}))


def test_a_later_end_wins_over_an_edition_that_still_had_the_address():
    plain = runs(editions("plain", {Y2024: [listed("plain")]}), whole=True)
    found = merged(plain, facts(listed("facts", since=Y2022, until=Y2025)), {"ofac": [Y2024]})
    assert days(found) == [("plain", Y2022, Y2025)]
    assert [found[0].force(day) for day in (Y2021, Y2023, Y2025)] == [Force.NOT_YET, Force.IN_FORCE, Force.PAST]


def test_an_edition_after_the_end_that_has_the_address_lists_it_again():
    plain = listed("plain")
    both = runs(editions("plain", {Y2023: [plain], Y2026: [plain]}), whole=True)
    found = merged(both, facts(listed("facts", since=Y2022, until=Y2025)), {})
    assert days(found) == [("facts", Y2022, Y2025), ("plain", Y2026, None)]


def test_the_true_end_is_better_than_the_day_of_the_edition_that_lacks_the_address():
    plain = runs(editions("plain", {Y2024: [listed("plain")], Y2026: []}), whole=True)
    found = merged(plain, facts(listed("facts", since=Y2022, until=Y2025)), {})
    assert days(found) == [("plain", Y2022, Y2025)]


def test_an_end_for_one_of_two_parties_does_not_end_the_address():
    plain = runs(editions("plain", {Y2024: [listed("plain")]}), whole=True)
    two = facts(listed("facts", since=Y2022, until=Y2025, entry="7"), listed("facts", since=Y2023, entry="8"))
    assert ("plain", Y2022, None) in days(merged(plain, two, {}))


def test_a_fact_alone_stands_until_a_newer_whole_list_lacks_it():
    alone = facts(listed("facts", since=Y2022), checked=Y2024)
    assert days(merged([], alone, {})) == [("facts", Y2022, None)]
    assert days(merged([], alone, {"ofac": [Y2023]})) == [("facts", Y2022, None)]
    assert days(merged([], alone, {"ofac": [Y2025, Y2026]})) == [("facts", Y2022, Y2025)]
    assert days(merged([], alone, {"un": [Y2026]})) == [("facts", Y2022, None)]


def test_parties_end_with_the_first_edition_without_them():
    party = Party("sdn", "ofac", "7", "SOMEBODY", (), "person", (), Y2020, None)
    found = party_runs([(edition("sdn", Y2021), [party]), (edition("sdn", Y2022), [])], whole=True)
    assert [(one.name, one.listed_to) for one in found] == [("SOMEBODY", Y2022)]


@given(st.lists(st.booleans(), min_size=1, max_size=8), st.integers(0, 9))
def test_on_every_day_an_undated_list_says_what_its_newest_edition_by_then_says(has, asked):
    """Before the first edition it says nothing."""
    by_day = {date(2020 + number, 6, 1): [listed("plain")] if held else [] for number, held in enumerate(has)}
    found = merged(runs(editions("plain", by_day), whole=True), [], {})
    day = date(2020 + asked, 1, 1)
    by_then = [held for published, held in by_day.items() if published <= day]
    assert any(one.force(day) is Force.IN_FORCE for one in found) == bool(by_then and by_then[-1])


@given(st.permutations([0, 1, 2, 3]))
def test_the_order_of_runs_does_not_matter(order):
    every = [
        *runs(editions("plain", {Y2023: [listed("plain")], Y2024: []}), whole=True),
        *runs(editions("sdn", {Y2023: [listed("sdn", since=Y2020, entry="7")]}), whole=True),
        *runs(editions("more", {Y2023: [listed("more"), listed("more", at=OTHER)]}), whole=True),
    ]
    assert len(every) == 4
    built_in = facts(listed("facts", since=Y2021, until=Y2025, entry="7"))
    assert merged([every[place] for place in order], built_in, {}) == merged(every, built_in, {})
