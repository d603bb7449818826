"""Each shape says what our verdict says, in its own words; and what was not covered never reads as low in any."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator
from tests.api.known_verdicts import VERDICTS

HERE = Path(__file__).parent
SHAPES = ("chainalysis-sanctions", "chainalysis-entity", "trm-sanctions", "trm-wallets", "elliptic-wallet")
NOT_COVERED = ("partial", "unavailable")
UNANSWERED = ("unavailable", "risky-without-list")
"""What a shape that only knows yes and no must not answer."""


def ask(client: httpx.Client, shape: str, address: str) -> Any:
    """Ask in the shape of a service, as its own clients do."""
    if shape == "chainalysis-sanctions":
        return client.get(f"/chainalysis/api/v1/address/{address}")
    if shape == "chainalysis-entity":
        return client.get(f"/chainalysis/api/risk/v2/entities/{address}")
    if shape == "trm-sanctions":
        return client.post("/trm/public/v1/sanctions/screening", json=[{"address": address}])
    if shape == "trm-wallets":
        wallet = {"address": address, "chain": "ethereum", "accountExternalId": "a-1", "externalId": "e-1"}
        return client.post("/trm/public/v2/screening/addresses", json=[wallet])
    subject = {"asset": "holistic", "blockchain": "holistic", "type": "address", "hash": address}
    body = {"subject": subject, "type": "wallet_exposure", "customer_reference": "foobar"}
    return client.post("/elliptic/v2/wallet/synchronous", json=body)


def answered() -> list[tuple[str, str]]:
    return [
        (shape, address)
        for shape in SHAPES
        for address in VERDICTS
        if not (shape.endswith("sanctions") and address in UNANSWERED)
    ]


def without_evidence(answer: Any) -> Any:
    if isinstance(answer, list):
        return [without_evidence(one) for one in answer]
    return {name: value for name, value in answer.items() if name != "x_evidence"}


def evidence(answer: Any) -> Any:
    return (answer[0] if isinstance(answer, list) else answer)["x_evidence"]


@pytest.mark.parametrize(("shape", "address"), answered())
def test_an_answer_fits_the_schema_of_its_service(known: httpx.Client, shape: str, address: str) -> None:
    answer = ask(known, shape, address)
    schema = json.loads((HERE / "schemas" / f"{shape}.json").read_text(encoding="utf-8"))
    assert answer.status_code == (201 if shape.startswith("trm") else 200)
    Draft202012Validator(schema).validate(answer.json())


@pytest.mark.parametrize(("shape", "address"), answered())
def test_an_answer_is_the_golden_one(known: httpx.Client, shape: str, address: str) -> None:
    golden = json.loads((HERE / "golden" / f"{shape}.json").read_text(encoding="utf-8"))
    assert without_evidence(ask(known, shape, address).json()) == golden[address]


@pytest.mark.parametrize(("shape", "address"), answered())
def test_our_whole_verdict_goes_with_every_answer(known: httpx.Client, shape: str, address: str) -> None:
    answer = ask(known, shape, address)
    own = known.get(f"/api/v1/screen/{address}").json()
    assert evidence(answer.json()) == (own["verdict"] if address == "unavailable" else own)
    assert answer.headers["x-qiyafa-verdict"] == VERDICTS[address].outcome.value


@pytest.mark.parametrize("shape", ["chainalysis-sanctions", "trm-sanctions"])
@pytest.mark.parametrize("address", UNANSWERED)
def test_a_shape_that_cannot_say_unknown_refuses_to_answer(known: httpx.Client, shape: str, address: str) -> None:
    answer = ask(known, shape, address)
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["retry-after"]
    assert answer.json()["verdict"]["verdict"] == VERDICTS[address].outcome.value
    assert "No list of OFAC" in answer.json()["detail"]


def test_one_unanswered_address_leaves_no_others_answered_where_nothing_can_say_unknown(known: httpx.Client) -> None:
    body = [{"address": "hit"}, {"address": "unavailable"}]
    assert known.post("/trm/public/v1/sanctions/screening", json=body).status_code == 503


@pytest.mark.parametrize("address", NOT_COVERED)
def test_what_was_not_covered_never_reads_as_low(known: httpx.Client, address: str) -> None:
    entity = ask(known, "chainalysis-entity", address).json()
    assert (entity["risk"], entity["status"]) == (None, "INCOMPLETE")
    (wallet,) = ask(known, "trm-wallets", address).json()
    assert {one["categoryRiskScoreLevel"] for one in wallet["addressRiskIndicators"]} == {0}
    assert {one["riskScoreLevelLabel"] for one in wallet["entities"]} == {"Unknown"}
    elliptic = ask(known, "elliptic-wallet", address).json()
    assert (elliptic["risk_score"], elliptic["process_status"]) == (None, "error")
    assert elliptic["error"]["message"]


def test_only_what_was_asked_in_full_reads_as_low(known: httpx.Client) -> None:
    low = [name for name in VERDICTS if ask(known, "chainalysis-entity", name).json()["risk"] == "Low"]
    assert low == ["service", "whole"]
    complete = [name for name in VERDICTS if ask(known, "elliptic-wallet", name).json()["process_status"] == "complete"]
    assert complete == ["hit", "past", "risky", "exposed", "service", "whole", "hit-without-list"]


def test_a_hit_stays_a_hit_whatever_else_was_not_asked(known: httpx.Client) -> None:
    assert ask(known, "trm-sanctions", "hit-without-list").json()[0]["isSanctioned"] is True
    assert ask(known, "chainalysis-entity", "hit-without-list").json()["risk"] == "Severe"
    assert ask(known, "elliptic-wallet", "hit-without-list").json()["risk_score"] == 10


def test_a_past_listing_is_no_sanction_and_still_needs_a_look(known: httpx.Client) -> None:
    assert ask(known, "chainalysis-sanctions", "past").json()["identifications"] == []
    assert ask(known, "trm-sanctions", "past").json()[0]["isSanctioned"] is False
    assert ask(known, "chainalysis-entity", "past").json()["risk"] == "High"


@pytest.mark.parametrize("shape", SHAPES[1:])
@pytest.mark.parametrize("address", ["exposed", "whole"])
def test_a_value_in_dollars_is_unknown_and_never_zero(known: httpx.Client, shape: str, address: str) -> None:
    answer = without_evidence(ask(known, shape, address).json())
    dollars = [value for name, value in members(answer) if "Usd" in name or name in ("usd", "value")]
    assert all(value is None for value in dollars)


def members(value: Any) -> Iterator[tuple[str, Any]]:
    """Every named value in a document, at any depth."""
    if isinstance(value, list):
        for one in value:
            yield from members(one)
    elif isinstance(value, dict):
        for name, one in value.items():
            yield name, one
            yield from members(one)
