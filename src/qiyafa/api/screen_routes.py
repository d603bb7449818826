"""Our own screening: one address, one under an id, a batch, and a verdict that was kept."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Request
from starlette.responses import Response

from qiyafa.api.answers import (
    JSON,
    PROBLEMS_OF_GET,
    PROBLEMS_OF_POST,
    verdict_answer,
    verdicts_answer,
)
from qiyafa.api.bodies import (
    REQUEST_ID,
    AskedAbout,
    AskedBatch,
    AskedScreen,
    BatchBody,
    RequestId,
    VerdictBody,
)
from qiyafa.api.front import front_of
from qiyafa.api.guard import guarded
from qiyafa.api.parameters import parameters, read_parameters
from qiyafa.api.problems import documented
from qiyafa.app.desk import read_as_of
from qiyafa.app.kept_verdicts import KeptQuestion
from qiyafa.app.keys import READ, SCREEN
from qiyafa.model.errors import InvalidInput
from qiyafa.model.verdict import ScreenRequest

VERDICT: dict[int | str, dict[str, Any]] = {200: {"model": VerdictBody, "description": "The verdict."}}

screening = APIRouter(prefix="/api/v1/screen", tags=["Screening"], route_class=guarded(SCREEN))
verdicts = APIRouter(prefix="/api/v1/verdicts", tags=["Screening"], route_class=guarded(READ))


@screening.get(
    "/{address}",
    response_class=Response,
    responses={**VERDICT, **PROBLEMS_OF_GET},
    openapi_extra={"parameters": parameters(AskedAbout, in_path="address")},
)
async def screen_one(request: Request) -> Response:
    """Screen one address. 503 with the verdict in the problem if it is `unavailable`."""
    # The one question that is asked hundreds of times a second: read in one step instead of by the framework.
    asked = read_parameters(AskedAbout, request)
    front, question = front_of(request), ScreenRequest(asked.address, asked.chain)
    front.desk.check_chain(asked.chain)
    return verdict_answer(await front.screen(question, _moment(asked.as_of)))


@screening.post("", response_class=Response, responses={**VERDICT, **PROBLEMS_OF_POST, **documented(409)})
async def screen_under_id(
    request: Request,
    asked: AskedScreen,
    key: Annotated[
        RequestId | None, Header(alias="Idempotency-Key", description="The same as `request_id` in the body.")
    ] = None,
) -> Response:
    """Screen one address. Under a request id the verdict is kept, and the same request gets the same bytes again."""
    front, question, as_of = front_of(request), ScreenRequest(asked.address, asked.chain), _moment(asked.as_of)
    front.desk.check_chain(asked.chain)
    if asked.request_id is not None and key is not None and asked.request_id != key:
        raise InvalidInput("serve.error.two_ids", header=key, body=asked.request_id)
    request_id = asked.request_id or key
    if request_id is None:
        return verdict_answer(await front.screen(question, as_of))
    return verdict_answer(await front.screen_once(request_id, KeptQuestion(question, as_of)))


@screening.post(
    "/batch",
    response_class=Response,
    responses={200: {"model": BatchBody, "description": "The verdicts, in order."}, **PROBLEMS_OF_POST},
)
async def screen_batch(request: Request, asked: AskedBatch) -> Response:
    """Screen up to a thousand addresses. Each has its own verdict; look for `unavailable` among them."""
    requests = [ScreenRequest(one.address, one.chain) for one in asked.items]
    answers = await front_of(request).screen_many(request.state.caller, requests, _moment(asked.as_of))
    return verdicts_answer(answers)


@verdicts.get("/{request_id}", response_class=Response, responses={**VERDICT, **PROBLEMS_OF_GET})
async def kept_verdict(request: Request, request_id: Annotated[str, Path(pattern=REQUEST_ID)]) -> Response:
    """Return a verdict that was kept, byte for byte."""
    return Response(await front_of(request).kept(request_id), media_type=JSON)


def _moment(written: str | None) -> datetime | None:
    return None if written is None else read_as_of(written)
