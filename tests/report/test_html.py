"""The whole report: self-contained, harmless, the same bytes every time, readable without scripts and sight."""

import base64
import dataclasses
import hashlib
import re
import subprocess
import sys
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.report.documents import Document
from tests.report.made_content import Story, address, busy_story, content_of
from tests.report.made_stories import stories

from qiyafa.report.content import FlowSummary
from qiyafa.report.html import SECTIONS, policy, render_report, resource
from qiyafa.text import shown

HOSTILE = (
    '"><script>alert(1)</script>',
    "'><img src=x onerror=alert(1)>",
    "</title></style></script><svg onload=alert(1)>",
    "--><iframe src=//evil.example></iframe><!--",
    "javascript:alert(1)",
    "&lt;b&gt; &#60;b&#62;",
    "{count} {0.__class__} %s",
    "\u202eevil\u2066\u200b\ufeff\x00\x1b[31m\r\n\t",
    "=HYPERLINK(1) ]]> <![CDATA[",
    "x" * 5000,
    "١٢٣ هذا 한국어 \ud800",
)

ALLOWED = {
    *("html", "head", "meta", "title", "style", "body", "script", "header", "nav", "main", "footer", "section"),
    *("h1", "h2", "h3", "p", "dl", "dt", "dd", "ul", "ol", "li", "a", "div", "span", "bdi", "strong", "code", "pre"),
    *("br", "time", "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "details", "summary", "figure"),
    *("figcaption", "svg", "desc", "g", "path", "rect", "line", "text", "defs", "marker"),
}


@pytest.fixture(scope="module")
def busy() -> Document:
    return Document(render_report(content_of(busy_story(), busy_story(chain=20))))


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_stays_text(hostile: str) -> None:
    story = busy_story(width=12, chain=5)
    story.stop(address(1), address(52) + hostile, 10**18, "mixer: " + hostile, "first")
    story.claim(address(9), 10**18, "theft" + hostile)
    story.move(address(9), "0x" + hostile, 10**18, theft="theft" + hostile)
    html = render_report(content_of(story, busy_story(), hostile=hostile))
    document = Document(html)
    assert {tag for tag, _ in document.tags} <= ALLOWED
    assert not any(name.startswith("on") or name in ("src", "style") for _, each in document.tags for name in each)
    assert all((each.get("href") or "#").startswith("#") for _, each in document.tags)
    assert document.scripts == [resource("script.js")]
    assert document.styles == [resource("style.css")]
    assert not re.search("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\x00-\x09\x0b-\x1f]", html.replace("\n", ""))
    assert shown(hostile)[:40].strip() in document.text()
    html.encode("utf-8")


def test_nothing_is_loaded_from_anywhere() -> None:
    html = render_report(content_of(busy_story()))
    assert not re.search(r"(?:https?:|//[a-z]|url\((?!#)|@import|\bsrc=|<link|<base)", html.replace("// ", ""))


def test_only_this_style_and_this_script_may_run(busy: Document) -> None:
    (sent,) = [each["content"] for _, each in busy.tags if each.get("http-equiv") == "Content-Security-Policy"]
    assert sent == policy()
    assert sent.startswith("default-src 'none'; ")
    for content in (*busy.scripts, *busy.styles):
        assert base64.b64encode(hashlib.sha256(content.encode()).digest()).decode() in sent
    assert "unsafe" not in sent


def test_the_same_content_gives_the_same_bytes() -> None:
    assert render_report(content_of(busy_story())) == render_report(content_of(busy_story()))


def test_the_bytes_depend_on_no_hash_seed_and_no_time_zone() -> None:
    program = (
        "import hashlib\nfrom qiyafa.report.html import render_report\n"
        "from tests.report.made_content import busy_story, content_of\n"
        "print(hashlib.sha256(render_report(content_of(busy_story(width=30, chain=8))).encode()).hexdigest())"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "TZ": zone, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Seoul"))
    }
    assert len(printed) == 1


def test_every_section_stands_in_order_under_its_heading(busy: Document) -> None:
    anchors = [each["id"] for tag, each in busy.tags if tag == "section"]
    assert anchors == list(SECTIONS)
    assert [each["href"] for tag, each in busy.tags if tag == "a"] == [f"#{name}" for name in SECTIONS]
    levels = [int(tag[1]) for tag, _ in busy.tags if tag in ("h1", "h2", "h3")]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_those_who_do_not_see_get_titles_captions_and_tables(busy: Document) -> None:
    ids = [each["id"] for _, each in busy.tags if each.get("id")]
    assert len(ids) == len(set(ids))
    for tag, each in busy.tags:
        if tag == "svg":
            assert each.get("aria-hidden") or each.get("aria-label") or each.get("aria-labelledby")
        assert set((each.get("aria-labelledby") or "").split()) <= set(ids)
    assert all(table.caption for table in busy.tables)
    charts = [each for tag, each in busy.tags if tag == "svg" and "chart" in (each.get("class") or "")]
    assert len(charts) == 6
    assert all(head.strip() for table in busy.tables for head in table.heads)


def test_every_address_is_whole_and_left_to_right(busy: Document) -> None:
    written = [each for tag, each in busy.tags if tag == "bdi" and each.get("class") == "address"]
    assert written
    assert all(each.get("dir") == "ltr" for each in written)
    listed = {cell.text for table in busy.tables for row in table.rows for cell in row}
    assert all(any(address(number) in text for text in listed) for number in (1, 2, 4, 50, 100, 2000))


def test_a_story_without_any_theft_still_gets_a_report() -> None:
    document = Document(render_report(content_of(Story())))
    assert "No stolen units were found" in document.text()


def test_screening_alone_gives_no_amounts() -> None:
    content = content_of(busy_story())
    screened = dataclasses.replace(content.answer, methods={}, intervals=())
    empty = FlowSummary((), (), 0)
    document = Document(
        render_report(dataclasses.replace(content, answer=screened, main_method="poison", flows=empty, claims=()))
    )
    assert "Only screening was asked for" in document.text()
    assert document.with_class("tile") == []


@settings(max_examples=25, deadline=None)
@given(stories(), st.text(max_size=30))
def test_any_story_gets_a_well_formed_report(story: Story, hostile: str) -> None:
    document = Document(render_report(content_of(story, hostile=hostile)))
    assert {tag for tag, _ in document.tags} <= ALLOWED
    for table in document.tables:
        assert all(len(row) == len(table.heads) for row in table.rows)
