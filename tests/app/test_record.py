"""Which record answers: the home's own, or the database that a URL names."""

from pathlib import Path

import pytest

from qiyafa.app.home import Home
from qiyafa.app.record import record_book
from qiyafa.model.errors import InvalidInput


@pytest.mark.parametrize(
    "url", ["mysql://user:secret@127.0.0.1/record", "sqlite:///record.sqlite", "http://127.0.0.1/"]
)
def test_another_kind_of_database_is_refused_and_no_empty_record_made(tmp_path: Path, url: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        record_book(Home(tmp_path / "home"), url, to_write=True)
    assert (refused.value.key, refused.value.fields) == ("store.error.url", {})
    assert not (tmp_path / "home").exists()
