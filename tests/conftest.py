"""Fixtures for every test."""

import importlib.util
import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from support.postgres import PostgresServer, postgres_programs, running_postgres

# Kernels are compiled at their first use, which no example should be blamed for.
settings.register_profile("qiyafa", deadline=None)
settings.load_profile("qiyafa")

# A shell that starts the tests in the background has them ignore Ctrl-C, and every program that they start would too.
signal.signal(signal.SIGINT, signal.default_int_handler)

# No test reads or writes the labels and lists of whoever runs it.
HOME = tempfile.TemporaryDirectory(prefix="qiyafa-home-")
os.environ["QIYAFA_HOME"] = HOME.name
os.environ.pop("QIYAFA_DATABASE", None)

# The optional dependency `qiyafa[names]` needs ICU's headers: where it is missing its tests are not there, and .ci/run
# runs them once it is installed.
collect_ignore = [] if importlib.util.find_spec("nomenklatura") else ["lists/test_name_matcher.py", "app/test_names.py"]

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
NO_SKIPS = "QIYAFA_NO_SKIPS"
"""Set by the gate: there a test that skips has failed."""


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the project."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"the real data is not on this machine: {SHARED_DATA} is missing")
    return SHARED_DATA


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A real PostgreSQL server, started for the tests that ask for it."""
    programs = postgres_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not on this machine: neither initdb on the path nor Debian's postgresql package")
    with running_postgres(programs) as server:
        yield server


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    """Turn a skip into a failure where nothing may skip."""
    report = yield
    if report.skipped and os.environ.get(NO_SKIPS):
        report.outcome = "failed"
    return report
