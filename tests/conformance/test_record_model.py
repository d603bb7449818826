"""Random changes of the record: both databases and a plain dict answer the same, also as of every earlier moment."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conformance.store_samples import emptied

from qiyafa.model.claim import Measure, Scope
from qiyafa.model.period import ALWAYS, read_period
from qiyafa.model.record import ENTRY_KINDS, ClaimTally, Dimension, EntryKind, IncidentTally
from qiyafa.stores.record import Change, RecordStore, open_record

from support.records import GROUND, GROUP, HOUR, NOON, OTHER, STATE, PlainRecord, changes, claim, theft

ACTORS = st.sets(st.sampled_from([STATE.id, GROUP.id, OTHER.id]), max_size=2)
PERIODS = st.sampled_from([ALWAYS, read_period("2022"), read_period("2022-06.."), read_period("..2023-01")])
DOLLARS = st.sampled_from([None, "0", "0.01", "100", "33.33", "90000000000"])


@st.composite
def incidents(draw):
    number = draw(st.integers(0, 3))
    # Parts name only what comes later in the alphabet, so that no relation leads back.
    whole = draw(st.sampled_from(["", *(f"theft-{later}" for later in range(number + 1, 5))]))
    return theft(
        f"theft-{number}",
        draw(DOLLARS),
        day=draw(st.sampled_from(["2021", "2022-07-01", "2022-12..2023-01", "2023-01-31"])),
        actors=sorted(draw(ACTORS)),
        chains=draw(st.sets(st.sampled_from(["eip155:1", "eip155:10"]))),
        part_of=whole,
    )


@st.composite
def claims(draw):
    incident = draw(st.sampled_from(["", "theft-0"]))
    return claim(
        f"claim-{draw(st.integers(0, 3))}",
        draw(st.sampled_from(["1", "2.5", "1000000"])),
        year=draw(st.sampled_from([2021, 2022])),
        edition=draw(st.sampled_from(["", "second"])),
        scope=Scope(actor=draw(st.sampled_from(["", STATE.id])), incident=incident),
    )


BATCHES = st.lists(
    st.tuples(
        st.integers(-1, 3),
        st.lists(st.tuples(st.one_of(incidents(), claims()), st.booleans()), min_size=1, max_size=4),
    ),
    min_size=1,
    max_size=6,
)
INCIDENT_QUESTIONS = st.tuples(
    st.sampled_from([Dimension.YEAR, Dimension.ACTOR, Dimension.CHAIN]),
    st.sampled_from(["", STATE.id, GROUP.id]),
    PERIODS,
)
CLAIM_QUESTIONS = st.tuples(st.sampled_from(["", STATE.id]), PERIODS, st.booleans())


@pytest.fixture
def empty(location: str) -> Iterator[RecordStore]:
    store = open_record(location, casebook=None)
    yield store
    store.close()


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=BATCHES, asked=INCIDENT_QUESTIONS, claimed=CLAIM_QUESTIONS)
def test_the_record_answers_like_a_plain_dict(empty: RecordStore, batches, asked, claimed) -> None:
    emptied(empty._database)
    plain = PlainRecord()
    empty.apply(changes(*GROUND), at=NOON - timedelta(days=1), author="me")
    plain.apply(changes(*GROUND), NOON - timedelta(days=1))
    at = NOON
    moments = [None, NOON - 2 * timedelta(days=1)]
    for hours, entries in batches:
        at += hours * HOUR
        for entry, withdraw in entries:
            is_gone = withdraw and plain.stands(ENTRY_KINDS[type(entry)], entry.id)
            empty.apply([Change(entry, withdraw=is_gone)], at=at, author="me")
            plain.apply([Change(entry, withdraw=is_gone)], at)
        moments.append(at)
    by, actor, period = asked
    claimed_by, claimed_in, whole = claimed
    for moment in moments:
        assert list(empty.incidents(moment)) == plain.standing(EntryKind.INCIDENT, moment)
        assert list(empty.claims(moment)) == plain.standing(EntryKind.CLAIM, moment)
        tally = IncidentTally(by, actor, period, moment)
        assert empty.incident_tally(tally) == plain.incident_tally(tally)
        stolen = ClaimTally(Measure.STOLEN, "USD", claimed_by, claimed_in, moment, whole)
        assert empty.claim_tally(stolen) == plain.claim_tally(stolen)
    for (kind, id), past in plain.revisions.items():
        found = [(one.known_from, one.withdrawn) for one in empty.history(kind, id)]
        assert found == [(known, withdrawn) for known, _, withdrawn in past]
    empty.verify()


def test_both_databases_give_one_version_to_the_same_history(tmp_path, postgres_server) -> None:
    versions = []
    for place in (tmp_path / "record.sqlite", postgres_server.made_database("same")):
        store = open_record(place, casebook=None)
        store.apply(changes(*GROUND, theft(), claim()), at=NOON, author="me")
        store.apply(changes(theft(dollars="7")), at=NOON + HOUR, author="me")
        versions.append(store.version())
        store.close()
    assert versions[0] == versions[1] != ""
