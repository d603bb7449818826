"""Statistics of the record, plainly, and the same from the store."""

import tempfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from qiyafa.model.claim import Bound, Claim, Measure, Scope
from qiyafa.model.incident import ActorLink, Incident, IncidentStatus, Relation, RelationKind, StolenAsset, Victim
from qiyafa.model.period import ALWAYS, read_period, year_period
from qiyafa.model.record import ClaimTally, Dimension, IncidentTally
from qiyafa.record.statistics import asset_tally, changes, claim_tally, incident_tally, median, shares
from qiyafa.stores.record import open_record

from support.records import GROUND, GROUP, NOON, OTHER, SOURCE, STATE, theft
from support.records import changes as put
from support.records import claim as stated

ACTORS = {one.id: one for one in (STATE, GROUP, OTHER)}
PERIODS = ("2022", "2023", "2023-05", "2022..2023", "..2023-06", "2023-H1")


def test_the_registry_counts_whole_cents_and_says_what_is_missing() -> None:
    incidents = [
        theft("a-2023", "100.50"),
        theft("b-2023", "0.01"),
        theft("c-2023", None),
        theft("d-2022", "7", day="2022"),
    ]
    rows = incident_tally(IncidentTally(Dimension.YEAR, STATE.id), incidents, ACTORS)
    assert [(row.group, row.incidents, row.priced, row.total) for row in rows] == [
        ("2022", 1, 1, 700),
        ("2023", 3, 2, 10051),
    ]
    assert list(shares(rows, incidents)) == [Decimal(700) / 10751, Decimal(10051) / 10751]
    assert list(changes(rows)) == [None, ("2022", Decimal(10051 - 700) / 700)]


def test_a_share_is_of_the_whole_in_which_every_incident_counts_once() -> None:
    links = tuple(ActorLink(one.id, IncidentStatus.CONFIRMED, SOURCE.id) for one in (STATE, GROUP))
    both, one = replace(theft("a-2023", "60"), actors=links), replace(theft("b-2023", "40"), actors=links[:1])
    rows = incident_tally(IncidentTally(Dimension.ACTOR), [both, one], ACTORS)
    found = dict(zip((row.group for row in rows), shares(rows, [both, one]), strict=True))
    assert found == {STATE.id: 1, GROUP.id: Decimal("0.6")}


def test_an_asset_counts_with_its_own_value_where_a_source_gives_it() -> None:
    def asset(symbol: str, value: str | None, source: str = SOURCE.id, currency: str = "USD") -> StolenAsset:
        return StolenAsset(symbol, None, None if value is None else Decimal(value), currency, source)

    known = replace(
        theft("a-2023", "100"),
        assets=(asset("ETH", "60"), asset("ETH", "10"), asset("ETH", "99", "another"), asset("BTC", "30")),
    )
    unknown = replace(theft("b-2023", "7"), assets=(asset("ETH", None), asset("BTC", "9", currency="EUR")))
    rows = asset_tally([known, unknown])
    assert [(row.group, row.incidents, row.total) for row in rows] == [("BTC", 2, 37_00), ("ETH", 2, 77_00)]


def test_a_median_between_two_is_half_a_cent_exact() -> None:
    assert [median(values) for values in ([], [3], [4, 1], [9, 1, 5])] == [None, 3, Decimal("2.5"), 5]


def test_what_is_part_of_another_is_counted_there_and_what_is_counted_with_it_is_counted() -> None:
    question = IncidentTally(Dimension.YEAR)
    whole = theft("whole-2023", "97")
    for kind, count in ((RelationKind.PART_OF, 1), (RelationKind.SAME_AS, 1), (RelationKind.COUNTED_WITH, 2)):
        part = theft("part-2023", "37", relations=(Relation(kind, whole.id, SOURCE.id),))
        assert [row.incidents for row in incident_tally(question, [whole, part], ACTORS)] == [count]


def test_claims_of_one_edition_are_an_interval_and_never_a_sum() -> None:
    claims = [stated("a", "600"), stated("b", None, lower=Decimal(500), upper=Decimal(700), bound=Bound.ORDER)]
    (row,) = claim_tally(ClaimTally(Measure.STOLEN, "USD"), claims)
    assert (row.claims, row.least, row.most, row.first_claim) == (2, 500_00, 700_00, "a")


def incidents() -> st.SearchStrategy[list[Incident]]:
    kinds = st.sampled_from(list(RelationKind))
    one = st.builds(
        lambda dollars, day, laid, country, kind, above: (dollars, day, laid, country, kind, above),
        st.sampled_from([None, "0", "0.01", "100", "100.5", "92233720368547758.07"]),
        st.sampled_from(PERIODS),
        st.dictionaries(st.sampled_from([STATE.id, GROUP.id, OTHER.id]), st.sampled_from(list(IncidentStatus))),
        st.sampled_from(["", "KR", "JP"]),
        kinds,
        st.booleans(),
    )
    return st.lists(one, max_size=7).map(
        lambda drawn: [
            replace(
                theft(f"theft-{at}", dollars, day=day),
                actors=tuple(ActorLink(actor, status, SOURCE.id) for actor, status in laid.items()),
                victims=(Victim("A victim", "exchange", country, SOURCE.id),),
                relations=(Relation(kind, f"theft-{at - 1}", SOURCE.id),) if at and above else (),
            )
            for at, (dollars, day, laid, country, kind, above) in enumerate(drawn)
        ]
    )


def claims() -> st.SearchStrategy[list[Claim]]:
    one = st.tuples(
        st.sampled_from(["1", "2.5", None]), st.sampled_from(PERIODS), st.sampled_from(["A", "B"]), st.booleans()
    )
    return st.lists(one, max_size=7).map(
        lambda drawn: [
            replace(
                stated(f"claim-{at}", quantity, claimant=claimant),
                period=read_period(period),
                scope=Scope(actor=STATE.id, country="KR" if narrow else ""),
                **({} if quantity else {"lower": Decimal(at), "upper": Decimal(at + 1)}),
            )
            for at, (quantity, period, claimant, narrow) in enumerate(drawn)
        ]
    )


@settings(max_examples=40)
@given(
    incidents(),
    claims(),
    st.sampled_from(list(Dimension)),
    st.sampled_from(["", STATE.id, GROUP.id]),
    st.sampled_from([ALWAYS, year_period(2023), read_period("2022..2023")]),
    st.sampled_from(list(IncidentStatus)),
    st.booleans(),
)
def test_the_store_answers_the_same(made, said, by, actor, period, status, whole) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = open_record(Path(folder) / "record.sqlite", casebook=None)
        store.apply(put(*GROUND, *made, *said), at=NOON, author="a test")
        asked = IncidentTally(by, actor, period, status=status)
        assert store.incident_tally(asked) == incident_tally(asked, made, ACTORS)
        question = ClaimTally(Measure.STOLEN, "USD", STATE.id if actor else "", period, whole=whole)
        assert store.claim_tally(question) == claim_tally(question, said)
