"""Entries written into the record: weighed one by one, all or the good ones stored, changes only with a reason."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from qiyafa.app.home import Home
from qiyafa.app.incidents import Wanted, find_incidents, incident_page
from qiyafa.app.record import record_book
from qiyafa.app.record_entries import Offer, Submission, own_incidents, submit, weigh
from qiyafa.model.case import Theft
from qiyafa.model.claim import Claim, Measure
from qiyafa.model.errors import InvalidInput, NotFound
from qiyafa.model.incident import (
    ActorLink,
    Amount,
    AmountKind,
    DateKind,
    Incident,
    IncidentDate,
    IncidentKind,
    IncidentStatus,
    Relation,
    RelationKind,
    TheftLink,
)
from qiyafa.model.label import Tlp
from qiyafa.model.period import read_period
from qiyafa.model.record import EntriesRead, Entry, EntryKind
from qiyafa.model.source import Source
from qiyafa.stores.casebook import casebook
from qiyafa.stores.record import RecordStore

NOW = datetime(2027, 1, 1, tzinfo=UTC)
SOURCE = Source("paper", "The Paper", "A theft", "https://example.org/theft", date(2024, 6, 1))
THEFT = Incident(
    "heist-2024",
    "Heist",
    IncidentKind.THEFT,
    "paper",
    dates=(IncidentDate(DateKind.THEFT, read_period("2024-05-31"), "paper"),),
    amounts=(Amount(AmountKind.EXECUTED, Decimal(5), "USD", "paper"),),
    actors=(ActorLink("lazarus", IncidentStatus.SUSPECTED, "paper"),),
)


@pytest.fixture
def store(tmp_path: Path) -> RecordStore:
    return record_book(Home(tmp_path / "home"), to_write=True)


def weighed(store: RecordStore, *entries: Entry, reason: str = "") -> Offer:
    return weigh(store, [("a.toml", EntriesRead(entries, ()))], reason, NOW)


def written(store: RecordStore, *entries: Entry, reason: str = "") -> Offer:
    return submit(store, [("a.toml", EntriesRead(entries, ()))], Submission("me", reason))


def problems(offer: Offer) -> list[tuple[str, str]]:
    return [(one.place, one.key.rpartition(".")[2]) for one in offer.problems]


def test_what_was_written_is_told_from_the_casebook(store: RecordStore) -> None:
    assert written(store, SOURCE, THEFT).stored is not None
    found = find_incidents(store, Wanted(text="HEI"))
    assert [one.id for one in found.incidents] == ["heist-2024"]
    assert (found.total - len(casebook().incidents), found.own) == (1, 1)
    assert own_incidents(casebook().incidents) == 0


def test_the_same_again_changes_nothing(store: RecordStore) -> None:
    written(store, SOURCE, THEFT)
    version = store.version()
    again = written(store, SOURCE, THEFT)
    assert (again.new, again.changed, len(again.unchanged)) == ([], [], 2)
    assert store.version() == version


def test_a_change_needs_a_reason_and_keeps_what_was_before(store: RecordStore) -> None:
    written(store, SOURCE, THEFT)
    other = replace(THEFT, title="The heist")
    assert problems(written(store, other)) == [("incident heist-2024", "differs")]
    assert written(store, other, reason="the victim spelled it so").changed == [other]
    history = store.history(EntryKind.INCIDENT, "heist-2024")
    assert [(one.author, one.reason) for one in history] == [("me", ""), ("me", "the victim spelled it so")]


def test_nothing_stands_on_what_is_refused(store: RecordStore) -> None:
    claim = Claim("c", "x", "x", "paper", "y", Measure.STOLEN, "USD", Decimal(1))
    offer = weighed(store, replace(SOURCE, url="nowhere"), THEFT, claim)
    assert problems(offer) == [("source paper", "url"), ("incident heist-2024", "reference"), ("claim c", "reference")]
    assert offer.accepted == []


def test_entries_of_one_file_may_name_each_other_in_any_order(store: RecordStore) -> None:
    whole = replace(THEFT, id="whole-2024")
    part = replace(THEFT, relations=(Relation(RelationKind.PART_OF, "whole-2024", "paper"),))
    assert weighed(store, part, whole, SOURCE).problems == []


def test_an_actor_that_nobody_knows_is_refused(store: RecordStore) -> None:
    stranger = replace(THEFT, actors=(ActorLink("nobody", IncidentStatus.SUSPECTED, "paper"),))
    assert problems(weighed(store, SOURCE, stranger)) == [("incident heist-2024", "reference")]


def test_two_entries_of_one_id_that_differ_are_a_problem(store: RecordStore) -> None:
    offer = weighed(store, SOURCE, replace(SOURCE, title="Another"), SOURCE)
    assert problems(offer) == [("source paper", "twice")]
    assert offer.new == [SOURCE]


def test_a_theft_that_no_ledger_could_hold_is_refused(store: RecordStore) -> None:
    wrong = Theft("t", "eip155:1", address="0x098B716B8Aaf21512996dC57EB0615e2383E2f97", from_block=1)
    offer = weighed(store, SOURCE, replace(THEFT, thefts=(TheftLink(wrong, "paper"),)))
    assert problems(offer) == [("incident heist-2024", "theft")]


def test_a_theft_in_the_future_is_refused(store: RecordStore) -> None:
    late = replace(THEFT, dates=(IncidentDate(DateKind.THEFT, read_period("2027-03-01"), "paper"),))
    assert problems(weighed(store, SOURCE, late)) == [("incident heist-2024", "future")]


def test_one_problem_keeps_everything_out_if_it_shall(store: RecordStore) -> None:
    read = EntriesRead((SOURCE, replace(THEFT, title_source="gone")), ())
    offer = submit(store, [("a.toml", read)], Submission("me", all_or_nothing=True))
    assert (offer.stored, len(offer.problems)) == (None, 1)
    assert "paper" not in store.sources()


def test_a_dry_run_stores_nothing(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    read = EntriesRead((SOURCE, THEFT), ())
    offer = submit(record_book(home), [("a.toml", read)], Submission("me", dry_run=True))
    assert (len(offer.new), offer.stored) == (2, None)
    assert not home.path.exists()


def test_what_stands_as_red_is_opened_only_by_a_file_that_says_so(store: RecordStore) -> None:
    secret = replace(THEFT, tlp=Tlp.RED)
    written(store, SOURCE, secret)
    sent = replace(THEFT, title="Heist, as a partner tells it")
    assert written(store, THEFT, reason="a partner's file").changed == []
    assert written(store, sent, reason="a partner's file").changed == [replace(sent, tlp=Tlp.RED)]
    said = EntriesRead((sent,), (), frozenset({(EntryKind.INCIDENT, sent.id)}))
    opened = submit(store, [("own.toml", said)], Submission("me", "it is public now"))
    assert opened.changed == [sent]


def test_nobody_writes_without_a_name(store: RecordStore) -> None:
    with pytest.raises(InvalidInput):
        submit(store, [], Submission(" "))


def test_an_actor_stands_for_those_that_belong_to_it(store: RecordStore) -> None:
    written(store, SOURCE, THEFT)
    ids = [{one.id for one in find_incidents(store, Wanted(actor=actor)).incidents} for actor in ("dprk", "lazarus")]
    assert "heist-2024" in ids[0] & ids[1]
    assert len(ids[0]) > len(ids[1])
    confirmed = find_incidents(store, Wanted(actor="lazarus", status=IncidentStatus.CONFIRMED)).incidents
    assert "heist-2024" not in {one.id for one in confirmed}


def test_a_page_has_the_sources_the_claims_and_the_relations(store: RecordStore) -> None:
    claim = Claim("c", "x", "x", "paper", "y", Measure.STOLEN, "USD", Decimal(1))
    claim = replace(claim, scope=replace(claim.scope, incident="heist-2024"))
    part = replace(THEFT, id="part-2024", relations=(Relation(RelationKind.PART_OF, "heist-2024", "paper"),))
    written(store, SOURCE, THEFT, claim, part)
    page = incident_page(store, "heist-2024")
    assert [one.id for one in page.sources] == ["paper"]
    assert [one.id for one in page.claims] == ["c"]
    assert [(one.id, way.kind) for one, way in page.related] == [("part-2024", RelationKind.PART_OF)]


def test_an_incident_that_was_not_known_then_is_not_there(store: RecordStore) -> None:
    written(store, SOURCE, THEFT)
    with pytest.raises(NotFound):
        incident_page(store, "heist-2024", datetime(2020, 1, 1, tzinfo=UTC))
    assert incident_page(store, "heist-2024").revisions[0].author == "me"
