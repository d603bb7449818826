"""Parts: which rows share a file, and which files an ingest leaves alone."""

from qiyafa.stores.parquet_duckdb import ParquetLedger

CHAIN = "eip155:1"


def blocks(row, numbers):
    return [row(block_number=n, transaction_hash=f"0x{n:03d}", time=n * 10) for n in numbers]


def parts_of(path):
    return [
        (part.first_block, part.last_block, part.rows) for part in ParquetLedger.open(path).record(CHAIN).transfers()
    ]


def names_of(path):
    return [part.path for part in ParquetLedger.open(path).record(CHAIN).transfers()]


def test_parts_are_about_equally_large_and_follow_each_other(tmp_path, raw_of, ingest_into, row):
    ingest_into(tmp_path, raw_of(blocks(row, range(20))))
    assert parts_of(tmp_path) == [(0, 7, 8), (8, 15, 8), (16, 19, 4)]


def test_a_block_is_never_cut(tmp_path, raw_of, ingest_into, row):
    rows = [
        row(block_number=b, transaction_index=i, transaction_hash=f"0x{b}{i:02d}") for b in (1, 2) for i in range(11)
    ]
    ingest_into(tmp_path, raw_of(rows))
    assert parts_of(tmp_path) == [(1, 1, 11), (2, 2, 11)]


def test_later_blocks_leave_earlier_parts_alone(tmp_path, raw_of, ingest_into, row):
    ingest_into(tmp_path, raw_of(blocks(row, range(20))))
    before = names_of(tmp_path)
    ingest_into(tmp_path, raw_of(blocks(row, range(30, 40))))
    assert names_of(tmp_path)[:2] == before[:2]
    assert parts_of(tmp_path) == [(0, 7, 8), (8, 15, 8), (16, 19, 4), (30, 37, 8), (38, 39, 2)]


def test_new_rows_rewrite_only_the_parts_they_touch(tmp_path, raw_of, ingest_into, row):
    ingest_into(tmp_path, raw_of(blocks(row, range(0, 48, 2))))
    before = names_of(tmp_path)
    ingest_into(tmp_path, raw_of(blocks(row, [19])))
    after = names_of(tmp_path)
    assert (after[0], after[-1]) == (before[0], before[-1])
    assert sum(rows for _, _, rows in parts_of(tmp_path)) == 25


def test_a_row_of_a_known_transaction_finds_it_in_any_part(tmp_path, raw_of, ingest_into, read_rows, row):
    """A source without blocks tells of a transaction in the middle of the ledger."""
    ingest_into(tmp_path, raw_of(blocks(row, range(24))))
    fee = row(kind="fee", target="", block_number=None, transaction_index=None, time=None, transaction_hash="0x012")
    ingest_into(tmp_path, raw_of([fee]))
    assert ParquetLedger.open(tmp_path).record(CHAIN).ordered_by == "block"
    assert [one["block_number"] for one in read_rows(tmp_path) if one["kind"] == "fee"] == [12]


def test_a_transaction_that_moved_to_another_block_leaves_its_old_part(tmp_path, raw_of, ingest_into, read_rows, row):
    ingest_into(tmp_path, raw_of(blocks(row, range(24))))
    before = names_of(tmp_path)
    ingest_into(tmp_path, raw_of([row(block_number=23, transaction_hash="0x003")]))
    assert [one["block_number"] for one in read_rows(tmp_path) if one["transaction_hash"] == "0x003"] == [23]
    assert set(names_of(tmp_path)) & set(before) == {before[1]}


def test_small_parts_grow_together(tmp_path, raw_of, ingest_into, row):
    for number in range(12):
        ingest_into(tmp_path, raw_of(blocks(row, [number])))
    assert parts_of(tmp_path) == [(0, 3, 4), (4, 7, 4), (8, 11, 4)]


def test_nothing_is_written_where_nothing_is_new(tmp_path, raw_of, ingest_into, row):
    raw = raw_of(blocks(row, range(20)))
    ingest_into(tmp_path, raw)
    files = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.*") if path.is_file()}
    report = ingest_into(tmp_path, raw)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.*") if path.is_file()} == files
    assert (report.rows_read, report.rows_added, report.rows_total) == (20, 0, 20)


def test_the_range_of_a_part_stands_in_its_name(tmp_path, raw_of, ingest_into, row):
    ingest_into(tmp_path, raw_of(blocks(row, [5, 123])))
    (name,) = names_of(tmp_path)
    assert name.startswith("chain=eip155:1/table=transfers/000000000005-000000000123-")
