"""Our own screening over HTTP: one address, one under an id, a batch, and what was kept."""

import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from tests.api.conftest import PATIENT, Open, application

from qiyafa.app.home import Home
from qiyafa.app.lists import ImportRequest, import_list, read_files

from support.service import LISTED, UNLISTED, home_with_list, in_thread

ID = "withdrawal-0001"


def test_a_listed_address_is_a_hit_in_every_spelling(listed: httpx.Client) -> None:
    for spelling in (LISTED, LISTED.lower(), "0x" + LISTED[2:].upper()):
        answer = listed.get(f"/api/v1/screen/{spelling}")
        assert (answer.status_code, answer.json()["verdict"], answer.json()["address"]) == (200, "hit", spelling)
        assert answer.headers["x-qiyafa-verdict"] == "hit"


def test_an_unlisted_address_and_a_look_alike_are_no_hits(listed: httpx.Client) -> None:
    look_alike = (LISTED[:6] + "0" * 30 + LISTED[-6:]).lower()
    for address in (UNLISTED, look_alike):
        assert listed.get(f"/api/v1/screen/{address}").json()["verdict"] == "no_hit"


def test_a_question_can_be_as_of_a_day_and_on_one_chain(listed: httpx.Client) -> None:
    before = (datetime.now(UTC) - timedelta(days=30)).date().isoformat()
    answer = listed.get(f"/api/v1/screen/{UNLISTED}", params={"as_of": before, "chain": "ethereum"})
    assert answer.status_code == 503, "no list of that day was imported"
    assert answer.json()["verdict"]["as_of"] == f"{before}T23:59:59Z"


def test_without_an_answer_it_is_503_with_the_verdict_and_what_is_missing(opened: Open, home: Home) -> None:
    home.lists.unlink()
    answer = opened().get(f"/api/v1/screen/{UNLISTED}")
    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
    assert answer.headers["retry-after"] == "1"
    assert answer.json()["verdict"]["verdict"] == "unavailable"
    assert "No list of OFAC" in answer.json()["reasons"][0]


def test_an_old_list_gives_no_answer_and_a_hit_all_the_same(opened: Open, home: Home) -> None:
    home.lists.unlink()
    home_with_list(home.path, age_days=60)
    client = opened()
    assert client.get(f"/api/v1/screen/{UNLISTED}").status_code == 503
    assert client.get(f"/api/v1/screen/{LISTED}").json()["verdict"] == "hit"


def test_a_batch_answers_each_address_in_order_also_without_an_answer(opened: Open, home: Home) -> None:
    home.lists.unlink()
    home_with_list(home.path, age_days=60)
    items = [{"address": UNLISTED}, {"address": LISTED, "chain": "eip155:1"}, {"address": "no address"}]
    answer = opened().post("/api/v1/screen/batch", json={"items": items})
    assert answer.status_code == 200
    verdicts = answer.json()["verdicts"]
    assert [one["address"] for one in verdicts] == [UNLISTED, LISTED, "no address"]
    assert [one["verdict"] for one in verdicts] == ["unavailable", "hit", "unavailable"]


def test_a_batch_of_a_thousand_is_answered_and_one_more_is_refused(listed: httpx.Client) -> None:
    items = [{"address": f"0x{number:040x}"} for number in range(1001)]
    answer = listed.post("/api/v1/screen/batch", json={"items": items[:1000]})
    assert [one["address"] for one in answer.json()["verdicts"]] == [one["address"] for one in items[:1000]]
    assert listed.post("/api/v1/screen/batch", json={"items": items}).status_code == 422


def test_the_same_request_gets_the_same_bytes_again_also_later_and_by_its_id(listed: httpx.Client) -> None:
    asked = {"address": LISTED, "request_id": ID}
    first = listed.post("/api/v1/screen", json=asked)
    assert first.json()["verdict"] == "hit"
    assert listed.post("/api/v1/screen", json=asked).content == first.content
    by_header = listed.post("/api/v1/screen", json={"address": LISTED}, headers={"Idempotency-Key": ID})
    assert by_header.content == first.content
    assert listed.get(f"/api/v1/verdicts/{ID}").content == first.content


def test_a_kept_verdict_outlives_the_list_that_it_rests_on(opened: Open, home: Home) -> None:
    asked = {"address": LISTED, "request_id": ID}
    first = opened().post("/api/v1/screen", json=asked)
    home.lists.unlink()
    assert opened().post("/api/v1/screen", json=asked).content == first.content


def test_an_id_is_good_for_one_question(listed: httpx.Client) -> None:
    assert listed.post("/api/v1/screen", json={"address": LISTED, "request_id": ID}).status_code == 200
    for other in (
        {"address": UNLISTED},
        {"address": LISTED, "chain": "eip155:1"},
        {"address": LISTED, "as_of": "2024-09-27"},
    ):
        answer = listed.post("/api/v1/screen", json={**other, "request_id": ID})
        assert (answer.status_code, answer.headers["content-type"]) == (409, "application/problem+json")


def test_a_header_and_a_body_that_disagree_are_refused(listed: httpx.Client) -> None:
    asked = {"address": LISTED, "request_id": ID}
    assert listed.post("/api/v1/screen", json=asked, headers={"Idempotency-Key": "other"}).status_code == 400


def test_the_absence_of_an_answer_is_not_kept(opened: Open, home: Home) -> None:
    home.lists.unlink()
    client = opened()
    asked = {"address": UNLISTED, "request_id": ID}
    assert client.post("/api/v1/screen", json=asked).status_code == 503
    assert client.get(f"/api/v1/verdicts/{ID}").status_code == 404
    home_with_list(home.path)
    assert client.post("/api/v1/screen", json=asked).json()["verdict"] == "no_hit"


def test_a_thousand_parallel_duplicates_give_one_record_and_the_same_bytes(opened: Open, home: Home) -> None:
    url = opened().base_url

    def ask(_: int) -> set[bytes]:
        with httpx.Client(base_url=url, timeout=60, trust_env=False) as client:
            asked = {"address": LISTED, "request_id": ID}
            return {client.post("/api/v1/screen", json=asked).content for _ in range(20)}

    with ThreadPoolExecutor(50) as pool:
        answers = set().union(*pool.map(ask, range(50)))
    assert len(answers) == 1
    assert json.loads(answers.pop())["verdict"] == "hit"
    with sqlite3.connect(home.verdicts) as store:
        assert store.execute("SELECT count(*) FROM verdicts").fetchone() == (1,)


def test_a_list_that_is_imported_while_the_service_runs_counts_at_once(opened: Open, home: Home) -> None:
    client = opened()
    assert client.get(f"/api/v1/screen/{UNLISTED}").json()["verdict"] == "no_hit"
    home_with_list(home.path, (LISTED, UNLISTED), age_days=0)
    assert client.get(f"/api/v1/screen/{UNLISTED}").json()["verdict"] == "hit"


def test_what_was_never_kept_is_not_found(listed: httpx.Client) -> None:
    assert listed.get("/api/v1/verdicts/nothing").status_code == 404


@pytest.mark.parametrize("when", ["yesterday!", "2024-13-01", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59"])
def test_what_is_no_date_is_refused(listed: httpx.Client, when: str) -> None:
    answer = listed.get(f"/api/v1/screen/{LISTED}", params={"as_of": when})
    assert answer.status_code == 400
    assert when.split("T", maxsplit=1)[0] in answer.json()["detail"]


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [("asof=2020-01-01", 422, "/asof"), ("as_of=2020-01-01&as_of=2024-01-01", 400, "as_of twice")],
)
def test_a_question_that_is_misspelled_or_asked_twice_is_not_answered_as_another(
    listed: httpx.Client, query: str, status: int, said: str
) -> None:
    answer = listed.get(f"/api/v1/screen/{LISTED}?{query}")
    assert answer.status_code == status
    assert said in answer.json()["detail"]


def test_a_chain_that_nobody_knows_is_refused_and_in_a_batch_it_gives_no_answer(listed: httpx.Client) -> None:
    asked = {"address": LISTED.replace("9", "8"), "chain": "etherium"}
    refused = [
        listed.get(f"/api/v1/screen/{asked['address']}", params={"chain": asked["chain"]}),
        listed.post("/api/v1/screen", json=asked),
    ]
    assert [one.status_code for one in refused] == [400, 400]
    assert all("etherium" in one.json()["detail"] for one in refused)
    (verdict,) = listed.post("/api/v1/screen/batch", json={"items": [asked]}).json()["verdicts"]
    assert verdict["verdict"] == "unavailable"


def test_a_day_to_come_is_refused(listed: httpx.Client) -> None:
    later = (datetime.now(UTC) + timedelta(days=9)).date().isoformat()
    assert listed.get(f"/api/v1/screen/{LISTED}", params={"as_of": later}).status_code == 400


def test_the_description_is_served_and_asks_nothing_of_the_network(known: httpx.Client) -> None:
    described = known.get("/openapi.json")
    assert described.status_code == 200
    assert "/api/v1/screen/{address}" in described.json()["paths"]
    assert set(described.json()["components"]["securitySchemes"]) >= {"Bearer", "X-API-Key"}
    assert known.get("/docs").status_code == 404


@pytest.mark.shared_data
def test_every_entry_of_the_official_list_is_a_hit_and_no_look_alike_is(shared_data: Path, tmp_path: Path) -> None:
    home = Home(tmp_path / "home").made()
    now = datetime.now(UTC)
    files = read_files(shared_data / "sanctions")
    published = (now - timedelta(days=1)).date()
    import_list(home, ImportRequest("ofac-addresses", files, "shared data", published), now=now)
    entries = sorted({line for name in files if name.endswith(".txt") for line in files[name].decode().split()})
    look_alikes = [one[:6] + one[6:-6][::-1] + one[-6:] for one in entries if one[6:-6] != one[6:-6][::-1]]
    with in_thread(application(home, per_second=100_000, limits=PATIENT)) as client:
        listed = client.post("/api/v1/screen/batch", json={"items": [{"address": one} for one in entries]})
        others = client.post("/api/v1/screen/batch", json={"items": [{"address": one} for one in look_alikes]})
        sanctions = client.post("/trm/public/v1/sanctions/screening", json=[{"address": one} for one in entries])
    assert len(entries) == 641
    assert {one["verdict"] for one in listed.json()["verdicts"]} == {"hit"}
    assert "hit" not in {one["verdict"] for one in others.json()["verdicts"]}
    assert all(one["isSanctioned"] for one in sanctions.json())
