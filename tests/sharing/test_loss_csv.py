"""Tables of incidents as people keep them."""

from decimal import Decimal

import pytest

from qiyafa.model.errors import InvalidInput
from qiyafa.model.period import read_period
from qiyafa.sharing.loss_csv import Loss, is_loss_table, read_losses

HEADER = "date,kind,incident,loss_usd\n"


def test_columns_are_found_by_name_and_rows_keep_their_line() -> None:
    written = "name;loss_usd;date\nOne;1,500.25;2023-09-04\nTwo;;2017\n"
    rows, problems = read_losses(written.encode(), "f.csv")
    assert rows == [
        Loss(2, read_period("2023-09-04"), "One", Decimal("1500.25")),
        Loss(3, read_period("2017"), "Two", None),
    ]
    assert problems == []


@pytest.mark.parametrize(
    ("row", "key"),
    [
        ("2023,x", "claims.problem.row"),
        ("soon,x,One,5", "claims.problem.date"),
        ("2023-02-30,x,One,5", "claims.problem.date"),
        ("2023,x,One,many", "claims.problem.loss"),
        ("2023,x,One,-5", "claims.problem.loss"),
        ("2023,x,One,1e9", "claims.problem.loss"),
        ("2023,x,One,١٢", "claims.problem.loss"),
    ],
)
def test_a_bad_row_is_a_problem_and_the_others_are_read(row: str, key: str) -> None:
    rows, problems = read_losses(f"{HEADER}{row}\n2023,x,Two,7\n".encode(), "f.csv")
    assert [one.name for one in rows] == ["Two"]
    assert [(one.place, one.key) for one in problems] == [("line 2", key)]


def test_another_table_is_refused_with_what_it_lacks() -> None:
    assert not is_loss_table(b"date,amount\n")
    with pytest.raises(InvalidInput) as refused:
        read_losses(b"date,amount\n2023,5\n", "f.csv")
    assert refused.value.fields == {"file": "f.csv", "missing": "loss_usd, incident"}
