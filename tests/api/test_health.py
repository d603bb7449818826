"""Whether the service lives, whether it can be trusted, and what it counts."""

import httpx
from tests.api.conftest import Open

from qiyafa.app.home import Home

from support.service import LISTED, home_with_list


def test_it_lives_whatever_its_stores_are_and_is_ready_only_with_fresh_lists(opened: Open, home: Home) -> None:
    client = opened()
    assert client.get("/readyz").json()["status"] == "ready"
    assert client.get("/readyz").json()["stores"]["lists"][0]["list"] == "ofac-addresses"
    home.lists.unlink()
    home_with_list(home.path, age_days=60)
    unready = client.get("/readyz")
    assert (unready.status_code, unready.headers["content-type"]) == (503, "application/problem+json")
    assert "60" in unready.json()["reasons"][0], "how old the list is"
    assert client.get("/healthz").json() == {"status": "alive"}


def test_figures_count_requests_by_route_and_verdicts_and_name_no_address(opened: Open) -> None:
    client = opened()
    for path in (f"/api/v1/screen/{LISTED}", "/api/v1/screen/nonsense", "/nothing/at/all"):
        client.get(path)
    figures = client.get("/metrics")
    assert figures.headers["content-type"].startswith("text/plain")
    assert 'qiyafa_verdicts_total{verdict="hit"} 1.0' in figures.text
    assert 'qiyafa_verdicts_total{verdict="unavailable"} 1.0' in figures.text
    assert 'qiyafa_requests_total{method="GET",route="/api/v1/screen/{address}",status="200"} 1.0' in figures.text
    assert 'qiyafa_requests_total{method="none",route="none",status="404"} 1.0' in figures.text
    assert "qiyafa_pending" in figures.text
    assert LISTED not in figures.text
    assert "nonsense" not in figures.text


def test_a_verdict_of_a_service_that_changed_nothing_is_the_same_every_time(known: httpx.Client) -> None:
    assert len({known.get("/api/v1/screen/exposed").content for _ in range(5)}) == 1
