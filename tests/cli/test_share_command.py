"""`qiyafa share`: bundles out and in by the command line."""

import codecs
import json
from pathlib import Path

import pytest

from support.command_line import qiyafa


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def test_a_fresh_home_shares_its_casebook_and_knows_it_when_it_comes_back(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    told = json.loads(qiyafa("share", "stix", "export", "--out", out, "--home", home, "--json"))
    assert (told["tlp"], told["kept"], told["trimmed"]) == ("TLP:CLEAR", [], [])
    assert told["objects"] == len(json.loads(out.read_text())["objects"])
    back = json.loads(qiyafa("share", "stix", "import", out, "--dry-run", "--home", home, "--json"))
    assert back["entries"]["known"] == told["entries"]
    assert (back["problems"], back["apart"]) == ([], [])


def test_people_are_told_what_was_kept_apart_and_hostile_names_are_shown_harmlessly(home: Path, tmp_path: Path) -> None:
    report = {
        "type": "report",
        "spec_version": "2.1",
        "id": "report--00000000-0000-4000-8000-000000000001",
        "created": "2024-01-01T00:00:00.000Z",
        "modified": "2024-01-01T00:00:00.000Z",
        "name": "turned \u202e around",
        "object_refs": ["malware--00000000-0000-4000-8000-000000000002"],
    }
    bundle = tmp_path / "theirs\u202e.json"
    bundle.write_text(json.dumps({"type": "bundle", "objects": [report]}))
    said = qiyafa("share", "stix", "import", bundle, "--home", home)
    assert "no page is named where it can be looked up" in said
    assert "malware--00000000-0000-4000-8000-000000000002, which is not in the file" in said
    assert "\u202e" not in said


def test_a_mark_before_the_text_of_a_file_changes_nothing(home: Path, tmp_path: Path) -> None:
    for way in ("stix", "misp"):
        out = tmp_path / f"{way}.json"
        qiyafa("share", way, "export", "--incident", "ronin-2022", "--out", out, "--home", home)
        plain = qiyafa("share", way, "import", out, "--dry-run", "--home", home, "--json")
        out.write_bytes(codecs.BOM_UTF8 + out.read_bytes())
        assert qiyafa("share", way, "import", out, "--dry-run", "--home", home, "--json") == plain


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("export", "--out", "x.json", "--tlp", "PINK"), 2),
        (("export", "--out", "x.json", "--incident", "nothing-1999"), 2),
        (("import", "nothing.json"), 2),
        (("export", "--out", "/nowhere/at/all.json"), 3),
    ],
)
def test_what_cannot_be_meant_ends_with_its_code_and_writes_nothing(
    home: Path, arguments: tuple[str, ...], code: int
) -> None:
    qiyafa("share", "stix", *arguments, "--home", home, code=code)
    assert not home.exists()


def test_help_shows_examples() -> None:
    for arguments in (("share",), ("share", "stix"), ("share", "stix", "export"), ("share", "stix", "import")):
        assert "Examples" in qiyafa(*arguments, "--help")
