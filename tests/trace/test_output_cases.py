"""Every text ledger in `output_cases/` gives its answers, by the readable reference and by the fast engine."""

from pathlib import Path

import pytest

from qiyafa.trace import reference_outputs
from qiyafa.trace.engine.walk import Engine
from qiyafa.trace.methods import METHODS
from qiyafa.trace.outcome import Outcome

from support.text_ledger import answers_by
from support.text_output_ledger import OutputCase, read_case_file

CASES = sorted((Path(__file__).parent / "output_cases").glob("*.txt"))


def by_reference(case: OutputCase, method: str) -> Outcome:
    return reference_outputs.trace(case.outputs, case.planned.plan, method)


def by_engine(case: OutputCase, method: str) -> Outcome:
    return Engine(case.columns).trace(case.planned.plan, method)


@pytest.mark.parametrize("trace", [by_reference, by_engine])
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case_gives_its_answers(path: Path, trace) -> None:
    case = read_case_file(path)
    assert case.answers.rests
    assert answers_by(case, trace) == case.answers


def test_every_method_has_cases() -> None:
    answers = [read_case_file(path).answers for path in CASES]
    answered = {method for one in answers for method, _ in one.rests} | {"poison"}
    assert any(one.touched for one in answers)
    assert answered == set(METHODS)
