"""PDF files as programs write them, and files that want to do harm."""

import contextlib
import time
from pathlib import Path

import pytest

from qiyafa.documents import jail
from qiyafa.documents.document import LIMITS, Document, DocumentKind, Limits
from qiyafa.documents.reading import read_document
from qiyafa.model.errors import InvalidInput

from support.made_pdf import compressed, file_of, pdf

CATALOGUE = b"<</Type/Catalog/Pages 2 0 R>>"
PATIENT_SECONDS = 25
"""Far more than a refusal takes, on a busy machine too."""


def page(content: bytes, box: bytes = b"[0 0 10 10]") -> list[bytes]:
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    described = b"<</Type/Page/Parent 2 0 R/MediaBox%s/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>" % box
    return [CATALOGUE, b"<</Type/Pages/Count 1/Kids[3 0 R]>>", described, content, font]


def read(data: bytes, folder: Path, limits: Limits = LIMITS) -> Document:
    path = folder / "report.pdf"
    path.write_bytes(data)
    return read_document(path, limits)


def refusal(data: bytes, folder: Path, limits: Limits = LIMITS) -> str:
    began = time.monotonic()
    with pytest.raises(InvalidInput) as caught:
        read(data, folder, limits)
    assert time.monotonic() - began < PATIENT_SECONDS
    assert caught.value.fields["file"] == str(folder / "report.pdf")
    return caught.value.key


def test_korean_lines_that_the_margin_broke_are_one(tmp_path: Path) -> None:
    lines = [
        "경찰청은 2019년 업비트에서 이더리움 34만2천개(당시 580억원)가 탈취된 사건을",
        "북한의 소행으로 결론 내렸다고 밝혔다.",
    ]
    document = read(pdf([lines]), tmp_path)
    assert document.kind is DocumentKind.PDF
    assert document.language == "ko"
    assert document.text == " ".join(lines)


def test_arabic_that_was_drawn_from_left_to_right_is_read_from_right_to_left(tmp_path: Path) -> None:
    drawn = [
        ".تامجه عبس يف رالود نويلم 400 ةيلامشلا ايروك تقرس",
        ".2018 ماع رالود نويلم 230 ةصنملا ترسخو",
    ]
    document = read(pdf([drawn]), tmp_path)
    assert document.language == "ar"
    assert "سرقت كوريا الشمالية 400 مليون دولار في سبع هجمات" in document.text
    assert "وخسرت المنصة 230 مليون دولار عام 2018" in document.text


def test_pages_follow_one_another(tmp_path: Path) -> None:
    document = read(pdf([["Thieves took $5 million."], ["Nothing was recovered."]]), tmp_path)
    assert document.text == "Thieves took $5 million.\n\nNothing was recovered."


def test_a_damaged_page_costs_only_itself(tmp_path: Path) -> None:
    whole = pdf([["Thieves took $5 million."], ["lost"], ["Nothing was recovered."]])
    pages = whole.split(b"/MediaBox[0 0 2000 842]")
    damaged = b"/MediaBox[0 0 2000 842]".join(pages).replace(b"/Contents 8 0 R", b"/Contents 3 0 R")
    document = read(damaged, tmp_path)
    assert "Thieves took $5 million." in document.text
    assert "Nothing was recovered." in document.text


def test_pictures_of_text_are_said_to_be_such(tmp_path: Path) -> None:
    assert refusal(pdf([[]]), tmp_path) == "read.error.no_text_pdf"


def test_a_locked_file_is_said_to_be_locked(tmp_path: Path) -> None:
    locked = b"<</Filter/Standard/V 1/R 2/O<%s>/U<%s>/P -4>>" % (b"11" * 32, b"22" * 32)
    data = pdf([["secret"]], extra=[locked])
    number = data.count(b" 0 obj")
    data = data.replace(b"/Root 1 0 R", b"/Root 1 0 R/ID[<00><00>]/Encrypt %d 0 R" % number)
    assert refusal(data, tmp_path) == "read.error.locked"


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7\n" + b"\xff" * 5000,
        b"%PDF-1.7\n",
        pdf([["words"]])[:600],
        file_of([b"<</Type/Catalog/Pages 2 0 R/X " + b"[" * 200_000 + b"]" * 200_000 + b">>"]),
        file_of([CATALOGUE, b"<</Type/Pages/Count 1000000000/Kids[2 0 R 2 0 R]>>"]),
        file_of([CATALOGUE, b"<</Type/Pages/Count -5/Kids 2 0 R>>"]),
        file_of([b"1 0 R"]),
    ],
    ids=["noise", "empty", "cut", "deep", "pages in pages", "no pages", "itself"],
)
def test_a_damaged_file_ends_in_a_sentence(data: bytes, tmp_path: Path) -> None:
    assert refusal(data, tmp_path) in {"read.error.damaged", "read.error.no_text_pdf", "read.error.too_hungry"}


@pytest.mark.parametrize(
    "content",
    [
        compressed(b"BT /F 9 Tf (a) Tj ET " * 12_000_000),
        compressed(b"BT /F 9 Tf (a) Tj ET " * 12_000_000, times=2),
        compressed(b"q " * 30_000_000),
    ],
    ids=["quarter of a gigabyte", "twice", "states"],
)
def test_a_stream_that_swells_ends_in_a_sentence(content: bytes, tmp_path: Path) -> None:
    assert len(content) < 1_000_000
    limits = Limits(seconds=5)
    key = refusal(file_of(page(content)), tmp_path, limits)
    assert key in {"read.error.damaged", "read.error.too_slow", "read.error.too_hungry", "read.error.no_text_pdf"}


def test_a_slow_file_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page of hundreds of thousands of lines takes pypdf far longer than the limit."""
    monkeypatch.setattr(jail, "_STARTING_SECONDS", 1)
    content = compressed(b"BT /F 9 Tf " + b"(word) Tj 0 -9 Td " * 400_000 + b"ET")
    assert refusal(file_of(page(content)), tmp_path, Limits(seconds=1)) == "read.error.too_slow"


def test_forms_within_forms_do_not_grow_without_end(tmp_path: Path) -> None:
    """Ten drawings of ten drawings of ten …: a thousand million words if all were followed."""
    objects = page(compressed(b"/X Do"))
    objects[2] = objects[2].replace(b"/Font<<", b"/XObject<</X 6 0 R>>/Font<<")
    for number in range(7, 16):
        content = b"/X Do " * 10 if number < 15 else b"BT /F 9 Tf (ha) Tj ET"
        drawn = b"/Subtype/Form/BBox[0 0 9 9]/Resources<</Font<</F 5 0 R>>/XObject<</X %d 0 R>>>>" % number
        objects.append(b"<</Type/XObject%s/Length %d>>\nstream\n%s\nendstream" % (drawn, len(content), content))
    began = time.monotonic()
    with contextlib.suppress(InvalidInput):
        assert len(read(file_of(objects), tmp_path, Limits(seconds=5)).text) < 10_000_000
    assert time.monotonic() - began < PATIENT_SECONDS


def test_no_more_pages_are_read_than_allowed_and_it_is_said(tmp_path: Path) -> None:
    document = read(pdf([[f"Page number {number}."] for number in range(9)]), tmp_path, Limits(pages=4))
    assert document.text.count("Page number") == 4
    assert [(one.key, one.place) for one in document.problems] == [("read.problem.pages", "page 5")]


def test_a_file_that_is_too_large_is_not_taken_apart(tmp_path: Path) -> None:
    assert refusal(pdf([["words"]]) + b" " * 2000, tmp_path, Limits(file_bytes=2000)) == "read.error.too_large"


def test_a_million_lines_are_cut_and_it_is_said(tmp_path: Path) -> None:
    document = read(pdf([["Thieves took $5 million from an exchange."] * 50]), tmp_path, Limits(characters=300))
    assert len(document.text) <= 300
    assert [one.key for one in document.problems] == ["read.problem.cut"]
