"""The service does what its description says: requests made from it, and requests made against it, get only answers
that it declares, in the shapes that it declares, and never an error of our own.
"""

from contextlib import suppress

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

QUICK, MANY = 30, 500
EVERY_CHECK_BUT = (
    not_a_server_error,  # 503 is declared: an answer that cannot be given is never a verdict
    ignored_auth,  # on loopback no key is needed; who may ask is test_credentials.py
    positive_data_acceptance,  # what has the form of a date need not be one
)


OPERATIONS = (
    ("GET", "/api/v1/screen/{address}"),
    ("POST", "/api/v1/screen"),
    ("POST", "/api/v1/screen/batch"),
    ("GET", "/api/v1/verdicts/{request_id}"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/metrics"),
    ("GET", "/chainalysis/api/v1/address/{address}"),
    ("POST", "/chainalysis/api/risk/v2/entities"),
    ("GET", "/chainalysis/api/risk/v2/entities/{address}"),
    ("POST", "/trm/public/v1/sanctions/screening"),
    ("POST", "/trm/public/v2/screening/addresses"),
    ("POST", "/elliptic/v2/wallet/synchronous"),
    ("GET", "/taxii2/"),
    ("GET", "/taxii2/record/"),
    ("GET", "/taxii2/record/status/{status}/"),
    ("GET", "/taxii2/record/collections/"),
    ("GET", "/taxii2/record/collections/{collection}/"),
    ("GET", "/taxii2/record/collections/{collection}/manifest/"),
    ("GET", "/taxii2/record/collections/{collection}/objects/"),
    ("POST", "/taxii2/record/collections/{collection}/objects/"),
    ("GET", "/taxii2/record/collections/{collection}/objects/{object}/"),
    ("DELETE", "/taxii2/record/collections/{collection}/objects/{object}/"),
    ("GET", "/taxii2/record/collections/{collection}/objects/{object}/versions/"),
)


@pytest.fixture(scope="module")
def described(listed: httpx.Client) -> schemathesis.BaseSchema:
    """The description of a service, as it serves it."""
    return schemathesis.openapi.from_url(f"{listed.base_url}/openapi.json")


def test_every_operation_is_tested(described: schemathesis.BaseSchema) -> None:
    found = {(one.ok().method.upper(), one.ok().path) for one in described.get_all_operations()}
    assert found == set(OPERATIONS)


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_a_few_requests_get_what_is_described(described: schemathesis.BaseSchema, method: str, path: str) -> None:
    check(described, method, path, QUICK)


@pytest.mark.slow
@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_many_requests_get_what_is_described(described: schemathesis.BaseSchema, method: str, path: str) -> None:
    check(described, method, path, MANY)


def check(described: schemathesis.BaseSchema, method: str, path: str, examples: int) -> None:
    """Make requests from the description, and against it; half of each."""
    operation = described[path][method]
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(max_examples=examples // 2, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
        def answers_as_described(case: schemathesis.Case) -> None:
            answer = case.call_and_validate(excluded_checks=list(EVERY_CHECK_BUT))
            assert answer.status_code not in (500, 502, 504)

        # What takes no input has no wrong input.
        with suppress(Unsatisfiable):
            answers_as_described()
