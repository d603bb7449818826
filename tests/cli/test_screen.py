"""`qiyafa screen`: verdicts for people and programs, files, kept verdicts, and what has changed since a day."""

import csv
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from tests.cli.running import Qiyafa

from qiyafa.app.home import Home
from qiyafa.app.lists import ImportRequest, import_list
from qiyafa.chains.formats import FORMATS
from qiyafa.model.category import Category
from qiyafa.stores.labels import LabelStore

from support.screening import address, label, made_ledger

TORNADO_ROUTER = "0xd90e2f925DA726b50C4Ed8D0Fb90Ad053324F31b"
LISTED, CLEAN, MIXER = address(1), address(2), address(3)
TODAY = datetime.now(UTC).date()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a list of today and one label."""
    home = Home(tmp_path_factory.mktemp("home")).made()
    listed = "\n".join([LISTED, *map(address, range(1000, 1600))]).encode()
    request = ImportRequest("ofac-addresses", {"sanctioned_addresses_ETH.txt": listed}, "made", TODAY)
    import_list(home, request, now=datetime.now(UTC))
    said = label(Category.MIXER, identity=FORMATS.read(MIXER).identities[0], written=MIXER, id="a" * 32)
    LabelStore.open(home.labels).add([said], datetime(2024, 1, 1, tzinfo=UTC))
    return home.path


def test_a_listed_address_is_a_hit_and_exit_code_1(qiyafa: Qiyafa, home: Path) -> None:
    ran = qiyafa("screen", LISTED, "--home", home)
    assert ran.code == 1
    assert ran.out.startswith("HIT\n")
    assert LISTED in ran.out
    assert "Not covered:" in ran.out


def test_no_hit_says_what_was_asked_and_not_that_an_address_is_clean(qiyafa: Qiyafa, home: Path) -> None:
    ran = qiyafa("screen", CLEAN, "--home", home)
    assert ran.code == 0
    assert ran.out.startswith("NO HIT\n")
    assert f"ofac-addresses ({TODAY}), labels" in ran.out
    assert "does not say that the address is clean" in ran.out


def test_programs_get_one_object_for_each_address_in_order(qiyafa: Qiyafa, home: Path) -> None:
    ran = qiyafa("screen", CLEAN, LISTED, MIXER, "hello", "--home", home, "--json")
    found = json.loads(ran.out)
    assert [one["verdict"] for one in found] == ["no_hit", "hit", "review", "unavailable"]
    assert ran.code == 1
    for one in found:
        assert {"address", "chain", "verdict", "reasons", "exposure", "as_of", "lists", "ledger", "coverage"} <= set(
            one
        )
    assert found[2]["reasons"][0]["evidence"]["labels"][0]["source"] == "a blog"
    assert found[1]["reasons"][0]["evidence"]["designations"][0]["version"].startswith(str(TODAY))


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger in which the labelled mixer pays an address a quarter of an ether."""
    return made_ledger(tmp_path_factory.mktemp("paid") / "ledger", [(MIXER, CLEAN, 25 * 10**16 + 1)])


def test_people_read_exposure_in_the_units_of_the_asset(qiyafa: Qiyafa, home: Path, ledger: Path) -> None:
    ran = qiyafa("screen", CLEAN, "--home", home, "--ledger", ledger)
    assert ran.out.startswith("REVIEW\n")
    assert "(0.2500 ETH)" in ran.out
    assert "250000000000000001" not in ran.out


def test_programs_read_exposure_in_exact_base_units(qiyafa: Qiyafa, home: Path, ledger: Path, tmp_path: Path) -> None:
    (found,) = json.loads(qiyafa("screen", CLEAN, "--home", home, "--ledger", ledger, "--json").out)
    assert {(one["units"], one["symbol"], one["decimals"]) for one in found["exposure"]} == {
        ("250000000000000001", "ETH", 18)
    }
    asked = tmp_path / "in.csv"
    asked.write_text(f"address\n{CLEAN}\n{LISTED}\n")
    exposed, other = csv.DictReader(
        qiyafa("screen", "--file", asked, "--home", home, "--ledger", ledger).out.splitlines()
    )
    (one,) = json.loads(exposed["exposure"])
    assert (one["units"], one["symbol"], one["decimals"]) == ("250000000000000001", "ETH", 18)
    assert other["exposure"] == ""


@pytest.mark.parametrize(
    "content", [b"name\nx\n", b"\xff\xfea\x00", b"address\n" + b"0x1\n" * 2500 + b'"' + b"x" * ((1 << 24) + 1)]
)
def test_nothing_is_written_for_a_file_that_is_refused(
    qiyafa: Qiyafa, home: Path, tmp_path: Path, content: bytes
) -> None:
    asked = tmp_path / "in.csv"
    asked.write_bytes(content)
    ran = qiyafa("screen", "--file", asked, "--home", home)
    assert (ran.code, ran.out) == (2, "")


def test_a_file_is_never_replaced_by_its_own_verdicts(qiyafa: Qiyafa, home: Path, tmp_path: Path) -> None:
    asked, link = tmp_path / "in.csv", tmp_path / "link.csv"
    asked.write_text(f"customer,address\n7,{LISTED}\n")
    link.symlink_to(asked)
    for out in (asked, link):
        ran = qiyafa("screen", "--file", asked, "--out", out, "--home", home)
        assert (ran.code, asked.read_text()) == (2, f"customer,address\n7,{LISTED}\n")
        assert "Name another file" in ran.err


def test_a_row_that_is_no_text_does_not_keep_the_others_from_an_answer(
    qiyafa: Qiyafa, home: Path, tmp_path: Path
) -> None:
    asked, out = tmp_path / "in.csv", tmp_path / "out.csv"
    asked.write_bytes(f"address\n{LISTED}\n".encode() + b"\xff\xfe\n" + f"{MIXER}\n".encode())
    assert qiyafa("screen", "--file", asked, "--out", out, "--home", home).code == 1
    rows = list(csv.DictReader(out.read_text(errors="surrogateescape").splitlines()))
    assert [row["verdict"] for row in rows] == ["hit", "unavailable", "review"]


@pytest.mark.parametrize(
    ("day", "verdict", "said", "code"),
    [
        ("2022-07-01", "no_hit", "not yet listed", 0),
        ("2022-10-01", "hit", "listed since 2022-08-08", 1),
        ("2025-04-01", "review", "listed 2022-08-08 to 2025-03-21", 0),
    ],
)
def test_tornado_cash_is_answered_as_of_any_day(
    qiyafa: Qiyafa, home: Path, day: str, verdict: str, said: str, code: int
) -> None:
    ran = qiyafa("screen", TORNADO_ROUTER, "--as-of", day, "--home", home, "--json")
    (found,) = json.loads(ran.out)
    assert (found["verdict"], ran.code) == (verdict, code)
    assert any(said in reason["text"] for reason in found["reasons"])
    assert found["as_of"] == f"{day}T23:59:59Z"


def test_a_file_gives_a_row_for_each_row(qiyafa: Qiyafa, home: Path, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(f"id,address\n1,{CLEAN}\n2,{LISTED}\n3,nonsense\n")
    ran = qiyafa("screen", "--file", tmp_path / "in.csv", "--out", tmp_path / "out.csv", "--home", home)
    assert ran.code == 1
    assert "HIT: 1" in ran.out
    with (tmp_path / "out.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["address"], row["verdict"]) for row in rows] == [
        (CLEAN, "no_hit"),
        (LISTED, "hit"),
        ("nonsense", "unavailable"),
    ]
    on_screen = qiyafa("screen", "--file", tmp_path / "in.csv", "--home", home)
    assert on_screen.out == (tmp_path / "out.csv").read_bytes().decode()
    as_json = json.loads(qiyafa("screen", "--file", tmp_path / "in.csv", "--home", home, "--json").out)
    assert [one["verdict"] for one in as_json] == ["no_hit", "hit", "unavailable"]


def test_a_broken_file_leaves_nothing_behind(qiyafa: Qiyafa, home: Path, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("wallet\n0x1\n")
    ran = qiyafa("screen", "--file", tmp_path / "in.csv", "--out", tmp_path / "out.csv", "--home", home)
    assert ran.code == 2
    assert "has no column `address`" in ran.err
    assert not (tmp_path / "out.csv").exists()


def test_a_kept_verdict_is_given_again_byte_for_byte(qiyafa: Qiyafa, home: Path) -> None:
    first = qiyafa("screen", MIXER, "--request-id", "deposit-1", "--home", home, "--json")
    again = qiyafa("screen", MIXER, "--request-id", "deposit-1", "--home", home, "--json")
    assert first.out == again.out
    other = qiyafa("screen", CLEAN, "--request-id", "deposit-1", "--home", home)
    assert other.code == 3
    assert "used for another question" in other.err
    kept = qiyafa("screen", CLEAN, LISTED, "--keep", "--home", home)
    assert kept.code == 1
    (found,) = json.loads(first.out)
    used = qiyafa("labels", "blast-radius", found["reasons"][0]["evidence"]["labels"][0]["id"], "--home", home)
    assert "deposit-1" in used.out


def test_what_has_changed_since_a_day_is_shown_with_its_reason(qiyafa: Qiyafa, home: Path) -> None:
    ran = qiyafa("screen", TORNADO_ROUTER, "--rescreen", "--since", "2024-01-01", "--home", home)
    assert ran.code == 0
    assert "HIT, now REVIEW" in ran.out
    assert "listed 2022-08-08 to 2025-03-21" in ran.out
    (change,) = json.loads(
        qiyafa("screen", TORNADO_ROUTER, "--rescreen", "--since", "2024-01-01", "--home", home, "--json").out
    )
    assert (change["before"]["verdict"], change["after"]["verdict"]) == ("hit", "review")
    nothing = qiyafa("screen", "--rescreen", "--since", "2024-01-01", "--home", home, "--json")
    assert json.loads(nothing.out) == []


def test_rules_of_ones_own_change_the_verdict(qiyafa: Qiyafa, home: Path, tmp_path: Path) -> None:
    lean = Path(__file__).resolve().parents[2] / "docs" / "rules" / "lean.toml"
    (found,) = json.loads(qiyafa("screen", MIXER, "--rules", lean, "--home", home, "--json").out)
    assert found["verdict"] == "no_hit"
    assert found["rules"].startswith("lean/")
    (tmp_path / "typo.toml").write_text(lean.read_text().replace("max_age_days", "max_age_day"))
    ran = qiyafa("screen", MIXER, "--rules", tmp_path / "typo.toml", "--home", home)
    assert ran.code == 2
    assert "Did you mean `max_age_days`?" in ran.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "Name an address"),
        (("--out", "x.csv"), "--out goes with --file"),
        (("0x1", "--file", "x.csv"), "not both"),
        (("0x1", "0x2", "--request-id", "a"), "exactly one address"),
        (("0x1", "--request-id", "a b"), "is no id of a request"),
        (("--rescreen",), "--since DATE"),
        (("0x1", "--since", "2024-01-01"), "goes with --rescreen"),
        (("0x1", "--rescreen", "--since", "2024-01-01", "--keep"), "--rescreen goes neither"),
        (("0x1", "--as-of", "yesterday"), "--as-of takes a day"),
        (("0x1", "--as-of", str(TODAY + timedelta(days=3))), "lies in the future"),
        (("0x1", "--chain", "bitcon"), "bitcoin"),
        (("--file", "nowhere.csv"), "There is no file"),
        (("0x1", "--ledger", "nowhere"), "nowhere"),
        (("0x1", "--rules", "nowhere.toml"), "There is no rule file"),
    ],
)
def test_a_wrong_request_is_refused_with_what_to_do(
    qiyafa: Qiyafa, home: Path, arguments: tuple[str, ...], said: str
) -> None:
    ran = qiyafa("screen", *arguments, "--home", home)
    assert ran.code == 2
    assert said in ran.err


def test_a_hostile_address_can_do_nothing_in_a_terminal(qiyafa: Qiyafa, home: Path) -> None:
    hostile = "‮" + LISTED + "\x1b[2J\n"
    ran = qiyafa("screen", hostile, "--home", home)
    assert "\x1b" not in ran.out
    assert "‮" not in ran.out
    (found,) = json.loads(qiyafa("screen", hostile, "--home", home, "--json").out)
    assert found["address"] == hostile


def test_a_home_without_lists_gives_no_answer(qiyafa: Qiyafa, tmp_path: Path) -> None:
    ran = qiyafa("screen", CLEAN, "--home", tmp_path / "none", "--as-of", date(2024, 1, 1))
    assert ran.code == 0
    assert ran.out.startswith("UNAVAILABLE")
    assert "No list of OFAC was ever imported" in ran.out
    assert not (tmp_path / "none").exists()
