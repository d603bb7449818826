"""Kept answers: byte for byte, provable by their hash, and never half."""

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiyafa.chains.answer_cache import AnswerCache
from qiyafa.model.errors import Unavailable

QUESTION = "https://explorer.example/api?action=txlist&address=0x1"


def only_file(folder: Path) -> Path:
    (file,) = (path for path in folder.rglob("*") if path.is_file())
    return file


@given(question=st.text(max_size=60), body=st.binary(max_size=300))
def test_an_answer_comes_back_as_it_was_kept(
    tmp_path_factory: pytest.TempPathFactory, question: str, body: bytes
) -> None:
    cache = AnswerCache(tmp_path_factory.mktemp("answers"))
    kept = cache.keep(question, body)
    assert kept.sha256 == hashlib.sha256(body).hexdigest()
    assert cache.find(question) == kept


def test_an_answer_to_another_question_is_no_answer(tmp_path: Path) -> None:
    cache = AnswerCache(tmp_path / "answers")
    cache.keep(QUESTION, b"[]")
    assert cache.find(QUESTION + "&page=2") is None


def test_the_file_shows_its_question_and_proves_its_answer(tmp_path: Path) -> None:
    kept = AnswerCache(tmp_path).keep(QUESTION, b'{"result":\n[]}')
    file = only_file(tmp_path)
    head, _, body = file.read_bytes().partition(b"\n")
    assert QUESTION.encode() in head
    assert hashlib.sha256(body).hexdigest() == kept.sha256
    assert file.name == kept.file


@pytest.mark.parametrize(
    "change", [lambda file: file[:-1], lambda file: file + b" ", lambda file: file[1:], lambda _: b""]
)
def test_a_changed_file_is_no_answer(tmp_path: Path, change) -> None:
    cache = AnswerCache(tmp_path)
    cache.keep(QUESTION, b'{"result": []}')
    file = only_file(tmp_path)
    file.write_bytes(change(file.read_bytes()))
    assert cache.find(QUESTION) is None


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "answers").write_text("a file where the folder should be")
    with pytest.raises(Unavailable) as failed:
        AnswerCache(tmp_path / "answers").keep(QUESTION, b"[]")
    assert failed.value.key == "pull.error.cache"
