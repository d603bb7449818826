"""`qiyafa keys`: a key is shown once, and what is listed opens nothing."""

import json
from base64 import b64decode
from pathlib import Path

from tests.cli.running import Qiyafa

from qiyafa.app.home import Home


def test_a_key_is_shown_once_and_never_kept(qiyafa: Qiyafa, tmp_path: Path) -> None:
    made = json.loads(qiyafa("keys", "create", "exchange", "--home", tmp_path, "--json").out)
    assert made["key"].startswith(f"qiyafa_{made['prefix']}_")
    assert made["scopes"] == ["read", "screen"]
    assert made["signing_secret"] is None
    secret = made["key"].rpartition("_")[2].encode()
    kept = b"".join(file.read_bytes() for file in tmp_path.glob("keys.sqlite*"))
    assert secret not in kept
    assert made["prefix"].encode() in kept


def test_a_key_that_signs_has_a_secret_that_is_not_kept_either(qiyafa: Qiyafa, tmp_path: Path) -> None:
    ran = qiyafa("keys", "create", "elliptic", "--signed", "--home", tmp_path)
    signing = b64decode(ran.out.splitlines()[-1])
    assert len(signing) == 32
    assert signing not in Home(tmp_path).keys.read_bytes()


def test_keys_are_listed_with_what_became_of_them(qiyafa: Qiyafa, tmp_path: Path) -> None:
    first, second = (
        json.loads(qiyafa("keys", "create", name, "--home", tmp_path, "--json").out) for name in ("one", "two")
    )
    assert qiyafa("keys", "revoke", first["prefix"], "--home", tmp_path).code == 0
    listed = json.loads(qiyafa("keys", "list", "--home", tmp_path, "--json").out)
    assert [(one["name"], one["state"]) for one in listed] == [("one", "revoked"), ("two", "active")]
    assert second["key"] not in json.dumps(listed)
    table = qiyafa("keys", "list", "--home", tmp_path).out
    assert second["prefix"] in table
    assert "revoked" in table


def test_no_keys_are_said_and_nothing_is_made(qiyafa: Qiyafa, tmp_path: Path) -> None:
    ran = qiyafa("keys", "list", "--home", tmp_path / "none")
    assert (ran.code, ran.out) == (0, "There are no keys.\n")
    assert not (tmp_path / "none").exists()


def test_what_cannot_be_meant_is_refused(qiyafa: Qiyafa, tmp_path: Path) -> None:
    for arguments in (
        ("create", "x", "--scope", "everything"),
        ("create", " "),
        ("create", "x", "--days", "0"),
        ("create", "x", "--days", "99999"),
        ("revoke", "000000000000"),
    ):
        ran = qiyafa("keys", *arguments, "--home", tmp_path)
        assert (ran.code, ran.err.startswith("qiyafa: ")) == (2, True), arguments


def test_a_hostile_name_does_not_act(qiyafa: Qiyafa, tmp_path: Path) -> None:
    qiyafa("keys", "create", "\x1b[2J\u202ename", "--home", tmp_path)
    assert "\x1b" not in qiyafa("keys", "list", "--home", tmp_path).out
