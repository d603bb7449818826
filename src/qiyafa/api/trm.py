"""Answers in the shapes of TRM Labs' sanctions screening and wallet screening; the base URL is `/trm`.

Success is 201, volumes are texts and category ids are texts, as there. We know no prices, so every volume in dollars is
null; units stand in `x_evidence`. What was not covered is an indicator and an entity of level 0, Unknown; the sanctions
shape has no way to say so, and answers 503. Only `Sanctions` has TRM's own category id; the others are our words.
"""

from typing import Annotated, Final, Literal

from fastapi import APIRouter, Request
from pydantic import Field, StringConstraints
from starlette.responses import Response
from typing_extensions import TypedDict

from qiyafa.api.answers import PROBLEMS_OF_POST, evidence, foreign_answer, no_answer
from qiyafa.api.bodies import MOST_IN_BATCH, Address, Chain, Lenient
from qiyafa.api.front import front_of
from qiyafa.api.guard import guarded
from qiyafa.api.standing import (
    Standing,
    identified,
    is_answered,
    is_whole,
    listed,
    standing_of_exposure,
)
from qiyafa.app.desk import Answer
from qiyafa.app.keys import SCREEN
from qiyafa.model.category import RISKS, Category
from qiyafa.model.verdict import Outcome, ScreenRequest, Verdict

Label = Literal["Unknown", "Low", "Medium", "High", "Severe"]
RiskType = Literal["OWNERSHIP", "COUNTERPARTY", "INDIRECT"]
ExternalId = Annotated[str, StringConstraints(max_length=256)]

LEVELS: Final[dict[Standing, tuple[int, Label]]] = {
    Standing.SEVERE: (15, "Severe"),
    Standing.HIGH: (10, "High"),
    Standing.MEDIUM: (5, "Medium"),
    Standing.LOW: (1, "Low"),
    Standing.UNKNOWN: (0, "Unknown"),
}
_SANCTIONS: Final = ("Sanctions", "69")
_NOT_COVERED: Final = ("Not covered", "not_covered")


class AskedSanctions(Lenient):
    """An address."""

    address: Address


class AskedWallet(Lenient):
    """An address on a chain, with the caller's own ids."""

    address: Address
    chain: Chain
    accountExternalId: ExternalId | None = None  # noqa: N815 - their spelling
    externalId: ExternalId | None = None  # noqa: N815 - their spelling


class SanctionedBody(TypedDict):
    """Whether an address is on an official list."""

    address: str
    isSanctioned: bool
    x_evidence: object


class IndicatorBody(TypedDict):
    """One risk of an address."""

    category: str
    categoryId: str
    categoryRiskScoreLevel: int
    categoryRiskScoreLevelLabel: Label
    riskType: RiskType
    incomingVolumeUsd: str | None
    outgoingVolumeUsd: str | None
    totalVolumeUsd: str | None


class EntityBody(TypedDict):
    """Who an address belongs to."""

    category: str
    categoryId: str
    entity: str
    riskScoreLevel: int
    riskScoreLevelLabel: Label
    trmUrn: str | None
    trmAppUrl: str | None


class WalletBody(TypedDict):
    """An address as wallet screening describes it."""

    accountExternalId: str | None
    externalId: str | None
    address: str
    addressSubmitted: str
    chain: str
    addressIncomingVolumeUsd: str | None
    addressOutgoingVolumeUsd: str | None
    addressTotalVolumeUsd: str | None
    addressRiskIndicators: list[IndicatorBody]
    entities: list[EntityBody]
    trmAppUrl: str | None
    x_evidence: object


ManySanctions = Annotated[list[AskedSanctions], Field(min_length=1, max_length=MOST_IN_BATCH)]
ManyWallets = Annotated[list[AskedWallet], Field(min_length=1, max_length=MOST_IN_BATCH)]

router = APIRouter(
    prefix="/trm/public",
    tags=["TRM"],
    route_class=guarded(SCREEN),
)


@router.post(
    "/v1/sanctions/screening",
    status_code=201,
    response_class=Response,
    responses={201: {"model": list[SanctionedBody], "description": "In order."}, **PROBLEMS_OF_POST},
)
async def sanctions(request: Request, asked: ManySanctions) -> Response:
    """Say whether addresses are on an official list."""
    requests = [ScreenRequest(one.address) for one in asked]
    answers = await front_of(request).screen_many(request.state.caller, requests)
    unanswered = [answer for answer in answers if not is_answered(answer.known)]
    if unanswered:
        return no_answer(unanswered)
    return foreign_answer([sanctioned_body(answer) for answer in answers], answers, 201)


@router.post(
    "/v2/screening/addresses",
    status_code=201,
    response_class=Response,
    responses={201: {"model": list[WalletBody], "description": "In order."}, **PROBLEMS_OF_POST},
)
async def wallets(request: Request, asked: ManyWallets) -> Response:
    """Describe addresses: their risks, and who they belong to."""
    requests = [ScreenRequest(one.address, one.chain) for one in asked]
    answers = await front_of(request).screen_many(request.state.caller, requests)
    bodies = [wallet_body(one, answer) for one, answer in zip(asked, answers, strict=True)]
    return foreign_answer(bodies, answers, 201)


def sanctioned_body(answer: Answer) -> SanctionedBody:
    """Return a verdict in the shape of the sanctions screening."""
    verdict = answer.known
    return {"address": verdict.address, "isSanctioned": bool(listed(verdict)), "x_evidence": evidence(answer)}


def wallet_body(asked: AskedWallet, answer: Answer) -> WalletBody:
    """Return a verdict in the shape of the wallet screening."""
    verdict = answer.known
    return {
        "accountExternalId": asked.accountExternalId,
        "externalId": asked.externalId,
        "address": verdict.address,
        "addressSubmitted": asked.address,
        "chain": asked.chain,
        "addressIncomingVolumeUsd": None,
        "addressOutgoingVolumeUsd": None,
        "addressTotalVolumeUsd": None,
        "addressRiskIndicators": _indicators(verdict),
        "entities": _entities(verdict),
        "trmAppUrl": None,
        "x_evidence": evidence(answer),
    }


def _indicators(verdict: Verdict) -> list[IndicatorBody]:
    gravest: dict[tuple[Category, RiskType], Standing] = {}

    def add(category: Category, risk_type: RiskType, standing: Standing) -> None:
        key = (category, risk_type)
        gravest[key] = max(gravest.get(key, standing), standing)

    for one in identified(verdict):
        if one.category in RISKS:
            add(one.category, "OWNERSHIP", one.standing)
    for exposure in verdict.exposures:
        standing = standing_of_exposure(exposure, verdict)
        if exposure.direct_units:
            add(exposure.category, "COUNTERPARTY", standing)
        if exposure.indirect_units:
            add(exposure.category, "INDIRECT", standing)
    found = [_indicator(*_named(category), kind, standing) for (category, kind), standing in gravest.items()]
    return [*found, *([_indicator(*_NOT_COVERED, "OWNERSHIP", Standing.UNKNOWN)] if _lacks(verdict) else [])]


def _indicator(category: str, category_id: str, risk_type: RiskType, standing: Standing) -> IndicatorBody:
    level, label = LEVELS[standing]
    return {
        "category": category,
        "categoryId": category_id,
        "categoryRiskScoreLevel": level,
        "categoryRiskScoreLevelLabel": label,
        "riskType": risk_type,
        "incomingVolumeUsd": None,
        "outgoingVolumeUsd": None,
        "totalVolumeUsd": None,
    }


def _entities(verdict: Verdict) -> list[EntityBody]:
    found = [
        _entity(*_named(one.category), one.name, one.standing) for one in identified(verdict) if one.is_own and one.name
    ]
    return [*found, *([_entity(*_NOT_COVERED, "", Standing.UNKNOWN)] if _lacks(verdict) else [])]


def _entity(category: str, category_id: str, name: str, standing: Standing) -> EntityBody:
    level, label = LEVELS[standing]
    return {
        "category": category,
        "categoryId": category_id,
        "entity": name,
        "riskScoreLevel": level,
        "riskScoreLevelLabel": label,
        "trmUrn": None,
        "trmAppUrl": None,
    }


def _lacks(verdict: Verdict) -> bool:
    return verdict.outcome is not Outcome.HIT and not is_whole(verdict)


def _named(category: Category) -> tuple[str, str]:
    return _SANCTIONS if category is Category.SANCTIONED else (category.value, category.value)
