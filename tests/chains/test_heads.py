"""New blocks are heard of over a real WebSocket, and looked for where there is none."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from websockets.sync.server import ServerConnection, serve

from qiyafa.chains.heads import HeardHeads


class Hours:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@contextmanager
def node(tells: int) -> Iterator[str]:
    """A node that takes the subscription, tells of so many blocks, and hangs up."""

    def answer(connection: ServerConnection) -> None:
        asked = json.loads(connection.recv(timeout=10))
        assert asked["method"] == "eth_subscribe"
        connection.send(json.dumps({"jsonrpc": "2.0", "id": asked["id"], "result": "0x1"}))
        for number in range(tells):
            connection.send(json.dumps({"method": "eth_subscription", "params": {"result": {"number": hex(number)}}}))

    with serve(answer, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"ws://127.0.0.1:{server.socket.getsockname()[1]}"
        finally:
            server.shutdown()
            thread.join(timeout=10)


def test_a_socket_that_opened_asks_for_a_look_at_once() -> None:
    hours = Hours()
    with node(tells=1) as url:
        heads = HeardHeads(url, hours.sleep, hours.clock)
        heads.wait(3600)
        assert heads.is_listening
        heads.wait(3600)
        heads.close()
    assert hours.slept == []


def test_without_a_socket_the_pause_ends_when_the_socket_is_tried_again() -> None:
    hours = Hours()
    with node(tells=0) as url:
        pass
    heads = HeardHeads(url, hours.sleep, hours.clock)
    heads.wait(3600)
    heads.wait(3600)
    assert not heads.is_listening
    assert hours.slept == [30.0, 30.0]
    heads.wait(2)
    assert hours.slept[-1] == 2
