"""A home with a small list, and a real `qiyafa serve` over it: a process, a socket, stopped by its process id."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
import uvicorn
from fastapi import FastAPI

from qiyafa.app.home import Home
from qiyafa.app.lists import open_lists
from qiyafa.chains.formats import FORMATS
from qiyafa.model.designation import Designation, ListVersion
from qiyafa.stores.lists_records import Edition

LISTED = "0x098B716B8Aaf21512996dC57EB0615e2383E2f96"
UNLISTED = "0x00000000000000000000000000000000000000a1"
LIST = "ofac-addresses"


def home_with_list(folder: Path, addresses: tuple[str, ...] = (LISTED,), *, age_days: int = 1) -> Home:
    """Return a home in whose only list, of OFAC and so many days old, these addresses stand."""
    home = Home(folder).made()
    published = datetime.now(UTC).date() - timedelta(days=age_days)
    version = ListVersion(
        list_id=LIST,
        authority="ofac",
        version=f"{published}-sample",
        published=published,
        imported=datetime.now(UTC),
        sha256="00" * 32,
        parties=0,
        addresses=len(addresses),
        problems=0,
        origin="sample",
    )
    designations = tuple(_designation(address, version, published) for address in addresses)
    open_lists(home).add(Edition(version, designations, (), (), whole=True))
    return home


def _designation(address: str, version: ListVersion, published: date) -> Designation:
    return Designation(
        list_id=version.list_id,
        authority=version.authority,
        version=version.version,
        entry="",
        party="",
        identities=FORMATS.read(address).identities,
        written=address,
        declared="ETH",
        programmes=(),
        listed_from=published,
        is_dated=False,
        listed_to=None,
    )


@dataclass
class Service:
    """A running service."""

    url: str
    process: subprocess.Popen[str]
    said: dict[str, object]
    """What it said when it listened."""

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Send a signal and return the exit code."""
        self.process.send_signal(number)
        return self.process.wait(timeout=30)


@contextmanager
def serving(home: Path, *arguments: str) -> Iterator[Service]:
    """Run `qiyafa serve` for as long as the block lasts."""
    command = [sys.executable, "-m", "qiyafa", "serve", "--home", str(home), "--port", "0", "--json", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ))
    try:
        assert process.stdout is not None
        assert process.stderr is not None
        line = process.stdout.readline()
        if not line:
            raise AssertionError(process.stderr.read())
        said = json.loads(line)
        yield Service(str(said["url"]), process, said)
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=30)


@contextmanager
def in_thread(app: FastAPI) -> Iterator[httpx.Client]:
    """Serve an application from a thread of this process, over a real socket."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", access_log=False, server_header=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with httpx.Client(base_url=url, timeout=30, trust_env=False) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join(timeout=30)


def client(service: Service, **more: object) -> httpx.Client:
    """Return a client of a service."""
    return httpx.Client(base_url=service.url, timeout=30, trust_env=False, **more)


def eventually(happens: Callable[[], bool], seconds: float = 20) -> None:
    """Wait until something happens; fail if it does not."""
    end = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < end
        time.sleep(0.01)
