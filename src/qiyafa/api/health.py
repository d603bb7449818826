"""Whether the process lives, whether its answers can be trusted now, and its figures."""

import msgspec
from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.responses import Response

from qiyafa.api.answers import JSON
from qiyafa.api.bodies import AliveBody, ReadyBody
from qiyafa.api.front import front_of
from qiyafa.api.guard import guarded
from qiyafa.api.problems import documented, problem
from qiyafa.app.keys import METRICS
from qiyafa.model.errors import Unavailable

health = APIRouter(tags=["Health"])
figures = APIRouter(tags=["Health"], route_class=guarded(METRICS))


@health.get("/healthz", response_class=Response, responses={200: {"model": AliveBody, "description": "It lives."}})
async def alive() -> Response:
    """Say that the process answers; nothing is asked of any store."""
    return Response(b'{"status":"alive"}', media_type=JSON)


@health.get(
    "/readyz",
    response_class=Response,
    responses={200: {"model": ReadyBody, "description": "Answers can be trusted."}, **documented(500, 503)},
)
async def ready(request: Request) -> Response:
    """Say whether lists are fresh and stores whole; 503 with the reasons if not."""
    state = await front_of(request).ready()
    if state.reasons:
        error = Unavailable("serve.error.not_ready", reasons=" ".join(state.reasons))
        return problem(error, reasons=list(state.reasons))
    return Response(msgspec.json.encode({"status": "ready", "stores": state.stores}), media_type=JSON)


@figures.get(
    "/metrics",
    response_class=Response,
    responses={
        200: {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "Prometheus' text format."},
        **documented(401, 403, 429, 500, 503),
    },
)
async def metrics(request: Request) -> Response:
    """Return the figures of this process."""
    return Response(front_of(request).metrics.text(), media_type=CONTENT_TYPE_LATEST)
