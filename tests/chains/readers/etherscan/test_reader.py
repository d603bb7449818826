"""A whole run over what was downloaded for one address."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.chains.files import ALICE, BOB, CAROL, TOKEN, Desk, transaction
from tests.chains.readers.etherscan.downloads import (
    INTERNAL,
    NORMAL_EXPORT,
    TOKEN_EXPORT,
    TOKENTX,
    TXLIST,
    answer,
    export,
    read,
)

from qiyafa.model.errors import InvalidInput, NotFound, QiyafaError
from qiyafa.model.ledger import CoverageStatus


def test_all_lists_together_are_one_history(desk: Desk) -> None:
    found = read(desk, answer(TXLIST), answer(INTERNAL), answer(TOKENTX))
    assert {row["kind"] for row in found.rows} == {"fee", "native", "internal", "token"}
    assert found.raw.provides == {"native", "fees", "internal", "tokens"}
    assert len(found.raw.parquet_files) == 3
    [coverage] = found.raw.address_coverage
    assert (coverage.address, coverage.status) == (ALICE, CoverageStatus.COMPLETE)
    assert coverage.detail == "txlist 1 rows, txlistinternal 1 rows, tokentx 1 rows"


def test_rows_that_do_not_touch_the_address_are_problems(desk: Desk) -> None:
    found = read(desk, answer(TXLIST, TXLIST | {"hash": transaction(2), "from": BOB, "to": CAROL}))
    assert len(found.of("native")) == 1
    assert found.problems == [f"row 2: the row does not touch {ALICE}"]


def test_an_address_that_only_receives_is_touched(desk: Desk) -> None:
    assert len(read(desk, answer(TXLIST), address=BOB).rows) == 2


@pytest.mark.parametrize(("rows", "status"), [(9_999, CoverageStatus.COMPLETE), (10_000, CoverageStatus.CAPPED)])
def test_an_answer_as_long_as_answers_get_may_be_cut(desk: Desk, rows: int, status: CoverageStatus) -> None:
    [coverage] = read(desk, answer(*[TXLIST] * rows)).raw.address_coverage
    assert coverage.status is status


def test_an_export_as_long_as_exports_get_may_be_cut(desk: Desk) -> None:
    [coverage] = read(desk, export(NORMAL_EXPORT, *[{}] * 5_000)).raw.address_coverage
    assert coverage.status is CoverageStatus.CAPPED


def test_a_history_of_which_a_row_was_left_out_is_not_complete(desk: Desk) -> None:
    [coverage] = read(desk, answer(TXLIST, TXLIST | {"value": "?"})).raw.address_coverage
    assert coverage.status is CoverageStatus.CAPPED
    assert "1 of them left out" in coverage.detail


def test_without_the_list_of_transactions_nothing_is_known_of_completeness(desk: Desk) -> None:
    assert read(desk, answer(TOKENTX)).raw.address_coverage == ()


def test_an_empty_answer_is_a_complete_history_of_nothing(desk: Desk) -> None:
    found = read(desk, answer(status="0", message="No transactions found"))
    assert [one.status for one in found.raw.address_coverage] == [CoverageStatus.COMPLETE]


def test_missing_and_empty_files_are_named(desk: Desk) -> None:
    with pytest.raises(NotFound):
        read(desk, Path("nowhere.json"))
    with pytest.raises(InvalidInput, match="file_empty"):
        read(desk, b"")
    with pytest.raises(InvalidInput, match="no_files"):
        read(desk)


hostile = st.one_of(
    st.binary(max_size=200),
    st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")),
    st.sampled_from([answer(TXLIST), export(NORMAL_EXPORT, {}), export(TOKEN_EXPORT, {})]).flatmap(
        lambda good: st.integers(0, len(good)).map(lambda cut: good[:cut].encode())
    ),
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=hostile)
def test_no_bytes_at_all_raise_anything_but_our_own_errors(desk: Desk, content: bytes) -> None:
    with suppress(QiyafaError):
        assert len(read(desk, content).rows) <= 2


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_hostile_values_spoil_their_own_row_only(desk: Desk, data: st.DataObject) -> None:
    values = st.one_of(st.text(max_size=30), st.none(), st.floats(), st.integers(), st.lists(st.integers(), max_size=2))
    changes = data.draw(st.dictionaries(st.sampled_from(sorted(TXLIST)), values, min_size=1, max_size=4))
    found = read(desk, answer(TXLIST, TXLIST | {"hash": transaction(2)} | changes))
    assert transaction(1) in [row["transaction_hash"] for row in found.of("native")]
    assert len(found.of("native")) + found.raw.sources[0].problems == 2


def test_decimals_of_the_option_win_over_those_of_a_list(desk: Desk) -> None:
    found = read(desk, export(TOKEN_EXPORT, {"TokenValue": "1"}), answer(TOKENTX), decimals={TOKEN: 2})
    assert "100" in [row["units_text"] for row in found.of("token")]
