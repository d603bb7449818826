"""What several suites ask: the ledger of the real transactions around the Ronin theft, built once, and the case."""

from pathlib import Path

import pytest

from support import ronin
from support.command_line import qiyafa


@pytest.fixture(scope="session")
def ronin_ledger(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ledger, only to be read."""
    folder = tmp_path_factory.mktemp("ronin") / "ledger"
    ethereum = shared_data / "ethereum"
    qiyafa(
        "ingest", "ethereum-etl", "--transactions", ethereum / "transactions.parquet",
        "--coverage", ethereum / "coverage.csv", "--ledger", folder,
    )  # fmt: skip
    return folder


@pytest.fixture(scope="session")
def ronin_case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The case file, with the mixer as its stop."""
    path = tmp_path_factory.mktemp("case") / "ronin.toml"
    path.write_text(ronin.CASE + ronin.STOP, encoding="utf-8")
    return path
