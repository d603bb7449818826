"""The client against a real server: pace, patience, limits, and what it keeps."""

import gzip
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from qiyafa.chains.http_client import (
    BadAnswerError,
    Budget,
    ComeBackLaterError,
    LimitReachedError,
    Pace,
    Question,
    RefusedError,
)
from qiyafa.model.errors import Unavailable

from support.http_server import Answer, Asked, serving
from support.patience import PretendClock, patient_client

OK = Answer(b"fine")


def text(body: bytes) -> str:
    return body.decode()


def replies(*answers: Answer) -> Callable[[Asked], Answer]:
    """Give these answers one after another, the last one for ever."""
    left = list(answers)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


def test_an_answer_is_kept_and_not_asked_for_again(tmp_path: Path) -> None:
    with serving(replies(OK)) as server:
        question = Question(server.url, (("page", "1"),))
        first = patient_client(tmp_path)
        again = patient_client(tmp_path)
        assert first.ask(question, text)[0] == "fine"
        assert again.ask(question, text)[0] == "fine"
        assert (first.requests, again.requests, again.kept_answers_used) == (1, 0, 1)
        assert len(server.asked) == 1


def test_what_is_asked_anew_replaces_what_was_kept(tmp_path: Path) -> None:
    with serving(replies(Answer(b"old"), Answer(b"new"))) as server:
        client = patient_client(tmp_path)
        assert client.ask(Question(server.url), text)[0] == "old"
        assert client.ask(Question(server.url), text, anew=True)[0] == "new"
        assert client.ask(Question(server.url), text)[0] == "new"


def test_a_secret_goes_to_the_server_and_nowhere_else(tmp_path: Path) -> None:
    with serving(replies(OK)) as server:
        client = patient_client(tmp_path, secrets={"apikey": "TOPSECRET"})
        client.ask(Question(server.url, (("page", "1"),)), text)
        assert server.asked[0].parameters == {"page": "1", "apikey": "TOPSECRET"}
    assert not any(b"TOPSECRET" in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert "TOPSECRET" not in repr(client)


def test_a_secret_is_not_in_what_is_said_of_a_failure(tmp_path: Path) -> None:
    client = patient_client(tmp_path, secrets={"apikey": "TOPSECRET"})
    with pytest.raises(Unavailable) as failed:
        client.ask(Question("http://127.0.0.1:1/"), text)
    assert "TOPSECRET" not in str(failed.value)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_busy_server_is_asked_again_after_longer_and_longer_waits(tmp_path: Path, status: int) -> None:
    clock = PretendClock()
    with serving(replies(Answer(b"", status), Answer(b"", status), OK)) as server:
        client = patient_client(tmp_path, clock=clock, pace=Pace(1_000_000, first_wait_s=1))
        assert client.ask(Question(server.url), text)[0] == "fine"
    assert [round(nap, 3) for nap in clock.naps if nap > 0.01] == [1, 2]
    assert client.requests == 3


def test_a_rate_limit_inside_an_answer_is_heeded_and_not_kept(tmp_path: Path) -> None:
    def read(body: bytes) -> str:
        if body == b"slow down":
            raise ComeBackLaterError("slow down")
        return body.decode()

    with serving(replies(Answer(b"slow down"), OK)) as server:
        client = patient_client(tmp_path)
        assert client.ask(Question(server.url), read)[0] == "fine"
    assert client.cache.find(server.url).body == b"fine"


def test_the_time_that_a_server_asks_for_is_given_within_reason(tmp_path: Path) -> None:
    clock = PretendClock()
    with serving(
        replies(Answer(b"", 429, {"Retry-After": "17"}), Answer(b"", 429, {"Retry-After": "999999"}), OK)
    ) as server:
        client = patient_client(tmp_path, clock=clock, pace=Pace(1_000_000, first_wait_s=1, longest_wait_s=30))
        client.ask(Question(server.url), text)
    assert 17 + 30 <= clock.now() < 17 + 30 + 1


def test_a_server_that_stays_busy_is_given_up_in_the_end(tmp_path: Path) -> None:
    with serving(replies(Answer(b"", 503))) as server:
        client = patient_client(tmp_path, pace=Pace(1_000_000, attempts=4))
        with pytest.raises(Unavailable) as failed:
            client.ask(Question(server.url), text)
        assert len(server.asked) == 4
    assert failed.value.fields["reason"] == "HTTP 503"


def test_nobody_there_is_said_with_the_address(tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/api"
    with pytest.raises(Unavailable) as failed:
        patient_client(tmp_path).ask(Question(url), text)
    assert failed.value.fields["url"] == url


@pytest.mark.parametrize("status", [301, 302, 400, 401, 403, 404])
def test_a_refusal_is_not_asked_again_and_a_redirect_not_followed(tmp_path: Path, status: int) -> None:
    with serving(replies(Answer(b"", status, {"Location": "https://elsewhere.example/"}))) as server:
        with pytest.raises(RefusedError) as refused:
            patient_client(tmp_path).ask(Question(server.url), text)
        assert len(server.asked) == 1
    assert refused.value.fields == {"status": status}


def test_a_bad_answer_may_be_an_accident_but_not_three_times(tmp_path: Path) -> None:
    def read(body: bytes) -> str:
        if body != b"fine":
            raise BadAnswerError("pull.problem.shape")
        return body.decode()

    with serving(replies(Answer(b"<html>"), Answer(b"<html>"), OK)) as server:
        assert patient_client(tmp_path / "a").ask(Question(server.url), read)[0] == "fine"
    with serving(replies(Answer(b"<html>"))) as server:
        client = patient_client(tmp_path / "b")
        with pytest.raises(BadAnswerError):
            client.ask(Question(server.url), read)
        assert len(server.asked) == 3
    assert not list((tmp_path / "b").rglob("*.answer"))


@pytest.mark.parametrize("headers", [{}, {"Content-Encoding": "gzip"}])
def test_an_endless_answer_is_not_read_to_its_end(tmp_path: Path, headers: dict[str, str]) -> None:
    body = b"x" * 3_000_000
    sent = gzip.compress(body) if headers else body
    with serving(replies(Answer(sent, headers=headers))) as server:
        client = patient_client(tmp_path, pace=Pace(1_000_000, most_bytes=1_000_000))
        with pytest.raises(BadAnswerError) as refused:
            client.ask(Question(server.url), text)
    assert refused.value.key == "pull.problem.too_long"


def test_questions_keep_to_the_pace(tmp_path: Path) -> None:
    clock = PretendClock()
    with serving(replies(OK)) as server:
        client = patient_client(tmp_path, clock=clock, pace=Pace(requests_per_second=4))
        for page in range(9):
            client.ask(Question(server.url, (("page", str(page)),)), text)
    assert clock.now() == pytest.approx(8 / 4)


def test_a_run_asks_no_more_often_than_it_may(tmp_path: Path) -> None:
    with serving(replies(OK)) as server:
        client = patient_client(tmp_path, budget=Budget(requests=2))
        client.ask(Question(server.url, (("page", "1"),)), text)
        client.ask(Question(server.url, (("page", "2"),)), text)
        client.ask(Question(server.url, (("page", "1"),)), text)
        with pytest.raises(LimitReachedError) as reached:
            client.ask(Question(server.url, (("page", "3"),)), text)
        assert len(server.asked) == 2
    assert reached.value.limit == "requests"


def test_a_run_waits_no_longer_than_it_may(tmp_path: Path) -> None:
    clock = PretendClock()
    with serving(replies(Answer(b"", 503))) as server:
        client = patient_client(tmp_path, clock=clock, budget=Budget(seconds=5))
        with pytest.raises(LimitReachedError) as reached:
            client.ask(Question(server.url), text)
    assert reached.value.limit == "seconds"
    assert clock.now() <= 5
