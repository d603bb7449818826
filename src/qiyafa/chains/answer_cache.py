"""Answers of explorers, kept on disk with their SHA-256: the evidence of what was said, and no need to ask twice.

One file an answer, named by the SHA-256 of the question. Its first line is a JSON object with the question (never
with a key in it), the SHA-256 and the size of the answer; the answer follows, byte for byte:
`tail -n +2 FILE | sha256sum` gives the hash again. A file that does not fit its first line is no answer.
"""

import hashlib
import json
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from qiyafa.model.errors import Unavailable


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer and where it is kept."""

    body: bytes
    sha256: str
    """Of the body."""
    file: str
    """Name of the file it is kept in."""


@dataclass(frozen=True, slots=True)
class AnswerCache:
    """A folder of answers. It may be deleted at any time; then everything is asked again."""

    folder: Path

    def find(self, question: str) -> KeptAnswer | None:
        """Return the answer to a question, or None if it was never kept or was changed since."""
        path = self._path(question)
        try:
            head, _, body = path.read_bytes().partition(b"\n")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._unavailable(error) from error
        answer = KeptAnswer(body, hashlib.sha256(body).hexdigest(), path.name)
        return answer if head == _first_line(question, answer) else None

    def keep(self, question: str, body: bytes) -> KeptAnswer:
        """Keep an answer, written aside first, so that a kill leaves it whole or not at all.

        Raises Unavailable if the disk refuses.
        """
        path = self._path(question)
        answer = KeptAnswer(body, hashlib.sha256(body).hexdigest(), path.name)
        aside = path.with_suffix(".part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with aside.open("wb") as file:
                file.write(_first_line(question, answer) + b"\n" + body)
                file.flush()
                os.fsync(file.fileno())
            aside.replace(path)
        except OSError as error:
            with suppress(OSError):
                aside.unlink()
            raise self._unavailable(error) from error
        return answer

    def _path(self, question: str) -> Path:
        digest = hashlib.sha256(question.encode("utf-8", "surrogateescape")).hexdigest()
        return self.folder / digest[:2] / f"{digest}.answer"

    def _unavailable(self, error: OSError) -> Unavailable:
        return Unavailable("pull.error.cache", path=str(self.folder), reason=error.strerror or str(error))


def _first_line(question: str, answer: KeptAnswer) -> bytes:
    line = {"question": question, "sha256": answer.sha256, "bytes": len(answer.body)}
    return json.dumps(line, ensure_ascii=True).encode("ascii")
