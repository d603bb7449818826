"""Plainly clean lines of CSV, read past SQL: nothing may differ from the way that all other lines go."""

import errno
import gzip
import hashlib
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.chains.files import (
    ALICE,
    BOB,
    TOKEN,
    TOKEN_TRANSFER_COLUMNS,
    Desk,
    Read,
    found,
    receipts,
    token_transfers,
    transaction,
    transactions,
)
from tests.chains.readers.ethereum_etl.test_logs import log, logs

from qiyafa.chains import find_chain
from qiyafa.chains.readers.ethereum_etl import token_transfers as table
from qiyafa.chains.readers.ethereum_etl.reader import EthereumEtlFiles, read_ethereum_etl
from qiyafa.chains.readers.reading import FileProblems
from qiyafa.chains.readers.tabular import plain_csv
from qiyafa.chains.readers.tabular.plain_csv import AddressBook
from qiyafa.chains.readers.tabular.scratch import Scratch
from qiyafa.chains.readers.tabular.staging import TableFile, open_plain
from qiyafa.model.errors import QiyafaError, Unavailable
from qiyafa.model.ledger import MAX_UINT256

REPEATED = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
SMALL_BLOCK = 600
"""Bytes; two or three lines."""

addresses = st.sampled_from([ALICE, BOB, TOKEN, TOKEN.upper(), "0x" + "9aF" * 13 + "0"])
numbers = st.sampled_from(["0", "7", "12", "999999999", "1234567890"])
odd_values = st.one_of(
    st.text(st.sampled_from('0123456789abcdefABCDEFxXgG/:@`,"\r\n\x00\x10\x1a é'), max_size=70),
    st.sampled_from(
        [
            "",
            "007",
            "0x10",
            "-1",
            "9" * 16,
            "9" * 77,
            "9" * 78,
            str(MAX_UINT256),
            str(MAX_UINT256 + 1),
            "1 ",
            "\x1a" * 66,
        ]
    ),
)
PLAIN = {
    "token_address": addresses,
    "from_address": addresses,
    "to_address": addresses,
    "value": st.one_of(numbers, st.integers(0, 10**76).map(str)),
    "transaction_hash": st.integers(1, 6).map(transaction),
    "log_index": st.integers(0, 10**9 - 1).map(str),
    "block_number": st.integers(0, 10**15 - 1).map(str),
    "transaction_index": st.sampled_from(["", "0", "999999999"]),
    "block_timestamp": st.sampled_from(["", "0", "1700000000", "2022-03-23 13:29:09 UTC"]),
    "other": st.text(st.characters(codec="utf-8", exclude_characters=',"\r\n'), max_size=9),
}


@st.composite
def tables(draw: st.DrawFn) -> bytes:
    """Draw a table of token transfers: columns in any order, most lines clean, some hostile."""
    optional = draw(st.lists(st.sampled_from(["transaction_index", "block_timestamp", "other"]), unique=True))
    columns = draw(st.permutations([name for name in PLAIN if name in TOKEN_TRANSFER_COLUMNS or name in optional]))
    lines = [",".join(columns)]
    for _ in range(draw(st.integers(0, 8))):
        values = {name: draw(PLAIN[name]) for name in columns}
        spoiled = draw(st.one_of(st.none(), st.none(), st.sampled_from(columns)))
        if spoiled is not None:
            values[spoiled] = draw(odd_values)
        lines.append(",".join(values.values()) + draw(st.sampled_from(["", "", "", "", ",", "\n", ",x"])))
    end = draw(st.sampled_from(["\n", "\n", "\n", "\r\n", ""]))
    return ("\n" if end in {"", "\n"} else end).join(lines).encode() + end.encode()


def read(desk: Desk, path: Path) -> Read | tuple[str, object]:
    """Return what the reader finds in a file of token transfers, or how it refuses it."""
    try:
        files = EthereumEtlFiles(token_transfers=(path,))
        return found(read_ethereum_etl(files, find_chain("eip155:1"), desk.scratch()))
    except QiyafaError as error:
        return error.key, error.fields


def told_alike(one: Read | tuple[str, object], other: Read | tuple[str, object]) -> bool:
    """Say whether two readings found the same rows, sources and problems; their files may differ."""
    if isinstance(one, Read) and isinstance(other, Read):
        return (one.rows, one.problems, one.problem_count, one.raw.sources, one.raw.provides) == (
            other.rows,
            other.problems,
            other.problem_count,
            other.raw.sources,
            other.raw.provides,
        )
    return one == other


@pytest.fixture(name="small_blocks")
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain_csv, "BLOCK_BYTES", SMALL_BLOCK)


@pytest.mark.usefixtures("small_blocks")
@settings(REPEATED, max_examples=20)
@given(content=tables(), is_packed=st.booleans())
@example(content=token_transfers({"value": '"5'}, {}, {}).encode(), is_packed=False)
@example(content=token_transfers({}, {"value": '"5"'}).encode(), is_packed=False)
@example(content=token_transfers({}, {}).encode()[:-1], is_packed=True)
@example(content=b"\xef\xbb\xbf" + token_transfers({}, {"value": "\xff"}, {}).encode("latin-1"), is_packed=False)
def test_rows_and_problems_are_those_of_the_other_way(desk: Desk, content: bytes, is_packed: bool) -> None:
    check_both_ways(desk, content, is_packed)


@pytest.mark.slow
@pytest.mark.usefixtures("small_blocks")
@settings(REPEATED, max_examples=200)
@given(content=tables(), is_packed=st.booleans())
def test_rows_and_problems_of_many_tables_are_those_of_the_other_way(
    desk: Desk, content: bytes, is_packed: bool
) -> None:
    check_both_ways(desk, content, is_packed)


def check_both_ways(desk: Desk, content: bytes, is_packed: bool) -> None:
    path = desk.file("token_transfers.csv", gzip.compress(content) if is_packed else content)
    quick = read(desk, path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table, "open_plain", lambda *_: None)
        assert told_alike(quick, read(desk, path))


@pytest.mark.usefixtures("small_blocks")
def test_clean_lines_never_reach_sql(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "stage", None)
    monkeypatch.setattr(table, "stage_others", None)
    result = desk.read(token_transfers=token_transfers(*({"log_index": str(place)} for place in range(50))))
    assert [row["log_index"] for row in result.of("token")] == sorted(range(50), key=str)


@pytest.mark.usefixtures("small_blocks")
def test_single_things_and_failed_transactions_are_left_out_on_both_ways_together(desk: Desk) -> None:
    clean = [{"transaction_hash": transaction(2)}, {"log_index": "9"}, {"log_index": "10"}, {}]
    odd = [{**one, "value": "0x5"} for one in clean]
    result = desk.read(
        transactions=transactions({"hash": transaction(2)}),
        receipts=receipts({"transaction_hash": transaction(2), "status": "0"}),
        logs=logs(log(log_index="10", topics=4, data="0x")),
        token_transfers=token_transfers(*clean, *odd, {"value": "bad"}),
    )
    assert [row["log_index"] for row in result.of("token")] == [9] * 4
    assert "token transfers of transactions that failed: 2; they moved nothing" in result.problems
    assert sum("single things (NFTs)" in problem and ": 2;" in problem for problem in result.problems) == 1
    assert [problem for problem in result.problems if problem.startswith("line 10: value ")]


@pytest.mark.usefixtures("small_blocks")
def test_progress_is_told_once_where_a_late_quote_sends_the_file_the_other_way(desk: Desk) -> None:
    rows = [{"log_index": str(place)} for place in range(30)]
    path = desk.file("late.csv", token_transfers(*rows, {"value": '"5"'}))
    seen: list[int] = []
    files = EthereumEtlFiles(token_transfers=(path,))
    read_ethereum_etl(files, find_chain("eip155:1"), desk.scratch(), lambda _stage, done, _total: seen.append(done))
    assert seen == sorted(seen)
    assert seen[-1] == path.stat().st_size


def test_a_header_that_fills_a_block_hides_no_rows(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    header, *lines = token_transfers({}, {"log_index": "10"}).splitlines()
    wide = f"{header},{'x' * SMALL_BLOCK}\n"
    monkeypatch.setattr(plain_csv, "BLOCK_BYTES", len(wide))
    monkeypatch.setattr(table, "stage", None)
    result = desk.read(token_transfers=wide + "".join(f"{line},\n" for line in lines))
    assert [row["log_index"] for row in result.of("token")] == [10, 9]


def test_the_hash_is_that_of_the_file_whichever_way_it_goes(desk: Desk) -> None:
    for content in (
        token_transfers({}).encode(),
        token_transfers({}).encode()[:-1],
        token_transfers({"value": '"5"'}).encode(),
        token_transfers().encode(),
        gzip.compress(token_transfers({}).encode()),
    ):
        [source] = desk.read(token_transfers=content).raw.sources
        assert source.sha256 == hashlib.sha256(content).hexdigest()


def test_a_full_disk_is_said(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(pq.ParquetWriter, "write_table", full)
    with pytest.raises(Unavailable, match="scratch"):
        desk.read(token_transfers=token_transfers({}))


def test_a_file_of_mostly_odd_lines_goes_the_other_way_at_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain_csv, "_FEW_OTHERS", 3)
    monkeypatch.setattr(table, "stage_others", None)
    result = desk.read(token_transfers=token_transfers(*[{"value": "0x5"}] * 4))
    assert len(result.of("token")) == 4


def test_a_line_longer_than_a_block_goes_the_other_way(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain_csv, "BLOCK_BYTES", SMALL_BLOCK)
    long = token_transfers({}, {"value": "1" * SMALL_BLOCK}, {})
    result = desk.read(token_transfers=long)
    assert (len(result.of("token")), result.problem_count) == (2, 1)


@pytest.mark.usefixtures("small_blocks")
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=st.lists(st.tuples(st.integers(0, 2**160 - 1), st.integers(0, 9)), min_size=1, max_size=60))
def test_an_address_keeps_its_number_across_columns_and_blocks(desk: Desk, people: list[tuple[int, int]]) -> None:
    texts = [(f"0x{one:040x}", f"0x{other:040X}") for one, other in people]
    content = token_transfers(*({"from_address": one, "to_address": other} for one, other in texts))
    path = desk.file("people.csv", content)
    book = AddressBook()
    numbered: list[tuple[int, int]] = []
    with Scratch(desk.scratch()) as scratch:
        source = open_plain(scratch, TableFile(path, table.FIELDS, FileProblems(str(path)), lambda _: None))
        assert source is not None
        for rows in source.rows(lambda _: None):
            columns = (book.numbers(rows, name).to_pylist() for name in ("from_address", "to_address"))
            numbered += zip(*columns, strict=True)
    known = book.texts().to_pylist()
    assert len(set(known)) == len(known)
    assert [(known[one], known[other]) for one, other in numbered] == [(one, other.lower()) for one, other in texts]
