"""`qiyafa read` on small documents: what it prints, what it keeps, and what it refuses."""

import json
from pathlib import Path

import pytest
from tests.cli.running import Qiyafa, Ran

ARTICLE = """Monitors say thefts reach $3.6 billion

May 14, 2024

The UN Panel of Experts said North Korea stole about $3.6 billion in 97 attacks between 2017 and last year.
Part of it reached 0x098B716B8Aaf21512996dC57EB0615e2383E2f96 in transaction
0x4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b, it said of the Lazarus Group.
"""
SAMPLE = Path(__file__).parents[1] / "lists" / "samples" / "sdn_advanced_sample.xml"
URL = "https://example.org/news/1"


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "article.txt"
    path.write_text(ARTICLE, "utf-8")
    return path


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def claims_of(ran: Ran) -> list[dict[str, object]]:
    assert ran.code == 0, ran.err
    return json.loads(ran.out)


def test_the_claims_are_an_array_of_objects_with_their_places(qiyafa: Qiyafa, article: Path, home: Path) -> None:
    claims = claims_of(qiyafa("read", article, "--json", "--home", home, "--publisher", "An agency"))
    money = next(one for one in claims if one["unit"] == "USD" and one["bound"] == "about")
    assert money["quantity"] == 3_600_000_000
    assert isinstance(money["quantity"], int)
    assert (money["lower"], money["upper"]) == (3_240_000_000, 3_960_000_000)
    assert money["publisher"] == "An agency"
    assert "Panel of Experts" in str(money["claimant"])
    assert str(money["period_start"])[:4] == "2017"
    assert str(money["period_end"])[:4] == "2023"
    assert ARTICLE[int(str(money["start"])) : int(str(money["end"]))] == money["quote"]
    assert {"measure", "modality", "subject", "file", "document_sha256", "rule", "reasons"} <= money.keys()


def test_people_see_each_quote_in_its_sentence(qiyafa: Qiyafa, article: Path, home: Path) -> None:
    ran = qiyafa("read", article, "--home", home)
    assert ran.code == 0
    assert "about 3,600,000,000 USD" in ran.out
    assert "the day that the document states" in ran.out
    assert "[" in ran.out
    assert "0x098B716B8Aaf21512996dC57EB0615e2383E2f96  eip155:1" in ran.out
    assert "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b  transaction" in ran.out
    assert "Lazarus" in ran.out.rpartition("Names")[2]


def test_all_gives_addresses_hashes_and_names_too(qiyafa: Qiyafa, article: Path, home: Path) -> None:
    ran = qiyafa("read", article, "--json", "--all", "--home", home)
    (document,) = json.loads(ran.out)["documents"]
    assert document["day"] == "2024-05-14"
    assert document["day_from"] == "document"
    assert [one["identity"] for one in document["addresses"]] == ["evm:0x098b716b8aaf21512996dc57eb0615e2383e2f96"]
    assert [one["kind"] for one in document["hashes"]] == ["transaction"]
    assert "lazarus" in {one["id"] for one in document["names"]}
    assert [one for one in document["claims"] if one["unit"] == "USD"]


def test_a_relative_date_needs_a_day_and_an_absolute_one_does_not(qiyafa: Qiyafa, tmp_path: Path) -> None:
    relative, absolute = tmp_path / "relative.txt", tmp_path / "absolute.txt"
    relative.write_text("Chainalysis said hackers stole $400 million last year.")
    absolute.write_text("Chainalysis said hackers stole $400 million in 2021.")
    ran = qiyafa("read", relative, "--home", tmp_path)
    assert ran.code == 2
    assert "--date" in ran.err
    assert str(relative) in ran.err
    (claim,) = claims_of(qiyafa("read", absolute, "--json", "--home", tmp_path))
    assert claim["period_start"] == "2021-01-01"
    (claim,) = claims_of(qiyafa("read", relative, "--json", "--home", tmp_path, "--date", "2022-01-13"))
    assert claim["period_start"] == "2021-01-01"


def test_a_day_to_come_is_refused(qiyafa: Qiyafa, article: Path, home: Path) -> None:
    ran = qiyafa("read", article, "--date", "2199-01-01", "--home", home)
    assert ran.code == 2
    assert "has not come yet" in ran.err


def test_who_says_what_nobody_is_named_for_can_be_told(qiyafa: Qiyafa, tmp_path: Path) -> None:
    path = tmp_path / "statement.txt"
    path.write_text("Hackers stole $400 million in 2021.")
    (claim,) = claims_of(qiyafa("read", path, "--json", "--home", tmp_path, "--claimant", "The exchange"))
    assert claim["claimant"] == "The exchange"


def test_hidden_and_reordering_characters_are_shown_as_escapes(qiyafa: Qiyafa, tmp_path: Path) -> None:
    path = tmp_path / "hostile.txt"
    path.write_text("Eve\u202egnp.exe\u202c said \x1b[31mhackers\x1b[0m stole $400 million\u200b in 2021.", "utf-8")
    ran = qiyafa("read", path, "--home", tmp_path)
    assert ran.code == 0
    assert not {"\u202e", "\u202c", "\x1b", "\u200b"} & set(ran.out)
    assert "\\u{202e}" in ran.out


def test_reading_stores_nothing_and_keeping_only_proposes(qiyafa: Qiyafa, article: Path, home: Path) -> None:
    accepted = len(claims_of(qiyafa("claims", "list", "--json", "--home", home)))
    qiyafa("read", article, "--home", home)
    assert not (home / "record.sqlite").exists()
    kept = qiyafa(
        "read", article, "--home", home, "--keep", "--url", URL, "--publisher", "An agency", "--author", "Ada"
    )
    assert kept.code == 0, kept.err
    assert "claims review" in kept.out
    assert len(claims_of(qiyafa("claims", "list", "--json", "--home", home))) == accepted
    again = qiyafa("read", article, "--home", home, "--keep", "--url", URL, "--publisher", "An agency")
    assert "0 claims of an-agency-2024-05-14" in again.out


def test_keeping_needs_what_others_can_look_up(qiyafa: Qiyafa, article: Path, home: Path) -> None:
    ran = qiyafa("read", article, "--home", home, "--keep")
    assert ran.code == 2
    assert "--url, --publisher" in ran.err


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--date", "yesterday"], "yesterday"),
        (["--all"], "--json"),
        (["--url", URL], "--keep"),
    ],
)
def test_options_that_mean_nothing_are_refused(
    qiyafa: Qiyafa, article: Path, home: Path, options: list[str], named: str
) -> None:
    ran = qiyafa("read", article, "--home", home, *options)
    assert ran.code == 2
    assert named in ran.err


def test_a_missing_file_is_named(qiyafa: Qiyafa, tmp_path: Path) -> None:
    ran = qiyafa("read", tmp_path / "nowhere.pdf", "--json", "--home", tmp_path)
    assert ran.code == 2
    assert json.loads(ran.err)["error"]["key"] == "read.error.file_missing"


def test_listed_parties_are_named_with_their_entry(qiyafa: Qiyafa, tmp_path: Path) -> None:
    imported = qiyafa("lists", "import", "ofac-sdn", SAMPLE, "--smaller-because", "a sample", "--home", tmp_path)
    assert imported.code == 0, imported.err
    path = tmp_path / "notice.txt"
    path.write_text("The Treasury designated Tian Yinyin, who laundered $100 million in 2018.")
    (document,) = json.loads(qiyafa("read", path, "--json", "--all", "--home", tmp_path).out)["documents"]
    assert [(one["text"], one["kind"], one["id"].split("/")[0]) for one in document["names"]] == [
        ("Tian Yinyin", "listed", "ofac-sdn")
    ]
