"""Which encoding a text is in: UTF-8, UTF-16, Windows-1256 (Arabic), CP949 (Korean, with EUC-KR) or Windows-1252.

Nothing is guessed that would only be likely. A text that is valid UTF-8 is UTF-8. UTF-16 is told by its mark, or by the
spaces and line ends that only one byte order has. Arabic words have odd and even numbers of letters, so Arabic bytes
followed by a space are no CP949; Korean syllables read as Windows-1256 are not the letters that Arabic is made of.
"""

import codecs
import unicodedata
from dataclasses import dataclass
from typing import Final

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE_BYTES: Final = 200_000
"""Enough to tell languages apart; even, so that no unit of UTF-16 is cut."""
_MOST_BROKEN: Final = 0.02
"""Share of replaced characters in a text that is still taken for damaged UTF-8."""
_FEW: Final = 8
"""Control characters that even a short text may have."""
_LEAST_SHARE: Final = 0.9
"""Share of the letters beyond ASCII that must belong to the language an encoding is made for."""
_COMMON_ARABIC: Final = frozenset("الينمورتبعسفدق")
_LEAST_COMMON: Final = 0.6
_WESTERN: Final = frozenset("‘’“”–—…•·°€£©®™«»§éèêëáàâäãåçíìîïñóòôöõúùûüýÿßæøœÉÈÀÁÂÄÅÇÍÓÖÚÜÑØÆ\xa0\xad")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, the name of its encoding, and how many characters could not be read."""

    text: str
    encoding: str
    replaced: int = 0


def decode(data: bytes, declared: str = "") -> Decoded | None:
    """Return the text of some bytes, or None if they are in no encoding that can be told.

    A declared encoding is believed if the bytes fit it, unless a mark or valid UTF-8 says otherwise.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _lenient(data, name)
    if b"\0" in data[:_SAMPLE_BYTES]:
        wide = _utf16(data)
        if wide is not None:
            return wide
    for name in ("utf-8", _known(declared)):
        text = _strict(data, name) if name else None
        if text is not None:
            return Decoded(text, name)
    damaged = _lenient(data, "utf-8")
    if damaged.replaced <= _MOST_BROKEN * _foreign(damaged.text):
        return damaged
    return _single_language(data)


def _utf16(data: bytes) -> Decoded | None:
    """Read UTF-16 without a mark. Swapped, a space is U+2000 and a line end U+0A00, which no text is full of."""
    sample = data[:_SAMPLE_BYTES]
    sample = sample[: len(sample) & ~1]
    counts = {}
    for name in ("utf-16-le", "utf-16-be"):
        read = sample.decode(name, errors="replace")
        counts[name] = sum(read.count(one) for one in " \n") if "\0" not in read else 0
    best = max(counts, key=counts.__getitem__)
    return _lenient(data, best) if counts[best] * 200 > len(sample) // 2 else None


def _single_language(data: bytes) -> Decoded | None:
    sample = data[:_SAMPLE_BYTES]
    korean = _korean(sample)
    if korean:
        return _lenient(data, "cp949")
    if _arabic(sample.decode("cp1256", errors="replace")):
        return _lenient(data, "cp1256")
    if _western(sample.decode("cp1252", errors="replace")):
        return _lenient(data, "cp1252")
    return None


def _korean(sample: bytes) -> bool:
    read = sample.decode("cp949", errors="replace")
    foreign = [one for one in read if ord(one) > 127]
    hangul = sum("가" <= one <= "힣" for one in foreign)
    # The last character of a sample may be cut in two.
    return hangul > _LEAST_SHARE * len(foreign) and read.count("�") <= 1 + _MOST_BROKEN * len(foreign)


def _arabic(read: str) -> bool:
    foreign = [one for one in read if ord(one) > 127 and one not in _WESTERN]
    arabic = [one for one in foreign if "\u0600" <= one <= "\u06ff"]
    common = sum(one in _COMMON_ARABIC for one in arabic)
    return len(arabic) > _LEAST_SHARE * len(foreign) and common > _LEAST_COMMON * len(arabic)


def _western(read: str) -> bool:
    foreign = _foreign(read)
    known = sum(one in _WESTERN for one in read)
    letters = sum(one.isascii() and one.isalpha() for one in read)
    return known >= _LEAST_SHARE * foreign and letters > 4 * foreign


def _foreign(read: str) -> int:
    return sum(ord(one) > 127 for one in read)


def _strict(data: bytes, name: str) -> str | None:
    try:
        return data.decode(name)
    except UnicodeDecodeError:
        return None


def _lenient(data: bytes, name: str) -> Decoded:
    text = data.decode(name, errors="replace")
    return Decoded(text, name, text.count("�"))


def _known(declared: str) -> str:
    """Return the codec of a declared name, empty for one that is unknown or is no encoding of text."""
    try:
        name = codecs.lookup(declared.strip()[:40]).name if declared.strip().isascii() else ""
    except (LookupError, ValueError):
        return ""
    name = {"euc_kr": "cp949", "johab": "johab", "iso8859-1": "cp1252"}.get(name, name)
    return name if name in _TEXT_ENCODINGS else ""


_TEXT_ENCODINGS: Final = frozenset(
    {"cp949", "johab", "cp1256", "iso8859-6", "cp1252", "cp1250", "cp1251", "iso8859-15", "utf-16", "utf-16-le",
     "utf-16-be", "shift_jis", "cp932", "euc_jp", "gb18030", "gbk", "gb2312", "big5", "koi8-r"}
)  # fmt: skip


def is_text(read: str) -> bool:
    """Tell whether a decoded sample reads as text: few control characters besides tabs and line ends."""
    sample = read[:_SAMPLE_BYTES]
    odd = sum(unicodedata.category(one) == "Cc" and one not in "\t\n\r\f\v\0\x85" for one in sample)
    return odd <= _FEW + _MOST_BROKEN * len(sample) and sample.count("\0") * 2 <= len(sample)
