"""YAML as texts, tables and lists alone: nothing guessed, nothing expanded, nothing lost."""

import contextlib
import json
import time
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiyafa.model.errors import InvalidInput
from qiyafa.sharing.strict_yaml import Plain, Table, read_yaml
from qiyafa.sharing.yaml_text import yaml_text


def refused(content: bytes) -> str:
    with pytest.raises(InvalidInput) as caught:
        read_yaml(content, "pack.yaml")
    assert caught.value.fields["file"] == "pack.yaml"
    return caught.value.key


def test_scalars_stay_the_text_that_was_written() -> None:
    top = read_yaml(b"a: 0x098b\nb: 0012\nc: yes\nd: ~\ne: 2022-01-01\nf: ''\ng: 1e5\n", "f")
    assert top == {"a": "0x098b", "b": "0012", "c": "yes", "d": "~", "e": "2022-01-01", "f": "", "g": "1e5"}


def test_it_is_remembered_what_was_not_quoted() -> None:
    top = read_yaml(b"bare: 0x1\nsingle: '0x1'\ndouble: \"0x1\"\n", "f")
    assert [isinstance(top[name], Plain) for name in top] == [True, False, False]


def test_tables_know_their_line_and_a_repeated_key() -> None:
    top = read_yaml(b"tags:\n- label: one\n\n- label: two\n  address: x\n  label: three\n", "f")
    tags = top["tags"]
    assert isinstance(tags, list)
    first, second = tags
    assert isinstance(first, Table)
    assert isinstance(second, Table)
    assert (first.line, second.line) == (2, 4)
    assert (first.repeated, second.repeated) == ("", "label")
    assert second["label"] == "two", "the first stays, for the sentence about it"


def test_an_alias_bomb_is_refused_at_once() -> None:
    bomb = b"a: &a [x,x,x,x,x,x,x,x,x]\n"
    for name, before in zip(b"bcdefghi", b"abcdefgh", strict=True):
        bomb += b"%c: &%c [%s]\n" % (name, name, b",".join([b"*%c" % before] * 9))
    tracemalloc.start()
    started = time.perf_counter()
    assert refused(bomb) == "labels.yaml.alias"
    assert time.perf_counter() - started < 1
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"a: !!python/object/apply:os.system [ls]\n", "labels.yaml.typed"),
        (b"a: !include header.yaml\n", "labels.yaml.typed"),
        (b"a: !!int '1'\n", "labels.yaml.typed"),
        (b"? [a, b]\n: c\n", "labels.yaml.key"),
        (b"a: " + b"[" * 2000 + b"]" * 2000, "labels.yaml.deep"),
        (b"a: [1\n", "labels.yaml.broken"),
        (b"a: 'never ends\n", "labels.yaml.broken"),
        (b"\ta: 1\n", "labels.yaml.broken"),
        (b"a: \x01\n", "labels.yaml.broken"),
        (b"a: caf\xe9\n", "labels.error.not_utf8"),
        (b"a: 1\n---\nb: 2\n", "labels.yaml.several"),
        (b"- a\n- b\n", "labels.yaml.no_table"),
        (b"just a text\n", "labels.yaml.no_table"),
        (b"", "labels.yaml.no_table"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_reason(content: bytes, key: str) -> None:
    assert refused(content) == key


@given(st.binary(max_size=300))
def test_no_bytes_do_anything_but_be_read_or_refused(content: bytes) -> None:
    with contextlib.suppress(InvalidInput):
        assert isinstance(read_yaml(content, "f"), Table)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=50))
def test_any_text_comes_back_from_a_quoted_scalar(text: str) -> None:
    assert read_yaml(f"a: {yaml_text(text)}\nb: 1\n".encode(), "f")["a"] == text
    assert "\n" not in yaml_text(text)


def test_a_quoted_scalar_is_json_where_json_is_enough() -> None:
    assert json.loads(yaml_text('a "b" \\ c')) == 'a "b" \\ c'
