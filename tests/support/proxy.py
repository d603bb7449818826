"""A server between a reader and a real node, which hands on what the node says, or something else."""

import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Answer:
    """What goes back."""

    status: int
    body: bytes
    claimed_length: int | None = None
    """More than the body has: the connection ends too early."""


Twist = Callable[[str, Answer], Answer]
"""From what was asked (path and body) and the node's answer to what is handed on."""


@dataclass
class Proxy:
    """A running one."""

    url: str
    twist: Twist | None = None
    asked: list[str] = field(default_factory=list)


@contextmanager
def proxy_before(node_url: str, authorization: str = "") -> Iterator[Proxy]:
    """Run a proxy before a node, with a login of its own or that of the caller."""

    def hand_on(handler: BaseHTTPRequestHandler, body: bytes | None) -> Answer:
        asked = f"{handler.path} {(body or b'').decode()}"
        proxy.asked.append(asked)
        login = authorization or handler.headers.get("authorization", "")
        answer = _answer(node_url + handler.path, body, login)
        return proxy.twist(asked, answer) if proxy.twist else answer

    with _server(hand_on) as url:
        proxy = Proxy(url)
        yield proxy


@contextmanager
def answering(answer: Answer) -> Iterator[str]:
    """Run a server that gives one answer to everything; yield its URL."""
    with _server(lambda handler, body: answer) as url:
        yield url


@contextmanager
def _server(answer_to: Callable[[BaseHTTPRequestHandler, bytes | None], Answer]) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Headers and body are two packets, and the second would wait for 40 ms.
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            self._give(answer_to(self, None))

        def do_POST(self) -> None:
            self._give(answer_to(self, self.rfile.read(int(self.headers["content-length"]))))

        def _give(self, answer: Answer) -> None:
            self.send_response(answer.status)
            self.send_header("content-length", str(answer.claimed_length or len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)
            self.close_connection = answer.claimed_length is not None

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _answer(url: str, body: bytes | None, authorization: str) -> Answer:
    request = urllib.request.Request(url, body, {"authorization": authorization, "content-type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return Answer(response.status, response.read())
    except urllib.error.HTTPError as error:
        return Answer(error.code, error.read())
