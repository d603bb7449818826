"""CSV files as they come: packed, broken, hostile."""

import gzip
import random
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.chains.files import TRANSACTION_COLUMNS, Desk, transaction, transactions

from qiyafa.chains.readers.reading import KEPT_PROBLEMS
from qiyafa.chains.readers.tabular.csv import OddLines
from qiyafa.model.errors import InvalidInput, QiyafaError
from qiyafa.text import text

TWO = transactions({}, {"hash": transaction(2)})


def hashes(desk: Desk, content: str | bytes) -> list[object]:
    """Return the transactions that are read from a table."""
    return [row["transaction_hash"] for row in desk.read(transactions=content).of("native")]


def refusal(desk: Desk, content: str | bytes) -> str:
    """Return the sentence with which a table is refused."""
    with pytest.raises(InvalidInput) as refused:
        desk.read(transactions=content)
    return text(refused.value.key, **refused.value.fields)


@pytest.mark.parametrize(
    "spelled",
    [
        TWO.encode(),
        b"\xef\xbb\xbf" + TWO.encode(),
        TWO.replace("\n", "\r\n").encode(),
        TWO.rstrip("\n").encode(),
        TWO.replace("\n", "\n\n").encode(),
        gzip.compress(TWO.encode()),
        gzip.compress(TWO[:300].encode()) + gzip.compress(TWO[300:].encode()),
        "\n".join(",".join(f'"{value}"' for value in line.split(",")) for line in TWO.splitlines()).encode(),
        TWO.replace("hash,", " Hash ,").replace("value", "VALUE").encode(),
    ],
    ids=["plain", "mark", "crlf", "no last end", "blank lines", "gzip", "two gzip members", "quoted", "loud header"],
)
def test_a_table_is_read_however_it_is_spelled(desk: Desk, spelled: bytes) -> None:
    assert hashes(desk, spelled) == [transaction(1), transaction(2)]


def test_columns_may_come_in_any_order_and_number(desk: Desk) -> None:
    lines = [line.split(",") for line in TWO.splitlines()]
    turned = "\n".join(",".join(["unknown", *reversed(line)]) for line in lines)
    assert hashes(desk, turned) == [transaction(1), transaction(2)]


def test_of_two_columns_with_one_name_the_first_counts(desk: Desk) -> None:
    lines = TWO.splitlines()
    doubled = "\n".join([lines[0] + ",hash", *(line + ",other" for line in lines[1:])])
    assert hashes(desk, doubled) == [transaction(1), transaction(2)]


def test_a_table_without_rows_is_read(desk: Desk) -> None:
    for empty in (transactions(), transactions().rstrip("\n"), gzip.compress(transactions().encode())):
        read = desk.read(transactions=empty)
        assert (read.rows, read.problems) == ([], [])
        assert read.raw.sources[0].rows == 0


def test_a_table_of_odd_lines_alone_is_read(desk: Desk) -> None:
    read = desk.read(transactions=transactions() + "odd\n" * 3)
    assert (read.rows, len(read.problems)) == ([], 3)


def test_old_line_ends_are_line_ends(desk: Desk) -> None:
    assert hashes(desk, TWO.replace("\n", "\r")) == [transaction(1), transaction(2)]


def test_problems_name_the_line_behind_blank_and_odd_lines(desk: Desk) -> None:
    good, bad = TWO.splitlines()[1], TWO.splitlines()[2].replace(transaction(2), "nonsense")
    lines = [transactions().strip(), good, "", "too,short", bad, good + ",too long", "", bad]
    read = desk.read(transactions="\n".join(lines))
    assert [problem for problem in read.problems if problem.startswith("line")] == [
        "line 4: the line has 2 values where the header has 12 columns",
        "line 6: the line has 13 values where the header has 12 columns",
        "line 5: hash is no transaction hash: nonsense",
        "line 8: hash is no transaction hash: nonsense",
    ]
    assert read.raw.sources[0].problems == 4


@given(st.lists(st.booleans(), max_size=40))
def test_lines_are_counted_past_odd_ones_whatever_the_batches(is_odd: list[bool]) -> None:
    odd = OddLines()
    odd.lines.extend(line for line, flag in enumerate(is_odd, 2) if flag)
    good = [line for line, flag in enumerate(is_odd, 2) if not flag]
    middle = len(good) // 2
    counted = [*odd.lines_of(0, middle), *odd.lines_of(middle, len(good) - middle)]
    assert counted == good


def test_problems_beyond_the_first_thousand_are_counted(desk: Desk) -> None:
    bad = ",".join({**TRANSACTION_COLUMNS, "hash": "bad"}.values()) + "\n"
    read = desk.read(transactions=transactions() + bad * 1500 + "odd\n" * 1200)
    assert read.problem_count == 2700
    assert len(read.problems) == KEPT_PROBLEMS
    assert read.raw.sources[0].problems == 2700


def test_a_quote_left_open_never_hides_rows(desk: Desk) -> None:
    assert "a quote was left open" in refusal(desk, TWO.replace("0x,", '"0x,', 1))


def test_bytes_that_are_no_text_are_a_problem_of_their_line(desk: Desk) -> None:
    for garbage in (b"\xff\xfe", b"\x00", "\u202e".encode()):
        content = TWO.encode().replace(transaction(2).encode(), garbage)
        read = desk.read(transactions=content)
        assert len(read.of("native")) == 1
        assert read.problems[0].startswith("line 3: hash is no transaction hash: ")


def test_a_missing_column_is_named_with_what_is_there(desk: Desk) -> None:
    sentence = refusal(desk, transactions({}, without=("value",)))
    assert "transactions-0.csv lacks the column value." in sentence
    assert "hash, nonce, block_hash" in sentence


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b"\n\n", "no header"),
        (b"\x00\x01\x02", "lacks the column"),
        (TWO.encode("utf-16"), "lacks the column"),
        (gzip.compress(TWO.encode(), mtime=0)[:-20], "damaged or ends too early"),
        (gzip.compress(TWO.encode(), mtime=0)[:9], "damaged or ends too early"),
        (b"\x1f\x8bgarbage garbage", "damaged or ends too early"),
        (b'{"hash": "0x"}\n', "lacks the column"),
    ],
)
def test_what_is_no_table_is_refused_with_a_reason(desk: Desk, content: bytes, reason: str) -> None:
    assert reason in refusal(desk, content)


def test_a_packed_file_that_breaks_off_late_is_refused_whole(desk: Desk) -> None:
    noise = random.Random(1)
    rows = [{"hash": f"0x{noise.getrandbits(256):064x}"} for _ in range(20_000)]
    packed = gzip.compress(transactions(*rows).encode())
    assert "ends too early" in refusal(desk, packed[: len(packed) // 2])
    assert "ends too early" in refusal(desk, packed[:-4])


def test_a_line_longer_than_any_transaction_is_refused(desk: Desk) -> None:
    assert "cannot be read as CSV" in refusal(desk, TWO.replace("0x,", "0x" + "0" * (40 << 20) + ",", 1))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=300))
def test_no_bytes_at_all_raise_anything_but_our_own_errors(desk: Desk, content: bytes) -> None:
    with suppress(QiyafaError):
        assert desk.read(transactions=content).rows == []


hostile_values = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["", '"', '""', "\x00", "0x", "\r", "\n", ",", "'; DROP TABLE staged; --", "9" * 400, "-0", "١٢"]),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_hostile_values_behind_a_good_header_spoil_their_own_row_only(desk: Desk, data: st.DataObject) -> None:
    columns = st.sampled_from(sorted(TRANSACTION_COLUMNS))
    changes = data.draw(st.dictionaries(columns, hostile_values, min_size=1, max_size=4))
    quoted = [f'"{v}"' if '"' not in v and "\n" not in v and "\r" not in v else "" for v in changes.values()]
    row = {**TRANSACTION_COLUMNS, "hash": transaction(2), **dict(zip(changes, quoted, strict=True))}
    content = transactions({}).encode() + (",".join(row.values()) + "\n").encode("utf-8", "surrogatepass")
    read = desk.read(transactions=content)
    assert transaction(1) in [one["transaction_hash"] for one in read.of("native")]
    assert len(read.of("native")) + read.raw.sources[0].problems == 2
