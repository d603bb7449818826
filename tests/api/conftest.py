"""The application in this process, over known verdicts or over a real home; and one real service for all."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from tests.api.known_verdicts import KnownScreener

from qiyafa.api.application import create
from qiyafa.api.front import Limits
from qiyafa.app.clock import utc_now
from qiyafa.app.desk import Desk
from qiyafa.app.home import Home
from qiyafa.app.keys import KeyRing
from qiyafa.app.screen import Screener

from support.service import Service, home_with_list, in_thread, serving

Open = Callable[..., httpx.Client]
PATIENT = Limits(late_seconds=60)
"""A machine that runs tests is late for reasons of its own."""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with a fresh list of one address."""
    return home_with_list(tmp_path / "home")


@pytest.fixture(scope="session")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A service over `known_verdicts`."""
    home = Home(tmp_path_factory.mktemp("known")).made()
    desk = Desk(KnownScreener(), home, lambda: datetime(2024, 9, 27, 12, 0, tzinfo=UTC))
    with in_thread(create(desk, KeyRing(home, is_loopback=True), per_second=100_000, limits=PATIENT)) as client:
        yield client


@pytest.fixture(scope="session")
def listed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A service over a fresh list of one address, which no test changes."""
    home = home_with_list(tmp_path_factory.mktemp("listed") / "home")
    with in_thread(application(home, per_second=100_000, limits=PATIENT)) as client:
        yield client


@pytest.fixture
def opened(home: Home) -> Iterator[Open]:
    """Open a service over the home, with other limits or another clock of keys."""
    with ExitStack() as stack:

        def opened(*, per_second: int = 100_000, limits: Limits = PATIENT, is_loopback: bool = True, now=utc_now):
            app = application(home, per_second=per_second, limits=limits, is_loopback=is_loopback, now=now)
            return stack.enter_context(in_thread(app))

        yield opened


def application(home: Home, *, per_second: int, limits: Limits, is_loopback: bool = True, now=utc_now) -> FastAPI:
    """The application over a home."""
    screener = Screener.open(home, ledger=None, rules=None, now=utc_now)
    ring = KeyRing(home, is_loopback=is_loopback, now=now)
    return create(Desk(screener, home, utc_now), ring, per_second=per_second, limits=limits)


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A real service over a fresh list of one address, which no test changes."""
    home = home_with_list(tmp_path_factory.mktemp("service") / "home")
    with serving(home.path) as running:
        yield running
