"""A file of addresses: a row for each row, in order, the address byte for byte, and nothing that a spreadsheet runs."""

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiyafa.app.exposure_sources import Books
from qiyafa.app.screen import Screener
from qiyafa.app.screen_csv import CsvQuestion, ScreenedFile, harmless, requested, screen_csv
from qiyafa.chains.formats import FORMATS
from qiyafa.model.category import Category
from qiyafa.model.errors import InvalidInput, NotFound, Unavailable
from qiyafa.model.verdict import Outcome, ScreenRequest
from qiyafa.screen.rules import Rules

from support.screening import ADDRESS, DEFAULT_RULES, LabelsInMemory, ListsInMemory, address, designation, label

NOW = datetime(2024, 9, 27, 12, tzinfo=UTC)
CLEAN = address(1)


def screener(rules: Rules = DEFAULT_RULES) -> Screener:
    labels = LabelsInMemory(
        [label(Category.MIXER, name="=HYPERLINK(1)", identity=FORMATS.read(address(2)).identities[0])]
    )
    return Screener(Books(ListsInMemory([designation()]), labels, FORMATS), rules, lambda: NOW)


def screened(path: Path, content: bytes, **more: object) -> tuple[list[list[str]], ScreenedFile]:
    path.write_bytes(content)
    out = io.StringIO(newline="")
    counts = screen_csv(screener(), CsvQuestion(path, **more), out)
    out.seek(0)
    before = csv.field_size_limit(1 << 24)
    try:
        return list(csv.reader(out)), counts
    finally:
        csv.field_size_limit(before)


def test_the_limit_of_a_field_is_as_before(path: Path) -> None:
    before = csv.field_size_limit()
    screened(path, b"address\n0x1\n")
    assert csv.field_size_limit() == before


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "in.csv"


def test_a_row_for_each_row_in_order(path: Path) -> None:
    rows, counts = screened(path, f"address\n{CLEAN}\n{ADDRESS}\nhello\n{ADDRESS}\n".encode())
    assert rows[0] == ["address", "chain", "verdict", "reasons", "not_covered", "exposure"]
    assert [row[0] for row in rows[1:]] == [CLEAN, ADDRESS, "hello", ADDRESS]
    assert [row[2] for row in rows[1:]] == ["no_hit", "hit", "unavailable", "hit"]
    assert all(row[3] for row in rows[1:])
    assert counts.rows == 4
    assert counts.outcomes[Outcome.HIT] == 2


def test_columns_may_stand_anywhere_and_a_chain_may_be_named(path: Path) -> None:
    content = f"id,Chain, ADDRESS ,note\n7,bitcoin,{CLEAN},x\n8,,{CLEAN},y\n9,moonchain,{CLEAN},z\n"
    rows, _ = screened(path, content.encode())
    assert [row[2] for row in rows[1:]] == ["unavailable", "no_hit", "unavailable"]
    assert list(requested(CsvQuestion(path, "litecoin"))) == [
        ScreenRequest(CLEAN, "bitcoin"),
        ScreenRequest(CLEAN, "litecoin"),
        ScreenRequest(CLEAN, "moonchain"),
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_other_delimiters_are_understood(path: Path, delimiter: str) -> None:
    rows, _ = screened(path, f"note{delimiter}address\nx{delimiter}{ADDRESS}\n".encode())
    assert rows[1][2] == "hit"


def test_a_byte_order_mark_and_windows_lines_are_no_part_of_an_address(path: Path) -> None:
    rows, _ = screened(path, b"\xef\xbb\xbfaddress\r\n" + ADDRESS.encode() + b"\r\n")
    assert rows[1][:3] == [ADDRESS, "eip155:1", "hit"]


def test_a_short_row_gets_no_answer_and_a_long_one_an_answer(path: Path) -> None:
    rows, _ = screened(path, f"note,address\nshort\nlong,{ADDRESS},more,and more\n\n".encode())
    assert [row[2] for row in rows[1:]] == ["unavailable", "hit"]


@given(st.lists(st.binary(min_size=1, max_size=30), min_size=1, max_size=5))
def test_whatever_stands_in_the_column_comes_back_byte_for_byte(
    tmp_path_factory: pytest.TempPathFactory, cells: list[bytes]
) -> None:
    path = tmp_path_factory.getbasetemp() / "bytes.csv"
    quoted = (b'"' + cell.replace(b'"', b'""') + b'"' for cell in cells)
    path.write_bytes(b"address\r\n" + b"\r\n".join(quoted) + b"\r\n")
    out = io.StringIO(newline="")
    screen_csv(screener(), CsvQuestion(path), out)
    out.seek(0)
    found = [row[0].encode("utf-8", "surrogateescape") for row in list(csv.reader(out))[1:]]
    assert found == cells


def test_nothing_but_the_address_can_run_in_a_spreadsheet(path: Path) -> None:
    rows, _ = screened(path, f"address\n{address(2)}\n=1+1\n".encode())
    assert rows[2][0] == "=1+1"
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row[1:])
    assert harmless("=1+1") == "'=1+1"
    assert harmless("eip155:1") == "eip155:1"


def test_a_text_of_a_megabyte_is_a_row_like_another(path: Path) -> None:
    rows, _ = screened(path, b"address\n" + b"x" * 10**6 + b"\n" + ADDRESS.encode() + b"\n")
    assert [len(rows[1][0]), rows[1][2], rows[2][2]] == [10**6, "unavailable", "hit"]


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"", "screen.csv.no_column"),
        (b"adress\n0x1\n", "screen.csv.no_column"),
        ("address\n0x1\n".encode("utf-16"), "screen.csv.not_utf8"),
        (b'address\n"0x1\n' + b"x\n" * (9 << 20), "screen.csv.broken"),
    ],
    ids=["empty", "no column", "utf-16", "open quote"],
)
def test_what_is_no_file_of_addresses_is_refused(path: Path, content: bytes, key: str) -> None:
    with pytest.raises(InvalidInput, match=key):
        screened(path, content)


def test_a_null_character_is_part_of_a_text_that_is_no_address(path: Path) -> None:
    rows, _ = screened(path, b"address\n0x\x00" + ADDRESS.encode() + b"\n")
    assert rows[1][0] == "0x\x00" + ADDRESS
    assert rows[1][2] == "unavailable"


def test_a_file_that_is_not_there_or_a_folder_has_its_sentence(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        list(requested(CsvQuestion(tmp_path / "none.csv")))
    with pytest.raises(Unavailable):
        list(requested(CsvQuestion(tmp_path)))


def test_progress_ends_with_the_file(path: Path) -> None:
    path.write_text("address\n" + f"{CLEAN}\n" * 4500)
    told: list[tuple[int, int]] = []
    screen_csv(screener(), CsvQuestion(path), io.StringIO(), lambda _, done, total: told.append((done, total)))
    assert len(told) == 3
    assert all(done <= total == path.stat().st_size for done, total in told)
    assert told == sorted(told)
