"""Arabic that was drawn from left to right, put back into the order in which it is read.

Three things may be turned round, each told by what Arabic never does. *Letters*: ta marbuta and alif maqsura only end
words. *Words*: the head of a fixed phrase stands before its tail ("million | dollars"). *Pieces* between numbers and
Latin words: a full stop never begins a line. Where the signs do not outweigh their contrary, nothing is changed.
Presentation forms, the shapes of letters within words, become plain letters in any case.
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

_FORMS: Final = re.compile(r"[\ufb50-\ufdff\ufe70-\ufeff]+")
_ARABIC: Final = re.compile(r"[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc]")
_ARABIC_RUN: Final = re.compile(
    r"[\u0600-\u065f\u066e-\u06d3\u06d5-\u06ef\u06fa-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc]+"
)
_LATIN: Final = re.compile(r"[A-Za-z]")
_DIGIT: Final = re.compile(r"\d")
_ENDING: Final = "ةى"
_EDGES: Final = re.compile(r"([^\w\u064b-\u065f]*)(.*?)([^\w\u060c\u061b\u061f\u064b-\u065f]*)", re.DOTALL)
_MIRRORED: Final = str.maketrans("()[]{}«»<>“”", ")(][}{»«><”“")
_STOP_FIRST: Final = re.compile(r"^\s{0,9}[.؟!](?=\s{0,9}\w)", re.MULTILINE)
_STOP_LAST: Final = re.compile(r"[\u0621-\u06d3][.؟!]\s{0,9}$", re.MULTILINE)
_PIECES: Final = re.compile(r"[A-Za-z0-9][^\u0600-\u06ff]*|[^A-Za-z0-9]+")
_STOPS_FIRST: Final = re.compile(r"^([.؟!،؛:]+)\s{0,9}(.*)$", re.DOTALL)
_GLUED: Final = re.compile(r"[\u0621-\u064a]{3}\d")
_PHRASES: Final = (
    ("كوريا", "الشمالية"), ("كوريا", "الجنوبية"), ("الأمم", "المتحدة"), ("الولايات", "المتحدة"), ("مليون", "دولار"),
    ("مليار", "دولار"), ("العملات", "المشفرة"), ("العملات", "الرقمية"), ("الأصول", "الرقمية"), ("مجلس", "الأمن"),
    ("من", "خلال"), ("بالإضافة", "إلى"), ("إلى", "أن"), ("على", "الأقل"), ("وزارة", "الخزانة"),
)  # fmt: skip


def in_reading_order(pages: Sequence[str]) -> list[str]:
    """Return the pages of one document in reading order; those without Arabic as they are."""
    if not any(_ARABIC.search(page) for page in pages):
        return list(pages)
    if _letters_are_turned("\n".join(map(_plain_forms, pages))):
        pages = [_ARABIC_RUN.sub(lambda run: run[0][::-1], page) for page in pages]
    plain = [_plain_forms(page) for page in pages]
    whole = "\n".join(plain)
    if _words_are_turned(whole):
        return ["\n".join(_words_turned(line) for line in page.splitlines()) for page in plain]
    if len(_STOP_FIRST.findall(whole)) > len(_STOP_LAST.findall(whole)):
        return ["\n".join(_pieces_turned(line) for line in page.splitlines()) for page in plain]
    return plain


def is_out_of_order(text: str) -> bool:
    """Tell whether numbers still stick to the ends of Arabic words: then the order of a line is not to be trusted."""
    return _GLUED.search(text) is not None


def _plain_forms(page: str) -> str:
    return _FORMS.sub(lambda found: unicodedata.normalize("NFKC", found[0]), page)


def _letters_are_turned(text: str) -> bool:
    words = _ARABIC_RUN.findall(text)
    first = sum(word[0] in _ENDING for word in words if len(word) > 2)
    last = sum(word[-1] in _ENDING for word in words if len(word) > 2)
    return first > last


def _words_are_turned(text: str) -> bool:
    joined = " ".join(text.split())
    return sum(joined.count(f"{tail} {head}") - joined.count(f"{head} {tail}") for head, tail in _PHRASES) > 0


def _pieces_turned(line: str) -> str:
    if not _ARABIC.search(line):
        return line
    pieces = [_STOPS_FIRST.sub(r"\2\1", piece.strip()) for piece in _PIECES.findall(line)]
    return " ".join(piece for piece in reversed(pieces) if piece)


def _words_turned(line: str) -> str:
    """Return a line that stands from left to right as it is read: words turned round, Latin words kept in a row."""
    if not _ARABIC.search(line):
        return line
    ordered: list[str] = []
    latin: list[str] = []
    for token in line.split():
        goes_on_in_latin = latin and not _ARABIC.search(token) and (_LATIN.search(token) or _DIGIT.search(token))
        if goes_on_in_latin or _LATIN.search(token):
            latin.append(token)
            continue
        ordered += [" ".join(latin)] if latin else []
        latin = []
        ordered.append(_with_edges_turned(token))
    ordered += [" ".join(latin)] if latin else []
    return " ".join(reversed(ordered))


def _with_edges_turned(token: str) -> str:
    edges = _EDGES.fullmatch(token)
    if edges is None:
        return token
    before, word, after = edges.groups()
    return after[::-1].translate(_MIRRORED) + word + before[::-1].translate(_MIRRORED)
