"""Days as lists write them."""

from datetime import date

import pytest

from qiyafa.lists.days import day_of, day_of_root


@pytest.mark.parametrize(
    "written",
    ["2022-04-03", " 2022-04-03T10:00:00+01:00", "2022.4.3", "2022.4.3.", "03/04/2022", "03-Apr-2022", "3 April 2022"],
)
def test_every_form_is_the_same_day(written: str) -> None:
    assert day_of(written) == date(2022, 4, 3)


@pytest.mark.parametrize("written", ["", "00/00/1975", "2022-13-01", "31/02/2020", "April", "2022", "٢٠٢٢-٠٤-٠٣"])
def test_what_is_no_day_is_none(written: str) -> None:
    assert day_of(written) is None


def test_the_day_of_an_edition_stands_in_the_root() -> None:
    assert day_of_root(b'<?xml version="1.0"?><!-- x --><a b="1" made="2024-09-27T00:00:09.554Z">', "made") == date(
        2024, 9, 27
    )
    assert day_of_root(b"<a>", "made") is None
