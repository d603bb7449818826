"""How long one page of a TAXII collection of 100,000 objects takes, over HTTP, with each filter and at each depth.

The least of five, and of the reading of a whole collection the median and the worst page. Every page is noted in the
log of deliveries, as in the service; "again" is the same reader once more.
"""

import json
import socket
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from qiyafa.api.application import create
from qiyafa.app.clock import utc_now
from qiyafa.app.desk import Desk
from qiyafa.app.exchange import Exchange
from qiyafa.app.home import Home
from qiyafa.app.keys import KeyRing
from qiyafa.app.screen import Screener
from qiyafa.model.collection import StixItem
from qiyafa.model.label import Tlp
from qiyafa.stores.collections import OURS, Intake

NAMESPACE = uuid.UUID("5d6d1b1c-8a51-4a0e-9d5c-1f8f7d0a2b33")
BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
PATH = "/taxii2/record/collections/all/"
PAGE = 1_000
BATCH = 10_000


def item(number: int) -> StixItem:
    kind = ("incident", "identity", "relationship", "note", "indicator")[number % 5] if number % 1000 else "report"
    id = f"{kind}--{uuid.uuid5(NAMESPACE, str(number))}"
    version = BEGIN + timedelta(seconds=number)
    body = {
        "type": kind,
        "spec_version": "2.1",
        "id": id,
        "created": f"{BEGIN:%Y-%m-%dT%H:%M:%S.000Z}",
        "modified": f"{version:%Y-%m-%dT%H:%M:%S.000Z}",
        "name": f"Object {number}",
        "description": "What happened, who says so and how much. " * 10,
    }
    return StixItem(id, kind, version, Tlp.CLEAR, json.dumps(body).encode())


@contextmanager
def served(home: Home) -> Iterator[httpx.Client]:
    screener = Screener.open(home, ledger=None, rules=None, now=utc_now)
    app = create(Desk(screener, home, utc_now), KeyRing(home, is_loopback=True), per_second=1_000_000)
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}{PATH}"
    try:
        with httpx.Client(base_url=url, timeout=60, trust_env=False) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join()


def row(what: str, seconds: float, objects: int) -> dict[str, Any]:
    return {"name": f"TAXII, {what}", "seconds": seconds, "objects": objects}


def ask(http: httpx.Client, what: str, place: str, **query: str) -> dict[str, Any]:
    least, found = 1e9, 0
    for _ in range(5):
        began = time.perf_counter()
        answer = http.get(place, params=query)
        least = min(least, time.perf_counter() - began)
        found = len(answer.raise_for_status().json().get("objects", []))
    return row(what, least, found)


def walk(http: httpx.Client, what: str, place: str) -> tuple[list[dict[str, Any]], str]:
    """Read everything; return the figures and the mark of the page in the middle."""
    times, marks, found, query = [], [], 0, {"limit": str(PAGE)}
    while True:
        began = time.perf_counter()
        answer = http.get(place, params=query).raise_for_status()
        times.append(time.perf_counter() - began)
        told = answer.json()
        found += len(told["objects"])
        if not told.get("more"):
            break
        query["next"] = told["next"]
        marks.append(told["next"])
    times.sort()
    rows = [row(f"{what}: median page", times[len(times) // 2], found), row(f"{what}: worst page", times[-1], found)]
    return rows, marks[len(marks) // 2]


def taxii_rows(objects: int = 100_000) -> Iterator[dict[str, Any]]:
    """Load a collection and read it in every way."""
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder)).made()
        exchange = Exchange(home, utc_now)
        exchange.make("all", "Everything", Tlp.CLEAR)
        began = time.perf_counter()
        for begin in range(0, objects, BATCH):
            batch = [item(number) for number in range(begin, min(objects, begin + BATCH))]
            exchange.store.add(Intake("all", OURS, utc_now()), batch)
        yield row("load", time.perf_counter() - began, objects) | {"bytes": home.collections.stat().st_size}
        with served(home) as http:
            yield from measured(http, objects)


def measured(http: httpx.Client, objects: int) -> Iterator[dict[str, Any]]:
    limit, one = str(PAGE), item(objects // 2)
    rows, middle = walk(http, "objects, first time", "objects/")
    yield from rows
    yield from walk(http, "objects, again", "objects/")[0]
    yield from walk(http, "manifest", "manifest/")[0]
    yield ask(http, "first page", "objects/", limit=limit)
    yield ask(http, "page in the middle", "objects/", limit=limit, next=middle)
    yield ask(http, "frequent type", "objects/", limit=limit, **{"match[type]": "note"})
    yield ask(http, "rare type", "objects/", limit=limit, **{"match[type]": "report"})
    yield ask(http, "all versions, two types", "objects/", **{"match[type]": "note,report", "match[version]": "all"})
    yield ask(http, "one id", "objects/", **{"match[id]": one.id})
    ids = ",".join(item(number).id for number in range(0, objects, max(1, objects // 100)))
    yield ask(http, "a hundred ids", "objects/", **{"match[id]": ids})
    yield ask(http, "no such version", "objects/", **{"match[version]": "2020-01-01T00:00:00Z"})
    yield ask(http, "nothing new", "objects/", added_after="2999-01-01T00:00:00Z")
