"""What people read in the terminal: whole addresses, readable units, and every gap by its kind."""

import io
from dataclasses import replace

import pytest
from rich.console import Console
from tests.cli.answers import DISPLAY, ETH, HOLDER, MIXER, TOKEN, UNIT, holding, small_answer

from qiyafa.cli.answer_table import show_answer
from qiyafa.model.finding import Interval, MethodAnswer, Totals, TraceAnswer


def printed(answer: TraceAnswer, *, top: int = 10, exact: bool = False, width: int = 80) -> str:
    written = io.StringIO()
    screen = Console(file=written, width=width, highlight=False, markup=False, emoji=False)
    show_answer(screen, answer, DISPLAY, top=top, exact=exact)
    return written.getvalue()


def test_each_method_has_its_totals() -> None:
    lines = printed(small_answer()).splitlines()
    fifo = next(line for line in lines if line.strip().startswith("fifo"))
    assert fifo.split() == ["fifo", "100.0000", "39.9999", "60.0000", "<0.0001", "0.0000"]


def test_a_holder_has_the_interval_over_the_methods() -> None:
    lines = printed(small_answer()).splitlines()
    mixer = next(line for line in lines if MIXER in line)
    assert mixer.split()[-2:] == ["40.0000", "60.0000"]


def test_exact_shows_every_digit() -> None:
    assert "39.999999999999999999" in printed(small_answer(), exact=True)


@pytest.mark.parametrize("width", [20, 40, 80, 200])
def test_addresses_are_whole_whatever_the_width(width: int) -> None:
    written = printed(small_answer(), width=width)
    assert MIXER in written
    assert HOLDER in written


def test_gaps_of_one_kind_are_counted() -> None:
    written = printed(small_answer())
    assert "nobody says whether 0x09 is complete (and 1 more of this kind)" in written
    assert "the ledger has no internal transfers" in written


def test_no_gap_is_said_too() -> None:
    assert "nothing that is known" in printed(replace(small_answer(), gaps=()))


def test_poison_is_a_count_and_never_an_amount() -> None:
    assert "2 addresses" in printed(small_answer())


def test_only_so_many_holders_are_shown_as_were_asked_for() -> None:
    written = printed(small_answer(), top=1)
    assert MIXER in written
    assert HOLDER not in written
    assert "1 of 2" in written


def test_a_token_without_decimals_is_shown_in_base_units() -> None:
    totals = {TOKEN: Totals(1_234_567, 1_234_567, 0, 0, 0)}
    method = MethodAnswer("fifo", totals, {"1": totals}, {}, (holding(HOLDER, 1_234_567, asset=TOKEN),))
    interval = Interval("eip155:1", HOLDER, TOKEN, 1_234_567, 1_234_567)
    written = printed(replace(small_answer(), methods={"fifo": method}, intervals=(interval,)))
    assert "1,234,567" in written
    assert TOKEN in written


def test_each_theft_has_a_line_of_its_own() -> None:
    first, second = {ETH: Totals(10 * UNIT, 10 * UNIT, 0, 0, 0)}, {ETH: Totals(5 * UNIT, 5 * UNIT, 0, 0, 0)}
    method = MethodAnswer("fifo", {ETH: Totals(15 * UNIT, 15 * UNIT, 0, 0, 0)}, {"one": first, "two": second}, {}, ())
    lines = printed(replace(small_answer(), methods={"fifo": method}, intervals=())).splitlines()
    assert [line.split()[:2] for line in lines if line.split()[:1] in (["one"], ["two"])] == [
        ["one", "10.0000"],
        ["two", "5.0000"],
    ]


def test_nothing_stolen_is_said() -> None:
    empty = MethodAnswer("fifo", {}, {"1": {}}, {}, ())
    assert "No stolen units" in printed(replace(small_answer(), methods={"fifo": empty}, intervals=()))


def test_a_hostile_reason_cannot_act_on_the_terminal() -> None:
    written = printed(small_answer(reason="\x1b[2J[red]\u202emixer\nfifo 0"))
    assert "\x1b" not in written
    assert "\u202e" not in written
    assert "\\x1b[2J[red]\\u{202e}mixer\\x0afifo 0" in written


def test_a_history_that_may_be_incomplete_is_said_beside_its_holder() -> None:
    assert "held, nobody says whether its history is complete" in printed(small_answer())
