"""The list store: old or new, never a mix; nothing imported is a state of its own; damage is never silent."""

import sqlite3
import threading
from datetime import date
from pathlib import Path

import pytest
from tests.stores.list_editions import made_edition, numbered

from qiyafa.chains.formats import FORMATS
from qiyafa.model.designation import Designation
from qiyafa.model.errors import Conflict, QiyafaError, Unavailable
from qiyafa.stores.lists import ListStore

Y2020, Y2021, Y2022, Y2023 = (date(year, 1, 1) for year in range(2020, 2024))


def open_store(path: Path) -> ListStore:
    return ListStore.reading(path, FORMATS)


def found(store: ListStore, number: int) -> list[tuple[date, date | None]]:
    return [(one.listed_from, one.listed_to) for one in store.of(FORMATS.read(numbered(number)).identities)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lists.sqlite"


@pytest.fixture
def store(path: Path) -> ListStore:
    made = open_store(path)
    assert made.add(made_edition(Y2020, range(1, 101), parties=20))
    return made


def test_a_missing_file_is_an_empty_book_and_stays_missing(path):
    store = open_store(path)
    assert (store.of(FORMATS.read(numbered(1)).identities), list(store.each()), store.version()) == ([], [], "")
    assert (store.coverage(Y2020), store.versions(), store.parties(), store.problems("plain", "x")) == ([], [], [], [])
    store.verify()
    assert not path.exists()


def test_a_reader_that_began_without_a_file_sees_the_first_import(path):
    reader = open_store(path)
    assert found(reader, 1) == []
    open_store(path).add(made_edition(Y2020, range(1, 11)))
    assert found(reader, 1) == [(Y2020, None)]


def test_an_edition_is_seen_in_every_spelling_and_what_it_lacks_ended(store):
    store.add(made_edition(Y2021, range(2, 112), parties=20))
    assert found(store, 1) == [(Y2020, Y2021)]
    assert found(store, 2) == [(Y2020, None)]
    assert found(store, 111) == [(Y2021, None)]
    assert found(store, 500) == []
    assert store.of(FORMATS.read(numbered(2).upper().replace("0X", "0x")).identities) != []


def test_editions_may_come_in_any_order(path, tmp_path):
    editions = [made_edition(day, range(number, 100 + number)) for number, day in enumerate((Y2020, Y2021, Y2022))]
    stores = []
    for name, order in (("one", (0, 1, 2)), ("other", (2, 0, 1))):
        store = open_store(tmp_path / name)
        assert all(store.add(editions[number]) for number in order)
        stores.append(store)
    assert list(stores[0].each()) == list(stores[1].each())
    assert stores[0].versions() == stores[1].versions()


def test_the_same_edition_again_changes_nothing(store):
    before = (store.version(), list(store.each()))
    assert not store.add(made_edition(Y2020, range(1, 101), parties=20))
    assert (store.version(), list(store.each())) == before


def test_the_version_changes_with_every_import(store):
    versions = {store.version()}
    for number, day in enumerate((Y2021, Y2022), 1):
        store.add(made_edition(day, range(1, 101), parties=20 + number))
        versions.add(store.version())
    assert len(versions) == 3


@pytest.mark.parametrize(("addresses", "parties", "taken"), [(90, 18, True), (89, 20, False), (100, 17, False)])
def test_an_edition_more_than_a_tenth_smaller_is_refused(store, addresses, parties, taken):
    smaller, before = made_edition(Y2021, range(1, addresses + 1), parties=parties), list(store.each())
    if taken:
        assert store.add(smaller)
        return
    with pytest.raises(Conflict) as refused:
        store.add(smaller)
    assert refused.value.key in ("lists.error.smaller_addresses", "lists.error.smaller_parties")
    assert list(store.each()) == before
    assert store.add(smaller, override="the authority said so")
    assert [one.override for one in store.stored()] == ["", "the authority said so"]


def test_an_older_edition_is_compared_with_the_one_before_it_not_with_the_newest(store):
    assert store.add(made_edition(date(2019, 1, 1), range(1, 11)))
    assert found(store, 1) == [(date(2019, 1, 1), None)]


def test_coverage_is_the_newest_edition_by_then_and_else_an_age_below_zero(store):
    store.add(made_edition(Y2021, range(1, 101), parties=20))
    store.add(made_edition(Y2022, range(1, 5), list_id="second"))
    by_day = {
        day: [(one.list_id, one.published, one.age_days) for one in store.coverage(day)]
        for day in (date(2019, 12, 31), date(2020, 2, 1), Y2023)
    }
    assert by_day[date(2019, 12, 31)] == [("plain", Y2020, -1), ("second", Y2022, -732)]
    assert by_day[date(2020, 2, 1)] == [("plain", Y2020, 31), ("second", Y2022, -700)]
    assert by_day[Y2023] == [("plain", Y2021, 730), ("second", Y2022, 365)]


def test_parties_and_problems_are_kept_by_edition(store):
    store.add(made_edition(Y2021, range(1, 101), parties=19))
    parties = store.parties()
    assert len(parties) == 20
    assert [one.name for one in parties if one.listed_to == Y2021] == ["PARTY 19"]
    assert (len(store.parties("plain")), store.parties("other")) == (20, [])
    (problem,) = store.problems("plain", store.versions()[0].version)
    assert (problem.source, problem.fields) == ("made", {"party": "x"})


def test_two_readers_in_threads_see_a_switch_of_another_process(store, path):
    reader, seen = open_store(path), []

    def look() -> None:
        seen.append(found(reader, 105))

    for edition in (None, made_edition(Y2021, range(1, 111), parties=20)):
        if edition is not None:
            open_store(path).add(edition)
        threads = [threading.Thread(target=look) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert seen == [[]] * 4 + [[(Y2021, None)]] * 4


def test_another_file_under_the_same_name_is_noticed(store, path, tmp_path):
    assert found(store, 1) != []
    other = tmp_path / "other.sqlite"
    open_store(other).add(made_edition(Y2022, range(50, 60)))
    for suffix in ("-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
    other.rename(path)
    assert (found(store, 1), found(store, 55)) == ([], [(Y2022, None)])


def test_what_no_format_knows_is_found_by_its_very_text(path):
    store, text = open_store(path), "5be5543ff73456ab9f2d207887e2af87322c651ea1a873c5b25b7ffae456c320"
    edition = made_edition(Y2020, range(1, 2))
    odd = Designation("plain", "ofac", "v", "", "", (), text, "XMR", (), Y2020, False, None)
    store.add(type(edition)(edition.version, (*edition.designations, odd), (), (), True))
    assert len(store.of(FORMATS.read(text).identities)) == 1
    assert store.of(FORMATS.read(text.upper()).identities) == []


def spoil(path: Path, statement: str, *values: object) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute(statement, values)
    connection.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE records SET content = replace(content, '0x', '0y') WHERE id = 7",
        "UPDATE records SET digest = zeroblob(32) WHERE id = 7",
        "DELETE FROM members WHERE record = 7",
        "UPDATE members SET record = 8 WHERE record = 7 AND NOT EXISTS (SELECT 1 FROM members WHERE record = 8)",
        "DELETE FROM records WHERE id = 7",
        "UPDATE versions SET published = '2019-01-01'",
        "UPDATE versions SET sha256 = 'ff'",
        "UPDATE versions SET whole = 0",
        "DELETE FROM versions",
        "DELETE FROM state",
    ],
)
def test_a_change_of_what_was_stored_is_refused_not_answered(store, path, statement):
    spoil(path, "DELETE FROM members WHERE record = 8")
    spoil(path, statement)
    with pytest.raises(Conflict) as refused:
        open_store(path).of(FORMATS.read(numbered(1)).identities)
    assert refused.value.key == "store.error.damaged"


def test_damage_among_the_parties_is_found_by_verify_and_by_reading_them(store, path):
    spoil(path, "UPDATE records SET content = replace(content, 'PARTY 3', 'PARTY 4') WHERE kind = 'party'")
    damaged = open_store(path)
    assert found(damaged, 1) == [(Y2020, None)]
    for question in (damaged.parties, damaged.verify):
        with pytest.raises(Conflict):
            question()


def test_a_problem_that_is_gone_is_found_by_verify(store, path):
    store.verify()
    spoil(path, "DELETE FROM problems")
    with pytest.raises(Conflict) as refused:
        open_store(path).verify()
    assert refused.value.key == "store.error.damaged"


def test_flipped_bits_in_the_file_never_change_an_answer(store, path):
    """Every answer is the old one, or a refusal."""
    expected = list(store.each())
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    whole, answered, refused = path.read_bytes(), 0, 0
    for bit in range(5, len(whole) * 8, len(whole) * 8 // 150):
        spoiled = bytearray(whole)
        spoiled[bit // 8] ^= 1 << bit % 8
        copy = path.with_name("spoiled.sqlite")
        copy.write_bytes(spoiled)
        try:
            assert list(open_store(copy).each()) == expected, bit
            answered += 1
        except QiyafaError:
            refused += 1
    assert answered > 0
    assert refused > 0


@pytest.mark.parametrize("content", [b"<!DOCTYPE html>", b"x" * 5000, b"SQLite format 3\0" + b"\xff" * 2000])
def test_a_foreign_file_is_refused_and_left_alone(path, content):
    path.write_bytes(content)
    for ask in (lambda: open_store(path).version(), lambda: open_store(path).add(made_edition(Y2020, range(1, 3)))):
        with pytest.raises(Conflict):
            ask()
    assert path.read_bytes() == content


def test_another_program_s_database_is_refused(path):
    spoil(path, "CREATE TABLE theirs (a)")
    for ask in (lambda: open_store(path).version(), lambda: open_store(path).add(made_edition(Y2020, range(1, 3)))):
        with pytest.raises(Conflict) as refused:
            ask()
        assert refused.value.key == "store.error.foreign"


def test_a_newer_schema_is_refused(store, path):
    spoil(path, "PRAGMA user_version = 2")
    with pytest.raises(Conflict) as refused:
        open_store(path).version()
    assert refused.value.key == "store.error.newer"


def test_an_empty_file_is_an_empty_book(path):
    path.touch()
    store = open_store(path)
    assert store.version() == ""
    assert store.add(made_edition(Y2020, range(1, 3)))
    assert found(store, 1) == [(Y2020, None)]


def test_a_folder_in_place_of_the_file_is_a_sentence(path):
    path.mkdir()
    with pytest.raises(Unavailable):
        open_store(path).version()
