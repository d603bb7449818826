"""`qiyafa serve` as a real process: where it listens, how it stops, and what it never does."""

import json
import signal
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from qiyafa.app.home import Home
from qiyafa.app.keys import create_key

from support.service import LISTED, UNLISTED, client, eventually, home_with_list, serving


def refused(*arguments: str) -> dict[str, str]:
    """Start a service that must not start, and return what it says."""
    command = [sys.executable, "-m", "qiyafa", "serve", "--json", *arguments]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60)
    return {"code": str(ran.returncode), **json.loads(ran.stderr)["error"]}


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_a_signal_stops_it_after_what_is_under_way(tmp_path: Path, number: int, code: int) -> None:
    home = home_with_list(tmp_path / "home")
    with serving(home.path) as service, client(service) as http:
        assert service.said["ready"] is True
        answers: list[int] = []
        is_enough = threading.Event()
        items = [{"address": f"0x{one:040x}"} for one in range(1000)]

        def ask() -> None:
            # One question after the other, so that one is under way whenever somebody looks.
            while not is_enough.is_set():
                answer = http.post("/api/v1/screen/batch", json={"items": items}, timeout=60)
                answers.append(len(answer.json()["verdicts"]))

        with ThreadPoolExecutor(1) as pool:
            asking = pool.submit(ask)
            with client(service) as other:
                eventually(lambda: 'lane="batch"} 1' in other.get("/metrics").text)
            is_enough.set()
            assert service.stop(number) == code
            asking.result(timeout=60)
        assert set(answers) == {1000}
        assert "Traceback" not in service.process.stderr.read()


@pytest.mark.slow
def test_what_was_kept_is_answered_with_the_same_bytes_after_a_kill(tmp_path: Path) -> None:
    home = home_with_list(tmp_path / "home")
    asked = {"address": LISTED, "request_id": "w-1"}
    with serving(home.path) as service, client(service) as http:
        first = http.post("/api/v1/screen", json=asked).content
        service.stop(signal.SIGKILL)
    with serving(home.path) as service, client(service) as http:
        assert http.post("/api/v1/screen", json=asked).content == first


def test_without_lists_it_says_so_and_answers_nothing(tmp_path: Path) -> None:
    with serving(tmp_path / "nothing") as service, client(service) as http:
        assert service.said["ready"] is False
        assert http.get("/healthz").status_code == 200
        assert http.get("/readyz").status_code == 503
        assert http.get(f"/api/v1/screen/{UNLISTED}").status_code == 503
        assert http.get(f"/chainalysis/api/v1/address/{UNLISTED}").status_code == 503


@pytest.mark.slow
@pytest.mark.parametrize("store", ["lists", "labels", "verdicts"])
def test_a_store_that_is_damaged_while_it_runs_makes_it_unready_and_no_answer_wrong(tmp_path: Path, store: str) -> None:
    home = home_with_list(tmp_path / "home")
    with serving(home.path) as service, client(service) as http:
        asked = {"address": UNLISTED, "request_id": "w-1"}
        assert http.get("/readyz").status_code == 200
        # As a broken disk or a stray copy would leave it.
        other = tmp_path / "damaged"
        other.write_bytes(b"this was a store once " * 500)
        other.replace(getattr(home, store))
        unready = http.get("/readyz")
        assert (unready.status_code, bool(unready.json()["reasons"])) == (503, True)
        answer = http.post("/api/v1/screen", json=asked)
        assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        said = refused("--home", str(tmp_path), "--port", str(taken.getsockname()[1]))
    assert (said["code"], said["key"]) == ("3", "serve.error.cannot_bind")


@pytest.mark.slow
def test_beyond_loopback_it_does_not_listen_without_a_key(tmp_path: Path) -> None:
    home = home_with_list(tmp_path / "home")
    said = refused("--home", str(home.path), "--host", "0.0.0.0")
    assert (said["code"], said["key"]) == ("2", "serve.error.open_address")
    create_key(home, "exchange", ["screen"], 1)
    with serving(home.path, "--host", "0.0.0.0") as service:
        assert service.said["needs_key"] is True


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "key"),
    [
        (("--host", "no.such.host.invalid"), "serve.error.host_unknown"),
        (("--port", "70000"), "serve.error.port"),
        (("--rate", "0"), "cli.error.whole_number"),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, arguments: tuple[str, ...], key: str) -> None:
    said = refused("--home", str(tmp_path), *arguments)
    assert (said["code"], said["key"]) == ("2", key)


@pytest.mark.slow
def test_a_home_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert refused("--home", str(Home(tmp_path / "file").path))["key"] == "home.error.no_folder"
