"""`qiyafa serve` as a TAXII server for a client that others wrote: a real process, a real socket, taxii2-client."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from taxii2client.v21 import Collection, Server, as_pages

from qiyafa.app.clock import utc_now
from qiyafa.app.exchange import Exchange
from qiyafa.app.home import Home
from qiyafa.app.keys import create_key
from qiyafa.model.label import Tlp

from support.command_line import qiyafa
from support.service import Service, serving
from support.stix_samples import RED, canonical, identity, mixed


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with a collection for partners."""
    home = Home(tmp_path_factory.mktemp("exchange") / "home").made()
    Exchange(home, utc_now).make("partners", "Partners", Tlp.AMBER)
    return home


@pytest.fixture(scope="module")
def key(home: Home) -> str:
    """A key that reads and writes it."""
    return create_key(home, "a bank", ["taxii:read:partners", "taxii:write:partners"], 5).key


@pytest.fixture(scope="module")
def service(home: Home, key: str) -> Iterator[Service]:
    """The service over the home."""
    with serving(home.path, "--rate", "100000") as running:
        yield running


def collection(service: Service, key: str) -> Collection:
    return Server(f"{service.url}/taxii2/", user="bank", password=key).default.collections[0]


def test_a_thousand_objects_come_and_go_by_taxii2_client_and_by_ours_without_a_difference(
    service: Service, key: str, tmp_path: Path
) -> None:
    objects = mixed(1000)
    theirs = collection(service, key)
    status = theirs.add_objects({"objects": objects})
    assert (status.status, status.success_count, status.failure_count) == ("complete", 1000, 0)
    back = [one for page in as_pages(theirs.get_objects, per_request=300) for one in page["objects"]]
    assert canonical(back) == canonical(objects)
    records = [one for page in as_pages(theirs.get_manifest, per_request=300) for one in page["objects"]]
    assert [one["id"] for one in records] == [one["id"] for one in back]
    (tmp_path / "key").write_text(f"bank:{key}\n")
    arguments = ["--key-file", tmp_path / "key", "--home", tmp_path / "home", "--json"]
    url, out = f"{service.url}/taxii2/", tmp_path / "out.json"
    pulled = qiyafa("share", "taxii", "pull", url, "--collection", "partners", "--out", out, *arguments)
    assert json.loads(pulled)["objects"] == 1000
    assert canonical(json.loads(out.read_text())["objects"]) == canonical(objects)
    again = json.loads(qiyafa("share", "taxii", "push", url, out, "--tlp", "amber", *arguments))
    assert (again["sent"], again["known"]) == (0, 1000)
    later = qiyafa("share", "taxii", "pull", url, "--out", tmp_path / "later.json", *arguments)
    assert json.loads(later)["objects"] == 0


def test_versions_filters_and_removal_by_taxii2_client(service: Service, key: str) -> None:
    theirs, id = collection(service, key), identity(5000)["id"]
    sent = [identity(5000), identity(5000, version=2), identity(5001, marking=RED)]
    status = theirs.add_objects({"objects": sent})
    assert (status.success_count, [one["id"] for one in status.failures]) == (2, [identity(5001)["id"]])
    assert theirs.get_object(id)["objects"] == [identity(5000, version=2)]
    assert theirs.get_objects(id=id, version="first")["objects"] == [identity(5000)]
    assert len(theirs.get_objects(id=id, version="all")["objects"]) == 2
    assert theirs.object_versions(id)["versions"] == ["2024-01-01T00:00:00.000000Z", "2024-01-03T00:00:00.000000Z"]
    theirs.delete_object(id)
    assert theirs.get_object(id)["objects"] == [identity(5000)]
    with pytest.raises(requests.HTTPError):
        theirs.get_object(identity(5001)["id"])


def test_a_wrong_key_is_refused(service: Service) -> None:
    with pytest.raises(requests.HTTPError) as refused:
        collection(service, "wrong")
    assert refused.value.response.status_code == 401


@pytest.mark.slow
def test_the_command_line_makes_and_fills_a_collection_and_its_readers_are_noted(tmp_path: Path) -> None:
    home = tmp_path / "home"
    made = json.loads(qiyafa("share", "taxii", "create", "public", "--title", "To all", "--home", home, "--json"))
    assert (made["name"], made["title"], made["tlp"]) == ("public", "To all", "TLP:CLEAR")
    fill = ("share", "taxii", "publish", "--collection", "public", "--incident", "ronin-2022", "--home", home)
    done = json.loads(qiyafa(*fill, "--json"))
    assert (done["added"] > 0, done["known"], done["kept"], done["problems"]) == (True, 0, [], [])
    assert "0 new versions" in " ".join(qiyafa(*fill).split())
    (listed,) = json.loads(qiyafa("share", "taxii", "list", "--home", home, "--json"))
    assert (listed["name"], listed["objects"]) == ("public", done["added"])
    key = create_key(Home(home), "a reader", ["taxii:read:public"], 5)
    (tmp_path / "key").write_text(key.key)
    with serving(home) as service:
        at = (f"{service.url}/taxii2/", "--key-file", tmp_path / "key", "--json")
        (found,) = json.loads(qiyafa("share", "taxii", "discover", *at))
        assert (found["alias"], found["can_read"], found["can_write"]) == ("public", True, False)
        qiyafa("share", "taxii", "pull", *at, "--out", tmp_path / "out.json", "--home", tmp_path / "theirs")
        qiyafa("share", "taxii", "push", *at[:1], tmp_path / "out.json", *at[1:], code=2)
        (tmp_path / "wrong").write_text(f"{key.key[:-1]}x")
        qiyafa("share", "taxii", "discover", at[0], "--key-file", tmp_path / "wrong", code=2)
    bundle = json.loads((tmp_path / "out.json").read_text())
    assert len(bundle["objects"]) == done["added"]
    given = list(Exchange(Home(home), utc_now).log.all())
    assert {one.receiver for one in given} == {f"a reader ({key.record.prefix})"}
    assert {one.object.id for one in given} == {one["id"] for one in bundle["objects"]}
