"""Labels in both databases: the same rows and hashes, however many come at once, and no change goes unnoticed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from qiyafa.model.category import Category
from qiyafa.model.errors import Conflict
from qiyafa.model.label import Label, LabelState
from qiyafa.stores.labels import LabelStore, open_labels
from qiyafa.stores.labels_schema import LABELS
from qiyafa.stores.labels_writing import LabelCounts
from qiyafa.stores.opening import database_at

from support.labels import AT, made_label
from support.postgres import PostgresServer

COUNT = 2500
"""More labels than are looked up, inserted or asked for together."""
ADDRESSES = [f"0x{number:040x}" for number in range(COUNT)]
LATER = AT + timedelta(days=1)


@pytest.fixture
def store(location: str) -> Iterator[LabelStore]:
    found = open_labels(location)
    yield found
    found.close()


def many_labels(**fields: object) -> Iterator[Label]:
    """Yield labels of many addresses: nine in ten say what others say too, one in ten something of its own."""
    for number, address in enumerate(ADDRESSES):
        name = f"shop {number}" if number % 10 == 0 else f"chain of shops {number % 7}"
        risk = Category.FRAUD if number % 3 == 0 else None
        yield made_label(address, name=name, risk=risk, details={"risk": "none of ours"}, **fields)


def history_in(store: LabelStore) -> tuple[list[LabelCounts], list[Label], str]:
    """Add, repeat, change, dispute, withdraw and use labels; return what was counted, what stands, and the version."""
    first = next(many_labels())
    counts = [
        store.add(many_labels(), AT),
        store.add([*many_labels(), *many_labels(grade="F6")], AT),
        store.add(many_labels(routing=Category.EXCHANGE), LATER),
    ]
    store.dispute(first.id, "it is a bank", "Kim", LATER)
    store.withdraw(made_label(ADDRESSES[1], name="chain of shops 1").id[:12], "wrong", "", LATER)
    counts.append(store.add(many_labels(grade="B2"), LATER))
    store.use([one.id for one in many_labels()], "trace", "case", "digest", LATER)
    return counts, list(store.each(LATER)), store.version()


def test_both_databases_hold_the_same_rows_under_the_same_hashes(
    tmp_path: Path, postgres_server: PostgresServer
) -> None:
    stores = [open_labels(tmp_path / "labels.sqlite"), open_labels(postgres_server.made_database("labels"))]
    one, other = map(history_in, stores)
    assert one == other
    assert [store.damages() for store in stores] == [[], []]
    assert stores[0].totals() == stores[1].totals()
    for store in stores:
        store.close()


def test_every_label_is_counted_once_however_many_come_at_once(store: LabelStore) -> None:
    counts, standing, _ = history_in(store)
    assert counts == [
        LabelCounts(added=COUNT),
        LabelCounts(same=COUNT, repeated=COUNT),
        LabelCounts(changed=COUNT),
        LabelCounts(changed=COUNT - 1, withdrawn=1),
    ]
    assert [one.id for one in standing] == sorted(one.id for one in many_labels() if one.identity.key != ADDRESSES[1])
    assert {one.grade for one in standing} == {"B2"}
    assert [one.identity.key for one in standing if one.state is LabelState.DISPUTED] == [ADDRESSES[0]]
    assert store.totals().uses == COUNT


def test_many_addresses_are_asked_for_at_once_and_each_answers_for_itself(store: LabelStore) -> None:
    store.add(many_labels(), AT)
    assert [one.identity.key for one in store.with_keys(ADDRESSES, AT)] == ADDRESSES
    assert list(store.with_keys([], AT)) == []
    assert sorted(store.risk_keys()) == ADDRESSES[::3]
    assert store.find("SHOP 4", AT, 1)[1] == sum("shop 4" in one.name for one in many_labels())
    store.add(many_labels(routing=Category.EXCHANGE), LATER)
    assert store.routing_formats() == ["evm"]
    assert sorted(store.routing_keys("evm", 60)) == ADDRESSES
    assert list(store.routing_keys("evm", 61)) == []


def test_two_formats_that_write_an_address_alike_name_its_labels_once(store: LabelStore) -> None:
    label = made_label()
    store.add([label], AT)
    alike = replace(label.identity, format="another")
    assert [one.id for one in store.of([label.identity, alike], AT)] == [label.id]
    assert store.of([alike], AT) == []


TAMPERINGS = [
    "UPDATE versions SET key = '0x' WHERE seq = 1",
    "UPDATE versions SET known_from = known_from + 1 WHERE seq = 2",
    "UPDATE versions SET replaced_by = NULL",
    "UPDATE versions SET routes = 50 WHERE seq = 1",
    "UPDATE versions SET statement = 2 WHERE seq = 1",
    "UPDATE versions SET seq = 9 WHERE seq = 2",
    "UPDATE statements SET name = 'x' WHERE number = 1",
    "UPDATE statements SET body = '{' WHERE number = 1",
    "UPDATE uses SET name = 'another'",
    "DELETE FROM actors",
    "UPDATE heads SET rows = rows + 1",
]


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_no_change_behind_the_back_of_a_store_goes_unnoticed(store: LabelStore, location: str, tampering: str) -> None:
    store.add([made_label(), made_label(ADDRESSES[0], name="a shop")], AT)
    store.dispute(made_label().id, "no", "", LATER)
    store.use([made_label().id], "trace", "case", "d", AT)
    store.add_actors([{"id": "a", "label": "A"}], AT)
    assert store.damages() == []
    database = database_at(location, LABELS)
    with database.writing() as session:
        session.execute(tampering)
    database.close()
    try:
        found = bool(store.damages())
    except Conflict as error:
        found = error.key == "store.error.damaged"
    assert found
