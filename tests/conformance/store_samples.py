"""One sample of each kind of store that keeps its tables in either database, for the conformance suite.

A new kind of store adds one entry to `STORE_SAMPLES`; then `test_stores.py` and `test_store_kills.py` hold it to what
every store owes.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from tests.conformance.label_store_sample import (
    ask_labels,
    echo_labels,
    last_batch_of_labels,
    names_of_labels,
    write_labels,
)
from tests.stores.list_editions import made_edition

from qiyafa.chains.formats import FORMATS
from qiyafa.model.claim import Measure, Quote
from qiyafa.model.collection import ALL, FIRST, LAST, Collection, Match, StixItem
from qiyafa.model.incident import StatedText
from qiyafa.model.label import Tlp
from qiyafa.model.record import ClaimTally, Dimension, EntryKind, IncidentTally
from qiyafa.stores.clusters import DECISIONS, Decision, DecisionStore
from qiyafa.stores.collections import COLLECTIONS, OURS, CollectionStore, Intake, open_collections
from qiyafa.stores.database import Database, Schema
from qiyafa.stores.deliveries import DELIVERIES, DeliveryLog, GivenObject, open_deliveries
from qiyafa.stores.keys import KEYS, KeyRecord, KeyStore
from qiyafa.stores.labels import LabelStore, open_labels
from qiyafa.stores.labels_schema import LABELS
from qiyafa.stores.lists import ListStore
from qiyafa.stores.lists_schema import LISTS
from qiyafa.stores.postgres import PostgresDatabase
from qiyafa.stores.record import RecordStore, open_record
from qiyafa.stores.record_schema import RECORD
from qiyafa.stores.sqlite_file import SqliteFile
from qiyafa.stores.verdicts import VERDICTS, KeptVerdict, VerdictStore

from support.records import GROUND, NOON, SOURCE, changes, claim, theft

ROWS_OF_A_BATCH = 5
PARTNERS = Collection("0b2a8e9c-5f1e-4a44-a6c1-3a1d3f0b7c55", "partners", "Partners", Tlp.AMBER)


@dataclass(frozen=True)
class StoreSample:
    """How one kind of store is opened, written and read. `Any` is the store."""

    schema: Schema
    opened: Callable[[str], Any]
    """At a path or a URL."""
    write: Callable[[Any, int], object]
    """Write one batch of several rows, which is acknowledged once the call returns."""
    written: Callable[[Any], set[int]]
    """Return the batches that are there at one moment, after making sure that each of them is there whole."""
    check: Callable[[Any], None]
    """Make sure that the rows which every batch changes say what the last one said. Nobody writes meanwhile."""
    questions: Callable[[Any, str], list[object]]
    """Return the answers to every question that the store knows, those about a text with this one."""
    echo: Callable[[Any, str], set[str]]
    """Write a text wherever the store takes one from outside, and return what is read back."""


def whole_batches(found: Iterable[tuple[int, int]]) -> set[int]:
    """Return the batches of some rows, each given by its batch and its place in it; none may lack a row."""
    rows = list(found)
    batches = {batch for batch, _ in rows}
    assert sorted(rows) == [(batch, place) for batch in sorted(batches) for place in range(ROWS_OF_A_BATCH)]
    return batches


def numbers_of(id: str) -> tuple[int, int]:
    """Return batch and place out of the end of an identifier."""
    _, batch, place = id.rsplit("-", 2)
    return int(batch), int(place)


# The record ----------------------------------------------------------------------------------------------------------


def write_record(store: RecordStore, number: int) -> None:
    """Each batch brings claims of its own, and says in an incident which one it was."""
    claims = (claim(f"claim-{number}-{place}") for place in range(ROWS_OF_A_BATCH))
    store.apply(changes(*GROUND, theft("counter-2023", title=str(number)), *claims), at=NOON, author="a writer")


def written_record(store: RecordStore) -> set[int]:
    return whole_batches(numbers_of(one.id) for one in store.claims() if one.id != "echo")


def check_record(store: RecordStore) -> None:
    store.verify()
    counter = store.get(EntryKind.INCIDENT, "counter-2023")
    assert (-1 if counter is None else int(counter.title)) == max(written_record(store), default=-1)


def ask_record(store: RecordStore, words: str) -> list[object]:
    return [
        *(store.get(kind, words) for kind in EntryKind),
        *(store.history(kind, words) for kind in EntryKind),
        *(list(ask()) for ask in (store.incidents, store.claims, store.proposed, store.attributions, store.withdrawn)),
        *(store.sources(), store.actors(), store.conflicts(), store.casebook_version(), store.pending_casebook()),
        *(store.incident_tally(IncidentTally(by, words)) for by in Dimension),
        store.claim_tally(ClaimTally(Measure.STOLEN, words)),
    ]


def echo_record(store: RecordStore, words: str) -> set[str]:
    incident = theft("echo-2023", title=words, methods=(StatedText(words, SOURCE.id),), chains=())
    said = claim("echo", unit=words, claimant=words, edition=words, quote=Quote(words, 0, len(words)))
    store.apply(changes(*GROUND, incident, said), at=NOON, author="a writer")
    incident, said = store.get(EntryKind.INCIDENT, "echo-2023"), store.get(EntryKind.CLAIM, "echo")
    groups = [row.group for row in store.incident_tally(IncidentTally(Dimension.METHOD)) if row.group]
    claimants = [row.claimant for row in store.claim_tally(ClaimTally(Measure.STOLEN, words))]
    read = {incident.title, incident.methods[0].value, said.unit, said.claimant, said.edition, said.quote.words}
    return {*read, *groups, *claimants}


# Collections ---------------------------------------------------------------------------------------------------------


def item(id: str, words: str, **fields: object) -> StixItem:
    """Return an object without a version of its own; `fields` are any others of an item."""
    return replace(StixItem(id, "note", None, Tlp.CLEAR, words.encode(errors="surrogatepass")), **fields)


def write_collections(store: CollectionStore, number: int) -> None:
    """Each batch brings objects of its own, and a version of one that all batches have."""
    version = NOON + timedelta(seconds=number)
    counter = item("counter", f"counter-{number}-0", version=version)
    others = (item(f"note-{number}-{place}", f"note-{number}-{place}") for place in range(1, ROWS_OF_A_BATCH))
    store.add(Intake(PARTNERS.name, OURS, NOON), [counter, *others])


def written_collections(store: CollectionStore) -> set[int]:
    every = store.page(PARTNERS, Match(versions=(ALL,), limit=1_000_000))
    assert not every.more
    return whole_batches(numbers_of(one.body.decode()) for one in every.items)


def check_collections(store: CollectionStore) -> None:
    batches = written_collections(store)
    assert store.count(PARTNERS) == len(batches) * ROWS_OF_A_BATCH
    for end, batch in ((FIRST, min(batches, default=0)), (LAST, max(batches, default=0))):
        found = store.page(PARTNERS, Match(ids=("counter",), versions=(end,))).items
        assert [one.body.decode() for one in found] == ([f"counter-{batch}-0"] if batches else [])


def ask_collections(store: CollectionStore, words: str) -> list[object]:
    asked = (Match(ids=(words,)), Match(types=(words,)), Match(spec_versions=(words,)), Match(versions=(ALL,)))
    unknown = replace(PARTNERS, name=words)
    return [
        *(store.all(), store.find(words), store.count(unknown), store.status(words, words), store.pulled_until(words)),
        *(store.page(unknown, match).items for match in asked),
    ]


def echo_collections(store: CollectionStore, words: str) -> set[str]:
    name = f"echo-{len(store.all())}"
    store.make(Collection(f"{name}-id", name, words, Tlp.AMBER))
    made = store.find(name)
    store.add(Intake(name, words, NOON), [item(words, words, type=words)])
    store.keep_status(words, words, NOON, b"kept", forget_before=NOON)
    store.note_pull(words, NOON)
    assert (store.status(words, words), store.pulled_until(words)) == (b"kept", NOON)
    (found,) = store.page(made, Match(ids=(words,), types=(words,))).items
    assert store.delete(made, [(found.id, found.version)], words) == 1
    return {made.title, found.id, found.type, found.body.decode()}


# The log of deliveries -----------------------------------------------------------------------------------------------


def write_deliveries(log: DeliveryLog, number: int) -> None:
    """Each batch is given to one receiver; all receivers have one object in common."""
    objects = [GivenObject(f"object-{number}-{place}", str(number)) for place in range(1, ROWS_OF_A_BATCH)]
    log.note("taxii:partners", f"receiver-{number}-0", [GivenObject("common"), *objects], NOON)


def written_deliveries(log: DeliveryLog) -> set[int]:
    given = [one for one in log.all() if one.channel == "taxii:partners"]
    return whole_batches(numbers_of(one.receiver if one.object.id == "common" else one.object.id) for one in given)


def check_deliveries(log: DeliveryLog) -> None:
    given = log.receivers("common")
    assert {numbers_of(one.receiver)[0] for one in given} == written_deliveries(log)


def ask_deliveries(log: DeliveryLog, words: str) -> list[object]:
    return [log.receivers(words), list(log.all())]


def echo_deliveries(log: DeliveryLog, words: str) -> set[str]:
    log.note(words, words, [GivenObject(words, words)], NOON)
    (found,) = log.receivers(words)
    return {found.object.id, found.object.version, found.channel, found.receiver}


# Official lists ------------------------------------------------------------------------------------------------------


def write_lists(store: ListStore, number: int) -> None:
    """Each batch is an edition with addresses of its own, published a day after the one before it."""
    first = number * ROWS_OF_A_BATCH
    edition = made_edition(NOON.date() + timedelta(days=number), range(first, first + ROWS_OF_A_BATCH), parties=2)
    store.add(edition)


def written_lists(store: ListStore) -> set[int]:
    listed = (int(one.written, 16) for one in store.each() if one.list_id == "plain")
    return whole_batches(divmod(number, ROWS_OF_A_BATCH) for number in listed)


def check_lists(store: ListStore) -> None:
    store.verify()
    last = NOON.date() + timedelta(days=max(written_lists(store), default=0))
    found = store.coverage(last)
    assert [(one.published, one.age_days) for one in found] == ([(last, 0)] if found else [])
    assert len(store.parties("plain")) == 2 * len(found)


def ask_lists(store: ListStore, words: str) -> list[object]:
    return [
        *(store.version(), store.versions(), store.stored(), list(store.each()), store.coverage(NOON.date())),
        *(store.parties(), store.parties(words), store.edition(words, words), store.problems(words, words)),
    ]


def echo_lists(store: ListStore, words: str) -> set[str]:
    plain = made_edition(NOON.date(), range(1), list_id=words, parties=1)
    version = replace(plain.version, version=words, origin=words)
    said, problem = replace(plain.parties[0], name=words), replace(plain.problems[0], source=words)
    assert store.add(replace(plain, version=version, parties=(said,), problems=(problem,)), override=words)
    (kept,) = (one for one in store.stored() if one.version.list_id == words)
    read = {kept.version.version, kept.version.origin, kept.override, store.problems(words, words)[0].source}
    return {*read, store.parties(words)[0].name}


# Verdicts ------------------------------------------------------------------------------------------------------------


def kept_verdict(request_id: str, words: str, *labels: str) -> KeptVerdict:
    body = words.encode(errors="surrogatepass")
    return KeptVerdict(request_id, body, body, labels, ("ofac/1",), NOON)


def write_verdicts(store: VerdictStore, number: int) -> None:
    """Each batch is one verdict, which rests on several labels."""
    labels = (f"label-{number}-{place}" for place in range(ROWS_OF_A_BATCH))
    store.keep(kept_verdict(f"request-{number}", str(number), *labels))


def written_verdicts(store: VerdictStore) -> set[int]:
    return whole_batches(numbers_of(label) for one in store.each() for label in one.labels)


def check_verdicts(store: VerdictStore) -> None:
    for number in written_verdicts(store):
        kept = store.get(f"request-{number}")
        assert (kept.question, kept.body) == (str(number).encode(),) * 2
    assert store.get("request--1") is None


def ask_verdicts(store: VerdictStore, words: str) -> list[object]:
    return [store.get(words), list(store.each()), list(store.each(NOON))]


def echo_verdicts(store: VerdictStore, words: str) -> set[str]:
    store.keep(kept_verdict(words, words))
    kept = store.get(words)
    return {kept.request_id, kept.question.decode(), kept.body.decode()}


# Keys ----------------------------------------------------------------------------------------------------------------


def made_key(prefix: str, name: str, *scopes: str) -> KeyRecord:
    return KeyRecord(prefix, bytes(32), name, frozenset(scopes), False, NOON, NOON + timedelta(days=9))


def write_keys(store: KeyStore, number: int) -> None:
    """Each batch is one key with several scopes."""
    store.add(made_key(f"key-{number}", "a firm", *(f"scope-{number}-{place}" for place in range(ROWS_OF_A_BATCH))))


def written_keys(store: KeyStore) -> set[int]:
    return whole_batches(numbers_of(scope) for one in store.all() for scope in one.scopes)


def check_keys(store: KeyStore) -> None:
    written = written_keys(store)
    assert store.any() == bool(written)
    assert all(store.find(f"key-{number}").is_active(NOON) for number in written)


def ask_keys(store: KeyStore, words: str) -> list[object]:
    return [store.find(words), store.any(), store.all(), store.revoke(words, NOON)]


def echo_keys(store: KeyStore, words: str) -> set[str]:
    assert store.add(made_key(words, words))
    assert store.revoke(words, NOON)
    found = store.find(words)
    assert found.revoked == NOON
    return {found.prefix, found.name}


# Decisions on clusters -----------------------------------------------------------------------------------------------


def write_clusters(store: DecisionStore, number: int) -> None:
    """Each batch is one decision, with several words as its reason."""
    reason = " ".join(f"word-{number}-{place}" for place in range(ROWS_OF_A_BATCH))
    store.add(Decision(str(number), "", True, reason, NOON + timedelta(seconds=number)))


def written_clusters(store: DecisionStore) -> set[int]:
    return whole_batches(numbers_of(word) for one in store.all() for word in one.reason.split() if one.forbids)


def check_clusters(store: DecisionStore) -> None:
    written = written_clusters(store)
    assert store.forbidden() == {(str(number), "") for number in written}
    assert store.version().partition(" ")[0] == (str(len(written)) if written else "")


def ask_clusters(store: DecisionStore, words: str) -> list[object]:
    return [store.all(), store.forbidden(), store.version()]


def echo_clusters(store: DecisionStore, words: str) -> set[str]:
    store.add(Decision(words, words, False, words, NOON))
    last = store.all()[-1]
    return {last.transaction_hash, last.rule, last.reason}


# Labels --------------------------------------------------------------------------------------------------------------


def written_labels(store: LabelStore) -> set[int]:
    return whole_batches(map(numbers_of, names_of_labels(store)))


def check_labels(store: LabelStore) -> None:
    assert last_batch_of_labels(store) == max(written_labels(store), default=-1)


STORE_SAMPLES: dict[str, StoreSample] = {
    "labels": StoreSample(
        LABELS, open_labels, write_labels, written_labels, check_labels, ask_labels, echo_labels
    ),
    "record": StoreSample(
        RECORD,
        lambda place: open_record(place, casebook=None),
        write_record, written_record, check_record, ask_record, echo_record,
    ),
    "collections": StoreSample(
        COLLECTIONS,
        open_collections,
        write_collections, written_collections, check_collections, ask_collections, echo_collections,
    ),
    "deliveries": StoreSample(
        DELIVERIES,
        open_deliveries,
        write_deliveries, written_deliveries, check_deliveries, ask_deliveries, echo_deliveries,
    ),
    "lists": StoreSample(
        LISTS,
        lambda place: ListStore.reading(place, FORMATS),
        write_lists, written_lists, check_lists, ask_lists, echo_lists,
    ),
    "verdicts": StoreSample(
        VERDICTS,
        VerdictStore,
        write_verdicts, written_verdicts, check_verdicts, ask_verdicts, echo_verdicts,
    ),
    "keys": StoreSample(KEYS, KeyStore, write_keys, written_keys, check_keys, ask_keys, echo_keys),
    "clusters": StoreSample(
        DECISIONS,
        DecisionStore,
        write_clusters, written_clusters, check_clusters, ask_clusters, echo_clusters,
    ),
}  # fmt: skip
"""By the kind of its schema."""


def emptied(database: Database) -> None:
    """Remove what one kind of store has at a place; the connection of whoever has it open is used again."""
    if isinstance(database, SqliteFile):
        database.close()
        for file in database.path.parent.glob(f"{database.path.name}*"):
            file.unlink()
    elif isinstance(database, PostgresDatabase):
        with database._connection() as connection:
            connection.execute(f"DROP SCHEMA IF EXISTS qiyafa_{database.schema.kind} CASCADE")
