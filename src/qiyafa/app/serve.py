"""Run the service: bind, open the stores, answer until told to stop, and finish what is under way.

A face answers, and `app` knows no face; so the application is loaded by name, as every server of its kind does.
"""

import gc
import importlib
import ipaddress
import signal
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from qiyafa.app.clock import utc_now
from qiyafa.app.desk import Desk, Ready
from qiyafa.app.home import Home
from qiyafa.app.keys import KeyRing, list_keys
from qiyafa.app.screen import Screener
from qiyafa.model.errors import InvalidInput, Unavailable
from qiyafa.model.label import Tlp
from qiyafa.model.ports import Progress, silent

PORT: Final = 8765
_FACE: Final = ("qiyafa.api.application", "create")
_TURN_SECONDS: Final = 0.0005
_BACKLOG: Final = 512
_IDLE_SECONDS: Final = 30
_LAST_SECONDS: Final = 30
"""So long requests under way may take after a stop was asked for."""


@dataclass(frozen=True, slots=True)
class Serving:
    """What to serve, and where."""

    home: Home
    host: str = "127.0.0.1"
    port: int = PORT
    """0: any free one."""
    ledger: Path | None = None
    rules: Path | None = None
    per_second: int = 1000
    """Addresses that one caller may ask for in a second."""
    level: Tlp = Tlp.AMBER_STRICT
    """Answers rest on no stricter label: TLP:AMBER+STRICT is for the organisation that the service serves."""


@dataclass(frozen=True, slots=True)
class Listening:
    """Where the service listens, and what it can say."""

    url: str
    needs_key: bool
    ready: Ready


class Service:
    """A service whose stores are open and whose address is taken; it answers once it runs."""

    def __init__(self, application: object, listener: socket.socket, listening: Listening) -> None:
        self.listening = listening
        self._application = application
        self._listener = listener

    def run(self) -> None:
        """Answer until a signal says stop; SIGTERM returns, Ctrl-C raises KeyboardInterrupt."""
        with self._listener:
            _run(self._application, self._listener)


def open_service(request: Serving, *, progress: Progress = silent) -> Service:
    """Take the address and open the stores.

    Raises InvalidInput for an address beyond loopback without any key, Unavailable for a port that is taken, and
    QiyafaError for stores, rules or a ledger that cannot be opened.
    """
    address = _address(request.host, request.port)
    is_loopback = ipaddress.ip_address(address[0]).is_loopback
    if not is_loopback and not any(key.is_active(utc_now()) for key in list_keys(request.home)):
        raise InvalidInput("serve.error.open_address", host=request.host)
    # Bound first: a taken port is said before a ledger is traced.
    listener = _bound(address)
    try:
        desk = Desk(_screener(request, progress), request.home, utc_now, level=request.level)
        ring = KeyRing(request.home, is_loopback=is_loopback)
        listening = Listening(_url(listener), ring.is_needed(), desk.ready())
        return Service(_application(desk, ring, request.per_second), listener, listening)
    except BaseException:
        listener.close()
        raise


def _screener(request: Serving, progress: Progress) -> Screener:
    is_opening = True

    def told(stage: str, done: int, total: int) -> None:
        # What is traced anew later, as lists change, is nobody's wait.
        if is_opening:
            progress(stage, done, total)

    screener = Screener.open(
        request.home,
        ledger=request.ledger,
        rules=request.rules,
        precompute=request.ledger is not None,
        level=request.level,
        now=utc_now,
        progress=told,
    )
    is_opening = False
    return screener


def _application(desk: Desk, ring: KeyRing, per_second: int) -> object:
    module, name = _FACE
    return getattr(importlib.import_module(module), name)(desk, ring, per_second=per_second)


def _run(application: object, listener: socket.socket) -> None:
    import uvicorn

    config = uvicorn.Config(
        application,  # type: ignore[arg-type]
        access_log=False,
        log_level="error",
        server_header=False,
        proxy_headers=False,
        ws="none",
        backlog=_BACKLOG,
        timeout_keep_alive=_IDLE_SECONDS,
        timeout_graceful_shutdown=_LAST_SECONDS,
    )
    # The thread that screens and the one that reads requests take turns; with Python's 5 ms turns each would wait long.
    sys.setswitchinterval(_TURN_SECONDS)
    # What was loaded lives as long as the process; the collector need not look at it again and again.
    gc.freeze()
    # The server stops at a signal and then raises it again for us; at SIGTERM there is nothing left to do.
    before = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        uvicorn.Server(config).run(sockets=[listener])
    finally:
        signal.signal(signal.SIGTERM, before)


def _address(host: str, port: int) -> tuple[str, int]:
    """Return the address that a host's name stands for. Raises InvalidInput if it stands for none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError, OverflowError) as error:
        raise InvalidInput("serve.error.host_unknown", host=host) from error
    return str(found[0][4][0]), port


def _bound(address: tuple[str, int]) -> socket.socket:
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        # Who reads where we listen may connect at once; the kernel holds the connection until we answer.
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        reason = error.strerror or str(error)
        raise Unavailable("serve.error.cannot_bind", host=address[0], port=address[1], reason=reason) from error
    return listener


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
