"""Fixtures for every test."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# Kernels are compiled at their first use, which no example should be blamed for.
settings.register_profile("qiyafa", deadline=None)
settings.load_profile("qiyafa")

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
NO_SKIPS = "QIYAFA_NO_SKIPS"
"""Set by the gate: there a test that skips has failed."""


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the project."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"the real data is not on this machine: {SHARED_DATA} is missing")
    return SHARED_DATA


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    """Turn a skip into a failure where nothing may skip."""
    report = yield
    if report.skipped and os.environ.get(NO_SKIPS):
        report.outcome = "failed"
    return report
