"""The check: hashes, the command, and equations that hold to the unit."""

import dataclasses

from tests.report.documents import Document
from tests.report.made_content import ETHER, busy_story, content_of

from qiyafa.model.finding import Totals
from qiyafa.report.sections.check import check_section
from qiyafa.report.view import view_of


def test_the_equation_of_every_method_theft_and_asset_holds() -> None:
    document = Document(check_section(view_of(content_of(busy_story(), busy_story(chain=3)))))
    table = document.captioned("Conservation to the last unit")
    assert len(table.rows) == 2 * 3
    for row in table.rows:
        stolen, *parts = (cell.units() for cell in row[3:8])
        assert stolen == sum(parts)
        assert row[8].text == "exact"


def test_a_sum_that_is_off_is_not_hidden() -> None:
    content = content_of(busy_story())
    answer = content.answer.methods["fifo"]
    wrong = dataclasses.replace(answer, theft_totals={"first": {ETHER: Totals(10, 1, 2, 3, 3)}})
    changed = dataclasses.replace(content, answer=dataclasses.replace(content.answer, methods={"fifo": wrong}))
    assert "off by 1" in check_section(view_of(changed))


def test_what_counts_as_stolen_adds_up_to_the_headline() -> None:
    story = busy_story()
    table = Document(check_section(view_of(content_of(story)))).captioned("Where the stolen units come from")
    listed = [row[3].units() for row in table.rows]
    assert sum(listed) == sum(claim.units for claim in story.claims)


def test_everything_it_takes_to_make_the_report_again_is_there() -> None:
    long_command = "qiyafa trace " + "x" * 900
    text = Document(check_section(view_of(content_of(busy_story(), command=long_command)))).text()
    assert long_command in text
    assert "ab" * 32 in text
    assert "0x" + "cd" * 32 in text
    assert "max_hops: 12" in text
    assert ETHER in text
