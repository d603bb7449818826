"""Pages as newspapers publish them, in three languages, and pages as attackers do."""

import contextlib
import time
from datetime import date
from pathlib import Path

import pytest

from qiyafa.documents.document import LIMITS, Extracted, Unreadable
from qiyafa.documents.html import read_html
from qiyafa.documents.reading import read_document
from qiyafa.model.errors import InvalidInput

PAGES = Path(__file__).parent / "pages"


def read(page: str) -> Extracted:
    return read_html(page.encode(), LIMITS)


def lines_of(name: str) -> list[str]:
    return (PAGES / name).read_text("utf-8").splitlines()


@pytest.mark.parametrize("name", ["ar_newspaper", "ko_portal", "en_agency", "en_no_semantics", "ar_old_table"])
def test_the_article_is_taken_and_the_page_around_it_is_not(name: str) -> None:
    text = read_html((PAGES / f"{name}.html").read_bytes(), LIMITS).text
    assert text.splitlines() == lines_of(f"{name}.txt")


def test_a_page_states_its_title_publisher_day_language_and_place() -> None:
    about = read_html((PAGES / "ar_newspaper.html").read_bytes(), LIMITS).about
    assert about.title == "قراصنة يسرقون 230 مليون دولار من منصة تداول"
    assert about.publisher == "صحيفة المثال"
    assert about.published == date(2024, 3, 29)
    assert about.language == "ar"
    assert about.url == "https://example.org/news/1"


def test_the_day_of_json_ld_and_of_a_single_time_element_are_found() -> None:
    assert read_html((PAGES / "ko_portal.html").read_bytes(), LIMITS).about.published == date(2024, 11, 21)
    assert read_html((PAGES / "en_no_semantics.html").read_bytes(), LIMITS).about.published == date(2024, 5, 14)


def test_times_of_a_list_of_articles_state_no_day() -> None:
    page = "<p>Thieves took $5 million.</p><time datetime=2024-01-01>a</time><time datetime=2024-02-02>b</time>"
    assert read(page).about.published is None


def test_an_old_korean_page_is_read_by_the_encoding_it_declares() -> None:
    page = '<html><meta charset="euc-kr"><body><p>약 580억원이 탈취됐다.</p></body></html>'.encode("euc_kr")
    assert read_html(page, LIMITS).text == "약 580억원이 탈취됐다."


def test_scripts_styles_comments_and_hidden_words_say_nothing() -> None:
    page = """<html><body><!-- $9 million --><script>document.write('<p>$8 million</p>')</script>
      <style>p:after{content:'$7 million'}</style><noscript><p>$6 million</p></noscript>
      <p style="display: none">$5 million</p><p hidden>$4 million</p><p aria-hidden=true>$3 million</p>
      <template><p>$2 million</p></template><p>Thieves took $1 million.</p>
      <iframe srcdoc="<p>$10 million</p>"></iframe><svg><text>$11 million</text></svg></body></html>"""
    assert read(page).text == "Thieves took $1 million."


def test_nothing_outside_is_loaded(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("do not read me")
    page = f"""<!DOCTYPE html [<!ENTITY x SYSTEM "file://{secret}">]><html><body><p>Taken: &x; $1 million.</p>
      <link rel=import href="file://{secret}"><object data="file://{secret}"></object></body></html>"""
    assert "do not read me" not in read(page).text


def test_entities_within_entities_do_not_grow() -> None:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    page = f'<!DOCTYPE html [<!ENTITY e0 "words ">{levels}]><html><body><p>Start &e11; end</p></body></html>'
    assert len(read(page).text) < 2 * len(page)


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * 100_000 + "words",
        "<p" * 200_000,
        "<!--" * 200_000 + "words",
        "<a " + "x=1 " * 200_000 + ">words</a>",
        "<table>" * 20_000 + "<tr><td>words",
        "&" * 500_000 + "words",
        "<p>" + "words " * 200_000,
        "\x00" * 500_000 + "<p>words</p>",
    ],
    ids=["deep", "tags", "comments", "attributes", "tables", "entities", "long", "nuls"],
)
def test_hostile_pages_end_soon(page: str, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text(page)
    began = time.monotonic()
    with contextlib.suppress(InvalidInput):
        assert "words" in read_document(file).text
    assert time.monotonic() - began < 20


@pytest.mark.parametrize("page", ["", "<html></html>", "<script>1</script>", "<nav>Home</nav>"])
def test_a_page_without_words_is_refused(page: str) -> None:
    with pytest.raises(Unreadable):
        read(page)
