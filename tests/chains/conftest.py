"""A desk for the tests of readers."""

from pathlib import Path

import pytest
from tests.chains.files import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A folder in which a test puts files and reads them."""
    return Desk(tmp_path)
