"""The timeline's table: every row adds up, the last is the answer."""

from tests.report.documents import Document
from tests.report.made_content import ETHER, Story, address, busy_story, content_of

from qiyafa.report.sections.timeline import timeline_section
from qiyafa.report.view import view_of


def test_every_moment_adds_up_to_what_was_stolen() -> None:
    story = busy_story()
    ether, token = Document(timeline_section(view_of(content_of(story)))).tables
    for table in (ether, token):
        for row in table.rows:
            *places, stolen = (cell.units() for cell in row[1:])
            assert sum(places) == stolen
    assert ether.rows[-1][-1].units() == story.totals(None, ETHER).stolen


def test_a_theft_that_rests_has_no_timeline() -> None:
    story = Story()
    story.claim(address(1), 10)
    assert "The ledger has no times" in timeline_section(view_of(content_of(story)))
