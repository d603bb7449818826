"""The bodies of our own endpoints: what is asked, checked as it arrives, and what is answered, as it is described.

Answers are written by the desk; their shapes stand here so that the service's description is exact.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from typing_extensions import TypedDict

LONGEST_ADDRESS = 1024
MOST_IN_BATCH = 1000
REQUEST_ID = r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$"

Address = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_ADDRESS)]
Chain = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Moment = Annotated[str, StringConstraints(min_length=8, max_length=40)]
RequestId = Annotated[str, StringConstraints(pattern=REQUEST_ID)]


class Strict(BaseModel):
    """A body in which every member has the right type; what we do not know is refused."""

    model_config = ConfigDict(strict=True, extra="forbid")


class Lenient(BaseModel):
    """A body in another service's shape: members beyond those that we read are let through, as that service does."""

    model_config = ConfigDict(strict=True, extra="ignore")


class AskedAddress(Strict):
    """One address to screen."""

    address: Address
    chain: Annotated[Chain | None, Field(description="CAIP-2, name or ticker; every chain if there is none.")] = None


class AskedAbout(AskedAddress):
    """One address as of a moment."""

    as_of: Annotated[Moment | None, Field(description="Date or ISO 8601 time; now if there is none.")] = None


class AskedScreen(AskedAbout):
    """One question."""

    request_id: Annotated[RequestId | None, Field(description="The verdict is kept under it.")] = None


class AskedBatch(Strict):
    """Several questions as of one moment."""

    items: Annotated[list[AskedAddress], Field(min_length=1, max_length=MOST_IN_BATCH)]
    as_of: Moment | None = None


class VerdictBody(TypedDict):
    """A verdict, with every reason down to label, list version and transfer."""

    address: str
    chain: str | None
    verdict: Literal["hit", "review", "unavailable", "no_hit"]
    reasons: list[dict[str, object]]
    exposure: list[dict[str, object]]
    as_of: str
    lists: list[dict[str, object]]
    ledger: dict[str, object] | None
    coverage: object


class BatchBody(TypedDict):
    """The verdicts of a batch, in order."""

    verdicts: list[VerdictBody]


class AliveBody(TypedDict):
    """The process answers."""

    status: Literal["alive"]


class ReadyBody(TypedDict):
    """Answers can be trusted, and what they rest on."""

    status: Literal["ready"]
    stores: object
