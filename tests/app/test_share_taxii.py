"""Publishing the record into a collection, and sending files to other servers: what may leave, and what is told."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from qiyafa.app.clock import utc_now
from qiyafa.app.exchange import Exchange, Sender
from qiyafa.app.home import Home
from qiyafa.app.record import record_book
from qiyafa.app.share import Wanted
from qiyafa.app.share_taxii import Sending, Server, discover, publish, pull, push
from qiyafa.model.actor import Actor
from qiyafa.model.collection import ALL, Match
from qiyafa.model.errors import Conflict, InvalidInput, NotFound
from qiyafa.model.incident import Victim
from qiyafa.model.label import Tlp
from qiyafa.stores.record import Change

from support.medallion_server import PASSWORD, USER, running_medallion
from support.records import SOURCE, theft
from support.stix_samples import AMBER, RED, canonical, envelope, identity, observable

MARKER = "zanzibar-7731"
GROUP = Actor("group", "A group", SOURCE.id)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").made()


@pytest.fixture
def exchange(home: Home) -> Exchange:
    found = Exchange(home, utc_now)
    found.make("partners", "Partners", Tlp.GREEN)
    return found


def shown(exchange: Exchange) -> list[dict[str, object]]:
    collection, objects, after = exchange.find("partners"), [], None
    while True:
        page = exchange.objects(collection, Match(versions=(ALL,), after=after), "a reader")
        objects += [json.loads(one.body) for one in page.items]
        if not page.more:
            return objects
        after = page.items[-1].added


def bundle(path: Path, *objects: dict[str, object]) -> Path:
    path.write_text(json.dumps({"type": "bundle", "id": "bundle--1", "objects": objects}, ensure_ascii=False))
    return path


@pytest.mark.slow
def test_the_whole_casebook_is_published_once_and_again_adds_nothing(home: Home, exchange: Exchange) -> None:
    first = publish(home, None, "partners", Wanted())
    assert (first.added > 500, first.known, first.conflicts, first.removed) == (True, 0, (), 0)
    assert len(shown(exchange)) == first.added
    again = publish(home, None, "partners", Wanted())
    assert (again.added, again.known, again.conflicts) == (0, first.added, ())


def test_a_changed_incident_gets_a_new_version_and_nothing_else_does(home: Home, exchange: Exchange) -> None:
    book = record_book(home, to_write=True)
    incident = theft("a-theft-2031")
    book.apply([Change(SOURCE), Change(GROUP), Change(incident)], at=utc_now(), author="test")
    wanted = Wanted(incidents=("a-theft-2031",))
    publish(home, None, "partners", wanted)
    before = len(shown(exchange))
    book.apply([Change(replace(incident, title="Another title"), "better")], at=utc_now(), author="test")
    done = publish(home, None, "partners", wanted)
    assert 0 < done.added < before
    assert len(shown(exchange)) == before + done.added
    assert done.conflicts == ()


def test_an_incident_that_becomes_red_is_taken_out_and_one_that_is_red_never_enters(
    home: Home, exchange: Exchange
) -> None:
    book = record_book(home, to_write=True)
    incidents = [
        theft("first-2031", title=f"First {MARKER}"),
        theft("second-2031", title=f"Second {MARKER}", tlp=Tlp.RED),
    ]
    book.apply([Change(one) for one in (SOURCE, GROUP, *incidents)], at=utc_now(), author="test")
    wanted = Wanted(incidents=("first-2031", "second-2031"))
    done = publish(home, None, "partners", wanted)
    assert [(one.id, one.tlp) for one in done.released.kept] == [("second-2031", Tlp.RED)]
    texts = json.dumps(shown(exchange))
    assert (f"First {MARKER}" in texts, f"Second {MARKER}" in texts, "second-2031" in texts) == (True, False, False)
    book.apply([Change(replace(incidents[0], tlp=Tlp.AMBER), "stricter")], at=utc_now(), author="test")
    done = publish(home, None, "partners", wanted)
    assert done.removed > 0
    assert MARKER not in json.dumps(shown(exchange))


def test_what_two_incidents_name_stays_for_the_one_that_may_leave(home: Home, exchange: Exchange) -> None:
    victim = (Victim("An exchange", "exchange", "KR", SOURCE.id),)
    first, second = theft("first-2031", victims=victim), theft("second-2031", victims=victim)
    book = record_book(home, to_write=True)
    book.apply([Change(one) for one in (SOURCE, GROUP, first, second)], at=utc_now(), author="test")
    publish(home, None, "partners", Wanted(incidents=("first-2031", "second-2031")))
    book.apply([Change(replace(first, tlp=Tlp.RED), "stricter")], at=utc_now(), author="test")
    publish(home, None, "partners", Wanted(incidents=("first-2031",)))
    left = {one["id"]: one for one in shown(exchange)}
    assert [one["name"] for one in left.values() if one["type"] == "incident"] == [second.title]
    named = {ref for one in left.values() for ref in (one.get("source_ref"), one.get("target_ref")) if ref}
    assert named - set(left) == set()


def test_what_others_sent_is_not_the_records(home: Home, exchange: Exchange) -> None:
    before = record_book(home).version()
    exchange.receive(exchange.find("partners"), envelope(identity(1)), Sender("bank", "A bank"))
    assert record_book(home).version() == before
    assert shown(exchange) == [identity(1)]


def test_what_is_not_there_or_cannot_be_meant_is_refused(home: Home, exchange: Exchange) -> None:
    with pytest.raises(NotFound):
        publish(home, None, "others", Wanted())
    with pytest.raises(NotFound):
        publish(home, None, "partners", Wanted(incidents=("no-such-incident",)))
    for name in ("", "Partners", "a b", "-a", "a" * 65, "أ"):
        with pytest.raises(InvalidInput) as refused:
            exchange.make(name, "Title", Tlp.CLEAR)
        assert refused.value.key == "taxii.error.name"
    with pytest.raises(InvalidInput):
        exchange.make("good", " ", Tlp.CLEAR)


def test_a_file_is_sent_as_far_as_it_may_leave_and_what_is_there_is_not_sent_again(home: Home, tmp_path: Path) -> None:
    red = identity(3, marking=RED, name=MARKER)
    file = bundle(
        tmp_path / "b.json", identity(1), identity(2, marking=AMBER), red, observable(1), observable(2, x_of=red["id"])
    )
    key = tmp_path / "key"
    key.write_text(f"{USER}:{PASSWORD}\n")
    with running_medallion() as url:
        server = Server(url, key, "Inbox")
        assert [root.title for root in discover(server)] == ["A root"]
        done = push(home, server, Sending(file, Tlp.GREEN, unmarked=Tlp.CLEAR))
        assert (done.sent, done.known, [one.id for one in done.kept]) == (
            2,
            0,
            [identity(2)["id"], red["id"], observable(2)["id"]],
        )
        done = push(home, server, Sending(file, Tlp.AMBER))
        assert (done.sent, done.known, len(done.kept)) == (1, 2, 2)
        pulled = pull(home, server, tmp_path / "out.json", None)
        back = json.loads((tmp_path / "out.json").read_text())["objects"]
        assert canonical(back) == canonical([identity(1), identity(2, marking=AMBER), observable(1)])
        with pytest.raises(Conflict):
            pull(home, server, tmp_path / "out.json", None)
        assert json.loads((tmp_path / "out.json").read_text())["objects"] == back
        again = pull(home, server, tmp_path / "again.json", None)
        assert (again.since, again.objects) == (pulled.until, 0)
    log = Exchange(home, utc_now).log
    assert {one.object.id for one in log.all()} == {identity(1)["id"], identity(2)["id"], observable(1)["id"]}


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"type":"report"}'])
def test_a_file_that_is_no_bundle_is_refused_before_anybody_is_asked(
    home: Home, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "b.json").write_bytes(content)
    with pytest.raises(InvalidInput):
        push(home, Server("http://127.0.0.1:9/taxii2/"), Sending(tmp_path / "b.json", Tlp.CLEAR))
    with pytest.raises(NotFound):
        push(home, Server("http://127.0.0.1:9/taxii2/"), Sending(tmp_path / "none.json", Tlp.CLEAR))


def test_what_nobody_marked_is_not_open(home: Home, tmp_path: Path) -> None:
    definition = {
        "type": "extension-definition",
        "spec_version": "2.1",
        "id": "extension-definition--151d042d-4dcf-5e44-843f-1024440318e5",
        "created": "2024-01-01T00:00:00.000Z",
        "modified": "2024-01-01T00:00:00.000Z",
    }
    file = bundle(tmp_path / "b.json", observable(1), definition)
    (tmp_path / "key").write_text(f"{USER}:{PASSWORD}\n")
    with running_medallion() as url:
        server = Server(url, tmp_path / "key")
        done = push(home, server, Sending(file, Tlp.GREEN))
        assert (done.sent, [one.id for one in done.kept]) == (1, [observable(1)["id"]])
        assert push(home, server, Sending(file, Tlp.GREEN, unmarked=Tlp.GREEN)).sent == 1
