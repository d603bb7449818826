"""One small demo for all commands, and a way to run a command line inside this process."""

from pathlib import Path

import pytest
from tests.cli.running import Qiyafa, Ran

from qiyafa.app.demo import Demo, run_demo
from qiyafa.app.scenario.create import LEAST_TRANSFERS
from qiyafa.cli.shell import run


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """A small theft with a known truth, taken in and traced."""
    return run_demo(tmp_path_factory.mktemp("demo"), seed=7, transfers=LEAST_TRANSFERS)


@pytest.fixture
def case(demo: Demo) -> str:
    """Its case file."""
    return str(demo.scenario.path("case.toml"))


@pytest.fixture
def ledger(demo: Demo) -> str:
    """Its ledger."""
    return str(demo.ledger)


@pytest.fixture
def qiyafa(capsys: pytest.CaptureFixture[str]) -> Qiyafa:
    """Run a command line."""

    def ran(*arguments: str | int | Path) -> Ran:
        code = run([str(argument) for argument in arguments])
        written = capsys.readouterr()
        return Ran(code, written.out, written.err)

    return ran
