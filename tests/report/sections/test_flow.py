"""The flow: the chart's tables hold the numbers of the chart, and they balance."""

import pytest
from tests.report.documents import Document
from tests.report.made_content import Story, address, busy_story, content_of

from qiyafa.report.sections.flow import flow_section
from qiyafa.report.view import view_of


@pytest.fixture(scope="module")
def document() -> Document:
    return Document(flow_section(view_of(content_of(busy_story()))))


def test_each_row_came_in_less_went_on_rests_there(document: Document) -> None:
    tables = [table for table in document.tables if table.heads[0] == "Address or group"]
    assert len(tables) == 2
    for table in tables:
        for row in table.rows:
            came, left, rest = (cell.units() for cell in row[2:])
            assert came - left == rest


def test_links_of_the_table_are_those_of_the_chart(document: Document) -> None:
    drawn = [each for tag, each in document.tags if tag == "path" and "link" in (each.get("class") or "").split()]
    listed = [row for table in document.tables if table.heads[0] == "From" for row in table.rows]
    assert len(drawn) == len(listed)


def test_the_chart_says_what_it_folds(document: Document) -> None:
    text = document.text()
    assert "Chain of 39 addresses" in text
    assert "other addresses" in text
    assert "turn back to addresses that are no further from the theft" in text


def test_what_never_moved_needs_no_chart() -> None:
    story = Story()
    story.claim(address(1), 10)
    assert "No stolen ETH has moved." in flow_section(view_of(content_of(story)))
