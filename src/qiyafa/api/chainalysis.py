"""Answers in the shapes of Chainalysis' sanctions API and of its Address Screening (Entities v2).

A firm changes only the base URL: `/chainalysis` for the one, `/chainalysis/api/risk` for the other. We know no prices,
so every value in dollars is null; units stand in `x_evidence`. The sanctions shape has no way to say "unknown":
there, what was not covered is a 503. In the other one it is any `status` but COMPLETE, and a `risk` of null.
"""

from typing import Annotated, Final, Literal, cast

from fastapi import APIRouter, Query, Request
from pydantic.json_schema import SkipJsonSchema
from starlette.responses import Response
from typing_extensions import TypedDict

from qiyafa.api.answers import (
    PROBLEMS_OF_GET,
    PROBLEMS_OF_POST,
    PathAddress,
    evidence,
    foreign_answer,
    no_answer,
)
from qiyafa.api.bodies import Address, Chain, Lenient
from qiyafa.api.front import front_of
from qiyafa.api.guard import guarded
from qiyafa.api.standing import (
    Standing,
    identified,
    is_answered,
    is_whole,
    listed,
    missing,
    percentage,
    sentence,
    standing_of,
    triggers,
)
from qiyafa.app.desk import Answer
from qiyafa.app.keys import SCREEN
from qiyafa.model.exposure import Direction, Exposure
from qiyafa.model.verdict import Outcome, Reason, ScreenRequest, Verdict

Risk = Literal["Low", "Medium", "High", "Severe"]
ExposureType = Literal["direct", "indirect"]
Way = Literal["received", "sent"]

RISKS: Final[dict[Standing, Risk | None]] = {
    Standing.SEVERE: "Severe",
    Standing.HIGH: "High",
    Standing.MEDIUM: "Medium",
    Standing.LOW: "Low",
    Standing.UNKNOWN: None,
}
WAYS: Final[dict[str, Way]] = {Direction.IN.value: "received", Direction.OUT.value: "sent"}


class Identification(TypedDict):
    """A designation in force."""

    category: Literal["sanctions"]
    name: str
    description: str
    url: str | None
    """Lists as they are published name no page for an entry."""


class SanctionsBody(TypedDict):
    """The designations in force; none if the lists were asked and have none."""

    identifications: list[Identification]
    x_evidence: object


class AddressIdentification(TypedDict):
    """What a list or a label says of the address."""

    name: str
    category: str
    description: str


class ExposureBody(TypedDict):
    """An exposure; its value in dollars is unknown."""

    category: str
    value: float | None
    exposureType: ExposureType
    direction: Way


class RuleBody(TypedDict):
    """The rule that an exposure met."""

    risk: Risk
    minThreshold: float | None
    maxThreshold: float | None
    exposureType: ExposureType
    direction: Way


class TriggerBody(TypedDict):
    """An exposure that a rule weighed."""

    category: str
    percentage: float
    message: str
    ruleTriggered: RuleBody


class ClusterBody(TypedDict):
    """Who is behind the address."""

    name: str
    category: str


class EntityBody(TypedDict):
    """An address as Entities v2 describes it."""

    address: str
    risk: Risk | None
    riskReason: str | None
    addressType: Literal["PRIVATE_WALLET", "LIQUIDITY_POOL"] | None
    cluster: ClusterBody | None
    addressIdentifications: list[AddressIdentification]
    exposures: list[ExposureBody]
    triggers: list[TriggerBody]
    poolMetadata: None
    status: Literal["COMPLETE", "INCOMPLETE"]
    x_evidence: object


class Registered(TypedDict):
    """The address, as a registration answers."""

    address: str


class AskedEntity(Lenient):
    """An address to register."""

    address: Address


sanctions = APIRouter(
    prefix="/chainalysis/api/v1",
    tags=["Chainalysis"],
    route_class=guarded(SCREEN),
)
entities = APIRouter(
    prefix="/chainalysis/api/risk/v2/entities",
    tags=["Chainalysis"],
    route_class=guarded(SCREEN),
)


@sanctions.get(
    "/address/{address}",
    response_class=Response,
    responses={200: {"model": SanctionsBody, "description": "Designations in force."}, **PROBLEMS_OF_GET},
)
async def sanctions_of(request: Request, address: PathAddress) -> Response:
    """Say whether an address is on an official list."""
    answer = await front_of(request).screen(ScreenRequest(address))
    if not is_answered(answer.known):
        return no_answer([answer])
    return foreign_answer(sanctions_body(answer), [answer])


@entities.post(
    "",
    response_class=Response,
    responses={200: {"model": Registered, "description": "The address."}, **PROBLEMS_OF_POST},
)
async def register(asked: AskedEntity) -> Response:
    """Take an address as that service wants it before it is asked about; here nothing needs to be registered."""
    return foreign_answer({"address": asked.address}, [])


@entities.get(
    "/{address}",
    response_class=Response,
    responses={200: {"model": EntityBody, "description": "The address."}, **PROBLEMS_OF_GET},
)
async def entity_of(
    request: Request,
    address: PathAddress,
    memo: Annotated[str | SkipJsonSchema[None], Query(max_length=128, description="Accepted and not used.")] = None,
    chain: Annotated[
        Chain | SkipJsonSchema[None], Query(description="Ours: one chain alone, by CAIP-2, name or ticker")
    ] = None,
) -> Response:
    """Describe an address: who it is, its exposures, and the rules they met."""
    answer = await front_of(request).screen(ScreenRequest(address, chain))
    return foreign_answer(entity_body(answer), [answer])


def sanctions_body(answer: Answer) -> SanctionsBody:
    """Return a verdict in the shape of the sanctions API."""
    verdict = answer.known
    return {
        "identifications": [
            {
                "category": "sanctions",
                "name": f"SANCTIONS: {one.authority} {one.name} {one.listed_from} {verdict.address}",
                "description": one.sentence,
                "url": None,
            }
            for one in listed(verdict)
        ],
        "x_evidence": evidence(answer),
    }


def entity_body(answer: Answer) -> EntityBody:
    """Return a verdict in the shape of Entities v2."""
    verdict = answer.known
    standing, statements = standing_of(verdict), identified(verdict)
    own = next((one for one in statements if one.is_own and one.name), None)
    is_complete = verdict.outcome is Outcome.HIT or is_whole(verdict)
    return {
        "address": verdict.address,
        "risk": RISKS[standing],
        "riskReason": _risk_reason(verdict, standing),
        "addressType": None,
        "cluster": None if own is None else {"name": own.name, "category": own.category.value},
        "addressIdentifications": [
            {"name": one.name, "category": one.category.value, "description": one.sentence} for one in statements
        ],
        "exposures": _exposures(verdict),
        "triggers": [trigger for reason in triggers(verdict) for trigger in _triggers(reason)],
        "poolMetadata": None,
        "status": "COMPLETE" if is_complete else "INCOMPLETE",
        "x_evidence": evidence(answer),
    }


def _risk_reason(verdict: Verdict, standing: Standing) -> str | None:
    if standing is Standing.LOW:
        return None
    return missing(verdict) if standing is Standing.UNKNOWN else sentence(verdict.reasons[0])


def _exposures(verdict: Verdict) -> list[ExposureBody]:
    rows: dict[tuple[str, ExposureType, Way], None] = {}
    for one in verdict.exposures:
        rows |= dict.fromkeys((one.category.value, kind, WAYS[one.direction.value]) for kind in _kinds(one))
    return [
        {"category": category, "value": None, "exposureType": kind, "direction": way} for category, kind, way in rows
    ]


def _kinds(exposure: Exposure) -> list[ExposureType]:
    units: tuple[tuple[ExposureType, int], ...] = (
        ("direct", exposure.direct_units),
        ("indirect", exposure.indirect_units),
    )
    return [kind for kind, count in units if count]


def _triggers(reason: Reason) -> list[TriggerBody]:
    found = reason.evidence
    total = int(str(found["total_units"]))
    rule: RuleBody = {
        "risk": "Severe" if reason.outcome is Outcome.HIT else "Medium",
        "minThreshold": None,
        "maxThreshold": None,
        "exposureType": "direct" if found["reach"] == "direct" else "indirect",
        "direction": WAYS[str(found["direction"])],
    }
    return [
        {
            "category": category,
            "percentage": percentage(int(units), total),
            "message": sentence(reason),
            "ruleTriggered": rule,
        }
        for category, units in cast("dict[str, str]", found["categories"]).items()
    ]
