"""The headline: its numbers are the answer's, and add up."""

from tests.report.documents import Document
from tests.report.made_content import ETHER, Story, address, busy_story, content_of

from qiyafa.report.sections.headline import as_of, headline_section, sentence
from qiyafa.report.view import view_of


def _read(story: Story) -> str:
    view = view_of(content_of(story))
    return Document(sentence(view, view.denominations[ETHER])).text()


def test_one_stop_is_named_and_shares_are_exact() -> None:
    story = Story()
    story.claim(address(1), 1000 * 10**18)
    story.stop(address(1), address(9), 961 * 10**18, "mixer: Tornado Cash router")
    story.move(address(1), address(2), 32 * 10**18)
    story.fee(address(1), 2 * 10**18)
    assert _read(story) == (
        "Of 1,000.0000 ETH stolen, 96.1% (961.0000 ETH) went into the mixer Tornado Cash router, "
        "3.7% (37.0000 ETH) rests at 2 addresses and 0.2% (2.0000 ETH) was paid in fees."
    )


def test_all_at_one_place_is_one_clause() -> None:
    story = Story()
    story.claim(address(1), 5 * 10**18)
    assert _read(story) == "Of 5.0000 ETH stolen, 100% (5.0000 ETH) rests at one address."


def test_several_stops_are_counted_and_the_largest_named() -> None:
    text = _read(busy_story())
    assert "went into 2 places where the trace stops, most of it into the exchange deposits" in text
    assert "0.2% (300.0000 ETH) was not followed further." in text


def test_a_reason_of_another_form_is_quoted() -> None:
    story = Story()
    story.claim(address(1), 10**18)
    story.stop(address(1), address(9), 10**18, "Wherever It Goes")
    assert "went into “Wherever It Goes”." in _read(story)


def test_the_table_of_thefts_adds_up() -> None:
    view = view_of(content_of(busy_story()))
    table = Document(headline_section(view)).tables[0]
    for head in table.heads[1:]:
        assert sum(cell.units() for cell in table.column(head)) == table.sum(head).units()
    assert [cell.text for cell in table.column("Theft")] == ["first", "second"]
    stolen, *parts = (table.sum(head).units() for head in table.heads[1:])
    assert stolen == sum(parts)


def test_the_answer_says_as_of_when() -> None:
    said = as_of(view_of(content_of(busy_story())))
    assert "By the method fifo. As of block 18,182,321 of chain eip155:1, 2023-09-21 05:58:47 UTC." in said
