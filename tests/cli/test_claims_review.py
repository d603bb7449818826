"""A person decides about proposed claims: by id, or one by one on a terminal."""

import json
import os
import pty
import select
import subprocess
import time
from pathlib import Path

import pytest
from tests.cli.running import Qiyafa

from qiyafa.app.home import Home
from qiyafa.app.record import record_book
from qiyafa.model.claim import Claim, ClaimState
from qiyafa.model.record import EntryKind

from support.command_line import command

ARTICLE = """Chainalysis said hackers stole $400 million in 2021.

It said thieves took 173,600 ETH in March 2022.
"""
PATIENT_SECONDS = 60


@pytest.fixture
def home(tmp_path: Path, qiyafa: Qiyafa) -> Path:
    """A home with two proposed claims."""
    path = tmp_path / "article.txt"
    path.write_text(ARTICLE)
    home = tmp_path / "home"
    source = ["--url", "https://example.org/1", "--publisher", "An agency", "--date", "2022-06-01"]
    ran = qiyafa("read", path, "--keep", *source, "--home", home)
    assert ran.code == 0, ran.err
    return home


def proposed(home: Path) -> list[Claim]:
    return list(record_book(Home(home)).proposed())


def claim(home: Path, id: str) -> Claim:
    found = record_book(Home(home)).get(EntryKind.CLAIM, id)
    assert isinstance(found, Claim)
    return found


def test_what_waits_is_listed_with_its_ids(qiyafa: Qiyafa, home: Path) -> None:
    waiting = json.loads(qiyafa("claims", "list", "--proposed", "--json", "--home", home).out)
    assert {one["id"] for one in waiting} == {one.id for one in proposed(home)}
    assert {one["state"] for one in waiting} == {"proposed"}
    narrowed = qiyafa("claims", "list", "--proposed", "--claimant", "nobody", "--json", "--home", home)
    assert json.loads(narrowed.out) == []
    then = qiyafa("claims", "list", "--proposed", "--as-of", "2022-01-01", "--home", home)
    assert then.code == 2
    assert "Leave out --as-of" in then.err


def test_accepted_claims_count_and_say_who_accepted_them(qiyafa: Qiyafa, home: Path) -> None:
    first, second = proposed(home)
    ran = qiyafa("claims", "accept", first.id, "--author", "Ada", "--reason", "as printed", "--home", home)
    assert ran.code == 0, ran.err
    assert claim(home, first.id).state is ClaimState.ACCEPTED
    assert [one.id for one in proposed(home)] == [second.id]
    listed = json.loads(qiyafa("claims", "list", "--json", "--home", home).out)
    assert first.id in json.dumps(listed)
    last = record_book(Home(home)).history(EntryKind.CLAIM, first.id)[-1]
    assert (last.author, last.reason) == ("Ada", "as printed")


def test_rejected_claims_never_count_and_are_not_proposed_again(qiyafa: Qiyafa, home: Path, tmp_path: Path) -> None:
    first, second = proposed(home)
    ran = qiyafa("claims", "reject", first.id[:12], second.id, "--author", "Ada", "--home", home)
    assert ran.code == 0, ran.err
    assert proposed(home) == []
    source = ["--url", "https://example.org/1", "--publisher", "An agency", "--date", "2022-06-01"]
    again = qiyafa("read", tmp_path / "article.txt", "--keep", *source, "--home", home)
    assert again.code == 0
    assert proposed(home) == []


@pytest.mark.parametrize("id", ["read-0000000000000000", "chainalysis", "r", "'; drop table"])
def test_only_what_is_proposed_can_be_decided(qiyafa: Qiyafa, home: Path, id: str) -> None:
    ran = qiyafa("claims", "accept", id, "--author", "Ada", "--home", home)
    assert ran.code == 2
    assert len(proposed(home)) == 2


def test_one_wrong_id_decides_nothing(qiyafa: Qiyafa, home: Path) -> None:
    ran = qiyafa("claims", "accept", proposed(home)[0].id, "read-nowhere", "--author", "Ada", "--home", home)
    assert ran.code == 2
    assert len(proposed(home)) == 2


def test_without_a_terminal_a_review_says_how_to_decide_by_id(home: Path) -> None:
    ran = subprocess.run(
        command("claims", "review", "--author", "Ada", "--home", home),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENT_SECONDS,
    )
    assert ran.returncode == 2
    assert "qiyafa claims accept" in ran.stderr


def test_on_a_terminal_each_claim_is_asked_about(home: Path) -> None:
    """One claim is corrected, after a slip, and accepted; the other is rejected."""
    by_unit = {one.unit: one.id for one in proposed(home)}
    answers = {"USD": ["e", "colour=red", "bound=about", "quantity=420000000", ""], "ETH": ["r"]}
    lines = [line for one in proposed(home) for line in answers[one.unit]]
    written = typed(command("claims", "review", "--author", "Ada", "--home", home), lines)
    assert "colour" in written
    corrected = claim(home, by_unit["USD"])
    assert (str(corrected.quantity), corrected.bound.value, corrected.state) == ("420000000", "about", "accepted")
    assert claim(home, by_unit["ETH"]).state is ClaimState.REJECTED
    assert "Decided: 2" in written


def typed(arguments: list[str], lines: list[str]) -> str:
    """Run a program on a terminal of its own, type lines whenever it asks, and return what it wrote."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(arguments, stdin=theirs, stdout=theirs, stderr=theirs, close_fds=True)
    os.close(theirs)
    written, seen, waiting = "", 0, list(lines)
    until = time.monotonic() + PATIENT_SECONDS
    try:
        while time.monotonic() < until:
            if select.select([ours], [], [], 0.2)[0]:
                try:
                    part = os.read(ours, 65536)
                except OSError:
                    break
                written += part.decode(errors="replace")
            if waiting and written[seen:].rstrip().endswith((":", ">")):
                seen = len(written)
                os.write(ours, f"{waiting.pop(0)}\n".encode())
            if process.poll() is not None and not select.select([ours], [], [], 0)[0]:
                break
        assert process.wait(timeout=5) == 0, written
    finally:
        process.kill()
        process.wait()
        os.close(ours)
    return written
