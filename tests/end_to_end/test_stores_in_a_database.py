"""Every store in PostgreSQL instead of files: the commands and the service answer the same, byte for byte."""

import importlib
import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, tzinfo
from pathlib import Path

import httpx
import pytest
from tests.api.conftest import PATIENT, application

from qiyafa.app.home import Home
from qiyafa.cli.shell import run
from qiyafa.stores.labels_schema import LABELS
from qiyafa.stores.opening import database_at
from qiyafa.stores.verdicts import VerdictStore

from support.postgres import PostgresServer
from support.screening import made_ledger
from support.service import client, in_thread, serving

LIST = Path(__file__).parents[1] / "lists" / "samples" / "sdn_advanced_sample.xml"
LISTED, LABELLED, PAID, UNKNOWN = (
    "0x098B716B8Aaf21512996dC57EB0615e2383E2f96",
    "0x12d66f87a04a9e220743712ce6d9bb1b5616b8fc",
    "0x00000000000000000000000000000000000000b2",
    "0x00000000000000000000000000000000000000a1",
)
PACK = f"""title: pack
creator: somebody
source: https://example.org
currency: ETH
tags:
- address: '{LABELLED}'
  label: Mixer
  category: mixing_service
  abuse: service
  confidence: authority_data
- address: '{LABELLED}'
  label: "evil\\u202e\\x1b[31m"
  confidence: web_crawl
"""
DAY = "2024-09-28"
NOON = datetime(2024, 9, 28, 12, tzinfo=UTC)
DUPLICATES, CALLERS = 1000, 50


class Stopped(datetime):
    """A clock that stands, a day after the sample of the list was published."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:
        return NOON.astimezone(tz)


@pytest.fixture
def stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop the clock wherever a command looks at it: what is stored differs by nothing else from one run to another."""
    for name in ("clock", "labels", "label_stops", "lists", "lists_info", "names"):
        monkeypatch.setattr(importlib.import_module(f"qiyafa.app.{name}"), "datetime", Stopped)


Said = tuple[int, str, str]
"""Exit code and what was written."""


class Commands:
    """Commands over the stores of one home."""

    def __init__(self, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.home = home
        self._capsys = capsys

    def __call__(self, *words: str | Path) -> Said:
        """Return the exit code and what was written."""
        code = run([*map(str, words), "--home", str(self.home)])
        written = self._capsys.readouterr()
        return code, written.out, written.err


@pytest.fixture
def commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Commands:
    return Commands(tmp_path / "home", capsys)


@pytest.fixture
def database(postgres_server: PostgresServer) -> str:
    """The URL of an empty database."""
    return postgres_server.made_database("stores")


def made_key(commands: Commands) -> tuple[str, str]:
    """Make a key of the service; return its prefix and the key."""
    code, out, _ = commands("keys", "create", "a firm", "--days", "3660", "--json")
    assert code == 0
    key = json.loads(out)["key"]
    return key.split("_")[1], key


def fill(commands: Commands, folder: Path) -> list[Said]:
    """Write into every store, and return what was said."""
    (folder / "pack.yaml").write_text(PACK, encoding="utf-8")
    heist = ("title=Heist", "theft=2024-05-31", "amount=1500", "source_url=https://example.org/1", "publisher=A Paper")
    asked = ("--request-id", "payment-1", "--as-of", DAY)
    return [
        commands("labels", "import", folder / "pack.yaml", "--json", "--quiet"),
        commands("lists", "import", "ofac-sdn", LIST, "--smaller-because", "a sample", "--json", "--quiet"),
        commands("cluster", "forbid", "ab" * 32, "--reason", "two people", "--json"),
        commands("incidents", "add", *heist, "--json"),
        commands("screen", LABELLED, *asked, "--json"),
    ]


def ask(commands: Commands, ledger: Path) -> list[Said]:
    """Ask every store, and return what was said."""
    addresses = (LISTED, LABELLED, PAID, UNKNOWN)
    return [
        *(commands("labels", "show", one, "--json") for one in (LABELLED, UNKNOWN)),
        *(commands("labels", what, "--json") for what in ("stats", "verify")),
        commands("labels", "find", "mix", "--json"),
        *(commands("lists", "info", *more) for more in ((), ("--verify", "--json"))),
        *(commands("screen", *addresses, *more) for more in ((), ("--json",), ("--as-of", "2024-09-27", "--json"))),
        commands("screen", *addresses, "--ledger", ledger, "--json"),
        commands("screen", LABELLED, "--request-id", "payment-1", "--as-of", DAY, "--json"),
        commands("screen", "--changed-since", DAY, "--json"),
        commands("cluster", "decisions", "--json"),
        *(commands("incidents", *more, "--json") for more in (("list",), ("show", "heist-2024"))),
        commands("keys", "list", "--json"),
    ]


def in_files(answers: list[Said]) -> list[Said]:
    """Return answers that name no place of a file."""
    return [(code, *(re.sub(r"/[^ \n\"]+/\w+\.sqlite", "PLACE", words) for words in said)) for code, *said in answers]


def in_database(answers: list[Said], url: str) -> list[Said]:
    """Return answers that do not name a database."""
    place = database_at(url, LABELS).location
    return [(code, *(words.replace(place, "PLACE") for words in said)) for code, *said in answers]


@pytest.mark.usefixtures("stopped")
def test_every_command_answers_the_same_from_files_and_from_a_database(
    commands: Commands, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = made_ledger(tmp_path / "paid" / "ledger", [(LABELLED, PAID, 25 * 10**16 + 1)], first_time=1_700_000_000)
    empty = in_files(ask(commands, ledger))
    said, answers = fill(commands, tmp_path), in_files(ask(commands, ledger))
    assert {code for code, _, _ in said} == {0, 1}
    assert sum(one != other for one, other in zip(empty, answers, strict=True)) > len(answers) // 2
    assert len(list(commands.home.glob("*.sqlite"))) == 5
    commands.home = tmp_path / "unused"
    monkeypatch.setenv("QIYAFA_DATABASE", database)
    assert in_database(ask(commands, ledger), database) == empty
    assert fill(commands, tmp_path) == said
    assert in_database(ask(commands, ledger), database) == answers
    assert not commands.home.exists()


@pytest.mark.slow
@pytest.mark.usefixtures("stopped")
def test_the_service_answers_the_same_and_keeps_one_record_of_a_thousand_duplicates(
    commands: Commands, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(commands, tmp_path)
    in_files = asked_of_the_service(commands)
    commands.home = tmp_path / "unused"
    monkeypatch.setenv("QIYAFA_DATABASE", database)
    fill(commands, tmp_path)
    assert asked_of_the_service(commands) == in_files
    assert not commands.home.exists()
    home = Home(commands.home, database)
    with in_thread(application(home, per_second=100_000, limits=PATIENT)) as http:
        _, key = made_key(commands)

        def ask_often(_: int) -> set[bytes]:
            asked = {"address": LISTED, "request_id": "duplicate"}
            with httpx.Client(
                base_url=http.base_url, timeout=60, trust_env=False, headers={"Authorization": f"Bearer {key}"}
            ) as caller:
                return {caller.post("/api/v1/screen", json=asked).content for _ in range(DUPLICATES // CALLERS)}

        with ThreadPoolExecutor(CALLERS) as pool:
            bodies = set().union(*pool.map(ask_often, range(CALLERS)))
    (kept,) = (one for one in VerdictStore(home.verdicts).each() if one.request_id == "duplicate")
    assert bodies == {kept.body}


def asked_of_the_service(commands: Commands) -> list[bytes]:
    """Ask a real service with a key, without one, and with one that was revoked; return its answers to the first."""
    prefix, key = made_key(commands)
    asked = {"address": LABELLED, "as_of": DAY}
    with serving(commands.home) as service, client(service) as http:
        assert http.post("/api/v1/screen", json=asked).status_code == 401
        http.headers = {"Authorization": f"Bearer {key}"}
        answers = [http.post("/api/v1/screen", json={**asked, "address": one}) for one in (LISTED, LABELLED, UNKNOWN)]
        answers += [http.post("/api/v1/screen", json={**asked, "request_id": "payment-1"})]
        answers += [http.get("/api/v1/verdicts/payment-1")]
        assert [one.status_code for one in answers] == [200] * len(answers)
        assert commands("keys", "revoke", prefix)[0] == 0
        assert http.post("/api/v1/screen", json=asked).status_code == 401
    return [one.content for one in answers]
