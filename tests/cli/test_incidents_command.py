"""`qiyafa incidents` from a command line: for people, for programs, and for those who add what they know."""

import json
import tomllib
from decimal import Decimal
from pathlib import Path

import pytest
from tests.cli.running import Qiyafa, Ran

from qiyafa.app.case_file import read_case
from qiyafa.app.home import Home
from qiyafa.cli.incidents_words import basis_words, bounded, word
from qiyafa.model.claim import Bound
from qiyafa.model.incident import AmountKind, Basis, DateKind, IncidentKind, IncidentStatus, LinkKind, RelationKind
from qiyafa.stores.casebook import casebook
from qiyafa.stores.incident_rows import COLUMNS as COLUMNS_KNOWN
from qiyafa.stores.record import Change, open_record

from support.postgres import PostgresServer
from support.records import GROUND, HOUR, NOON, casebook_of, theft

COLUMNS = "title,theft,amount,actor,victim,source,source_url,publisher\n"
GOOD = "Heist,2024-05-31,1500,dprk,Heist Ltd,paper,https://example.org/1,The Paper\n"
BAD = "Other,2024-06-01,15,nobody,Other Ltd,paper,,\n"
NEW = ("title=Heist", "theft=2024-05-31", "amount=1500", "source_url=https://example.org/1", "publisher=The Paper")


class Command:
    """`qiyafa incidents` in a home of its own."""

    def __init__(self, qiyafa: Qiyafa, home: Path) -> None:
        self._qiyafa, self.home = qiyafa, home

    def __call__(self, *arguments: str | Path) -> Ran:
        return self._qiyafa("incidents", *arguments, "--home", self.home)

    def json(self, *arguments: str | Path):
        ran = self(*arguments, "--json")
        assert ran.code == 0, ran.err
        return json.loads(ran.out)


@pytest.fixture
def incidents(qiyafa: Qiyafa, tmp_path: Path) -> Command:
    return Command(qiyafa, tmp_path / "home")


def test_a_fresh_install_answers_and_writes_nothing(incidents: Command) -> None:
    ran = incidents("list", "--year", "2016")
    assert ran.code == 0
    assert "bangladesh-bank-2016" in ran.out
    assert f"casebook {casebook().version}, and 0 that you have added or changed" in ran.out
    assert not incidents.home.exists()


def test_what_a_newer_casebook_says_is_told(incidents: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    old = casebook_of(*GROUND, theft("a-2023"))
    new = casebook_of(*GROUND, theft("a-2023", title="A, corrected"), version="2026-02-01+0002")
    store = open_record(Home(incidents.home).made().record, casebook=old)
    store.apply([Change(theft("a-2023", title="Mine"), "I know better")], at=NOON, author="me")
    monkeypatch.setattr("qiyafa.app.record.casebook", lambda: new)
    assert f"A newer casebook, {new.version}, came with" in incidents("list").out
    found = incidents.json("list")
    assert (found["casebook"], found["pending_casebook"], found["casebook_conflicts"]) == (old.version, new.version, [])
    open_record(Home(incidents.home).record, casebook=new).apply([], at=NOON + HOUR, author="me")
    listed = incidents("list").out
    assert "the casebook says something else (1): a-2023." in " ".join(listed.split())
    assert "A newer casebook" not in listed
    found = incidents.json("list")
    assert (found["pending_casebook"], found["casebook_conflicts"]) == (None, [{"kind": "incident", "id": "a-2023"}])


def test_a_list_is_by_the_day_of_the_theft(incidents: Command) -> None:
    found = incidents.json("list", "--actor", "dprk", "--period", "2019..2023")
    starts = [one["theft"]["start"] for one in found["incidents"]]
    assert starts == sorted(starts)
    assert all("2018" < start < "2024" for start in starts)
    assert (found["count"], found["casebook"]) == (len(starts), casebook().version)
    assert found["counted"] <= found["count"] <= found["total"]


@pytest.mark.parametrize(
    ("option", "value", "holds"),
    [
        ("--kind", "payment-heist", lambda one: one["kind"] == "payment heist"),
        ("--country", "jp", lambda one: "JP" in [victim["country"] for victim in one["victims"]]),
        ("--method", "social-engineering", lambda one: "social engineering" in [it["value"] for it in one["methods"]]),
        ("--status", "confirmed", lambda one: "confirmed" in [actor["status"] for actor in one["actors"]]),
        ("--text", "RONIN", lambda one: "ronin" in json.dumps(one).lower()),
    ],
)
def test_every_filter_lets_through_what_it_says(incidents: Command, option: str, value: str, holds) -> None:
    found = incidents.json("list", option, value)["incidents"]
    every = incidents.json("list")["incidents"]
    assert [one["id"] for one in found if not holds(one)] == []
    assert 0 < len(found) < len(every)


def test_bangladesh_has_five_different_amounts(incidents: Command) -> None:
    page = incidents.json("show", "bangladesh-bank-2016")
    assert {"attempted", "blocked", "executed", "recovered", "outstanding"} <= {one["kind"] for one in page["amounts"]}
    sources = {source["id"] for source in page["sources"]}
    assert {amount["source"] for amount in page["amounts"]} <= sources
    assert all(source["url"].startswith("http") for source in page["sources"])
    assert "article-2022-bangladesh-recovered-share" in [claim["id"] for claim in page["claims"]]


def test_a_page_reads_part_by_part(incidents: Command) -> None:
    ran = incidents("show", "gate-io-2018")
    assert ran.code == 0
    for words in ("How much", "234,337,668.89 USD", "almost 250,000,000 USD", "Who is said to have done it", "Sources"):
        assert words in ran.out
    assert ran.out.index("How much") < ran.out.index("Sources")


def test_its_thefts_are_a_case_to_trace(incidents: Command, tmp_path: Path) -> None:
    case = tmp_path / "ronin.toml"
    case.write_text(incidents("show", "ronin-2022", "--case").out, encoding="utf-8")
    (theft,) = read_case(case).case.thefts
    assert (theft.address, theft.from_block) == ("0x098b716b8aaf21512996dc57eb0615e2383e2f96", 14442835)


def test_every_case_of_the_casebook_can_be_read(incidents: Command, tmp_path: Path) -> None:
    traced = [one for one in casebook().incidents if one.thefts]
    for one in traced:
        case = tmp_path / f"{one.id}.toml"
        case.write_text(incidents("show", one.id, "--case").out, encoding="utf-8")
        assert len(read_case(case).case.thefts) == len(one.thefts)
    assert traced


def test_what_is_not_there_is_named_with_what_is_near(incidents: Command) -> None:
    for arguments, near in ((("show", "gate-io"), "gate-io-2018"), (("list", "--actor", "lazaruss"), "lazarus")):
        ran = incidents(*arguments)
        assert ran.code == 2
        assert f"Did you mean {near}" in ran.err
    ran = incidents("show", "bangladesh-bank-2016", "--case")
    assert (ran.code, ran.out) == (2, "")
    assert "No theft of bangladesh-bank-2016 is known on a ledger" in ran.err


@pytest.mark.parametrize("option", [("--status", "guilty"), ("--kind", "larceny"), ("--period", "soon")])
def test_a_word_that_is_none_is_refused(incidents: Command, option: tuple[str, str]) -> None:
    assert incidents("list", *option).code == 2


def test_an_incident_written_on_the_command_line_stands_in_the_list(incidents: Command) -> None:
    ran = incidents("add", *NEW, "--author", "A. Analyst")
    assert ran.code == 0, ran.err
    assert "Stored: 2 new" in ran.out
    page = incidents.json("show", "heist-2024")
    assert [(one["value"], one["kind"]) for one in page["amounts"]] == [("1500", "executed")]
    assert "and 1 that you have added or changed" in incidents("list", "--text", "heist").out


def test_what_has_no_source_is_refused_and_nothing_is_stored(incidents: Command) -> None:
    ran = incidents("add", "title=Heist", "theft=2024-05-31")
    assert ran.code == 2
    assert "names no source" in ran.out
    assert "Nothing was stored" in ran.err
    assert incidents("show", "heist-2024").code == 2


def test_a_file_in_the_casebooks_form_brings_its_sources_along(incidents: Command, tmp_path: Path) -> None:
    file = tmp_path / "heist.toml"
    file.write_text("""
[[source]]
id = "paper"
publisher = "The Paper"
title = "A heist"
url = "https://example.org/1"

[[incident]]
id = "heist-2024"
title = "Heist\\u202e"
kind = "theft"
title_source = "paper"
dates = [{ kind = "theft", period = "2024-05-31" }]
""")
    assert tomllib.loads(file.read_text())
    shown = incidents("add", file, "--dry-run")
    assert "Nothing was stored. There would be 2 new" in shown.out
    assert "Heist\\u{202e}" in shown.out
    assert "\u202e" not in shown.out
    assert incidents("show", "heist-2024").code == 2
    assert incidents("add", file).code == 0
    assert "\u202e" not in incidents("show", "heist-2024").out


def test_an_import_keeps_what_is_good_and_names_what_is_not(incidents: Command, tmp_path: Path) -> None:
    table = tmp_path / "thefts.csv"
    table.write_text(COLUMNS + GOOD + BAD, encoding="utf-8")
    result = incidents.json("import", table)
    assert [one["id"] for one in result["new"]] == ["paper", "heist-2024"]
    (problem,) = result["problems"]
    assert problem["detail"] == "It names the actor nobody, which the record does not have. Add that first, or with it."
    assert problem["place"] == "incident other-2024"
    again = incidents.json("import", table)
    assert (again["stored"], len(again["unchanged"])) == (0, 2)


def test_a_table_with_a_column_that_means_nothing_is_refused(incidents: Command, tmp_path: Path) -> None:
    table = tmp_path / "thefts.csv"
    table.write_text(COLUMNS.replace("amount", "loss_usd") + GOOD, encoding="utf-8")
    ran = incidents("import", table)
    assert ran.code == 2
    assert "there is no column loss_usd" in ran.err


def test_who_asks_for_a_withdrawn_incident_is_told_who_withdrew_it_and_how_to_see_it(
    incidents: Command, qiyafa: Qiyafa
) -> None:
    assert incidents("add", *NEW, "source=paper").code == 0
    why = ("--reason", "made up", "--author", "Ada")
    assert qiyafa("share", "withdraw", "incident", "heist-2024", *why, "--home", incidents.home).code == 0
    ran = incidents("show", "heist-2024")
    assert ran.code == 2
    assert "by Ada (why: made up) and stands no more" in ran.err
    assert incidents("show", *ran.err.rpartition("qiyafa incidents show ")[2].split()).code == 0
    early = incidents("show", "heist-2024", "--as-of", "2001-01-01")
    assert early.code == 2
    assert "did not know the incident heist-2024 at that time" in early.err


def test_incidents_that_would_be_part_of_themselves_keep_no_other_out(incidents: Command, tmp_path: Path) -> None:
    table = tmp_path / "thefts.csv"
    header, source = "id,title,theft,source_url,publisher,related\n", "2024-01-01,https://example.org/1,Paper"
    table.write_text(header + f"a-2024,A,{source},b-2024\nb-2024,B,{source},a-2024\nc-2024,C,{source},\n")
    result = incidents.json("import", table)
    assert [one["id"] for one in result["new"] if one["kind"] == "incident"] == ["c-2024"]
    assert [one["place"] for one in result["problems"]] == ["incident a-2024", "incident b-2024"]
    assert all("would be part of itself" in one["detail"] for one in result["problems"])


@pytest.mark.parametrize("content", ["", "# nothing\n"])
def test_a_file_that_holds_nothing_says_so(incidents: Command, tmp_path: Path, content: str) -> None:
    file = tmp_path / "thefts.toml"
    file.write_text(content)
    (problem,) = incidents.json("import", file)["problems"]
    assert "holds nothing" in problem["detail"]
    table = tmp_path / "thefts.csv"
    table.write_text(COLUMNS)
    (problem,) = incidents.json("import", table)["problems"]
    assert "holds nothing" in problem["detail"]


@pytest.mark.parametrize("rows", ["", "alone\n", "alone\na-2024,A,lost\n"])
def test_a_column_that_means_nothing_is_refused_whatever_the_first_row_is(
    incidents: Command, tmp_path: Path, rows: str
) -> None:
    table = tmp_path / "thefts.csv"
    table.write_text("id,title,loss_usd\n" + rows)
    ran = incidents("import", table)
    assert ran.code == 2
    assert "there is no column loss_usd" in ran.err


@pytest.mark.parametrize("name", ["missing.csv", "notes.docx", "binary.toml", "binary.csv"])
def test_a_file_that_is_none_is_refused_with_a_sentence(incidents: Command, tmp_path: Path, name: str) -> None:
    if name != "missing.csv":
        tmp_path.joinpath(name).write_bytes(b"\xff\xfe\x00\x01")
    ran = incidents("import", tmp_path / name)
    assert ran.code == 2
    assert "Traceback" not in ran.err


def test_a_change_needs_a_reason_and_stays_in_the_history(incidents: Command) -> None:
    incidents("add", *NEW, "source=paper")
    changed = ("id=heist-2024", "title=Heist", "theft=2024-05-31", "amount=2000", "source=paper")
    ran = incidents("add", *changed)
    assert ran.code == 2
    assert "say why with --reason" in ran.out
    assert incidents("add", *changed, "--reason", "the victim counted again", "--author", "B").code == 0
    history = incidents.json("show", "heist-2024", "--history")
    assert [one["reason"] for one in history] == ["", "the victim counted again"]
    assert [one["entry"]["amounts"][0]["value"] for one in history] == ["1500", "2000"]
    assert "the victim counted again" in incidents("show", "heist-2024", "--history").out


def test_a_part_is_listed_and_not_counted_until_that_is_taken_back(incidents: Command) -> None:
    incidents("add", *NEW, "source=paper")
    relation = ("relate", "heist-2024", "part-of", "ronin-2022", "--source", "paper", "--reason", "one event")
    assert incidents(*relation).code == 0
    found = incidents.json("list", "--text", "heist")
    assert (found["count"], found["counted"]) == (1, 0)
    assert "heist-2024" in [one["incident"] for one in incidents.json("show", "ronin-2022")["related"]]
    assert incidents(*relation, "--remove").code == 0
    assert incidents.json("list", "--text", "heist")["counted"] == 1
    assert incidents(*relation, "--remove").code == 2


def test_a_relation_that_runs_in_a_circle_is_refused(incidents: Command) -> None:
    for title in ("One", "Two"):
        incidents("add", f"title={title}", *NEW[1:], "source=paper")
    why = ("--source", "paper", "--reason", "x")
    assert incidents("relate", "one-2024", "same-as", "two-2024", *why).code == 0
    ran = incidents("relate", "two-2024", "same-as", "one-2024", *why)
    assert ran.code == 2
    assert "by way of" in ran.out


def test_the_timeline_stands_in_letters_json_and_a_drawing(incidents: Command, tmp_path: Path) -> None:
    drawing = tmp_path / "timeline.svg"
    ran = incidents("timeline", "--actor", "dprk", "--period", "2019", "--svg", drawing)
    assert ran.code == 0, ran.err
    upbit = next(line for line in ran.out.splitlines() if "Upbit" in line)
    assert "T" in upbit.partition("Upbit")[2]
    assert upbit.rstrip().endswith("days")
    assert drawing.read_text("utf-8").startswith("<svg")
    rows = incidents.json("timeline", "--actor", "dprk", "--period", "2019")
    moments = {one["kind"]: one for row in rows if row["id"] == "upbit-2019" for one in row["moments"]}
    assert moments["confirmation"]["days"] == 1821
    assert moments["theft"]["source"]


def test_a_case_is_printed_alone(incidents: Command) -> None:
    assert incidents("show", "ronin-2022", "--case", "--json").code == 2


def test_the_help_names_every_column(incidents: Command) -> None:
    words = set(incidents("import", "--help").out.replace(",", " ").replace(".", " ").split())
    assert set(COLUMNS_KNOWN) <= words


def test_the_record_may_be_in_a_postgresql_database(
    incidents: Command, postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = postgres_server.made_database("incidents")
    assert incidents("add", *NEW, "--record", url).code == 0
    assert incidents("show", "heist-2024").code == 2
    assert incidents.json("show", "heist-2024", "--record", url)["title"] == "Heist"
    monkeypatch.setenv("QIYAFA_DATABASE", url)
    assert "and 1 that you have added or changed" in incidents("list", "--text", "heist").out
    assert not incidents.home.exists()


def test_what_is_claimed_reads_as_it_was_said(incidents: Command) -> None:
    bangladesh, sony = incidents("show", "bangladesh-bank-2016").out, incidents("show", "sony-pictures-2014").out
    for words in ("about 1,000,000,000 USD", "more than half", "35 orders", "63,000,000 USD"):
        assert words in bangladesh
    assert "2,014" not in sony


def test_every_word_of_the_model_has_a_word_for_people() -> None:
    words = {"kind": IncidentKind, "status": IncidentStatus, "amount": AmountKind, "date": DateKind, "link": LinkKind}
    words |= {"relation": RelationKind, "reverse": RelationKind}
    for table, values in words.items():
        assert all(word(table, value.value) for value in values)
    assert all(bounded(bound, Decimal(1), "USD") for bound in Bound)
    assert [basis for basis in Basis if not basis_words(basis)] == [Basis.NOT_SAID]
