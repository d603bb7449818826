"""`qiyafa labels` from a command line: for people, for programs, and exit codes that mean something."""

import json
import sqlite3
from pathlib import Path

import pytest
from tests.cli.running import Qiyafa

from support.labels import ROUTER

PACK = f"""title: "p\\u202e"
creator: c
source: https://example.org
currency: ETH
tags:
- address: '{ROUTER}'
  label: Tornado
  category: mixing_service
  confidence: authority_data
- address: '{ROUTER}'
  label: "evil\\u202e\\x1b[31m"
  confidence: web_crawl
- address: {ROUTER}
  label: unquoted
"""


@pytest.fixture
def home(tmp_path: Path, qiyafa: Qiyafa) -> str:
    pack = tmp_path / "pack.yaml"
    pack.write_text(PACK, encoding="utf-8")
    ran = qiyafa("labels", "import", str(pack), "--home", str(tmp_path / "home"))
    assert ran.code == 0, ran.err
    assert "2 labels read from 1 files: 2 new" in ran.out
    assert "line 13" in ran.out
    assert "not in quotes" in ran.out
    return str(tmp_path / "home")


def label(qiyafa: Qiyafa, home: str, number: int = 0) -> str:
    ran = qiyafa("labels", "show", ROUTER, "--home", home, "--json")
    found: str = json.loads(ran.out)["labels"][number]["id"]
    return found


def test_labels_stand_side_by_side_and_nothing_hostile_acts(qiyafa: Qiyafa, home: str) -> None:
    ran = qiyafa("labels", "show", ROUTER.lower(), "--home", home)
    assert ran.code == 0
    assert "Named first: Tornado, because it is the most confident (authority_data, 60 of 100)." in ran.out
    assert "evil\\u{202e}\\x1b[31m" in ran.out
    assert "\x1b[31m" not in ran.out
    assert "\u202e" not in ran.out


def test_programs_get_every_field(qiyafa: Qiyafa, home: str) -> None:
    record = json.loads(qiyafa("labels", "show", ROUTER, "--home", home, "--json").out)
    assert record["winner"] == record["labels"][0]["id"]
    assert record["version"]
    first = record["labels"][0]
    assert (first["category"], first["risk"], first["routing"], first["level"]) == ("mixer", "mixer", "mixer", 60)
    assert first["details"]["pack.title"] == "p\u202e"


def test_an_objection_is_shown_with_the_label_and_what_rested_on_it(qiyafa: Qiyafa, home: str) -> None:
    name = label(qiyafa, home)
    ran = qiyafa("labels", "dispute", name[:8], "--reason", "a shop", "--by", "Kim", "--home", home)
    assert ran.code == 0
    assert "Nothing that is known rested on" in ran.out
    assert "disputed: Kim: a shop" in qiyafa("labels", "show", ROUTER, "--home", home).out
    assert qiyafa("labels", "withdraw", name, "--reason", "x", "--home", home, "--json").code == 0
    history = json.loads(qiyafa("labels", "history", name, "--home", home, "--json").out)
    assert [version["state"] for version in history] == ["active", "disputed", "withdrawn"]
    assert "Tornado" not in qiyafa("labels", "show", ROUTER, "--home", home).out
    assert qiyafa("labels", "history", name, "--home", home).out.count("Tornado") == 3


def test_a_trace_that_used_a_label_is_in_its_blast_radius(
    qiyafa: Qiyafa, home: str, case: str, ledger: str, tmp_path: Path
) -> None:
    without = json.loads(qiyafa("trace", case, "--ledger", ledger, "--home", home, "--no-labels", "--json").out)
    holder = without["methods"]["fifo"]["holdings"][0]["address"]
    table = tmp_path / "t.csv"
    table.write_text(f"address,chain,name,source,category,confidence\n{holder},ETH,known,me,stolen_funds,forensic\n")
    assert qiyafa("labels", "import", str(table), "--home", home).code == 0
    with_labels = json.loads(qiyafa("trace", case, "--ledger", ledger, "--home", home, "--json").out)
    assert "labels" in with_labels["versions"]
    assert "labels" not in without["versions"]
    found = json.loads(qiyafa("labels", "find", "known", "--home", home, "--json").out)["labels"][0]["id"]
    uses = json.loads(qiyafa("labels", "blast-radius", found, "--home", home, "--json").out)["uses"]
    assert [use["kind"] for use in uses] == ["trace"]
    assert with_labels["case"] in qiyafa("labels", "blast-radius", found, "--home", home).out


def test_a_flipped_bit_ends_with_one(qiyafa: Qiyafa, home: str) -> None:
    assert qiyafa("labels", "verify", "--home", home).code == 0
    with sqlite3.connect(Path(home) / "labels.sqlite") as connection:
        connection.execute("UPDATE versions SET key = key || 'x' WHERE seq = 1")
    ran = qiyafa("labels", "verify", "--home", home, "--json")
    assert ran.code == 1
    assert json.loads(ran.out)["damaged"] == [{"table": "versions", "row": 1}]
    assert qiyafa("labels", "verify", "--home", home).code == 1


def test_what_is_in_the_store_is_counted_and_given_away(qiyafa: Qiyafa, home: str, tmp_path: Path) -> None:
    assert json.loads(qiyafa("labels", "info", "--home", home, "--json").out)["labels"] == 2
    assert "different statements" in qiyafa("labels", "info", "--home", home).out
    out = tmp_path / "out.csv"
    assert "2 entries" in qiyafa("labels", "export", "--out", str(out), "--home", home).out
    assert len(out.read_text().splitlines()) == 3
    ran = qiyafa("labels", "export", "--format", "tagpack", "--out", str(tmp_path / "p.yaml"), "--home", home, "--json")
    assert json.loads(ran.out)["entries"] == 2


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("show", ROUTER, "--home", "nowhere"), 2, "There are no labels yet"),
        (("import", "nothing.yaml", "--home", "nowhere"), 2, "nothing.yaml is not there"),
        (("import", "nothing.yaml", "--format", "pdf"), 2, "There is no format pdf"),
        (("import", "nothing.yaml", "--tlp", "pink"), 2, "There is no TLP pink"),
        (("export", "--format", "pdf", "--out", "x"), 2, "There is no format pdf"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(
    qiyafa: Qiyafa, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], code: int, words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = qiyafa("labels", *arguments)
    assert ran.code == code
    assert words in ran.err
    assert not (tmp_path / "nowhere").exists()


def test_a_text_that_names_no_label_is_refused(qiyafa: Qiyafa, home: str) -> None:
    for command in ("dispute", "withdraw"):
        assert qiyafa("labels", command, "xyz", "--reason", "x", "--home", home).code == 2
    assert qiyafa("labels", "blast-radius", "abcdef", "--home", home).code == 2
    assert "No label matches" in qiyafa("labels", "find", "nobody", "--home", home).out
    assert "no sign that it is clean" in qiyafa("labels", "show", "0x" + "0" * 40, "--home", home).out


def test_a_trace_asked_for_labels_that_are_not_there_says_so(qiyafa: Qiyafa, case: str, ledger: str) -> None:
    ran = qiyafa("trace", case, "--ledger", ledger, "--home", "nowhere", "--labels")
    assert (ran.code, "There are no labels yet" in ran.err) == (2, True)
