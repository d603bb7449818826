"""The record in SQLite and in PostgreSQL: what stands, what stood, who changed it, and what it adds up to."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from qiyafa.model.actor import Actor, Alias, AliasRelation
from qiyafa.model.attribution import (
    Attribution,
    EvidenceItem,
    Hypothesis,
    Likelihood,
    StatementKind,
)
from qiyafa.model.case import Theft, TransferRef
from qiyafa.model.claim import Bound, ClaimState, Measure, Quote, Scope
from qiyafa.model.errors import Conflict, InvalidInput
from qiyafa.model.incident import (
    DateKind,
    IncidentDate,
    Link,
    LinkKind,
    Relation,
    RelationKind,
    StatedText,
    StolenAsset,
    TheftLink,
    Victim,
)
from qiyafa.model.period import read_period, year_period
from qiyafa.model.record import ClaimTally, Dimension, EntryKind, IncidentTally
from qiyafa.stores.record import Change, RecordStore, open_record

from support.records import GROUND, GROUP, HOUR, NOON, OTHER, SOURCE, STATE, changes, claim, theft

BY_YEAR = IncidentTally(Dimension.YEAR)
STOLEN = ClaimTally(Measure.STOLEN, "USD")


@pytest.fixture
def record(location: str) -> Iterator[RecordStore]:
    """A record with one source and three actors."""
    store = open_record(location, casebook=None)
    store.apply(changes(*GROUND), at=NOON - timedelta(days=1), author="me")
    yield store
    store.verify()
    store.close()


def put(record: RecordStore, *entries, at=NOON, author: str = "me"):
    return record.apply(changes(*entries), at=at, author=author)


def totals(record: RecordStore, question: IncidentTally = BY_YEAR) -> list[tuple[str, int, int]]:
    return [(row.group, row.incidents, row.total) for row in record.incident_tally(question)]


def test_every_field_comes_back_as_it_was_given(record: RecordStore) -> None:
    name = SOURCE.id
    incident = theft(
        "whole-2023",
        victims=(Victim("거래소 \u202e", "exchange", "KR", name),),
        assets=(StolenAsset("BTC", Decimal("0.00000001"), None, "", name, price_time=read_period("2023-Q2")),),
        thefts=(TheftLink(Theft("a", "eip155:1", transfers=(TransferRef("0x1", 2),)), name),),
        links=(Link(LinkKind.DESIGNATION, "ofac/1", name),),
        summary=(StatedText("قيل \x01", name),),
    )
    said = claim(quote=Quote("\n“about”\t", 3, 12, "ab"), bound=Bound.ORDER, quantity=None, lower=Decimal("1e8"))
    argued = Attribution(
        "who-2023", "whole-2023", "Who did it", "me", date(2026, 1, 1),
        (Hypothesis("h", StatementKind.INCIDENT_BY_ACTOR, "whole-2023", "state", "It was.", Decimal("0.5"), "even"),),
        (EvidenceItem("e", "w", "timing", name, "B2", "o", (Likelihood("h", Decimal("0.9")),), "r"),),
    )  # fmt: skip
    actor = Actor("new", "New", name, aliases=(Alias("Old", AliasRelation.OVERLAPS, name),), identifiers=(("m", "G1"),))
    put(record, incident, said, argued, actor)
    assert record.get(EntryKind.INCIDENT, "whole-2023") == replace(incident, known_from=NOON)
    assert record.get(EntryKind.CLAIM, said.id) == replace(said, known_from=NOON)
    assert list(record.attributions()) == [replace(argued, known_from=NOON)]
    assert record.actors()["new"] == actor
    assert record.sources() == {name: SOURCE}


def test_saying_the_same_again_changes_nothing(record: RecordStore) -> None:
    put(record, theft(), claim())
    before = record.version()
    assert put(record, theft(), claim(), at=NOON + HOUR, author="another") == []
    read = record.get(EntryKind.INCIDENT, "exchange-2023")
    assert read is not None
    assert put(record, read, at=NOON + HOUR) == []
    assert record.version() == before


def test_the_version_changes_with_every_change(record: RecordStore) -> None:
    seen = [record.version()]
    for made in (theft(), theft(title="Corrected"), theft()):
        put(record, made)
        seen.append(record.version())
    record.apply([Change(theft(), "wrong", withdraw=True)], at=NOON, author="me")
    assert len({*seen, record.version()}) == 5


def test_a_correction_adds_a_revision_and_the_old_one_stays(record: RecordStore) -> None:
    put(record, theft(dollars="100"))
    (made,) = record.apply([Change(theft(dollars="90"), "the victim corrected it")], at=NOON + HOUR, author="Kim")
    assert (made.number, made.author, made.reason, made.known_from) == (
        2,
        "Kim",
        "the victim corrected it",
        NOON + HOUR,
    )
    first, second = record.history(EntryKind.INCIDENT, "exchange-2023")
    assert (first.number, first.entry, first.reason) == (1, theft(dollars="100", known_from=NOON), "")
    assert second == made
    assert totals(record) == [("2023", 1, 90_00)]


def test_the_record_as_of_a_moment_is_what_was_known_then(record: RecordStore) -> None:
    put(record, theft(dollars="100"), claim(quantity="100"))
    put(record, theft(dollars="90"), claim(quantity="90"), at=NOON + 2 * HOUR)
    record.apply([Change(theft(dollars="90"), withdraw=True)], at=NOON + 4 * HOUR, author="me")
    record.apply([Change(claim(quantity="90"), withdraw=True)], at=NOON + 4 * HOUR, author="me")
    for hours, expected in ((-1, None), (0, 100), (1, 100), (2, 90), (3, 90), (4, None), (9, None)):
        moment = NOON + hours * HOUR
        found = record.get(EntryKind.INCIDENT, "exchange-2023", moment)
        assert (None if found is None else found.amounts[0].value) == expected
        assert [one.amounts[0].value for one in record.incidents(moment)] == ([] if expected is None else [expected])
        assert [one.quantity for one in record.claims(moment)] == ([] if expected is None else [expected])
        cents = [] if expected is None else [expected * 100]
        assert [row.total for row in record.incident_tally(replace(BY_YEAR, known_at=moment))] == cents
        assert [row.most for row in record.claim_tally(replace(STOLEN, known_at=moment))] == cents
    assert (totals(record), record.claim_tally(STOLEN)) == ([], [])


def test_what_is_withdrawn_stays_in_the_history_and_may_come_back(record: RecordStore) -> None:
    put(record, theft())
    (gone,) = record.apply([Change(theft(), "a hoax", withdraw=True)], at=NOON + HOUR, author="me")
    assert (gone.withdrawn, gone.entry.known_to) == (True, NOON + HOUR)
    assert record.get(EntryKind.INCIDENT, "exchange-2023") is None
    assert record.apply([Change(theft(), "again", withdraw=True)], at=NOON + HOUR, author="me") == []
    put(record, theft(), at=NOON + 2 * HOUR)
    assert [(one.number, one.withdrawn) for one in record.history(EntryKind.INCIDENT, "exchange-2023")] == [
        (1, False), (2, True), (3, False),
    ]  # fmt: skip
    assert totals(record) == [("2023", 1, 100_00)]


def test_a_clock_that_was_set_back_makes_no_revision_end_before_it_began(record: RecordStore) -> None:
    put(record, theft(dollars="1"))
    put(record, theft(dollars="2"), at=NOON - HOUR)
    assert [one.known_from for one in record.history(EntryKind.INCIDENT, "exchange-2023")] == [NOON, NOON]
    assert totals(record) == [("2023", 1, 2_00)]


def test_several_changes_of_one_entry_at_once_are_all_kept(record: RecordStore) -> None:
    made = record.apply(changes(theft(dollars="1"), theft(dollars="2"), theft(dollars="3")), at=NOON, author="me")
    assert [one.number for one in made] == [1, 2, 3]
    assert totals(record) == [("2023", 1, 3_00)]


def test_claims_count_only_once_somebody_has_accepted_them(record: RecordStore) -> None:
    put(record, claim(state=ClaimState.PROPOSED), claim("claim-2", state=ClaimState.REJECTED))
    assert [one.id for one in record.proposed()] == ["claim-1"]
    assert (list(record.claims()), record.claim_tally(STOLEN)) == ([], [])
    put(record, claim(), at=NOON + HOUR)
    assert list(record.proposed()) == []
    assert [one.id for one in record.claims()] == ["claim-1"]
    put(record, claim(state=ClaimState.WITHDRAWN), at=NOON + 2 * HOUR)
    assert list(record.claims()) == []
    assert record.history(EntryKind.CLAIM, "claim-1")[-1].withdrawn


def test_a_change_that_is_refused_leaves_nothing_of_its_batch(record: RecordStore) -> None:
    before = record.version()
    with pytest.raises(InvalidInput):
        put(record, theft(), claim(source="nobody-knows"))
    assert (record.version(), list(record.incidents())) == (before, [])


def test_a_source_may_come_in_the_same_batch_or_before(record: RecordStore) -> None:
    fresh = replace(SOURCE, id="fresh")
    put(record, claim(source="fresh"), fresh)
    put(record, claim("claim-2", source="fresh"))
    record.apply([Change(fresh, withdraw=True)], at=NOON, author="me")
    with pytest.raises(InvalidInput) as refused:
        put(record, claim("claim-3", source="fresh"))
    assert refused.value.key == "record.refused.unknown_source"
    assert "fresh" in record.sources(), "claims still rest on it"
    assert record.get(EntryKind.SOURCE, "fresh") is None


def test_relations_that_lead_back_are_refused_whether_stored_or_given(record: RecordStore) -> None:
    put(record, theft("a-2023"), theft("b-2023", part_of="a-2023"))
    for entries in (
        [theft("a-2023", part_of="b-2023")],
        [theft("c-2023", part_of="c-2023")],
        [theft("d-2023", part_of="e-2023"), theft("e-2023", part_of="d-2023")],
    ):
        with pytest.raises(InvalidInput) as refused:
            put(record, *entries)
        assert refused.value.key == "record.refused.relation"
    put(record, theft("b-2023"), theft("a-2023", part_of="b-2023"), at=NOON + HOUR)


def test_claims_that_revise_each_other_in_a_circle_are_refused(record: RecordStore) -> None:
    put(record, claim("claim-1"), claim("claim-2", supersedes="claim-1"))
    for entry in (claim("claim-1", supersedes="claim-2"), claim("claim-3", supersedes="claim-3")):
        with pytest.raises(InvalidInput) as refused:
            put(record, entry)
        assert refused.value.key == "record.refused.supersedes"


def test_withdrawing_what_was_never_there_is_refused(record: RecordStore) -> None:
    with pytest.raises(InvalidInput) as refused:
        record.apply([Change(theft(), withdraw=True)], at=NOON, author="me")
    assert refused.value.key == "record.refused.nothing_to_withdraw"


def test_nobody_else_writes_as_the_casebook(record: RecordStore) -> None:
    with pytest.raises(InvalidInput):
        put(record, theft(), author="casebook 2026-01-01")


def test_incidents_are_grouped_by_what_is_said_of_them(record: RecordStore) -> None:
    put(
        record,
        theft("a-2022", "10", day="2022-03", actors=(GROUP.id,), chains=("eip155:1", "tron:728126428")),
        theft("b-2023", "20.01", actors=(OTHER.id, GROUP.id), victims=(Victim("V", "bridge", "KR", SOURCE.id),)),
        theft("c-2023", None, actors=(), methods=(StatedText("private key", SOURCE.id),)),
        theft("d", "5", dates=()),
    )
    assert totals(record) == [("", 1, 5_00), ("2022", 1, 10_00), ("2023", 2, 20_01)]
    expected = {
        Dimension.ACTOR: [("", 1, 0), (GROUP.id, 3, 35_01), (OTHER.id, 1, 20_01)],
        Dimension.CHAIN: [("", 3, 25_01), ("eip155:1", 1, 10_00), ("tron:728126428", 1, 10_00)],
        Dimension.VICTIM_KIND: [("", 3, 15_00), ("bridge", 1, 20_01)],
        Dimension.COUNTRY: [("", 3, 15_00), ("KR", 1, 20_01)],
        Dimension.METHOD: [("", 3, 35_01), ("private key", 1, 0)],
        Dimension.ASSET: [("", 4, 35_01)],
    }
    assert {by: totals(record, IncidentTally(by)) for by in expected} == expected


def test_an_actor_stands_for_those_that_belong_to_it(record: RecordStore) -> None:
    put(record, replace(OTHER, parent=GROUP.id, parent_source=SOURCE.id))
    put(record, theft("a-2023", actors=(OTHER.id,)), theft("b-2023", actors=(STATE.id,)), theft("c-2023", actors=()))
    of = {actor: totals(record, replace(BY_YEAR, actor=actor)) for actor in (STATE.id, GROUP.id, OTHER.id, "nobody")}
    assert of == {
        STATE.id: [("2023", 2, 200_00)],
        GROUP.id: [("2023", 1, 100_00)],
        OTHER.id: [("2023", 1, 100_00)],
        "nobody": [],
    }
    assert totals(record, replace(BY_YEAR, actor=STATE.id, known_at=NOON - HOUR)) == []
    record.apply([Change(GROUP, "one group no more", withdraw=True)], at=NOON + HOUR, author="me")
    assert totals(record, replace(BY_YEAR, actor=STATE.id)) == [("2023", 2, 200_00)]


def test_a_period_takes_in_the_thefts_that_lie_in_it_whole(record: RecordStore) -> None:
    put(record, theft("a-2023", day="2023-06-30"), theft("b-2023", day="2023"), theft("c-2023", day="2023-06..2024-01"))
    for period, incidents in (("2023-06", 1), ("2023", 2), ("2023-06..", 2), ("..2023-06-30", 1), ("2022", 0)):
        found = record.incident_tally(replace(BY_YEAR, period=read_period(period)))
        assert sum(row.incidents for row in found) == incidents, period
    assert [row.group for row in record.incident_tally(BY_YEAR)] == ["", "2023"], "a theft over two years has no year"


def test_what_is_part_of_another_or_the_same_is_not_counted_again(record: RecordStore) -> None:
    same = Relation(RelationKind.SAME_AS, "b-2023", SOURCE.id)
    put(
        record,
        theft("a-2023", "100"),
        theft("b-2023", "60", part_of="a-2023"),
        theft("c-2023", "60", relations=(same,)),
        theft("d-2023", "7", part_of="gone-2023"),
    )
    assert totals(record) == [("2023", 2, 107_00)]
    record.apply([Change(theft("a-2023", "100"), withdraw=True)], at=NOON + HOUR, author="me")
    assert totals(record) == [("2023", 2, 67_00)], "without the whole its part counts"
    assert totals(record, replace(BY_YEAR, known_at=NOON)) == [("2023", 2, 107_00)]


def test_a_part_counts_where_the_whole_is_not_asked_for(record: RecordStore) -> None:
    put(record, theft("a-2023", "100", actors=(OTHER.id,)), theft("b-2023", "60", part_of="a-2023"))
    assert totals(record, replace(BY_YEAR, actor=STATE.id)) == [("2023", 1, 60_00)]


@pytest.mark.parametrize(("amounts", "median"), [(["3", "1", "2"], 200), (["1", "2.01", "3", "9"], Decimal("250.5"))])
def test_the_median_is_exact(record: RecordStore, amounts: list[str], median: Decimal) -> None:
    put(record, *(theft(f"a{number}-2023", amount) for number, amount in enumerate(amounts)), theft("n-2023", None))
    (row,) = record.incident_tally(BY_YEAR)
    assert (row.median, row.priced, row.incidents) == (median, len(amounts), len(amounts) + 1)
    assert (row.least, row.most) == (100, max(int(Decimal(one) * 100) for one in amounts))


def test_sums_beyond_63_bits_are_exact(record: RecordStore) -> None:
    most = 10**16 - 1
    put(record, *(theft(f"a{number}-2023", str(most)) for number in range(10)))
    (row,) = record.incident_tally(BY_YEAR)
    assert (row.total, row.incidents, row.priced) == (10 * most * 100, 10, 10)
    assert row.total >= 1 << 63


def test_claims_of_one_source_and_edition_are_an_interval_and_never_a_sum(record: RecordStore) -> None:
    bounds = {"quantity": None, "bound": Bound.ORDER, "lower": Decimal(100), "upper": Decimal(1000)}
    put(
        record,
        claim("claim-1", "100.01"),
        claim("claim-2", "90"),
        claim("claim-3", edition="second", **bounds),
        claim("claim-4", "5", unit="incidents"),
        claim("claim-5", "70", year=2022),
        claim("claim-6", "0.001", year=2021),
        claim("claim-7", "7", year=2023, scope=Scope(actor=OTHER.id)),
        claim("claim-8", "8", scope=Scope(actor=STATE.id, incident="exchange-2023")),
    )
    whole = replace(STOLEN, actor=STATE.id, whole=True)
    rows = [
        (str(row.period), row.edition, row.claims, row.least, row.most, row.first_claim)
        for row in record.claim_tally(whole)
    ]
    assert rows == [
        ("2021", "", 1, None, None, "claim-6"),
        ("2022", "", 1, 70_00, 70_00, "claim-5"),
        ("2023", "", 2, 90_00, 100_01, "claim-1"),
        ("2023", "second", 1, 100_00, 1000_00, "claim-3"),
    ]
    assert [row.claims for row in record.claim_tally(STOLEN)] == [1, 1, 4, 1]
    assert [row.most for row in record.claim_tally(replace(whole, period=year_period(2022)))] == [70_00]
    assert [row.most for row in record.claim_tally(ClaimTally(Measure.STOLEN, "incidents"))] == [5]


def test_reading_goes_on_while_somebody_writes(record: RecordStore) -> None:
    put(record, *(claim(f"claim-{number}") for number in range(3000)))
    found = iter(record.claims())
    next(found)
    put(record, *(claim(f"claim-{number}", "7") for number in range(3000)), at=NOON + HOUR)
    assert {one.quantity for one in found} == {Decimal(1000)}
    assert {one.quantity for one in record.claims()} == {Decimal(7)}


def test_a_date_with_any_period_is_kept(record: RecordStore) -> None:
    odd = theft("odd", dates=(IncidentDate(DateKind.THEFT, read_period("..2019-08"), SOURCE.id),))
    put(record, odd)
    assert totals(record) == [("", 1, 100_00)]
    assert totals(record, replace(BY_YEAR, period=read_period("2000.."))) == []
    assert totals(record, replace(BY_YEAR, period=read_period("..2020"))) == [("", 1, 100_00)]


TAMPERINGS = [
    "UPDATE revisions SET body = replace(body, '100', '900') WHERE kind = 'incident'",
    "UPDATE revisions SET author = 'another' WHERE seq = 6",
    "UPDATE revisions SET known_from = known_from - 1 WHERE seq = 5",
    "DELETE FROM revisions WHERE seq = 6",
    "UPDATE standing SET known_until = known_until - 1 WHERE seq = 5",
    "UPDATE standing SET state = 'accepted' WHERE state = 'stands'",
    "DELETE FROM standing WHERE seq = 7",
    "UPDATE incident_rows SET cents = 1",
    "DELETE FROM incident_members WHERE group_number = 2",
    "INSERT INTO incident_members VALUES (1, 999)",
    "UPDATE claim_rows SET most = most + 1",
    "UPDATE claim_groups SET claimant = 'another'",
    "DELETE FROM claim_rows",
    "UPDATE head SET revisions = revisions - 1",
    "DELETE FROM head",
]


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_no_change_behind_its_back_goes_unnoticed(location: str, tampering: str) -> None:
    store = open_record(location, casebook=None)
    put(store, *GROUND, theft(), claim())
    put(store, theft(dollars="90"), at=NOON + HOUR)
    store.verify()
    with store._database.writing() as session:
        session.execute(tampering)
    with pytest.raises(Conflict) as refused:
        store.verify()
    assert refused.value.key == "store.error.damaged"
