"""Objects as they travel: every value comes through, nothing is read two ways, and nothing names what stays."""

import json

from hypothesis import given
from hypothesis import strategies as st

from qiyafa.model.label import Tlp
from qiyafa.model.parcel import LEVELS, is_above
from qiyafa.sharing.stix.markings import MARKINGS
from qiyafa.sharing.taxii_items import MOST_OBJECT_BYTES, read_items, split_by_level

from support.stix_samples import RED, envelope, identity, observable

# Half characters cannot be written in UTF-8.
TEXTS = st.text(st.characters(exclude_categories=("Cs",)))
NUMBERS = st.integers(-(1 << 63), (1 << 64) - 1) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_every_value_comes_through(value: object) -> None:
    (item,) = read_items(envelope(observable(1, x_value=value)), "test").good
    assert json.loads(item.body) == observable(1, x_value=value)


@given(VALUES)
def test_the_same_object_is_the_same_bytes_in_whatever_order_its_members_stand(value: object) -> None:
    one = observable(1, x_value=value)
    other = dict(reversed(one.items()))
    assert read_items(envelope(one), "test").good == read_items(envelope(other), "test").good


def test_numbers_keep_every_digit() -> None:
    written = (
        b'{"objects":[{"type":"x-a","id":"x-a--5f0a1d27-6a3b-4c06-9d4e-9f2f7d0a1b11","spec_version":"2.1","n":%s}]}'
    )
    for number in (b"0.10", b"12345678901234567890.12345678901234567890", b"1E+400", b"-0.0"):
        (item,) = read_items(written % number, "test").good
        assert b'"n":' + number in item.body


def test_of_a_member_that_stands_twice_only_the_one_that_was_read_leaves() -> None:
    twice = json.dumps(identity(1)).replace('"name"', f'"object_marking_refs":["{RED}"],"name"')
    (item,) = read_items(f'{{"objects":[{twice}]}}'.encode(), "test").good
    assert (item.tlp, RED.encode() in item.body) == (Tlp.CLEAR, False)


def test_an_object_that_is_too_large_is_left_out_and_the_others_are_read() -> None:
    found = read_items(envelope(identity(1, name="x" * MOST_OBJECT_BYTES), identity(2)), "test")
    assert ([one.id for one in found.good], len(found.problems)) == ([identity(2)["id"]], 1)


def test_markings_that_are_no_markings_close_an_object() -> None:
    for refs in ("TLP:RED", {"a": 1}, [None], [5], ["marking-definition--red"]):
        found = read_items(envelope({**identity(1), "object_marking_refs": refs}), "test")
        assert (found.good, [one.key for one in found.problems]) == ((), ["taxii.problem.marking"])
    for parts in ("red", [5], [{"marking_ref": 7}]):
        assert read_items(envelope({**identity(1), "granular_markings": parts}), "test").good == ()


@given(
    st.lists(st.tuples(st.sampled_from(LEVELS), st.lists(st.integers(0, 9), max_size=3)), max_size=10),
    st.sampled_from(LEVELS),
)
def test_what_leaves_is_never_above_the_level_and_names_nothing_that_stays(
    drawn: list[tuple[Tlp, list[int]]], level: Tlp
) -> None:
    objects = [
        identity(number, marking=MARKINGS[own], x_refs=[identity(other)["id"] for other in named])
        for number, (own, named) in enumerate(drawn)
    ]
    leaving, staying = split_by_level(read_items(envelope(*objects), "test").good, level)
    assert len(leaving) + len(staying) == len(objects)
    assert not any(is_above(one.tlp, level) for one in leaving)
    assert not any(kept.id.encode() in one.body for one in leaving for kept in staying)
    if not any(is_above(own, level) for own, _ in drawn):
        assert staying == []
