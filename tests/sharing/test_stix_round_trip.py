"""What Qiyafa writes as STIX comes back as it was, and is what others' programs take for STIX."""

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
import stix2
from hypothesis import HealthCheck, given, settings
from stix2.base import SCO_DET_ID_NAMESPACE
from stix2validator import ValidationOptions, validate_instance

from qiyafa.chains.formats import FORMATS
from qiyafa.model.actor import Actor, Alias, AliasRelation
from qiyafa.model.label import Tlp
from qiyafa.model.parcel import Parcel, tlp_of
from qiyafa.sharing.stix.ids import observable_id
from qiyafa.sharing.stix.markings import MARKINGS
from qiyafa.sharing.stix.reading import StixRead, Terms, read_bundle
from qiyafa.sharing.stix.writing import stix_objects, write_bundle
from qiyafa.stores.casebook import casebook

from support.labels import ROUTER, made_label
from support.parcels import AS_OF, PLACES, made_claim, made_flow, made_incident, made_source, parcel_of, parcels

TERMS = Terms(FORMATS, AS_OF)
SHOULDS = ["uuid-check", "relationship-types", "extref-hashes"]
"""What strict checking asks for and we do not give: random identifiers (ours are the same everywhere), only the
relationships of the specification (it gives an incident none), hashes of the pages that sources name."""


def bundle(parcel: Parcel) -> bytes:
    return b"".join(write_bundle(stix_objects(parcel, PLACES)))


def read(content: bytes) -> StixRead:
    return read_bundle(content, "bundle.json", TERMS)


def errors(content: bytes, *, strict: bool = False) -> Iterator[str]:
    """Yield what the validator of OASIS finds wrong."""
    options = ValidationOptions(version="2.1", strict=strict, disabled=",".join(SHOULDS) if strict else "")
    result = validate_instance(json.loads(content), options)
    yield from (str(error) for error in result.errors)


def objects(content: bytes, type_name: str) -> list[dict[str, Any]]:
    return [one for one in json.loads(content)["objects"] if one["type"] == type_name]


@given(parcels())
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_a_parcel_comes_back_as_it_was_and_gives_the_same_bytes_again(parcel: Parcel) -> None:
    written = bundle(parcel)
    found = read(written)
    assert (found.problems, found.apart) == ((), ())
    assert list(found.parcel.items()) == list(parcel.items())
    assert found.parcel.withdrawn == parcel.withdrawn
    assert {key: found.parcel.spans[key] for key in parcel.spans} == parcel.spans
    assert bundle(found.parcel) == written


def test_the_validator_notices_what_is_wrong_anywhere_in_a_bundle() -> None:
    written = json.loads(bundle(parcel_of(made_source(), made_claim())))
    next(one for one in written["objects"] if one["type"] == "note")["object_refs"] = ["nobody"]
    assert list(errors(json.dumps(written).encode()))


@given(parcels())
@settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_written_is_valid_for_oasis_and_for_its_library(parcel: Parcel) -> None:
    written = bundle(parcel)
    assert list(errors(written)) == []
    stix2.parse(written.decode(), allow_custom=True)


@pytest.mark.slow
def test_the_casebook_is_valid_by_the_strict_rules_and_comes_back_equal() -> None:
    book = casebook()
    labels = (made_label(ROUTER, known_from=AS_OF),)
    parcel = Parcel(AS_OF, book.sources, book.actors, book.incidents, book.claims, book.attributions, labels)
    written = bundle(parcel)
    assert list(errors(written, strict=True)) == []
    assert read(written).parcel.entries == book.entries
    assert len(stix2.parse(written.decode(), allow_custom=True).objects) == len(json.loads(written)["objects"])


def test_every_object_is_marked_as_strictly_as_what_it_rests_on() -> None:
    source = made_source(tlp=Tlp.AMBER)
    claim = made_claim()
    assert tlp_of(claim, {source.id: source}) is Tlp.AMBER
    (note,) = objects(bundle(parcel_of(source, claim)), "note")
    assert note["object_marking_refs"] == [MARKINGS[Tlp.AMBER]]


def test_an_object_that_somebody_marked_more_strictly_comes_back_so() -> None:
    written = json.loads(bundle(parcel_of(made_source(), made_claim())))
    for one in written["objects"]:
        if one["type"] == "note":
            one["object_marking_refs"] = [MARKINGS[Tlp.RED]]
    (claim,) = read(json.dumps(written).encode()).parcel.claims
    assert claim.tlp is Tlp.RED


def test_money_is_exact_and_never_a_json_number() -> None:
    (transaction,) = objects(bundle(parcel_of(made_flow())), "cryptocurrency-transaction")
    (flow,) = next(value["flows"] for value in transaction["extensions"].values() if "flows" in value)
    assert flow["flow"]["units"] == "173600000000000000000001"
    assert "amount" not in json.dumps([transaction["input"], transaction["output"]])


def test_no_number_of_a_bundle_is_a_fraction() -> None:
    book = casebook()
    parcel = Parcel(AS_OF, book.sources, book.actors, book.incidents, book.claims, book.attributions)
    read = json.loads(bundle(parcel), parse_float=lambda written: pytest.fail(f"{written} would be read as a float"))
    assert read["objects"]


def test_a_wallet_has_the_identifier_that_the_standard_gives_it_in_any_case_of_its_letters() -> None:
    known = "cryptocurrency-wallet--ba640168-786c-505d-b9af-b44f423dba20"
    address = "0x47666Fab8bd0Ac7003bce3f5C3585383F09486E2"
    assert observable_id("cryptocurrency-wallet", value=address.lower()) == known
    for written in (address, address.lower()):
        (wallet,) = objects(bundle(parcel_of(made_label(written))), "cryptocurrency-wallet")
        assert (wallet["id"], wallet["value"]) == (known, address.lower())
    assert str(SCO_DET_ID_NAMESPACE) == "00abedb4-aa42-466c-9c01-fed23315a9b7"


def test_a_disputed_alias_is_no_alias_for_others_and_comes_back_with_who_disputes_it() -> None:
    sources = (made_source("a-1"), made_source("b-2"))
    aliases = (
        Alias("Sure", AliasRelation.SAME_AS, "a-1"),
        Alias("Disputed", AliasRelation.SAME_AS, "a-1", disputed_by="b-2"),
        Alias("A part", AliasRelation.PART_OF, "a-1"),
    )
    actor = Actor("group", "Group", "a-1", aliases=aliases)
    written = bundle(parcel_of(*sources, actor))
    (found,) = objects(written, "intrusion-set")
    assert found["aliases"] == ["Sure"]
    assert read(written).parcel.actors == (actor,)


def test_text_that_would_hide_or_turn_around_stands_escaped_and_comes_back() -> None:
    turned = "abc\u202egnp.exe\u200b\u0085"
    written = bundle(parcel_of(made_source(title=turned)))
    assert "\u202e" not in written.decode()
    assert "\u200b" not in written.decode()
    assert read(written).parcel.sources[0].title == turned


def test_a_label_of_an_address_with_hostile_text_gives_a_pattern_that_holds() -> None:
    label = made_label("it's \\ 'odd' OR", "", source="s")
    written = bundle(parcel_of(label))
    assert list(errors(written)) == []
    assert read(written).parcel.labels == (label,)


def test_an_incident_of_no_money_and_no_day_is_an_incident() -> None:
    parcel = parcel_of(made_source(), made_incident())
    assert read(bundle(parcel)).parcel.incidents == parcel.incidents
    assert objects(bundle(parcel), "impact") == []


def test_nothing_depends_on_the_order_of_a_file() -> None:
    parcel = parcel_of(made_source(), made_incident(), made_claim(), made_label(ROUTER), made_flow())
    written = json.loads(bundle(parcel))
    written["objects"].reverse()
    found = read(msgspec.json.encode(written))
    assert found.problems == ()
    assert list(found.parcel.items()) == list(parcel.items())
