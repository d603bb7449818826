"""Answers in the shape of Elliptic's synchronous wallet screening (AML API v2); the base URL is `/elliptic/v2`.

`source` is who funded the address, `destination` where it sends. Scores run from 0 to 10. `risk_score` is null where no
rule was triggered, as there, and where something was not covered: then `process_status` is `error`, and `error` says
what was missing. We know no prices, so every value in dollars is null; units stand in `x_evidence`.
"""

import hashlib
import uuid
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Request
from pydantic import StringConstraints
from starlette.responses import Response
from typing_extensions import TypedDict

from qiyafa.api.answers import PROBLEMS_OF_POST, evidence, foreign_answer
from qiyafa.api.bodies import Address, Chain, Lenient
from qiyafa.api.elliptic_parts import Contribution, Evaluation, Usd, contributions, evaluations, score_of
from qiyafa.api.front import front_of
from qiyafa.api.guard import guarded
from qiyafa.api.standing import identified, is_whole, missing, standing_of
from qiyafa.app.desk import Answer
from qiyafa.app.keys import SCREEN
from qiyafa.model.exposure import Direction
from qiyafa.model.verdict import Outcome, ScreenRequest, Verdict

_EVERY_CHAIN: Final = "holistic"

Reference = Annotated[str, StringConstraints(max_length=256)]


class Subject(Lenient):
    """What is screened: one address, on one chain or on all (`holistic`)."""

    asset: Chain
    blockchain: Chain
    type: Literal["address"]
    hash: Address


class AskedWallet(Lenient):
    """One question."""

    subject: Subject
    type: Literal["wallet_exposure"]
    customer_reference: Reference | None = None


class SubjectBody(TypedDict):
    """What was screened."""

    asset: str
    blockchain: str
    type: Literal["address"]
    hash: str


class CustomerBody(TypedDict):
    """The caller's own reference."""

    id: str | None
    reference: str | None


class ScoresBody(TypedDict):
    """The score of each direction."""

    source: float | None
    destination: float | None


class EvaluationsBody(TypedDict):
    """What the rules found."""

    source: list[Evaluation]
    destination: list[Evaluation]


class ContributionsBody(TypedDict):
    """All exposures."""

    source: list[Contribution]
    destination: list[Contribution]


class ClusterBody(TypedDict):
    """What the address received and sent, in dollars, which we do not know."""

    inflow_value: Usd
    outflow_value: Usd


class ClusterEntity(TypedDict):
    """Who the address belongs to; null where we do not know."""

    name: str
    category: str
    category_id: str
    entity_id: str | None
    actor_id: str | None
    is_primary_entity: bool
    is_vasp: bool | None
    is_after_sanction_date: bool | None


class ChainBody(TypedDict):
    """What the chain says."""

    cluster: ClusterBody


class ChangesBody(TypedDict):
    """What changed since the last screening; none is compared here."""

    risk_score_change: float | None


class ErrorBody(TypedDict):
    """What was missing."""

    message: str


class WalletBody(TypedDict):
    """An address as the wallet screening describes it."""

    id: str
    type: Literal["wallet_exposure"]
    subject: SubjectBody
    customer: CustomerBody
    team_id: None
    created_at: str
    updated_at: str
    analysed_at: str
    analysed_by: None
    asset_tier: Literal["full", "sanctions"]
    blockchain_info: ChainBody
    cluster_entities: list[ClusterEntity]
    risk_score: float | None
    risk_score_detail: ScoresBody
    evaluation_detail: EvaluationsBody
    contributions: ContributionsBody
    detected_behaviors: list[object]
    changes: ChangesBody
    workflow_status: Literal["active"]
    workflow_status_id: int
    process_status: Literal["complete", "error"]
    process_status_id: int
    screening_id: str
    screening_source: Literal["sync"]
    triggered_rules: list[object]
    error: ErrorBody | None
    x_evidence: object


router = APIRouter(
    prefix="/elliptic/v2",
    tags=["Elliptic"],
    route_class=guarded(SCREEN),
)


@router.post(
    "/wallet/synchronous",
    response_class=Response,
    responses={200: {"model": WalletBody, "description": "The address."}, **PROBLEMS_OF_POST},
)
async def wallet(request: Request, asked: AskedWallet) -> Response:
    """Describe an address: its scores, the rules that were met, and all exposures."""
    chain = asked.subject.blockchain
    question = ScreenRequest(asked.subject.hash, None if chain.lower() == _EVERY_CHAIN else chain)
    answer = await front_of(request).screen(question)
    return foreign_answer(wallet_body(asked, answer), [answer])


def wallet_body(asked: AskedWallet, answer: Answer) -> WalletBody:
    """Return a verdict in the shape of the wallet screening."""
    verdict = answer.known
    moment = verdict.as_of.isoformat()
    # The same answer has the same id, on every machine.
    screening = str(uuid.UUID(bytes=hashlib.sha256(answer.body).digest()[:16], version=5))
    is_complete = verdict.outcome is Outcome.HIT or is_whole(verdict)
    score = score_of(standing_of(verdict))
    source, destination = evaluations(verdict, Direction.IN), evaluations(verdict, Direction.OUT)
    return {
        "id": screening,
        "type": "wallet_exposure",
        "subject": {
            "asset": asked.subject.asset,
            "blockchain": asked.subject.blockchain,
            "type": "address",
            "hash": verdict.address,
        },
        "customer": {"id": None, "reference": asked.customer_reference},
        "team_id": None,
        "created_at": moment,
        "updated_at": moment,
        "analysed_at": moment,
        "analysed_by": None,
        "asset_tier": "sanctions" if verdict.ledger is None else "full",
        "blockchain_info": {"cluster": {"inflow_value": {"usd": None}, "outflow_value": {"usd": None}}},
        "cluster_entities": _entities(verdict),
        "risk_score": score,
        "risk_score_detail": {"source": _highest(source), "destination": _highest(destination)},
        "evaluation_detail": {"source": source, "destination": destination},
        "contributions": {
            "source": contributions(verdict, Direction.IN),
            "destination": contributions(verdict, Direction.OUT),
        },
        "detected_behaviors": [],
        "changes": {"risk_score_change": None},
        "workflow_status": "active",
        "workflow_status_id": 1,
        "process_status": "complete" if is_complete else "error",
        "process_status_id": 2 if is_complete else 3,
        "screening_id": screening,
        "screening_source": "sync",
        "triggered_rules": [],
        "error": None if is_complete else {"message": missing(verdict)},
        "x_evidence": evidence(answer),
    }


def _entities(verdict: Verdict) -> list[ClusterEntity]:
    named = [one for one in identified(verdict) if one.is_own and one.name]
    return [
        {
            "name": one.name,
            "category": one.category.value,
            "category_id": one.category.value,
            "entity_id": one.name,
            "actor_id": None,
            "is_primary_entity": place == 0,
            "is_vasp": None,
            "is_after_sanction_date": bool(one.listed_from) or None,
        }
        for place, one in enumerate(named)
    ]


def _highest(found: list[Evaluation]) -> float | None:
    return max((one["risk_score"] for one in found if one["risk_score"] is not None), default=None)
