"""Verdicts as HTTP answers: their bytes as they are, with the outcome in a header; or, without an answer, a problem."""

from collections.abc import Sequence
from typing import Annotated, Final

import msgspec
from fastapi import Path
from starlette.responses import Response

from qiyafa.api.bodies import LONGEST_ADDRESS
from qiyafa.api.problems import documented, problem
from qiyafa.api.standing import sentence
from qiyafa.app.desk import Answer
from qiyafa.model.errors import Unavailable
from qiyafa.model.verdict import Outcome, Verdict, gravest

JSON: Final = "application/json"
PathAddress = Annotated[str, Path(min_length=1, max_length=LONGEST_ADDRESS)]

PROBLEMS_OF_GET: Final = documented(400, 401, 403, 404, 422, 429, 500, 503)
PROBLEMS_OF_POST: Final = documented(400, 401, 403, 408, 413, 415, 422, 429, 500, 503)


def verdict_answer(answer: Answer) -> Response:
    """Return a verdict as it is; 503 with the verdict in the problem where there is no answer."""
    if answer.outcome is Outcome.UNAVAILABLE:
        return no_answer([answer])
    return Response(answer.body, headers=_headers([answer]), media_type=JSON)


def verdicts_answer(answers: Sequence[Answer]) -> Response:
    """Return several verdicts, each with its own outcome."""
    body = b'{"verdicts":[' + b",".join(answer.body for answer in answers) + b"]}"
    return Response(body, headers=_headers(answers), media_type=JSON)


def foreign_answer(content: object, answers: Sequence[Answer], status: int = 200) -> Response:
    """Return an answer in another service's shape; `evidence` stands in it."""
    return Response(msgspec.json.encode(content), status, _headers(answers), JSON)


def evidence(answer: Answer) -> msgspec.Raw:
    """Return our whole verdict, for the field `x_evidence` of another service's shape."""
    return msgspec.Raw(answer.body)


def no_answer(answers: Sequence[Answer]) -> Response:
    """Return the problem of a question without an answer: 503 with what was missing, and the verdicts."""
    reasons = list(dict.fromkeys(reason for answer in answers for reason in _missing(answer.verdict)))
    error = Unavailable("serve.error.no_answer", reasons=" ".join(reasons))
    verdicts = [evidence(answer) for answer in answers]
    more = {"verdict": verdicts[0]} if len(verdicts) == 1 else {"verdicts": verdicts}
    answered = problem(error, reasons=reasons, **more)
    answered.headers.update(_headers(answers))
    return answered


def _missing(verdict: Verdict | None) -> list[str]:
    if verdict is None:
        return []
    missing = [one for one in (*verdict.reasons, *verdict.not_covered) if one.outcome is Outcome.UNAVAILABLE]
    return [sentence(reason) for reason in missing]


def _headers(answers: Sequence[Answer]) -> dict[str, str]:
    return {"X-Qiyafa-Verdict": gravest([answer.outcome for answer in answers]).value}
