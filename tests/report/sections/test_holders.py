"""The holders: all of them, largest first, adding up to what is held and stopped."""

from tests.report.documents import Document, Table
from tests.report.made_content import ETHER, Story, address, busy_story, content_of

from qiyafa.report.sections.holders import ROWS_SHOWN, holders_section
from qiyafa.report.view import view_of


def _tables(story: Story, *others: Story) -> list[Table]:
    return Document(holders_section(view_of(content_of(story, *others)))).tables


def test_every_holder_is_listed_and_the_sum_is_the_answer() -> None:
    story = busy_story()
    first, rest, _ = _tables(story)
    listed = [cell.units() for table in (first, rest) for cell in table.column("Stolen units")]
    totals = story.totals(None, ETHER)
    assert listed == sorted(listed, reverse=True)
    assert sum(listed) == first.sum("Stolen units").units() == totals.held + totals.stopped
    assert len(first.rows) == ROWS_SHOWN
    transfers = [int(cell.text.replace(",", "")) for table in (first, rest) for cell in table.column("Transfers")]
    assert sum(transfers) == int(first.sum("Transfers").text.replace(",", ""))


def test_an_address_shows_its_state_its_reason_and_its_history() -> None:
    first = _tables(busy_story())[0]
    (row,) = [row for row in first.rows if address(50) in row[1].text]
    assert row[1].text == address(50) + "exchange: deposits" + "theft first"
    assert row[2].text == "Trace stopsHistory complete"


def test_what_the_methods_agree_on_and_what_not_is_told_apart() -> None:
    one, other = Story(), Story()
    for story, units in ((one, 3 * 10**18), (other, 2 * 10**18)):
        story.claim(address(1), 9 * 10**18)
        story.move(address(1), address(2), units)
        story.move(address(1), address(3), 10**18)
    other.move(address(3), address(2), 1)
    (table,) = _tables(one, other)
    said = {row[1].text[:42]: row[-1].text for row in table.rows}
    assert said[address(2)] == "2.0000 ETHto 3.0000 ETH"
    assert said[address(3)] == "differ by <0.0001 ETH"


def test_a_file_stays_readable_however_many_hold() -> None:
    story = Story()
    story.claim(address(1), 10**9)
    for number in range(2, 5103):
        story.move(address(1), address(number), number)
    html = holders_section(view_of(content_of(story)))
    assert "102 smaller holders with" in html
    assert html.count('<td data-head="#" data-sort=') == 5000
