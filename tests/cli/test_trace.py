"""`qiyafa trace` from a command line to an answer, on a small theft whose truth is known."""

import csv
import json
from pathlib import Path

import pytest
from tests.cli.running import Qiyafa

from qiyafa.app.demo import Demo
from qiyafa.app.scenario.truth import Role
from qiyafa.text.amounts import readable_number

from support.methods import CONSERVING_ON_ACCOUNTS, ON_ACCOUNTS


def test_people_see_every_method_and_the_largest_holders_whole(
    qiyafa: Qiyafa, demo: Demo, case: str, ledger: str
) -> None:
    ran = qiyafa("trace", case, "--ledger", ledger)
    assert (ran.code, ran.err) == (0, "")
    for name in CONSERVING_ON_ACCOUNTS:
        assert f"\n{name}" in ran.out
    assert "tiho" not in ran.out, "it needs the outputs of transactions"
    assert ran.out.count(readable_number(demo.scenario.truth.stolen, 18)) == len(CONSERVING_ON_ACCOUNTS)
    assert demo.scenario.truth.with_role(Role.MIXER)[0] in ran.out
    assert "poison" in ran.out
    assert "Not covered" in ran.out


def test_programs_get_an_answer_that_conserves_every_unit(qiyafa: Qiyafa, demo: Demo, case: str, ledger: str) -> None:
    ran = qiyafa("trace", case, "--ledger", ledger, "--json")
    record = json.loads(ran.out)
    assert (ran.code, ran.err) == (0, "")
    assert list(record["methods"]) == ON_ACCOUNTS
    for name, method in record["methods"].items():
        if name != "poison":
            parts = [int(method[part]) for part in ("held", "stopped", "fees", "untraced")]
            assert int(method["stolen"]) == sum(parts) == demo.scenario.truth.stolen
            assert sum(int(holding["units"]) for holding in method["holdings"]) == parts[0] + parts[1]


def test_the_same_question_gets_the_same_bytes(qiyafa: Qiyafa, case: str, ledger: str) -> None:
    first, second = (qiyafa("trace", case, "--ledger", ledger, "--json").out for _ in range(2))
    assert first == second


def test_only_the_methods_asked_for_answer(qiyafa: Qiyafa, case: str, ledger: str) -> None:
    ran = qiyafa("trace", case, "--ledger", ledger, "--json", "--method", "lifo,fifo", "--method", "poison")
    assert list(json.loads(ran.out)["methods"]) == ["fifo", "lifo", "poison"]


def test_until_before_the_theft_finds_nothing_stolen(qiyafa: Qiyafa, demo: Demo, case: str, ledger: str) -> None:
    block = str(demo.scenario.truth.from_block - 1)
    ran = qiyafa("trace", case, "--ledger", ledger, "--until", block, "--method", "fifo")
    if ran.code == 0:
        assert "No stolen units" in ran.out
    else:
        assert ran.code == 2


def test_limits_put_units_into_untraced_and_lose_none(qiyafa: Qiyafa, demo: Demo, case: str, ledger: str) -> None:
    ran = qiyafa(
        "trace", case, "--ledger", ledger, "--json", "--method", "fifo", "--max-hops", "1", "--min-units", "1000"
    )
    fifo = json.loads(ran.out)["methods"]["fifo"]
    assert int(fifo["untraced"]) > 0
    assert sum(int(units) for units in fifo["untraced_reasons"].values()) == int(fifo["untraced"])
    parts = ("held", "stopped", "fees", "untraced")
    assert sum(int(fifo[part]) for part in parts) == demo.scenario.truth.stolen


def test_a_report_and_the_flows_are_written_beside_the_answer(
    qiyafa: Qiyafa, case: str, ledger: str, tmp_path: Path
) -> None:
    report, flows = tmp_path / "report.html", tmp_path / "flows.csv"
    ran = qiyafa("trace", case, "--ledger", ledger, "--method", "fifo", "--report", report, "--flows", flows)
    assert ran.code == 0
    assert str(report) in ran.out
    assert "qiyafa trace" in report.read_text("utf-8")
    with flows.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["method"] for row in rows} == {"fifo"}
    assert len(rows) > 300


@pytest.mark.parametrize(
    ("wrong", "part"),
    [
        (("--method", "fifi"), "Did you mean fifo?"),
        (("--until", "whenever"), "whenever"),
        (("--until", "99999999999"), "99999999999"),
        (("--max-hops", "-1"), "--max-hops takes a whole number"),
        (("--min-units", "1.5"), "--min-units takes a whole number"),
        (("--top", "all"), "--top takes a whole number"),
    ],
)
def test_what_cannot_be_meant_is_one_sentence_and_code_2(
    qiyafa: Qiyafa, case: str, ledger: str, wrong: tuple[str, str], part: str
) -> None:
    ran = qiyafa("trace", case, "--ledger", ledger, *wrong)
    assert (ran.code, ran.out) == (2, "")
    assert part in ran.err
    assert ran.err.count("\n") == 1


def test_a_missing_ledger_is_a_sentence_and_code_2(qiyafa: Qiyafa, case: str, tmp_path: Path) -> None:
    ran = qiyafa("trace", case, "--ledger", tmp_path / "none", "--json")
    assert ran.code == 2
    assert json.loads(ran.err)["error"]["kind"] == "NotFound"


def test_a_report_that_cannot_be_written_is_a_sentence_and_code_3(
    qiyafa: Qiyafa, case: str, ledger: str, tmp_path: Path
) -> None:
    ran = qiyafa("trace", case, "--ledger", ledger, "--method", "fifo", "--report", tmp_path / "no" / "report.html")
    assert ran.code == 3
    assert "report.html" in ran.err
