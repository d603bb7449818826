"""Load is shed when the event loop comes late under many requests, and never what tells whether the process lives."""

import asyncio
import json
import time
from typing import Any

from starlette.responses import PlainTextResponse

from qiyafa.api.strain import Shedding, Strain


async def status(app: Shedding, path: str, method: str = "GET") -> tuple[int, dict[bytes, bytes], bytes]:
    """Return what a request gets."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b""}

    async def send(message: Any) -> None:
        sent.append(message)

    await app({"type": "http", "path": path, "method": method, "headers": []}, receive, send)
    return sent[0]["status"], dict(sent[0]["headers"]), sent[1]["body"]


def test_a_late_loop_sheds_where_many_requests_are_the_reason() -> None:
    async def run() -> None:
        strain = Strain(time.monotonic, 0.1)
        app = Shedding(PlainTextResponse("answered"), strain)
        watch = asyncio.create_task(strain.watch())
        await asyncio.sleep(0)
        time.sleep(0.5)  # what keeps the loop from its work
        await asyncio.sleep(0.002)
        assert (await status(app, "/api"))[0] == 200, "a single request is answered"
        strain.under_way = 20
        code, headers, body = await status(app, "/api")
        assert (code, headers[b"retry-after"], json.loads(body)["status"]) == (503, b"1", 503)
        assert (await status(app, "/healthz"))[0] == 200
        assert (await status(app, "/api", "POST"))[0] == 200, "it may repeat one that is under way"
        assert strain.under_way == 20
        for _ in range(100):
            await asyncio.sleep(0.05)
            if not strain.is_too_much:
                break
        assert (await status(app, "/api"))[0] == 200, "once the loop is in time again"
        watch.cancel()

    asyncio.run(run())


def test_more_questions_than_can_be_answered_in_time_are_refused_though_the_loop_is_in_time() -> None:
    async def run() -> None:
        strain = Strain(time.monotonic, 60)
        app = Shedding(PlainTextResponse("answered"), strain)
        strain.under_way = 47
        assert (await status(app, "/api"))[0] == 200
        strain.under_way = 48
        assert (await status(app, "/api"))[0] == 503
        assert (await status(app, "/api", "POST"))[0] == 200

    asyncio.run(run())
