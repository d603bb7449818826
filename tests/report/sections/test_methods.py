"""The methods side by side: their sums balance, and poison is never an amount."""

from tests.report.documents import Document
from tests.report.made_content import ETHER, Story, address, busy_story, content_of

from qiyafa.report.sections.methods import methods_section, plot_rows
from qiyafa.report.view import view_of


def test_every_method_balances() -> None:
    document = Document(methods_section(view_of(content_of(busy_story(), busy_story(chain=9)))))
    table = document.captioned("What each method answers for ETH:")
    assert [cell.text for cell in table.column("Method")] == ["fifo", "lifo"]
    for row in table.rows:
        stolen, *parts = (cell.units() for cell in row[1:6])
        assert stolen == sum(parts)


def test_a_holder_whom_a_method_gives_nothing_has_nothing_there() -> None:
    one, other = Story(), Story()
    for story, to in ((one, 2), (other, 3)):
        story.claim(address(1), 9)
        story.move(address(1), address(to), 9)
    view = view_of(content_of(one, other))
    rows = {row.address: row.units for row in plot_rows(view, view.denominations[ETHER], ["fifo", "lifo"])}
    assert rows == {address(2): {"fifo": 9, "lifo": 0}, address(3): {"fifo": 0, "lifo": 9}}


def test_poison_is_for_screening_and_has_no_units() -> None:
    text = Document(methods_section(view_of(content_of(busy_story())))).text()
    assert "poison for screening only:" in text
    assert "never an amount" in text


def test_one_method_alone_needs_no_plot() -> None:
    assert "<figure>" not in methods_section(view_of(content_of(busy_story())))
    assert "<figure>" in methods_section(view_of(content_of(busy_story(), busy_story())))
