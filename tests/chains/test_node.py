"""Asking a node: packed calls, patience, pace, and a key in the URL that nobody sees."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from qiyafa.chains.json_tape import Value
from qiyafa.chains.node import Answer, Call, JsonRpcNode, Manners, Refusal, shown_url
from qiyafa.model.errors import InvalidInput, Unavailable
from qiyafa.text import text

from support.post_server import Said, posting


@dataclass
class Clock:
    """Time that passes only while somebody waits."""

    now: float = 0.0
    waits: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds

    def __call__(self) -> float:
        return self.now


@dataclass
class Desk:
    """A server whose answers the test gives, and a node client at it."""

    url: str = ""
    asked: list[Any] = field(default_factory=list)
    answer: Callable[[Any], Said] = field(default=lambda request: Said(echoed(request)))
    clock: Clock = field(default_factory=Clock)

    def node(self, **manners: Any) -> JsonRpcNode:
        return JsonRpcNode(self.url, self.clock.sleep, self.clock, Manners(**manners))


def echoed(request: Any) -> bytes:
    """Answer each call with its first parameter."""
    calls = request if isinstance(request, list) else [request]
    answers = [{"jsonrpc": "2.0", "id": call["id"], "result": call["params"][0]} for call in calls]
    return json.dumps(answers if isinstance(request, list) else answers[0]).encode()


@pytest.fixture
def desk() -> Iterator[Desk]:
    found = Desk()

    def answer(body: bytes) -> Said:
        found.asked.append(json.loads(body))
        return found.answer(found.asked[-1])

    with posting(answer) as url:
        found.url = url
        yield found


def said(answer: Answer) -> str:
    assert isinstance(answer, Value)
    return answer.tape.text(answer.entry)


def failing(times: int, failure: Said, then: Callable[[Any], bytes] = echoed) -> Callable[[Any], Said]:
    """Return answers of which the first ones fail."""
    left = [failure] * times
    return lambda request: left.pop() if left else Said(then(request))


def sentence(error: pytest.ExceptionInfo[Unavailable]) -> str:
    return text(error.value.key, **error.value.fields)


CALLS = [Call("echo", (f"0x{number:x}",)) for number in range(100)]
WANTED = [f"0x{number:x}" for number in range(100)]


def test_answers_come_in_the_order_of_the_calls_whatever_the_order_of_the_ids(desk: Desk) -> None:
    desk.answer = lambda request: Said(json.dumps(list(reversed(json.loads(echoed(request))))).encode())
    with desk.node(batch=30) as node:
        assert [said(one) for one in node.ask_all(CALLS)] == WANTED
    assert [len(request) for request in desk.asked] == [30, 30, 30, 10]


def test_a_node_that_takes_few_calls_at_once_is_asked_for_few(desk: Desk) -> None:
    most = 7

    def answer(request: Any) -> Said:
        too_many = isinstance(request, list) and len(request) > most
        return Said(b"", 413) if too_many else Said(echoed(request))

    desk.answer = answer
    with desk.node(batch=64) as node:
        assert [said(one) for one in node.ask_all(CALLS)] == WANTED
    assert len(desk.asked) < 60


def test_a_node_without_batches_is_asked_one_by_one(desk: Desk) -> None:
    refusal = b'{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"batches are disabled"}}'
    desk.answer = lambda request: Said(refusal if isinstance(request, list) else echoed(request))
    with desk.node(batch=8) as node:
        assert [said(one) for one in node.ask_all(CALLS[:20])] == WANTED[:20]


@pytest.mark.parametrize(
    "failure", [Said(b"busy", 503), Said(b"slow down", 429), Said(b"<html>"), Said(b'{"jsonrpc":'), Said(b"[]")]
)
def test_a_failure_that_passes_is_waited_out(desk: Desk, failure: Said) -> None:
    desk.answer = failing(3, failure)
    with desk.node() as node:
        assert said(node.ask("echo", "0x1")) == "0x1"
    assert desk.clock.waits == [0.5, 1.0, 2.0]


def test_a_node_that_says_how_long_to_wait_is_obeyed_within_reason(desk: Desk) -> None:
    desk.answer = failing(2, Said(b"", 429, {"Retry-After": "7"}))
    with desk.node(longest_wait_seconds=5.0) as node:
        assert said(node.ask("echo", "0x1")) == "0x1"
    assert desk.clock.waits == [5.0, 5.0]


def test_rate_limits_inside_good_answers_are_waited_out(desk: Desk) -> None:
    busy = b'{"jsonrpc":"2.0","id":0,"error":{"code":-32005,"message":"too fast"}}'
    desk.answer = failing(2, Said(busy))
    with desk.node() as node:
        assert said(node.ask("echo", "0x1")) == "0x1"


def test_patience_ends(desk: Desk) -> None:
    desk.answer = lambda _: Said(b"busy", 503)
    with desk.node(attempts=4) as node, pytest.raises(Unavailable) as error:
        node.ask("echo", "0x1")
    assert len(desk.asked) == 4
    assert "503" in sentence(error)


def test_a_wrong_key_is_not_asked_about_again(desk: Desk) -> None:
    desk.answer = lambda _: Said(b"who are you", 401)
    with desk.node() as node, pytest.raises(Unavailable):
        node.ask("echo", "0x1")
    assert len(desk.asked) == 1


def test_calls_keep_to_the_rate(desk: Desk) -> None:
    with desk.node(batch=10, rate=20.0) as node:
        node.ask_all(CALLS)
    # Nine pauses of half a second between ten requests of ten calls.
    assert desk.clock.now == pytest.approx(4.5)


def test_an_endless_answer_is_refused_while_it_arrives(desk: Desk) -> None:
    desk.answer = lambda _: Said(b'{"jsonrpc":"2.0","id":0,"result":"' + b"0" * (3 << 20) + b'"}')
    with desk.node(answer_bytes=1 << 20, attempts=2) as node, pytest.raises(Unavailable) as error:
        node.ask("echo", "0x1")
    assert error.value.key == "nodes.error.too_large"


def test_a_nodes_own_error_is_an_answer(desk: Desk) -> None:
    desk.answer = lambda _: Said(b'{"jsonrpc":"2.0","id":0,"error":{"code":-32601,"message":"no such method"}}')
    with desk.node() as node:
        assert node.ask("nothing", 1) == Refusal(-32601, "no such method")


@pytest.mark.parametrize(
    "answer",
    [
        b'[{"id":0,"result":1},{"id":0,"result":2}]',
        b'[{"id":0,"result":1}]',
        b'[{"id":0,"result":1},{"id":2,"result":2}]',
        b'[{"id":0,"result":1},{"id":"1","result":2}]',
        b'[{"id":0,"result":1},{"id":1}]',
        b'[{"id":0,"result":1},7]',
    ],
)
def test_answers_that_do_not_fit_the_calls_are_refused(desk: Desk, answer: bytes) -> None:
    desk.answer = lambda _: Said(answer)
    with desk.node(attempts=1) as node, pytest.raises(Unavailable) as error:
        node.ask_all(CALLS[:2])
    assert error.value.key == "nodes.error.misshapen"


def test_nobody_there_is_said_plainly() -> None:
    clock = Clock()
    with (
        JsonRpcNode("http://127.0.0.1:9/secret-key", clock.sleep, clock, Manners(attempts=2)) as node,
        pytest.raises(Unavailable) as error,
    ):
        node.ask("echo", "0x1")
    assert "http://127.0.0.1:9 " in sentence(error)


def test_a_key_in_the_url_is_never_shown() -> None:
    assert shown_url("https://user:pass@node.example:8545/v3/SECRET?key=SECRET") == "https://node.example:8545"
    assert shown_url("http://[::1]:8545/SECRET") == "http://[::1]:8545"
    for url in ("", "SECRET", "ftp://SECRET", "http://", "http://host:SECRET/", "file:///etc/SECRET"):
        with pytest.raises(InvalidInput) as error:
            shown_url(url)
        assert "SECRET" not in text(error.value.key, **error.value.fields)
