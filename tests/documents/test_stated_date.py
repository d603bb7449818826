from datetime import date

import pytest

from qiyafa.documents.stated_date import stated_date


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("Published: 29 March 2024", date(2024, 3, 29)),
        ("SEOUL, March 29, 2024 (Agency) -", date(2024, 3, 29)),
        ("Dec. 23, 2024", date(2024, 12, 23)),
        ("2024-03-29T10:15:00+09:00", date(2024, 3, 29)),
        ("입력 2024.03.29 10:15", date(2024, 3, 29)),
        ("2023년 4월 10일", date(2023, 4, 10)),
        ("السبت 1 آذار 2025", date(2025, 3, 1)),
        ("نيويورك، 14 أيلول/سبتمبر 2023", date(2023, 9, 14)),
        ("١٤ يناير ٢٠٢٥م", date(2025, 1, 14)),
        ("آخر تحديث : 2 تشرين الثاني 2024", date(2024, 11, 2)),
    ],
)
def test_a_line_with_little_but_a_date_states_the_day(line: str, day: date) -> None:
    assert (
        stated_date(f"A headline of some length about a theft\n\n{line}\n\nThe text goes on. " + "words " * 50) == day
    )


def test_the_date_of_an_event_in_a_sentence_is_not_the_documents_own() -> None:
    sentence = (
        "On February 21, 2025 thieves took about 1.5 billion dollars from the exchange, its chief executive said."
    )
    assert stated_date(sentence) is None


def test_two_different_dates_are_no_date() -> None:
    assert stated_date("Published 2024-03-29\nUpdated 2024-04-02\n") is None


def test_a_date_at_the_end_counts_where_the_beginning_has_none() -> None:
    assert stated_date("A statement\n" + "long words of a statement\n" * 30 + "10 June 2024\n") == date(2024, 6, 10)


def test_days_that_no_month_has_are_none() -> None:
    assert stated_date("Published: 31 February 2024") is None
