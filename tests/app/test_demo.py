"""The demo on a small scenario: it does everything, accounts for every unit, and touches nobody's folder."""

import shutil
from pathlib import Path

import pytest

from qiyafa.app.demo import MARK, Demo, run_demo
from qiyafa.app.scenario.create import LEAST_TRANSFERS
from qiyafa.app.scenario.truth import Truth
from qiyafa.model.errors import Conflict, InvalidInput, Unavailable

from support.methods import ON_ACCOUNTS


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    return run_demo(tmp_path_factory.mktemp("demo"), seed=7, transfers=LEAST_TRANSFERS, command="qiyafa demo")


def test_every_stolen_unit_is_accounted_for_by_every_method(demo: Demo) -> None:
    assert demo.is_right
    assert demo.accuracy.stolen_units == demo.scenario.truth.stolen
    assert [entry.method for entry in demo.accuracy.methods] == ON_ACCOUNTS


def test_what_the_ledger_calls_stolen_is_what_the_story_calls_stolen(demo: Demo) -> None:
    for method in demo.traced.answer.methods.values():
        assert method.totals[demo.scenario.truth.asset].stolen == demo.scenario.truth.stolen


def test_the_readers_take_every_row_of_the_scenario(demo: Demo) -> None:
    assert demo.rows_left_out == 0
    assert demo.ledger_transfers > LEAST_TRANSFERS


def test_the_whole_history_is_covered(demo: Demo) -> None:
    assert demo.traced.answer.gaps == ()


def test_methods_find_most_of_the_stolen_units_but_not_all(demo: Demo) -> None:
    for entry in demo.accuracy.methods:
        if entry.units is not None:
            assert 0.7 < entry.units.recall < 1
            assert entry.holders.recall > 0.8


def test_the_methods_differ(demo: Demo) -> None:
    recalls = {entry.units.recall for entry in demo.accuracy.methods if entry.units is not None}
    assert len(recalls) > 3


def test_poison_touches_every_true_holder(demo: Demo) -> None:
    poison = demo.accuracy.methods[-1]
    assert poison.method == "poison"
    assert poison.holders.recall == 1


def test_the_demo_leaves_files_case_truth_ledger_and_report(demo: Demo) -> None:
    assert demo.report.read_text("utf-8").startswith("<!doctype html>")
    assert (demo.ledger / "manifest.json").is_file()
    assert Truth.from_json(demo.scenario.path("truth.json").read_text("utf-8")) == demo.scenario.truth


def test_the_next_demo_remakes_its_own_folder(demo: Demo, tmp_path: Path) -> None:
    shutil.copytree(demo.folder, tmp_path, dirs_exist_ok=True)
    again = run_demo(tmp_path, seed=8, transfers=LEAST_TRANSFERS)
    assert again.is_right
    assert again.scenario.truth.stolen != demo.scenario.truth.stolen
    assert {entry.name for entry in tmp_path.iterdir()} == {MARK, "scenario", "ledger", "report.html"}


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "ledger").mkdir()
    (tmp_path / "ledger" / "evidence").write_text("do not lose")
    with pytest.raises(Conflict):
        run_demo(tmp_path, transfers=LEAST_TRANSFERS)
    assert (tmp_path / "ledger" / "evidence").read_text() == "do not lose"


def test_a_request_that_cannot_be_meant_removes_nothing(demo: Demo) -> None:
    with pytest.raises(InvalidInput):
        run_demo(demo.folder, transfers=1)
    assert (demo.ledger / "manifest.json").is_file()


def test_a_place_that_cannot_be_written_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Unavailable):
        run_demo(tmp_path / "file" / "demo")
