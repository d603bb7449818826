"""Labels as a table: harmless in spreadsheets, whole when they come back, and hostile rows one by one."""

import csv
import io
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qiyafa.chains.formats import FORMATS
from qiyafa.model.category import Category
from qiyafa.model.errors import InvalidInput
from qiyafa.model.label import Label, Tlp
from qiyafa.sharing.label_csv import COLUMNS, read_label_csv, write_label_csv
from qiyafa.sharing.label_draft import LabelsRead
from qiyafa.sharing.table_text import harmless, unquoted
from qiyafa.text import text

from support.labels import ROUTER, labels, made_label

HEADER = "address,name,source\n"


def read(content: str | bytes, tlp: Tlp = Tlp.CLEAR) -> LabelsRead:
    return read_label_csv(content.encode() if isinstance(content, str) else content, "t.csv", FORMATS, tlp)


def keys(result: LabelsRead) -> list[str]:
    for problem in result.problems:
        assert text(problem.key, **problem.fields)
    return [problem.key.removeprefix("labels.problem.") for problem in result.problems]


@settings(max_examples=100)
@given(st.lists(labels(), min_size=1, max_size=4))
def test_any_labels_come_back_whole(given_labels: list[Label]) -> None:
    result = read("".join(write_label_csv(given_labels)))
    assert result.left_out == 0, result.problems
    assert result.labels == given_labels


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.from_regex(r"'{0,3}[=+@\t\r\n-].*"))
def test_no_cell_begins_a_formula_and_every_cell_comes_back(cell: str) -> None:
    assert harmless(cell)[:1] not in {"=", "+", "-", "@", "\t", "\r", "\n"} or not cell
    assert unquoted(harmless(cell)) == cell


def test_a_formula_in_a_label_reaches_a_spreadsheet_as_text() -> None:
    written = "".join(write_label_csv([made_label(name='=HYPERLINK("http://evil")', entity="@SUM(1)")]))
    row = next(csv.DictReader(io.StringIO(written)))
    assert (row["name"], row["entity"]) == ('\'=HYPERLINK("http://evil")', "'@SUM(1)")


def test_three_columns_are_enough() -> None:
    (label,) = read(f"{HEADER}{ROUTER},Tornado,me\n", Tlp.AMBER).labels
    assert (label.name, label.source, label.category, label.risk, label.routing) == (
        "Tornado", "me", Category.OTHER, None, None,
    )  # fmt: skip
    assert (label.confidence, label.grade, label.tlp, label.origin) == ("unknown", "F6", Tlp.AMBER, "me")


def test_a_category_says_risk_and_routing_unless_the_table_does() -> None:
    (implied,) = read(f"address,name,source,category\n{ROUTER},a,b,mixer\n").labels
    assert (implied.risk, implied.routing) == (Category.MIXER, Category.MIXER)
    (stated,) = read(f"address,name,source,category,risk,routing\n{ROUTER},a,b,mixer,,exchange\n").labels
    assert (stated.risk, stated.routing) == (None, Category.EXCHANGE)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_usual_delimiter_is_understood(delimiter: str) -> None:
    lines = (HEADER + f"{ROUTER},a,b\n").replace(",", delimiter)
    assert read(b"\xef\xbb\xbf" + lines.encode()).labels[0].name == "a"


@pytest.mark.parametrize(
    ("row", "key"),
    [
        ("only two,cells", "row"),
        (f"{ROUTER},,b", "cell"),
        (f"{ROUTER},a,", "cell"),
        (",a,b", "address"),
        (f"{ROUTER},{'x' * 2000},b", "long"),
        (f"{ROUTER},{'x' * 1_000_000},b", "row"),
        (f"{ROUTER},\u202e\u200b,b", "invisible"),
        (f"{ROUTER},a\0b,b", "nul"),
    ],
)
def test_a_bad_row_is_a_problem_and_the_rest_goes_on(row: str, key: str) -> None:
    result = read(f"{HEADER}{row}\n{ROUTER},good,b\n")
    assert keys(result) == [key]
    assert result.problems[0].place == "line 2"
    assert [label.name for label in result.labels] == ["good"]


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("category", "nice"),
        ("risk", "x"),
        ("confidence", "certain"),
        ("grade", "A0"),
        ("tlp", "TLP:PINK"),
        ("valid_from", "soon"),
        ("is_cluster_definer", "perhaps"),
        ("details", "[]"),
        ("details", "{"),
    ],
)
def test_a_cell_that_cannot_be_meant_is_named(column: str, cell: str) -> None:
    result = read(f"address,name,source,{column}\n{ROUTER},a,b,{cell}\n")
    assert keys(result) == ["cell"]
    assert result.problems[0].fields == {"key": column, "value": cell}


@pytest.mark.parametrize("until", ["2021-12-31", "2022-01-01"])
def test_a_label_that_ends_before_it_begins_is_left_out_and_not_kept_unseen(until: str) -> None:
    result = read(f"address,name,source,valid_from,valid_to\n{ROUTER},a,b,2022-01-01,{until}\n")
    assert (keys(result), result.labels) == (["never"], [])
    assert until in text(result.problems[0].key, **result.problems[0].fields)


@pytest.mark.parametrize("content", [b"", b"a,,b\n", b"address,name,name\n", b"address,na\xffme\n"])
def test_a_table_without_names_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidInput) as caught:
        read(content)
    assert caught.value.key in {"labels.csv.header", "labels.error.not_utf8"}


def test_every_field_has_a_column() -> None:
    not_stored = {"id", "identity", "written", "known_from", "known_to", "state", "objection"}
    assert set(COLUMNS) == set(Label.__slots__) - not_stored | {"address"}


@pytest.mark.slow
@pytest.mark.alone
def test_a_million_rows_are_read_in_bounded_time() -> None:
    content = (HEADER + f"{ROUTER},a,b\n" * 1_000_000).encode()
    started = time.perf_counter()
    assert len(read(content).labels) == 1_000_000
    assert time.perf_counter() - started < 180
