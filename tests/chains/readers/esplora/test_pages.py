"""Page after page back in time: everything once, whatever the page size, and always an end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiyafa.chains.answer_cache import KeptAnswer
from qiyafa.chains.http_client import BadAnswerError
from qiyafa.chains.readers.esplora.pages import Pages, read_pages

ANSWER = KeptAnswer(b"", "", "")
MOST = 2_000


def history(count: int) -> list[dict[str, str]]:
    return [{"txid": f"{number:064x}"} for number in range(count)]


def read(entries: list[dict[str, str]], page: int, most: int = MOST) -> tuple[Pages, int]:
    """Read a history from a server with some page size; return how often it was asked, too."""
    names = [one["txid"] for one in entries]
    questions = 0

    def ask(after: str) -> tuple[list[object], KeptAnswer]:
        nonlocal questions
        questions += 1
        first = names.index(after) + 1 if after else 0
        return list(entries[first : first + page]), ANSWER

    return read_pages(ask, most), questions


@given(count=st.integers(0, 240), page=st.sampled_from([5, 10, 25, 50, 100]))
def test_every_transaction_is_read_once_whatever_the_page_size(count: int, page: int) -> None:
    pages, questions = read(history(count), page)
    assert pages.cut is None
    assert [entry for one in pages.pages for entry in one.entries] == history(count)
    assert questions <= count // page + 2


def test_a_busy_address_gives_its_newest_transactions() -> None:
    pages, questions = read(history(500), 25, most=100)
    assert questions == 4
    assert pages.cut is not None
    assert (pages.cut.key, pages.cut.fields) == ("pull.problem.busy", {"rows": 100})


def test_a_server_that_pages_for_ever_comes_to_an_end() -> None:
    pages = read_pages(lambda _: (list(history(25)), ANSWER), MOST)
    assert pages.cut is not None
    assert pages.cut.key == "pull.problem.repeated"
    assert len(pages.pages) == 1


@pytest.mark.parametrize("entries", [[7], [{}], [{"txid": "short"}], [{"txid": 5}], [{"txid": "AB" * 32}], [None]])
def test_entries_without_a_name_are_refused(entries: list[object]) -> None:
    with pytest.raises(BadAnswerError):
        read_pages(lambda _: (entries, ANSWER), MOST)


def test_a_bad_answer_to_a_later_question_only_cuts() -> None:
    def ask(after: str) -> tuple[list[object], KeptAnswer]:
        if after:
            raise BadAnswerError("pull.problem.no_json", reason="cut")
        return list(history(25)), ANSWER

    pages = read_pages(ask, MOST)
    assert pages.cut is not None
    assert (pages.cut.key, len(pages.pages)) == ("pull.problem.no_json", 1)
