"""The gate: what is stricter than a channel does not leave, and nothing that leaves gives it away."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qiyafa.model.actor import Actor, Alias, AliasRelation
from qiyafa.model.claim import Scope
from qiyafa.model.incident import (
    ActorLink,
    Amount,
    AmountKind,
    IncidentStatus,
    Relation,
    RelationKind,
    StatedText,
)
from qiyafa.model.label import Tlp
from qiyafa.model.parcel import LEVELS, Parcel, is_above, key_of, tlp_of
from qiyafa.record.references import references
from qiyafa.sharing.release import Channel, LabelGate, Released, Why, release
from qiyafa.sharing.stix.writing import stix_objects, write_bundle

from support.labels import made_label
from support.parcels import (
    PLACES,
    ids_of,
    made_claim,
    made_flow,
    made_incident,
    made_source,
    parcel_of,
    parcels,
)

OPEN = Channel("everybody", Tlp.CLEAR)
REPORT = made_source("report")
SECRET = made_source("secret-report-7", publisher="Informant", tlp=Tlp.RED)


def released(*items: Any) -> Released:
    return release(parcel_of(*items), OPEN)


def bundle(parcel: Parcel) -> str:
    return b"".join(write_bundle(stix_objects(parcel, PLACES))).decode()


def why(found: Released) -> dict[str, Why]:
    return {one.id: one.why for one in found.kept}


def test_the_levels_are_in_order_from_clear_to_red() -> None:
    assert [level.value for level in LEVELS] == ["TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"]


@pytest.mark.parametrize("level", Tlp)
def test_what_is_above_the_level_stays_and_the_log_says_so(level: Tlp) -> None:
    labels = [made_label(name=f"is {one.value}", tlp=one) for one in Tlp]
    found = release(parcel_of(*labels), Channel("partner", level))
    assert [one.tlp for one in found.leaves.labels] == [one for one in Tlp if not is_above(one, level)]
    assert [(one.kind, one.tlp) for one in found.kept] == [("label", one) for one in Tlp if is_above(one, level)]


def test_a_claim_is_as_strict_as_its_source() -> None:
    found = released(REPORT, SECRET, made_claim("open-1"), made_claim("closed-1", "secret-report-7"))
    assert ids_of(found.leaves) == ["report", "open-1"]
    assert why(found) == {"secret-report-7": Why.ABOVE, "closed-1": Why.ABOVE}


def test_a_part_that_rests_on_a_secret_source_is_left_out_and_the_rest_leaves() -> None:
    amounts = (
        Amount(AmountKind.EXECUTED, Decimal(7), "USD", "report"),
        Amount(AmountKind.FROZEN, Decimal(5), "USD", "secret-report-7"),
    )
    summary = (StatedText("Said in secret.", "secret-report-7"),)
    found = released(REPORT, SECRET, made_incident(amounts=amounts, summary=summary))
    (incident,) = found.leaves.incidents
    assert (incident.amounts, incident.summary) == (amounts[:1], ())
    assert [(one.id, one.parts) for one in found.trimmed] == [("exchange-2018", 2)]


def test_an_incident_whose_title_is_secret_stays_with_all_that_speaks_of_it() -> None:
    incident = made_incident("hidden-2018", "secret-report-7")
    about = made_claim("about-1", scope=Scope(incident="hidden-2018"))
    beside = made_incident("open-2019", relations=(Relation(RelationKind.PART_OF, "hidden-2018", "report"),))
    found = released(REPORT, SECRET, incident, about, beside, made_flow(incident="hidden-2018"))
    assert ids_of(found.leaves) == ["report", "open-2019"]
    assert found.leaves.incidents[0].relations == ()
    assert why(found)["about-1"] is Why.RESTS


def test_an_actor_that_stays_is_named_by_nobody() -> None:
    actor = Actor("hidden-group", "Hidden", "report", tlp=Tlp.RED)
    child = Actor("open-group", "Open", "report", parent="hidden-group", parent_source="report")
    linked = made_incident(actors=(ActorLink("hidden-group", IncidentStatus.SUSPECTED, "report"),))
    narrowed = made_claim("claim-1", scope=Scope(actor="hidden-group"))
    found = released(REPORT, actor, child, linked, narrowed)
    assert "hidden" not in bundle(found.leaves)
    assert [one.id for one in found.leaves.actors] == ["open-group"]
    assert found.leaves.incidents[0].actors == ()
    assert found.leaves.claims == ()


def test_who_says_that_an_actor_is_a_part_of_another_is_not_named_if_secret() -> None:
    for parent in ("", "open-group"):
        actor = Actor("part-1", "Part", "report", parent=parent, parent_source="secret-report-7")
        found = released(REPORT, SECRET, Actor("open-group", "Open", "report"), actor)
        assert [(one.parent, one.parent_source) for one in found.leaves.actors] == [("", "")] * 2


def test_an_alias_whose_dispute_is_secret_is_left_out_rather_than_shown_as_undisputed() -> None:
    alias = Alias("Other name", AliasRelation.SAME_AS, "report", disputed_by="secret-report-7")
    found = released(REPORT, SECRET, Actor("group", "Group", "report", aliases=(alias,)))
    assert found.leaves.actors[0].aliases == ()


def test_a_source_that_repeats_a_secret_one_and_a_claim_that_revises_one_say_so_no_longer() -> None:
    copy = made_source("copy-1", origin="secret-report-7")
    secret = made_claim("claim-old", "secret-report-7")
    found = released(REPORT, SECRET, copy, secret, made_claim("claim-new", supersedes="claim-old"))
    assert [one.origin for one in found.leaves.sources] == ["", ""]
    assert [one.supersedes for one in found.leaves.claims] == [""]
    assert {one.id for one in found.trimmed} == {"copy-1", "claim-new"}


def test_words_that_hold_the_id_of_what_stays_stay_too_and_so_does_what_names_them() -> None:
    secret = made_incident("hidden-2018", tlp=Tlp.RED)
    talks = made_claim("claim-1", note="see hidden-2018 for more")
    names = made_claim("claim-2", note="like claim-1, says the other")
    label = made_label(incident="hidden-2018")
    found = released(REPORT, secret, talks, names, label, made_claim("claim-3"))
    assert ids_of(found.leaves) == ["report", "claim-3"]
    assert why(found)[label.id] is Why.NAMES


def test_what_is_not_in_the_parcel_is_referred_to_by_nothing_that_leaves() -> None:
    found = released(made_claim("claim-1"), made_source("other-1"), made_claim("claim-2", "other-1"))
    assert ids_of(found.leaves) == ["other-1", "claim-2"]
    assert why(found) == {"claim-1": Why.RESTS}


def test_labels_that_pass_one_by_one_meet_the_same_rule() -> None:
    gate = LabelGate(Channel("partner", Tlp.GREEN))
    labels = [made_label(name=f"is {one.value}", tlp=one) for one in Tlp]
    assert [one.tlp for one in gate.passing(labels)] == [Tlp.CLEAR, Tlp.GREEN]
    assert [one.tlp for one in gate.kept] == [Tlp.AMBER, Tlp.AMBER_STRICT, Tlp.RED]


@given(parcels(), st.sampled_from(Tlp))
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_nothing_that_leaves_is_above_the_channel_or_refers_to_what_stayed(parcel: Parcel, level: Tlp) -> None:
    found = release(parcel, Channel("any", level))
    left = {key_of(item) for item in found.leaves.items()}
    sources = {one.id: one for one in found.leaves.sources}
    for item in found.leaves.items():
        assert not is_above(tlp_of(item, sources), level)
    for entry in found.leaves.entries:
        assert all((one.kind.value, one.id) in left for one in references(entry))
    assert len(left) + len(found.kept) == len(list(parcel.items()))
    written = json.loads(bundle(found.leaves))
    named = {one["id"] for one in written["objects"]}
    for one in written["objects"]:
        for name, value in one.items():
            if name.endswith("_refs") and name != "object_marking_refs":
                assert named.issuperset(value)
            elif name.endswith("_ref"):
                assert value in named


@given(parcels())
@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
def test_everything_leaves_where_everything_may(parcel: Parcel) -> None:
    found = release(parcel, Channel("ourselves", Tlp.RED))
    assert (found.leaves, found.kept, found.trimmed) == (parcel, (), ())
