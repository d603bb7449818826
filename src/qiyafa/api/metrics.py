"""Figures for Prometheus: requests by route and status, their times, verdicts, and what waits."""

import time
from collections.abc import Callable, Iterable
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qiyafa.app.desk import Answer

_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_NO_ROUTE: Final = "none"
_SAFE_HEADERS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'"),
)


class Metrics:
    """The figures of one process."""

    def __init__(self, pending: Callable[[], dict[str, int]]) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "qiyafa_requests", "Requests answered.", ("route", "method", "status"), registry=self.registry
        )
        self._seconds = Histogram(
            "qiyafa_request_seconds", "Time to answer.", ("route",), buckets=_SECONDS, registry=self.registry
        )
        self._verdicts = Counter("qiyafa_verdicts", "Verdicts given.", ("verdict",), registry=self.registry)
        self.registry.register(_Pending(pending))

    def count(self, answer: Answer) -> None:
        """Count a verdict."""
        self._verdicts.labels(answer.outcome.value).inc()

    def answered(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count an answer."""
        self._requests.labels(route, method, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def text(self) -> bytes:
        """Return all figures in Prometheus' text format."""
        return generate_latest(self.registry)


class _Pending(Collector):
    def __init__(self, pending: Callable[[], dict[str, int]]) -> None:
        self._read = pending

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Yield how many questions are under way."""
        gauge = GaugeMetricFamily("qiyafa_pending", "Work queued or under way.", labels=("lane",))
        for lane, count in self._read().items():
            gauge.add_metric((lane,), count)
        yield gauge


class Measured:
    """Measures every request of an application, and makes its answers safe to open in a browser."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begin, status = time.perf_counter(), 500

        async def observed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), *_SAFE_HEADERS]
            await send(message)

        try:
            await self._app(scope, receive, observed)
        finally:
            # A path that no route knows is not a name for a figure: there would be no end of them.
            route = getattr(scope.get("route"), "path", _NO_ROUTE)
            method = scope["method"] if route != _NO_ROUTE else _NO_ROUTE
            self._metrics.answered(route, method, status, time.perf_counter() - begin)
