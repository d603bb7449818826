"""`qiyafa share misp|addresses|recalls|withdraw` by the command line."""

import csv
import json
from pathlib import Path

import pytest

from support.command_line import qiyafa

GENESIS = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def foreign(tmp_path: Path) -> Path:
    """An event of somebody else that names an address, with hostile words around it."""
    address = {"object_relation": "address", "type": "btc", "value": GENESIS}
    event = {
        "uuid": "5f2d1e0c-0000-4000-8000-000000000001",
        "info": "turned \u202e around",
        "Orgc": {"name": "=A CERT"},
        "Tag": [{"name": "tlp:green"}],
        "Object": [{"uuid": "x", "name": "coin-address", "Attribute": [address]}, {"name": "fi\u202ele"}],
    }
    path = tmp_path / "event.json"
    path.write_text(json.dumps({"Event": event}))
    return path


def test_a_fresh_home_shares_its_casebook_as_a_feed_and_knows_it_when_it_comes_back(home: Path, tmp_path: Path) -> None:
    feed = tmp_path / "feed"
    told = json.loads(qiyafa("share", "misp", "export", "--feed", "--out", feed, "--home", home, "--json"))
    assert (told["tlp"], told["kept"]) == ("TLP:CLEAR", [])
    assert len(list(feed.glob("*.json"))) == told["events"] + 1
    back = json.loads(qiyafa("share", "misp", "import", feed, "--dry-run", "--home", home, "--json"))
    assert (back["events"], back["entries"]["known"]) == (told["events"], back["entries"]["read"])
    assert (back["problems"], back["apart"], back["proposals"]) == ([], [], [])


def test_a_feed_that_lists_what_is_not_there_is_read_without_it(home: Path, tmp_path: Path) -> None:
    feed = tmp_path / "feed"
    qiyafa("share", "misp", "export", "--feed", "--out", feed, "--incident", "ronin-2022", "--home", home)
    events = sorted(feed.glob("*-*.json"))
    events[0].unlink()
    back = json.loads(qiyafa("share", "misp", "import", feed, "--dry-run", "--home", home, "--json"))
    assert "misp.problem.missing" in [one["key"] for one in back["problems"]]


def test_addresses_of_others_are_stored_only_after_somebody_looked(home: Path, foreign: Path, tmp_path: Path) -> None:
    said = qiyafa("share", "misp", "import", foreign, "--home", home)
    assert "1 addresses of others were not stored" in said
    assert "an object that the record has no place for" in said
    assert "\u202e" not in said
    table = tmp_path / "look.csv"
    qiyafa("share", "misp", "import", foreign, "--proposals", table, "--home", home)
    (row,) = csv.DictReader(table.open(newline=""))
    assert (row["address"], row["tlp"], row["source"], row["confidence"]) == (
        GENESIS,
        "TLP:GREEN",
        "'=A CERT",
        "unknown",
    )
    assert not (home / "labels.sqlite").exists()
    qiyafa("labels", "import", table, "--home", home)
    shown = json.loads(qiyafa("labels", "show", GENESIS, "--home", home, "--json"))
    assert [one["source"] for one in shown["labels"]] == ["=A CERT"]


def test_addresses_of_incidents_are_a_list_a_table_or_a_tagpack(home: Path, tmp_path: Path) -> None:
    ronin = "0x098b716b8aaf21512996dc57eb0615e2383e2f96"
    for name in ("list", "csv", "tagpack"):
        out = tmp_path / name
        arguments = ("share", "addresses", "--format", name, "--incident", "ronin-2022", "--out", out, "--json")
        assert json.loads(qiyafa(*arguments, "--home", home))["addresses"] == 1
        assert ronin in out.read_text()
    pack = tmp_path / "tagpack.yaml"
    (tmp_path / "tagpack").rename(pack)
    taken = json.loads(qiyafa("labels", "import", pack, "--home", home, "--json"))
    assert taken["labels"] == 1


def test_a_recall_goes_from_the_withdrawal_to_the_file_for_the_receiver(home: Path, tmp_path: Path) -> None:
    to = ("--to", "A partner", "--home", home)
    qiyafa("share", "misp", "export", "--incident", "ronin-2022", "--out", tmp_path / "given.json", *to)
    assert "Nothing was withdrawn" in qiyafa("share", "recalls", "--home", home)
    qiyafa("share", "withdraw", "incident", "ronin-2022", "--reason", "a mistake", "--home", home)
    assert "A partner" in qiyafa("share", "recalls", "--home", home)
    folder = tmp_path / "revocations"
    told = json.loads(qiyafa("share", "recalls", "--write", folder, "--home", home, "--json"))
    assert [one["receiver"] for one in told["written"]["files"]] == ["A partner"]
    assert [one["told"] for recall in told["recalls"] for one in recall["holders"]] == ["yes"]
    assert len(list(folder.iterdir())) == 1
    assert "was told" in qiyafa("share", "recalls", "--home", home)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("misp", "export", "--out", "x.json", "--tlp", "PINK"), 2),
        (("misp", "export", "--out", "x.json", "--to", "\u202e"), 2),
        (("misp", "import", "nothing.json"), 2),
        (("misp", "export", "--out", "/nowhere/at/all.json"), 3),
        (("misp", "export", "--feed", "--out", "/dev/null"), 2),
        (("addresses", "--format", "xml", "--out", "x"), 2),
        (("withdraw", "label", "x", "--reason", "y"), 2),
    ],
)
def test_what_cannot_be_meant_ends_with_its_code(home: Path, arguments: tuple[str, ...], code: int) -> None:
    qiyafa("share", *arguments, "--home", home, code=code)
    assert not home.exists()


@pytest.mark.parametrize(
    "group", [("misp",), ("misp", "export"), ("misp", "import"), ("addresses",), ("recalls",), ("withdraw",)]
)
def test_help_shows_examples(group: tuple[str, ...]) -> None:
    assert "Examples" in qiyafa("share", *group, "--help")
