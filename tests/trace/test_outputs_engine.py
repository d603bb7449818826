"""On chains of outputs the engine over lowered rows equals the reference, which reads inputs and outputs themselves."""

import pytest
from hypothesis import given, settings

from qiyafa.trace import reference_outputs
from qiyafa.trace.engine.walk import Engine
from qiyafa.trace.methods import METHODS

from support.random_ledgers import plain
from support.random_output_chains import RandomOutputs, output_cases


@settings(max_examples=150, deadline=None)
@given(output_cases())
def test_engine_equals_the_reference_by_every_method(case: RandomOutputs) -> None:
    check_engine(case)


@pytest.mark.slow
@settings(max_examples=1000, deadline=None)
@given(output_cases())
def test_engine_equals_the_reference_on_a_thousand_chains(case: RandomOutputs) -> None:
    check_engine(case)


def check_engine(case: RandomOutputs) -> None:
    engine = Engine(case.columns)
    for method in METHODS:
        expected = plain(reference_outputs.trace(case.outputs, case.plan, method))
        assert plain(engine.trace(case.plan, method)) == expected, method
