"""The gaps: every one is there, and unknown is not clean."""

import dataclasses

from tests.report.documents import Document
from tests.report.made_content import Story, busy_story, content_of

from qiyafa.report.sections.gaps import gaps_section
from qiyafa.report.view import view_of


def test_every_address_with_an_incomplete_history_is_named_with_its_state() -> None:
    content = content_of(busy_story())
    document = Document(gaps_section(view_of(content)))
    listed = {row[0].text: row[1].text for row in document.captioned("incomplete history").rows}
    assert listed == {gap.address: f"History {gap.status}" for gap in content.answer.gaps if gap.address}
    assert "Unknown is not clean." in document.text()
    assert "No transfers by contracts are in this ledger." in document.text()


def test_a_gap_of_an_unheard_kind_is_shown_all_the_same() -> None:
    content = content_of(busy_story(), hostile=" unheard")
    assert "internal_transfers unheard" in gaps_section(view_of(content))


def test_no_stated_gap_is_no_promise() -> None:
    content = content_of(Story())
    silent = dataclasses.replace(content, answer=dataclasses.replace(content.answer, gaps=()))
    assert "only that its sources named none" in gaps_section(view_of(silent))
