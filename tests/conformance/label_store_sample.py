"""How the label store is written and read in the conformance suite: every kind of row, in every batch."""

import hashlib
from dataclasses import replace

from qiyafa.model.address import Identity
from qiyafa.model.category import Category
from qiyafa.model.label import Label
from qiyafa.stores.labels import LabelStore

from support.labels import AT, made_label

ROWS_OF_A_BATCH = 5
OF_A_BATCH = "batches"
"""The source of the labels of batches."""
COUNTER = made_label(name="counter", source="counter", role="counter")
"""A label whose grade each batch changes."""


def labels_of_batch(number: int) -> list[Label]:
    """Return labels of addresses of their own, of which some stop a trace and some state a risk."""
    return [
        made_label(
            f"0x{number * ROWS_OF_A_BATCH + place:040x}",
            name=f"label-{number}-{place}",
            source=OF_A_BATCH,
            routing=Category.EXCHANGE if place else None,
            risk=None if place else Category.MIXER,
        )
        for place in range(ROWS_OF_A_BATCH)
    ]


def write_labels(store: LabelStore, number: int) -> None:
    """Each batch brings labels of its own, and says in one label which it was."""
    store.add([*labels_of_batch(number), replace(COUNTER, details={"batch": str(number)})], AT)


def names_of_labels(store: LabelStore) -> list[str]:
    """Return the names of the labels of batches."""
    return [one.name for one in store.each(AT) if one.source == OF_A_BATCH]


def last_batch_of_labels(store: LabelStore) -> int:
    """Return the batch that wrote last, after making sure that no row is damaged; -1 if none did."""
    if not store.exists:
        return -1
    assert store.damages() == []
    found = [one.details["batch"] for one in store.of([COUNTER.identity], AT) if one.id == COUNTER.id]
    return int(found[0]) if found else -1


def ask_labels(store: LabelStore, words: str) -> list[object]:
    """Ask everything."""
    every = list(store.each(AT))
    totals = store.totals()
    return [
        *(every, store.of([Identity("verbatim", words)], AT), store.of([Identity("verbatim", words)], AT, AT)),
        *(list(store.with_keys([words, *(one.identity.key for one in every)], AT)), store.find(words, AT, 9)[0]),
        *(store.routing_formats(), list(store.routing_keys(words, 0)), list(store.routing_keys("evm", 0))),
        *(list(store.risk_keys()), list(store.withdrawn()), store.actors(), store.version()),
        *(totals.labels, totals.addresses, totals.statements, totals.actors, totals.uses),
        *(answer for one in every[:1] for answer in (store.history(one.id), store.uses(one.id[:8]))),
    ]


def echo_labels(store: LabelStore, words: str) -> set[str]:
    """Write a text wherever a label, an actor or a use may have one."""
    id = hashlib.sha256(words.encode(errors="surrogatepass")).hexdigest()[:32]
    identity = Identity("verbatim", words)
    fields = dict.fromkeys(("name", "entity", "written", "source_url", "origin", "licence", "role"), words)
    label = replace(made_label(source="echo"), id=id, identity=identity, details={"said": words}, **fields)
    store.add([label], AT)
    store.add_actors([{"id": words, "label": words}], AT)
    store.use([id], "trace", words, words, AT)
    store.dispute(id, words, "", AT)
    (found,) = (one for one in store.of([identity], AT) if one.id == id)
    assert [one.id for one in store.find(words, AT, 1000)[0] if one.name == words] == [id]
    (use,) = store.uses(id)
    (actor,) = (one for one in store.actors() if one["id"] == words)
    read = {getattr(found, name) for name in fields}
    return {*read, found.identity.key, found.objection, found.details["said"], use.name, use.digest, actor["label"]}
