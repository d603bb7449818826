"""A TLP:RED object leaves by no channel: tried through every way out, at every level below.

What is a way out stands in `docs/sharing.md`. Every command and every route is in one of the lists here; a new one that
is in none fails the test, so that nobody can add a way out without trying it.
"""

import base64
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from qiyafa.api.application import ROUTERS, create
from qiyafa.api.front import Limits
from qiyafa.app.clock import utc_now
from qiyafa.app.desk import Desk
from qiyafa.app.exchange import Exchange
from qiyafa.app.home import Home
from qiyafa.app.keys import KeyRing
from qiyafa.app.record import record_book
from qiyafa.app.screen import Screener
from qiyafa.app.share import Wanted, collect
from qiyafa.chains.formats import FORMATS
from qiyafa.cli.shell import app
from qiyafa.model.actor import Actor, Alias, AliasRelation
from qiyafa.model.attribution import Attribution, EvidenceItem, Hypothesis, Likelihood, StatementKind
from qiyafa.model.case import Theft
from qiyafa.model.category import Category
from qiyafa.model.claim import Claim, Measure, Scope
from qiyafa.model.incident import (
    ActorLink,
    Amount,
    AmountKind,
    Incident,
    IncidentKind,
    IncidentStatus,
    Link,
    LinkKind,
    Relation,
    RelationKind,
    StatedText,
    TheftLink,
    Victim,
)
from qiyafa.model.label import Tlp
from qiyafa.model.source import Source
from qiyafa.sharing.recall import names_of
from qiyafa.stores.labels import LabelStore
from qiyafa.stores.record import Change

from support.labels import made_label
from support.service import home_with_list, in_thread

MARKS = ("Zwiebelfisch", "Quastenflosser", "Blaukehlchen", "Wolpertinger", "Elwetritsch", "Rasselbock", "Tatzelwurm")
"""Words that stand in one red thing each: source, incident, claim, actor, attribution, label, an actor of a pack."""
RED_ADDRESS = "0x00000000000000000000000000000000000000e1"
RED_THEFT = "0x00000000000000000000000000000000000000e2"
OPEN_ADDRESS = "0x00000000000000000000000000000000000000e3"
OTHER_ADDRESS = "0x00000000000000000000000000000000000000e4"
LEVELS = [level for level in Tlp if level is not Tlp.RED]
LEARNT = datetime(2026, 2, 1, tzinfo=UTC)

SOURCE = Source(
    "red-paper-771", MARKS[0], f"A paper of {MARKS[0]}", f"https://example.org/{MARKS[0]}", None, tlp=Tlp.RED
)
OPEN = Source("open-paper-771", "A paper", "Open", "https://example.org/open", date(2026, 1, 1))
ACTOR = Actor(
    "red-group-771", MARKS[3], OPEN.id, aliases=(Alias(MARKS[3], AliasRelation.SAME_AS, OPEN.id),), tlp=Tlp.RED
)
GROUP = Actor(
    "open-group-771",
    "A group",
    OPEN.id,
    ACTOR.id,
    OPEN.id,
    aliases=(Alias(MARKS[0], AliasRelation.OVERLAPS, SOURCE.id),),
)
INCIDENT = Incident(
    "red-heist-2031",
    f"Theft from {MARKS[1]}",
    IncidentKind.THEFT,
    OPEN.id,
    victims=(Victim(MARKS[1], "exchange", "KR", OPEN.id),),
    thefts=(TheftLink(Theft("red-theft", "eip155:1", RED_THEFT), OPEN.id),),
    summary=(StatedText(f"{MARKS[1]} lost it.", OPEN.id),),
    tlp=Tlp.RED,
)
MENTIONING = Incident(
    "open-heist-2031",
    "An open theft",
    IncidentKind.THEFT,
    OPEN.id,
    amounts=(Amount(AmountKind.EXECUTED, Decimal("771771.77"), "USD", SOURCE.id, note=MARKS[0]),),
    actors=(
        ActorLink(ACTOR.id, IncidentStatus.SUSPECTED, OPEN.id),
        ActorLink(GROUP.id, IncidentStatus.SUSPECTED, OPEN.id),
    ),
    thefts=(TheftLink(Theft("open-theft", "eip155:1", OPEN_ADDRESS), OPEN.id),),
    links=(Link(LinkKind.LABEL, INCIDENT.id, SOURCE.id),),
    relations=(Relation(RelationKind.COUNTED_WITH, INCIDENT.id, OPEN.id, MARKS[1]),),
    summary=(StatedText(f"{MARKS[0]} says so.", SOURCE.id),),
)


def claim(id: str, source: str, subject: str, tlp: Tlp = Tlp.CLEAR, **scope: str) -> Claim:
    return Claim(
        id, subject, subject, source, subject, Measure.STOLEN, "USD", Decimal(771), scope=Scope(**scope), tlp=tlp
    )


CLAIMS = (
    claim("red-claim-771", OPEN.id, MARKS[2], Tlp.RED),
    claim("red-by-source-771", SOURCE.id, MARKS[0]),
    claim("red-by-incident-771", OPEN.id, MARKS[1], incident=INCIDENT.id),
    claim("red-by-actor-771", OPEN.id, MARKS[3], actor=ACTOR.id),
    claim("red-by-word-771", OPEN.id, f"what {INCIDENT.id} tells"),
    replace(claim("open-claim-771", OPEN.id, "an open subject"), supersedes="red-claim-771"),
)
ATTRIBUTION = Attribution(
    "red-argument-771",
    MENTIONING.id,
    MARKS[4],
    MARKS[4],
    date(2026, 1, 1),
    (
        Hypothesis("h1", StatementKind.INCIDENT_BY_ACTOR, MENTIONING.id, GROUP.id, MARKS[4], Decimal("0.5"), "even"),
        Hypothesis("h2", StatementKind.INCIDENT_BY_ACTOR, MENTIONING.id, "other", MARKS[4], Decimal("0.5"), "even"),
    ),
    (
        EvidenceItem(
            "e1",
            MARKS[4],
            "timing",
            OPEN.id,
            "B2",
            "",
            (Likelihood("h1", Decimal("0.5")), Likelihood("h2", Decimal("0.5"))),
            "so",
        ),
    ),
    tlp=Tlp.RED,
)
RED_ENTRIES = (SOURCE, ACTOR, INCIDENT, *CLAIMS[:5], ATTRIBUTION)
LABELS = (
    made_label(
        RED_ADDRESS, name=MARKS[5], category=Category.STOLEN, risk=Category.STOLEN, source=MARKS[5], tlp=Tlp.RED
    ),
    made_label(OPEN_ADDRESS, name="open", category=Category.STOLEN, risk=Category.STOLEN, source="somebody"),
    made_label(OTHER_ADDRESS, name="a part", category=Category.STOLEN, risk=Category.STOLEN, incident=INCIDENT.id),
)
PACK_OF_ACTORS = f"""title: t
creator: c
actors:
  - id: red_party
    label: {MARKS[6]}
    uri: https://example.org/{MARKS[6]}
    categories: [exchange]
"""


def run(home: Home, *arguments: object, code: int = 0) -> str:
    """Run a command in this process; return what it printed for the one who ran it."""
    done = CliRunner().invoke(app, [*map(str, arguments), "--home", str(home.path)])
    assert done.exit_code == code, (arguments, done.output, done.exception)
    return done.output


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home in which one of everything is TLP:RED, and open things that name it."""
    folder = tmp_path_factory.mktemp("red")
    home = home_with_list(folder / "home")
    entries = (SOURCE, OPEN, ACTOR, GROUP, INCIDENT, MENTIONING, *CLAIMS, ATTRIBUTION)
    record_book(home, to_write=True).apply([Change(one) for one in entries], at=LEARNT, author="test")
    LabelStore.open(home.labels).add(LABELS, LEARNT)
    (folder / "actors.yaml").write_text(PACK_OF_ACTORS)
    run(home, "labels", "import", folder / "actors.yaml", "--tlp", "TLP:RED", "--quiet")
    kept = run(home, "screen", RED_ADDRESS, "--request-id", "red-request", "--json", "--quiet")
    assert MARKS[5] in kept, "a verdict of our own may rest on anything"
    return home


@pytest.fixture(scope="module")
def red_words(home: Home) -> list[str]:
    """Everything by which something red could be known: words, ids, hashed ids, addresses, amounts."""
    parcel = collect(record_book(home), home, Wanted(labels=True))
    items = [*RED_ENTRIES, LABELS[0]]
    hashed = [name for item in items for name in names_of(item, parcel, FORMATS)]
    return [*MARKS, *(one.id for one in items), *hashed, RED_ADDRESS, RED_THEFT, "771771.77", "red_party", "red-theft"]


Way = Callable[[Home, Tlp, Path], None]
"""Writes what leaves into a folder, for a level."""


def by_command(*arguments: str, out: str = "out") -> Way:
    """Return the way of a command that writes a file and says what it kept."""

    def way(home: Home, level: Tlp, folder: Path) -> None:
        told = json.loads(run(home, *arguments, "--out", folder / out, "--tlp", level.value, "--json"))
        assert told["kept"], "the log must say what was kept back"

    return way


def packed(home: Home, level: Tlp, folder: Path) -> None:
    """Build a screening pack, and write what it answers."""
    run(home, "pack", "build", "--out", folder / "all.qpack", "--tlp", level.value, "--quiet")
    told = run(home, "pack", "query", folder / "all.qpack", RED_ADDRESS, "--json")
    assert json.loads(told)[0]["verdict"] == "no_hit"


def published(home: Home, level: Tlp, folder: Path) -> None:
    """Publish into a collection of our server, and fetch it in every way that TAXII has."""
    name = f"at-{level.value.lower().removeprefix('tlp:').replace('+', '-')}"
    Exchange(home, utc_now).make(name, name, level)
    told = json.loads(run(home, "share", "taxii", "publish", "--collection", name, "--labels", "--json"))
    assert told["kept"]
    with served(home, level) as http:
        root = f"/taxii2/record/collections/{name}/"
        (folder / "objects.json").write_text(http.get(f"{root}objects/?match[version]=all").text)
        (folder / "manifest.json").write_text(http.get(f"{root}manifest/?match[version]=all").text)
        (folder / "about.json").write_text(http.get(root).text + http.get("/taxii2/record/collections/").text)
        ids = [one["id"] for one in json.loads((folder / "manifest.json").read_text())["objects"][:20]]
        for number, id in enumerate(ids):
            (folder / f"{number}.json").write_text(http.get(f"{root}objects/{id}/").text)
            (folder / f"v{number}.json").write_text(http.get(f"{root}objects/{id}/versions/").text)


def pushed(home: Home, level: Tlp, folder: Path) -> None:
    """Send a bundle with everything in it, red too, to a collection of a server."""
    bundle, other = folder.parent / f"all-{level.name}.json", Home(folder.parent / f"other-{level.name}").made()
    run(home, "share", "stix", "export", "--labels", "--out", bundle, "--tlp", "TLP:RED", "--quiet")
    assert MARKS[1] in bundle.read_text()
    Exchange(other, utc_now).make("inbox", "Inbox", Tlp.RED)
    with served(other, level) as http:
        run(
            home,
            "share",
            "taxii",
            "push",
            f"{str(http.base_url).rstrip(chr(47))}/taxii2/",
            bundle,
            "--tlp",
            level.value,
            "--json",
        )
        objects = http.get("/taxii2/record/collections/inbox/objects/?match[version]=all").text
    assert json.loads(objects)["objects"]
    (folder / "received.json").write_text(objects)


def answered(home: Home, level: Tlp, folder: Path) -> None:
    """Ask the service for addresses in every shape that it has."""
    chain, v2 = "ethereum", {"asset": "holistic", "blockchain": "holistic", "type": "address"}
    with served(home, level) as http:
        for number, address in enumerate((RED_ADDRESS, RED_THEFT, OTHER_ADDRESS)):
            answers = [
                http.get(f"/api/v1/screen/{address}"),
                http.post("/api/v1/screen", json={"address": address, "request_id": f"{level.name}-{number}"}),
                http.post("/api/v1/screen", json={"address": address, "request_id": "red-request"}),
                http.post("/api/v1/screen/batch", json={"requests": [{"address": address}]}),
                http.get(f"/api/v1/verdicts/{level.name}-{number}"),
                http.get("/api/v1/verdicts/red-request"),
                http.get(f"/chainalysis/api/v1/address/{address}"),
                http.post("/chainalysis/api/risk/v2/entities", json={"address": address}),
                http.get(f"/chainalysis/api/risk/v2/entities/{address}"),
                http.post("/trm/public/v1/sanctions/screening", json=[{"address": address}]),
                http.post("/trm/public/v2/screening/addresses", json=[{"address": address, "chain": chain}]),
                http.post(
                    "/elliptic/v2/wallet/synchronous",
                    json={"subject": {**v2, "hash": address}, "type": "wallet_exposure"},
                ),
                http.get("/healthz"),
                http.get("/readyz"),
                http.get("/metrics"),
            ]
            assert number == 2 or answers[0].json()["verdict"] == "no_hit"
            said = "\n".join(one.text for one in answers)
            # Whoever asks for an address is given its spelling back.
            (folder / f"answers-{number}.txt").write_text(re.sub(address, "ASKED", said, flags=re.IGNORECASE))


def recalled(home: Home, level: Tlp, folder: Path) -> None:
    """Withdraw everything red that somebody was given, and an open claim, and write the revocations."""
    copy = Home(folder.parent / f"copy-{level.name}").made()
    for file in home.path.iterdir():
        if file.is_file():
            (copy.path / file.name).write_bytes(file.read_bytes())
    everything = ("--tlp", "TLP:RED", "--to", "A judge", "--quiet")
    run(copy, "share", "stix", "export", "--labels", "--out", folder.parent / "given.json", *everything)
    run(copy, "share", "misp", "export", "--labels", "--out", folder.parent / "given-misp.json", *everything)
    run(copy, "share", "addresses", "--labels", "--out", folder.parent / "given.txt", *everything[:4])
    run(copy, "labels", "export", "--out", folder.parent / "given.csv", *everything[:4])
    Exchange(copy, utc_now).make("shown", "Shown", level)
    book = record_book(copy, to_write=True)
    book.apply(
        [Change(one, "wrong", withdraw=True) for one in (*RED_ENTRIES[::-1], CLAIMS[5])], at=utc_now(), author="test"
    )
    LabelStore.open(copy.labels).withdraw(LABELS[0].id, "wrong", "test", utc_now())
    arguments = ("share", "recalls", "--write", folder, "--tlp", level.value, "--json")
    told = json.loads(run(copy, *arguments))
    assert {one["id"] for one in told["written"]["kept"]} >= {INCIDENT.id, LABELS[0].id, CLAIMS[0].id}
    assert {one["told"] for recall in told["recalls"] if recall["id"] == INCIDENT.id for one in recall["holders"]} == {
        "no"
    }


WAYS_OUT: dict[str, Way] = {
    "share stix export": by_command("share", "stix", "export", "--labels"),
    "share misp export": by_command("share", "misp", "export", "--labels"),
    "share misp export --feed": by_command("share", "misp", "export", "--labels", "--feed"),
    "share addresses": by_command("share", "addresses", "--labels"),
    "share addresses --format csv": by_command("share", "addresses", "--labels", "--format", "csv"),
    "share addresses --format tagpack": by_command("share", "addresses", "--labels", "--format", "tagpack"),
    "labels export": by_command("labels", "export"),
    "labels export --format tagpack": by_command("labels", "export", "--format", "tagpack"),
    "labels export --format actorpack": by_command("labels", "export", "--format", "actorpack"),
    "share recalls": recalled,
    "share taxii publish": published,
    "share taxii push": pushed,
    "pack build": packed,
    "serve": answered,
}
"""Commands by which something is given to others, each tried at every level."""


def lines(text: str) -> frozenset[str]:
    """Return what stands between the commas and line ends of a text."""
    return frozenset(one.strip() for line in text.splitlines() for one in line.split(",") if one.strip())


TAKING_IN = lines("""
    attribution add, claims accept, claims reject, claims review, incidents add, incidents import, incidents relate
    ingest bitcoin-blk, ingest bitcoin-rpc, ingest esplora, ingest ethereum-etl, ingest etherscan, ingest evm-rpc
    ingest tron-rpc, ingest tronscan-csv, labels dispute, labels import, labels withdraw, lists import, lists update
    pull, read, share misp import, share stix import, share taxii pull, share withdraw, sync
""")
"""Commands that bring something in, or change what is kept at home. What they ask of others is addresses and pages."""
OWN_PAPERS = lines("""
    attribution check, attribution list, attribution show, claims check, claims list, claims show
    cluster build, cluster decisions, cluster explain, cluster show, explain
    incidents list, incidents show, incidents timeline
    labels blast-radius, labels find, labels history, labels info, labels show, labels verify
    names, path, screen, stats actor, stats check, stats claims, stats dprk, trace
""")
"""Commands that show or write for whoever runs them: what they write is that person's own, of any level."""
NOTHING_OF_IT = lines("""
    cluster allow, cluster forbid, demo, keys create, keys list, keys revoke, ledger dump, ledger info, ledger verify
    lists diff, lists info, pack info, pack query, pack verify, scenario
    share taxii create, share taxii discover, share taxii list
""")
"""Commands that know neither record nor labels, or only what left before."""

ROUTES = {
    "serve": lines("""
        /api/v1/screen/{address}, /api/v1/screen, /api/v1/screen/batch, /api/v1/verdicts/{request_id}
        /healthz, /readyz, /metrics
        /chainalysis/api/v1/address/{address}
        /chainalysis/api/risk/v2/entities, /chainalysis/api/risk/v2/entities/{address}
        /trm/public/v1/sanctions/screening, /trm/public/v2/screening/addresses
        /elliptic/v2/wallet/synchronous
    """),
    "share taxii publish": lines("""
        /taxii2/, /taxii2/record/, /taxii2/record/status/{status}/, /taxii2/record/collections/
        /taxii2/record/collections/{collection}/
        /taxii2/record/collections/{collection}/objects/
        /taxii2/record/collections/{collection}/objects/{object}/
        /taxii2/record/collections/{collection}/objects/{object}/versions/
        /taxii2/record/collections/{collection}/manifest/
    """),
}
"""Routes of the service, by the way in `WAYS_OUT` that asks them."""


def served(home: Home, level: Tlp) -> Any:
    """Serve a home as `qiyafa serve --tlp` does, from a thread of this process."""
    screener = Screener.open(home, ledger=None, rules=None, level=level, now=utc_now)
    ring = KeyRing(home, is_loopback=True, now=utc_now)
    return in_thread(
        create(Desk(screener, home, utc_now, level=level), ring, per_second=100_000, limits=Limits(late_seconds=60))
    )


def commands(group: Any, before: str = "") -> Iterator[str]:
    """Yield every command of a group with the words that lead to it."""
    for name, one in group.commands.items():
        words = f"{before} {name}".strip()
        if hasattr(one, "commands"):
            yield from commands(one, words)
        else:
            yield words


def found_in(folder: Path, words: list[str]) -> list[str]:
    """Return which words stand in any file of a folder, also inside attachments and in names of files."""
    files = [file for file in folder.rglob("*") if file.is_file()]
    content = b"\n".join(file.read_bytes() + str(file.relative_to(folder)).encode() for file in files)
    attached = b"\n".join(base64.b64decode(data) for data in re.findall(rb'"data":"([A-Za-z0-9+/=]+)"', content))
    every = (content + attached).lower()
    return [word for word in words if word.lower().encode() in every]


@pytest.mark.parametrize("way", WAYS_OUT)
@pytest.mark.parametrize("level", [*(pytest.param(one, marks=pytest.mark.slow) for one in LEVELS[:-1]), LEVELS[-1]])
def test_nothing_red_leaves(way: str, level: Tlp, home: Home, red_words: list[str], tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    WAYS_OUT[way](home, level, folder)
    assert any(folder.rglob("*")), "the way must have written something"
    assert found_in(folder, red_words) == []


@pytest.mark.parametrize(
    "way", [way for way in WAYS_OUT if way.startswith(("share stix", "share misp", "labels export"))]
)
def test_at_red_it_does_leave_so_the_search_would_find_it(
    way: str, home: Home, tmp_path: Path, red_words: list[str]
) -> None:
    command = [*way.split(), *(["--labels"] if way.startswith("share") else [])]
    run(home, *command, "--out", tmp_path / "out", "--tlp", "TLP:RED", "--json")
    assert set(found_in(tmp_path, red_words)) & {*MARKS}


def test_every_command_is_a_way_out_that_is_tried_or_none_for_a_reason() -> None:
    known = [{way.split(" --")[0] for way in WAYS_OUT}, TAKING_IN, OWN_PAPERS, NOTHING_OF_IT]
    listed = [name for names in known for name in names]
    assert sorted(listed) == sorted(commands(typer.main.get_command(app)))


def test_every_route_of_the_service_is_asked() -> None:
    routes = {route.path for router in ROUTERS for route in router.routes}
    assert routes == {path for paths in ROUTES.values() for path in paths}
    assert set(ROUTES) <= set(WAYS_OUT)
