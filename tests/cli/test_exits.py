"""Every expected error is one sentence and a code; with --json it is one object of one shape.

The shape: {"error": {"kind", "key", "message", "fields"}}.
"""

import errno
import json
import os

import pytest
import typer

from qiyafa.cli.exits import EXIT_CODES, failure_of, report_failure
from qiyafa.model.errors import Conflict, InvalidInput, NotFound, QiyafaError, Unavailable

KEY = "cli.error.until"


@pytest.mark.parametrize(
    ("kind", "code"), [(InvalidInput, 2), (NotFound, 2), (Conflict, 3), (Unavailable, 3)], ids=lambda one: str(one)
)
def test_each_kind_of_error_has_its_code(kind: type[QiyafaError], code: int) -> None:
    failure = failure_of(kind(KEY, value="soon"))
    assert (failure.kind, failure.code) == (kind.__name__, code)


def test_no_kind_of_error_is_without_a_code() -> None:
    kinds = {one for one in QiyafaError.__subclasses__() if one.__module__ == QiyafaError.__module__}
    assert set(EXIT_CODES) == kinds


@pytest.mark.parametrize(
    ("error", "code", "part"),
    [
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/ledger"), 3, "disk is full"),
        (OSError(errno.EDQUOT, "quota"), 3, "disk is full"),
        (PermissionError(errno.EACCES, "Permission denied", "/ledger"), 3, "/ledger: Permission denied"),
        (MemoryError(), 3, "not enough memory"),
        (KeyboardInterrupt(), 130, "ledger is whole"),
        (typer.Abort(), 130, "ledger is whole"),
        (typer.BadParameter("no such thing"), 2, "no such thing"),
    ],
    ids=lambda one: type(one).__name__,
)
def test_what_fails_outside_is_a_sentence_too(
    error: BaseException, code: int, part: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert report_failure(failure_of(error), as_json=False) == code
    written = capsys.readouterr()
    assert part in written.err
    assert written.err.count("\n") == 1
    assert written.out == ""


def test_for_programs_an_error_is_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    report_failure(failure_of(InvalidInput(KEY, value="soon")), as_json=True)
    error = json.loads(capsys.readouterr().err)["error"]
    assert sorted(error) == ["fields", "key", "kind", "message"]
    assert (error["kind"], error["key"], error["fields"]) == ("InvalidInput", KEY, {"value": "soon"})
    assert "not soon" in error["message"]


@pytest.mark.parametrize("as_json", [False, True])
def test_a_hostile_field_cannot_act_on_the_terminal(as_json: bool, capsys: pytest.CaptureFixture[str]) -> None:
    report_failure(failure_of(InvalidInput(KEY, value="\x1b[2J\u202eevil\nqiyafa: done")), as_json=as_json)
    written = capsys.readouterr().err
    assert written.count("\n") == 1
    assert "\x1b" not in written
    assert "\u202e" not in written
