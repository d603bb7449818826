"""What Qiyafa writes as MISP events comes back as it was, and is what others' programs take for MISP."""

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from pymisp import MISPEvent, MISPObject

from qiyafa.app.share import symbol_of
from qiyafa.chains.formats import FORMATS
from qiyafa.model.actor import Actor
from qiyafa.model.case import Theft
from qiyafa.model.claim import Scope
from qiyafa.model.errors import InvalidInput
from qiyafa.model.incident import ActorLink, IncidentStatus, TheftLink
from qiyafa.model.label import Tlp
from qiyafa.model.parcel import Parcel, key_of
from qiyafa.sharing.misp.files import events_of, manifest_of
from qiyafa.sharing.misp.reading import MispRead, read_events
from qiyafa.sharing.misp.writing import misp_events, write_event, write_events, write_manifest
from qiyafa.sharing.stix.pen import Places
from qiyafa.sharing.stix.reading import Terms
from qiyafa.stores.casebook import casebook

from support.labels import ROUTER, made_label
from support.parcels import AS_OF, PLACES, made_claim, made_flow, made_incident, made_source, parcel_of, parcels

TERMS = Terms(FORMATS, AS_OF)
GENESIS = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"


def written(parcel: Parcel) -> bytes:
    return b"".join(write_events(misp_events(parcel, PLACES)))


def read(content: bytes) -> MispRead:
    return read_events(events_of(content, "events.json"), "events.json", TERMS)


def objects(content: bytes, name: str) -> list[dict[str, Any]]:
    events = [one["Event"] for one in json.loads(content)["response"]]
    return [one for event in events for one in event["Object"] if one["name"] == name]


def check_by_templates(content: bytes) -> list[MISPObject]:
    """Load every event as pymisp does, and every object strictly by the template that pymisp ships."""
    checked = []
    for one in json.loads(content)["response"]:
        event = MISPEvent()
        event.load(json.dumps(one))
        assert len(event.objects) == len(one["Event"]["Object"])
        for plain in one["Event"]["Object"]:
            strict = MISPObject(plain["name"], strict=True)
            strict.from_dict(**json.loads(json.dumps(plain)))
            assert strict._validate()
            checked.append(strict)
    return checked


def foreign_event(
    *, objects: Iterable[dict[str, Any]] = (), attributes: Iterable[dict[str, Any]] = (), **more: Any
) -> bytes:
    event = {
        "uuid": "5f2d1e0c-0000-4000-8000-000000000001",
        "info": "Phishing of an exchange",
        "Orgc": {"name": "A CERT", "uuid": "5f2d1e0c-0000-4000-8000-000000000002"},
        "Tag": [{"name": "tlp:green"}],
        "Object": list(objects),
        "Attribute": list(attributes),
        **more,
    }
    return json.dumps({"Event": event}).encode()


def coin_address(value: str, relation: str = "address", kind: str = "btc", **more: Any) -> dict[str, Any]:
    attribute = {"object_relation": relation, "type": kind, "value": value}
    return {"uuid": "5f2d1e0c-0000-4000-8000-000000000003", "name": "coin-address", "Attribute": [attribute], **more}


@given(parcels())
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_a_parcel_comes_back_as_it_was_and_gives_the_same_bytes_again(parcel: Parcel) -> None:
    content = written(parcel)
    found = read(content)
    assert (found.problems, found.apart, found.proposals) == ((), (), ())
    assert {key_of(one): one for one in found.parcel.items()} == {key_of(one): one for one in parcel.items()}
    assert found.parcel.withdrawn == parcel.withdrawn
    assert {key: found.parcel.spans[key] for key in parcel.spans} == dict(parcel.spans)
    assert written(parcel) == content


@given(parcels())
@settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_written_fits_the_templates_of_misp(parcel: Parcel) -> None:
    assert check_by_templates(written(parcel)) or not list(parcel.items())


def test_the_casebook_fits_the_templates_and_comes_back_equal() -> None:
    book = casebook()
    parcel = Parcel(AS_OF, book.sources, book.actors, book.incidents, book.claims, book.attributions)
    content = written(parcel)
    assert len(check_by_templates(content)) > len(book.entries)
    found = read(content)
    assert (found.problems, found.apart, found.proposals) == ((), (), ())
    assert {key_of(one): one for one in found.parcel.entries} == {key_of(one): one for one in book.entries}


def test_the_templates_refuse_what_does_not_fit() -> None:
    content = json.loads(written(parcel_of(made_source())))
    content["response"][0]["Event"]["Object"][0]["template_version"] = "999"
    with pytest.raises(Exception, match="different from the one of the template"):
        check_by_templates(json.dumps(content).encode())


def test_each_incident_is_an_event_and_the_rest_is_one_more() -> None:
    incident = made_incident("exchange-2018")
    about = made_claim("about", scope=Scope(incident=incident.id))
    other = made_claim("other")
    events = list(misp_events(parcel_of(made_source(), incident, about, other), PLACES))
    assert events[0]["info"] == incident.title
    assert len(events) == 2
    comments = [[one["comment"] for one in event["Object"]] for event in events]
    assert comments == [["source", "incident", "claim"], ["source", "claim"]]


def test_no_identifier_stands_twice_in_all_events() -> None:
    book = casebook()
    parcel = Parcel(AS_OF, book.sources, book.actors, book.incidents, book.claims, book.attributions)
    found = [one for event in json.loads(written(parcel))["response"] for one in event["Event"]["Object"]]
    ids = [one["uuid"] for one in found] + [one["uuid"] for found_one in found for one in found_one["Attribute"]]
    assert len(ids) == len(set(ids))


def test_a_bitcoin_address_is_one_that_misp_correlates_and_any_other_is_text() -> None:
    places = Places(FORMATS, symbol_of)
    content = b"".join(write_events(misp_events(parcel_of(made_label(GENESIS, "BTC"), made_label(ROUTER)), places)))
    found = {
        one["object_relation"]: one for address in objects(content, "coin-address") for one in address["Attribute"]
    }
    assert (found["address"]["type"], found["address"]["value"]) == ("btc", GENESIS)
    assert (found["address-crypto"]["type"], found["address-crypto"]["value"]) == ("text", ROUTER.lower())


def test_the_address_of_a_theft_is_an_object_that_the_incident_annotates() -> None:
    theft = TheftLink(Theft("theft", "eip155:1", ROUTER), "report")
    content = written(parcel_of(made_source(), made_incident(thefts=(theft,))))
    (address,) = objects(content, "coin-address")
    (carrier,) = objects(content, "annotation")
    assert [one["referenced_uuid"] for one in carrier["ObjectReference"]] == [address["uuid"]]
    assert {one["to_ids"] for one in address["Attribute"] if one["object_relation"] != "symbol"} == {True}


def test_an_actor_of_the_galaxy_is_tagged_by_its_cluster() -> None:
    uuid = "68391641-859f-4a9a-9a1e-3e5cf71ec376"
    actor = Actor("lazarus", "Lazarus", "report", identifiers=(("misp-galaxy", uuid),))
    linked = made_incident(actors=(ActorLink("lazarus", IncidentStatus.CONFIRMED, "report"),))
    (event,) = misp_events(parcel_of(made_source(), actor, linked), PLACES)
    assert 'misp-galaxy:threat-actor="Lazarus Group"' in [tag["name"] for tag in event["Tag"]]
    assert event["Galaxy"][0]["GalaxyCluster"][0]["uuid"] == uuid


def test_what_was_withdrawn_is_deleted_with_its_attributes_and_its_address() -> None:
    label = made_label(ROUTER)
    parcel = replace(parcel_of(label), withdrawn=frozenset({key_of(label)}))
    (event,) = misp_events(parcel, PLACES)
    assert {one["deleted"] for one in event["Object"]} == {True}
    assert {one["deleted"] for found in event["Object"] for one in found["Attribute"]} == {True}
    loaded = MISPEvent()
    loaded.load(json.dumps({"Event": event}))
    assert all(one.deleted for one in loaded.objects)


def test_no_number_is_a_fraction_and_exact_units_stand_in_words() -> None:
    content = written(parcel_of(made_flow()))
    json.loads(content, parse_float=lambda number: pytest.fail(f"{number} would be read as a float"))
    (transaction,) = objects(content, "cryptocurrency-transaction")
    assert "173600000000000000000001 base units" in transaction["comment"]


def test_every_event_and_attribute_is_tagged_as_strictly_as_what_it_rests_on() -> None:
    source = made_source(tlp=Tlp.AMBER)
    (event,) = misp_events(parcel_of(source, made_claim()), PLACES)
    tags = {tag["name"] for one in event["Object"] for attribute in one["Attribute"] for tag in attribute["Tag"]}
    assert ([tag["name"] for tag in event["Tag"]], tags, event["distribution"]) == (["tlp:amber"], {"tlp:amber"}, "1")


def test_an_item_that_somebody_tagged_more_strictly_comes_back_so() -> None:
    content = written(parcel_of(made_source(), made_claim())).replace(b"tlp:clear", b"tlp:red")
    found = read(content).parcel
    assert {one.tlp for one in found.entries} >= {Tlp.RED}


def test_text_that_would_hide_or_turn_around_stands_escaped_and_comes_back() -> None:
    turned = "abc\u202egnp.exe\u200b"
    content = written(parcel_of(made_source(title=turned)))
    assert "\u202e" not in content.decode()
    assert read(content).parcel.sources[0].title == turned


def test_a_feed_lists_its_events() -> None:
    events = list(misp_events(parcel_of(made_source(), made_incident()), PLACES))
    listed = manifest_of(write_manifest(events), "manifest.json")
    assert listed == sorted(event["uuid"] for event in events)
    assert events_of(write_event(events[0]), "event.json")[0]["uuid"] == events[0]["uuid"]
    loaded = MISPEvent()
    loaded.load(write_event(events[0]).decode())
    assert set(loaded.manifest[events[0]["uuid"]]) <= set(json.loads(write_manifest(events))[events[0]["uuid"]])


def test_the_addresses_of_others_are_proposals_with_their_level_and_source() -> None:
    found = read(foreign_event(objects=[coin_address(GENESIS)], attributes=[{"type": "btc", "value": GENESIS}]))
    assert not list(found.parcel.items())
    (proposal,) = found.proposals
    assert (proposal.written, proposal.source, proposal.tlp) == (GENESIS, "A CERT", Tlp.GREEN)
    assert (proposal.risk, proposal.confidence, proposal.grade) == (None, "unknown", "F6")


def test_an_untagged_event_is_as_strict_as_the_reader_says_and_an_unknown_tlp_is_red() -> None:
    assert read(foreign_event(objects=[coin_address(GENESIS)], Tag=[])).proposals[0].tlp is Tlp.AMBER
    unknown = [{"name": "tlp:unclear"}]
    assert read(foreign_event(objects=[coin_address(GENESIS)], Tag=unknown)).proposals[0].tlp is Tlp.RED


def test_foreign_objects_are_kept_apart_with_the_reason() -> None:
    content = foreign_event(
        objects=[
            {"name": "file", "Attribute": []},
            coin_address(GENESIS, deleted=True),
            coin_address("", relation="text"),
        ],
        attributes=[{"type": "domain", "value": "example.org"}],
    )
    found = read(content)
    assert {(one.kind, one.key) for one in found.apart} == {
        ("coin-address", "misp.apart.deleted"),
        ("coin-address", "misp.apart.no_address"),
        ("domain", "misp.apart.attribute"),
        ("file", "misp.apart.object"),
    }
    assert not found.proposals


def test_an_event_of_nobody_proposes_nothing() -> None:
    found = read(foreign_event(objects=[coin_address(GENESIS)], Orgc={}))
    assert (found.proposals, [one.key for one in found.apart]) == ((), ["misp.apart.no_source"])


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"{", "misp.error.not_json"),
        (b"\xff", "misp.error.not_json"),
        (b"[" * 100_000 + b"]" * 100_000, "misp.error.deep"),
        (b'{"a": 1}', "misp.error.no_event"),
        (b'[1, "two", null]', "misp.error.no_event"),
    ],
)
def test_what_is_no_event_is_refused_with_a_reason(content: bytes, key: str) -> None:
    with pytest.raises(InvalidInput) as error:
        events_of(content, "x.json")
    assert error.value.key == key


def test_an_exact_record_that_is_damaged_or_under_another_identifier_is_left_out() -> None:
    content = json.loads(written(parcel_of(made_source("a-1"), made_source("b-2"))))
    first, second = content["response"][0]["Event"]["Object"]
    attached = next(one for one in first["Attribute"] if "data" in one)
    attached["data"] = attached["data"][:-8]
    second["uuid"] = first["uuid"]
    found = read(json.dumps(content).encode())
    assert not list(found.parcel.items())
    assert [one.key for one in found.problems] == ["misp.problem.exact", "misp.problem.other_id"]


def test_of_two_versions_the_later_one_counts() -> None:
    old, new = made_source(title="old"), made_source(title="new")
    early = json.loads(written(parcel_of(old)))["response"]
    late = json.loads(written(replace(parcel_of(new), as_of=AS_OF.replace(year=2027))))["response"]
    for both in (early + late, late + early):
        found = read(json.dumps(both).encode())
        assert [one.title for one in found.parcel.sources] == ["new"]
        assert [one.key for one in found.problems] == ["misp.problem.twice"]


@given(parcels())
@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
def test_events_with_any_part_missing_or_of_another_type_are_read_without_a_fault(parcel: Parcel) -> None:
    events = json.loads(written(parcel))["response"]
    for event in events:
        for found in event["Event"]["Object"]:
            found["Attribute"] = [*found["Attribute"][:1], None, 7, {"value": []}, {"comment": [], "value": "x"}]
            found["ObjectReference"] = None
        event["Event"]["Tag"] = [1, {"name": 5}, None]
        event["Event"]["Orgc"] = [] if len(events) % 2 else {"name": 3, "uuid": {}}
    read(json.dumps(events).encode())
