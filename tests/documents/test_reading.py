"""A file becomes a document, or a sentence says why not."""

import hashlib
import importlib.util
import os
from pathlib import Path

import pytest

from qiyafa.documents.document import DocumentKind, Limits
from qiyafa.documents.reading import kind_of, read_document
from qiyafa.model.errors import InvalidInput, NotFound, QiyafaError, Unavailable
from qiyafa.text import text as sentence


def written(folder: Path, content: bytes | str, name: str = "article.txt") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    ("start", "suffix", "kind"),
    [
        (b"%PDF-1.4\n", ".txt", DocumentKind.PDF),
        (b"\n\n  %PDF-1.4\n", "", DocumentKind.PDF),
        (b"<!DOCTYPE html><html>", ".txt", DocumentKind.HTML),
        (b"\xef\xbb\xbf  <html lang=ar>", "", DocumentKind.HTML),
        ("<html>".encode("utf-16"), "", DocumentKind.HTML),
        (b"<!-- saved --><head>", "", DocumentKind.HTML),
        (b"Words", ".html", DocumentKind.HTML),
        (b"Words", ".HTM", DocumentKind.HTML),
        (b"Words about <html> pages", ".txt", DocumentKind.PLAIN),
        (b"", "", DocumentKind.PLAIN),
    ],
)
def test_the_first_bytes_say_what_a_file_is(start: bytes, suffix: str, kind: DocumentKind) -> None:
    assert kind_of(start, suffix) is kind


def test_places_are_counted_in_the_text_that_the_digest_is_of(tmp_path: Path) -> None:
    document = read_document(written(tmp_path, "سُرق 5 ملايين دولار.\r\n두 번째 줄\r"))
    assert document.text == "سُرق 5 ملايين دولار.\n두 번째 줄\n"
    assert document.sha256 == hashlib.sha256(document.text.encode()).hexdigest()
    assert document.problems == ()


def test_plain_text_states_its_own_day_and_language(tmp_path: Path) -> None:
    document = read_document(written(tmp_path, "입력 2024.03.29 10:15\n경찰이 사건을 수사한다."))
    assert str(document.about.published) == "2024-03-29"
    assert document.language == "ko"


def test_nuls_and_lone_surrogates_become_replacement_characters(tmp_path: Path) -> None:
    document = read_document(written(tmp_path, "سُرق \0 5 ملايين ".encode() * 20 + b"\xed\xa0\x80"))
    assert "\0" not in document.text
    document.text.encode()
    assert [one.key for one in document.problems] == ["read.problem.replaced"]


def test_half_characters_of_utf16_are_replaced(tmp_path: Path) -> None:
    document = read_document(written(tmp_path, b"\xff\xfe" + "a thief ".encode("utf-16-le") + b"\x00\xd8" + b"b\x00"))
    assert document.text == "a thief \ufffdb"


def test_overrides_of_direction_stay_in_the_text_for_whoever_shows_it(tmp_path: Path) -> None:
    """What a document says is not changed; what is shown of it is made harmless there."""
    document = read_document(written(tmp_path, "taken by \u202eysaE\u202c"))
    assert "\u202e" in document.text


@pytest.mark.parametrize(
    "content",
    [b"", b" \n\t ", b"\0" * 5000, b"\xff\xfe", b"\xef\xbb\xbf"],
    ids=["empty", "blank", "nuls", "marks", "mark"],
)
def test_nothing_is_refused(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_document(written(tmp_path, content))
    assert sentence(caught.value.key, **caught.value.fields)


def test_a_hundred_megabytes_of_nothing_are_not_read(tmp_path: Path) -> None:
    path = tmp_path / "nothing.txt"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    with pytest.raises(InvalidInput) as caught:
        read_document(path)
    assert caught.value.key == "read.error.too_large"


def test_what_may_never_end_is_not_read(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (pipe, Path("/dev/zero")):
        with pytest.raises(InvalidInput) as caught:
            read_document(path)
        assert caught.value.key == "read.error.not_ordinary"


@pytest.mark.parametrize(
    "content", [b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, b"PK\x03\x04" + bytes(range(256)) * 9]
)
def test_a_picture_or_an_archive_is_no_text(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_document(written(tmp_path, content, "picture.png"))
    assert caught.value.key == "read.error.no_text_file"


@pytest.mark.parametrize(("name", "kind"), [("missing.txt", NotFound), (".", Unavailable)])
def test_what_cannot_be_opened_is_named(name: str, kind: type[QiyafaError], tmp_path: Path) -> None:
    with pytest.raises(kind) as caught:
        read_document(tmp_path / name)
    assert str(tmp_path) in sentence(caught.value.key, **caught.value.fields)


def test_a_loop_of_links_is_named(tmp_path: Path) -> None:
    link = tmp_path / "loop.txt"
    link.symlink_to(link)
    with pytest.raises(Unavailable) as caught:
        read_document(link)
    assert caught.value.key == "read.error.file_unreadable"


@pytest.mark.parametrize(("content", "library"), [(b"%PDF-1.7\n", "pypdf"), (b"<html><p>words</p></html>", "lxml")])
def test_a_missing_library_is_named_and_plain_text_needs_none(
    content: bytes, library: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(Unavailable) as caught:
        read_document(written(tmp_path, content))
    message = sentence(caught.value.key, **caught.value.fields)
    assert library in message
    assert "pip install 'qiyafa[read]'" in message
    assert read_document(written(tmp_path, "Thieves took $5 million.")).text


def test_a_reader_that_needs_too_much_memory_is_stopped(tmp_path: Path) -> None:
    page = "<html><body>" + "<p>words</p>" * 1_500_000
    with pytest.raises(InvalidInput) as caught:
        read_document(written(tmp_path, page, "page.html"), Limits(memory_bytes=400_000_000))
    assert caught.value.key == "read.error.too_hungry"
    assert caught.value.fields["megabytes"] == 400
