"""STIX of others, and STIX meant to harm: taken as far as it says something, else kept apart with a reason."""

import json
import time
import tracemalloc
from typing import Any

import pytest

from qiyafa.chains.formats import FORMATS
from qiyafa.model.category import Category
from qiyafa.model.errors import InvalidInput
from qiyafa.model.incident import Relation, RelationKind
from qiyafa.model.label import Tlp
from qiyafa.sharing.stix.envelope import split_bundle
from qiyafa.sharing.stix.markings import MARKINGS
from qiyafa.sharing.stix.reading import StixRead, Terms, read_bundle
from qiyafa.sharing.stix.writing import stix_objects, write_bundle
from qiyafa.text import text

from support.labels import HUOBI, ROUTER, made_label
from support.parcels import AS_OF, PLACES, made_claim, made_incident, made_source, parcel_of

TERMS = Terms(FORMATS, AS_OF)
DAY = "2024-01-01T00:00:00.000Z"
MAKER = "identity--9779a2db-f98c-5f4b-8d08-8ee04e02dbb5"
PAGE = [{"source_name": "Vendor", "url": "https://example.org/group"}]


def an_id(type_name: str, number: int = 1) -> str:
    return f"{type_name}--00000000-0000-4000-8000-{number:012}"


def an_object(type_name: str, number: int = 1, **properties: Any) -> dict[str, Any]:
    head = {"type": type_name, "spec_version": "2.1", "id": an_id(type_name, number), "created": DAY, "modified": DAY}
    return {**head, **properties}


def read(*objects: object) -> StixRead:
    written = json.dumps({"type": "bundle", "id": an_id("bundle"), "objects": list(objects)})
    return read_bundle(written.encode(), "theirs.json", TERMS)


def keys(found: StixRead) -> list[str]:
    return [one.key for one in found.problems]


def ours(*items: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(b"".join(write_bundle(stix_objects(parcel_of(*items), PLACES))))["objects"]
    return found


def indicator(**properties: Any) -> dict[str, Any]:
    pattern = f"[cryptocurrency-wallet:value = '{HUOBI}']"
    given = {"pattern": pattern, "pattern_type": "stix", "valid_from": DAY, "name": "a wallet", **properties}
    return an_object("indicator", **given)


def test_a_report_with_a_page_is_a_source_and_without_one_is_kept_apart() -> None:
    with_page = an_object("report", 1, name="A report", published=DAY, external_references=PAGE)
    found = read(with_page, an_object("report", 2, name="Another", published=DAY))
    (source,) = found.parcel.sources
    assert (source.publisher, source.title, source.url) == ("Vendor", "A report", PAGE[0]["url"])
    assert [one.key for one in found.apart] == ["stix.apart.no_page"]


@pytest.mark.parametrize("type_name", ["intrusion-set", "threat-actor"])
def test_a_group_is_an_actor_with_aliases_that_its_page_uses(type_name: str) -> None:
    found = read(an_object(type_name, name="Group", aliases=["Group", "Other"], external_references=PAGE))
    (actor,) = found.parcel.actors
    assert [(one.name, one.source) for one in actor.aliases] == [("Other", actor.source)]
    assert found.parcel.sources[0].id == actor.source


def test_an_indicator_of_an_address_is_a_label_by_its_maker_and_a_vague_word_is_no_risk() -> None:
    maker = {**an_object("identity", name="Sharer", identity_class="organization"), "id": MAKER}
    found = read(maker, indicator(created_by_ref=MAKER, indicator_types=["malicious-activity"]))
    (label,) = found.parcel.labels
    assert (label.written, label.source, label.category, label.risk) == (HUOBI, "Sharer", Category.OTHER, None)
    assert label.details["stix.indicator_types"] == "malicious-activity"


def test_a_word_with_a_known_meaning_is_a_risk() -> None:
    maker = {**an_object("identity", name="Sharer", identity_class="organization"), "id": MAKER}
    (label,) = read(maker, indicator(created_by_ref=MAKER, labels=["ransomware"])).parcel.labels
    assert label.risk is Category.RANSOMWARE


@pytest.mark.parametrize(
    ("properties", "key"),
    [
        ({"pattern": "[ipv4-addr:value = '198.51.100.1']"}, "stix.apart.pattern"),
        ({"pattern_type": "yara"}, "stix.apart.pattern"),
        ({}, "stix.apart.no_source"),
        ({"name": "\u202e", "external_references": PAGE}, "stix.apart.words"),
    ],
)
def test_an_indicator_that_says_nothing_of_an_address_is_kept_apart(properties: dict[str, Any], key: str) -> None:
    found = read(indicator(**properties))
    assert (found.parcel.labels, [one.key for one in found.apart]) == ((), [key])


def test_unknown_types_and_other_versions_are_kept_apart_with_their_reason() -> None:
    old = {**an_object("indicator", 2), "spec_version": "2.0"}
    found = read(an_object("x-acme-thing"), old)
    assert [(one.type, one.key) for one in found.apart] == [
        ("x-acme-thing", "stix.apart.type"),
        ("indicator", "stix.apart.version"),
    ]
    assert all(text(one.key) for one in found.apart)


def test_what_carries_no_level_is_taken_as_amber_and_others_definitions_count() -> None:
    marked = an_object("report", 1, name="a", external_references=PAGE, object_marking_refs=[MARKINGS[Tlp.GREEN]])
    bare = an_object("report", 2, name="b", external_references=PAGE)
    own = an_object("marking-definition", 3, name="TLP:RED")
    red = an_object("report", 4, name="c", external_references=PAGE, object_marking_refs=[own["id"]])
    part = an_object("report", 5, name="d", external_references=PAGE, object_marking_refs=[MARKINGS[Tlp.CLEAR]])
    part["granular_markings"] = [{"marking_ref": MARKINGS[Tlp.AMBER_STRICT], "selectors": ["name"]}]
    levels = {one.title: one.tlp for one in read(marked, bare, own, red, part).parcel.sources}
    assert levels == {"a": Tlp.GREEN, "b": Tlp.AMBER, "c": Tlp.RED, "d": Tlp.AMBER_STRICT}


def test_of_two_versions_the_later_counts_wherever_it_stands_and_it_is_said() -> None:
    old, new = (an_object("report", name=name, external_references=PAGE) for name in ("old", "new"))
    new["modified"] = "2024-01-01T00:00:00.0001Z"
    for order, key in (((old, new), "stix.problem.newer"), ((new, old), "stix.problem.older")):
        found = read(*order)
        assert [one.title for one in found.parcel.sources] == ["new"]
        assert keys(found) == [key]


def test_one_version_that_says_two_things_is_a_problem_and_a_plain_repetition_is_none() -> None:
    one, other = (an_object("report", name=name, external_references=PAGE) for name in ("one", "other"))
    assert keys(read(one, one)) == []
    found = read(one, other)
    assert keys(found) == ["stix.problem.two_things"]
    assert [source.title for source in found.parcel.sources] == ["one"]


def test_what_was_revoked_is_told_and_not_taken_for_standing() -> None:
    objects = ours(made_source(), made_claim())
    for one in objects:
        if one["type"] == "note":
            one["revoked"] = True
    assert read(*objects).parcel.withdrawn == {("claim", "claim")}


def test_references_that_lead_nowhere_are_named() -> None:
    found = read(an_object("grouping", context="unspecified", object_refs=[an_id("malware", 7)]))
    assert [(one.key, one.fields["id"]) for one in found.problems] == [("stix.problem.dangling", an_id("malware", 7))]


def test_references_that_lead_back_are_named_and_followed_by_nobody() -> None:
    first, second = an_id("grouping", 1), an_id("grouping", 2)
    found = read(
        an_object("grouping", 1, context="unspecified", object_refs=[second]),
        an_object("grouping", 2, context="unspecified", object_refs=[first]),
        an_object("grouping", 3, context="unspecified", object_refs=[first]),
    )
    assert [one.fields["id"] for one in found.problems] == [first, second]


def test_claims_that_revise_each_other_are_left_out() -> None:
    claims = (made_claim("claim-1", supersedes="claim-2"), made_claim("claim-2", supersedes="claim-1"))
    found = read(*ours(made_source(), *claims, made_claim("claim-3")))
    assert [one.id for one in found.parcel.claims] == ["claim-3"]
    assert keys(found) == ["stix.problem.entry_loop"] * 2


def test_two_thefts_that_others_count_as_one_may_say_so_of_each_other() -> None:
    thefts = [
        made_incident(id, relations=(Relation(RelationKind.COUNTED_WITH, other, "report"),))
        for id, other in (("a-2018", "b-2018"), ("b-2018", "a-2018"))
    ]
    found = read(*ours(made_source(), *thefts))
    assert (list(found.parcel.incidents), keys(found)) == (thefts, [])


def test_an_identifier_in_capitals_is_one() -> None:
    report = {
        **an_object("report", name="good", external_references=PAGE),
        "id": f"report--{'A' * 8}-AAAA-4AAA-8AAA-{'A' * 12}",
    }
    assert [one.title for one in read(report).parcel.sources] == ["good"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("quantity", "1e999999999"),
        ("quantity", 230000000.5),
        ("quantity", "9" * 200),
        ("measure", "luck"),
        ("period", {"start": "2024-01-02", "end": "2024-01-01"}),
        ("scope", []),
        ("subject", None),
    ],
)
def test_an_entry_that_cannot_be_read_is_left_out_and_the_others_are_taken(name: str, value: object) -> None:
    objects = ours(made_source(), made_claim("claim-1"), made_claim("claim-2"))
    note = next(one for one in objects if one["type"] == "note")
    next(iter(note["extensions"].values()))[name] = value
    found = read(*objects)
    assert [one.id for one in found.parcel.claims] == ["claim-2"]
    assert keys(found) == ["stix.problem.extension"]


def test_an_object_cannot_pass_for_another_entry() -> None:
    objects = ours(made_source(), made_incident("theft-2018"))
    incident = next(one for one in objects if one["type"] == "incident")
    incident["id"] = an_id("incident")
    assert "stix.problem.other_id" in keys(read(*objects))


def test_a_label_cannot_name_one_address_and_mean_another() -> None:
    objects = ours(made_label(ROUTER))
    label = next(one for one in objects if one["type"] == "indicator")
    next(iter(label["extensions"].values()))["written"] = "0x098b716b8aaf21512996dc57eb0615e2383e2f96"
    found = read(*objects)
    assert (found.parcel.labels, keys(found)) == ((), ["stix.problem.label"])


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"", "stix.error.not_json"),
        (b"{", "stix.error.not_json"),
        (b"[]", "stix.error.no_bundle"),
        (b"{}", "stix.error.no_bundle"),
        (b'{"type":"report","objects":[]}', "stix.error.no_bundle"),
        (b'{"type":"bundle","objects":7}', "stix.error.no_bundle"),
        (b'{"type":"bundle","objects":[{"name":"\\ud800"}]}', "stix.error.not_json"),
        (b'{"type":"bundle","objects":[' + b"[" * 10**6, "stix.error.deep"),
    ],
)
def test_what_is_no_bundle_is_refused(content: bytes, key: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        split_bundle(content, "theirs.json")
    assert refused.value.key == key
    assert text(key, **refused.value.fields)


@pytest.mark.parametrize(
    "odd", [None, 7, "text", [], {}, {"type": "report"}, {"type": 3, "id": 4}, {"type": "report", "id": "report--x"}]
)
def test_what_is_no_object_is_left_out_and_the_others_are_read(odd: object) -> None:
    found = read(odd, an_object("report", name="good", external_references=PAGE))
    assert [one.title for one in found.parcel.sources] == ["good"]
    assert len(found.problems) == 1


@pytest.mark.parametrize("odd", [None, 7, "x", [], [7], {"url": 7}, {"a": []}])
@pytest.mark.parametrize(
    "name",
    [
        "extensions",
        "external_references",
        "object_marking_refs",
        "granular_markings",
        "aliases",
        "labels",
        "name",
        "created_by_ref",
    ],
)
def test_no_property_of_an_odd_type_stops_the_reading(name: str, odd: object) -> None:
    for made in (an_object("report"), an_object("intrusion-set"), an_object("marking-definition"), indicator()):
        found = read({**made, name: odd}, an_object("report", 9, name="good", external_references=PAGE))
        assert "good" in [one.title for one in found.parcel.sources]


def test_problems_of_one_kind_are_listed_to_a_limit_and_then_counted() -> None:
    found = read(*({"type": "report"} for _ in range(1500)))
    assert len(found.problems) == 1001
    assert found.problems[-1].fields["count"] == 500


@pytest.mark.slow
def test_a_million_objects_are_read_in_bounded_memory_and_time() -> None:
    one = '{"type":"x-thing","spec_version":"2.1","id":"x-thing--00000000-0000-4000-8000-%012d"}'
    content = ('{"type":"bundle","objects":[' + ",".join(one % number for number in range(10**6)) + "]}").encode()
    started = time.monotonic()
    tracemalloc.start()
    found = read_bundle(content, "huge.json", TERMS)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (found.objects, len(found.apart)) == (10**6, 10**6)
    assert most < 1 << 30
    assert time.monotonic() - started < 200
