import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiyafa.documents.encodings import decode, is_text

ARABIC = "وقالت لجنة الخبراء إن كوريا الشمالية سرقت أكثر من 750 مليون دولار في العام.\nوقدرت قيمتها بنحو مليار دولار."
KOREAN = "경찰청은 2019년 업비트에서 이더리움 34만2천개가 탈취된 사건을 밝혔다.\n피해액은 580억원."
ENGLISH = "The monitors said $3.6 billion was stolen – “in 97 attacks” – between 2017 and 2024.\nPyongyang denies it."
TEXTS = {"ar": ARABIC, "ko": KOREAN, "en": ENGLISH}


@pytest.mark.parametrize("language", TEXTS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_is_told_with_and_without_its_mark(language: str, encoding: str) -> None:
    decoded = decode(TEXTS[language].encode(encoding))
    assert decoded is not None
    assert decoded.text == TEXTS[language]
    assert decoded.replaced == 0


@pytest.mark.parametrize(
    ("language", "encoding"), [("ar", "cp1256"), ("ko", "cp949"), ("ko", "euc_kr"), ("en", "cp1252")]
)
def test_the_old_encodings_of_each_language_are_told_apart(language: str, encoding: str) -> None:
    decoded = decode(TEXTS[language].encode(encoding))
    assert decoded is not None
    assert decoded.text == TEXTS[language]


def test_a_single_arabic_line_is_not_taken_for_korean() -> None:
    line = "سرقة ما قيمته 230 مليون دولار من عملات البيتكوين"
    decoded = decode(line.encode("cp1256"))
    assert decoded is not None
    assert decoded.text == line


def test_a_declared_encoding_is_believed_if_the_bytes_fit() -> None:
    decoded = decode("자금".encode("euc_kr"), "ks_c_5601-1987")
    assert decoded is not None
    assert decoded.text == "자금"


@pytest.mark.parametrize("declared", ["", "rot13", "zip", "idna", "no such thing", "\x00", "ü"])
def test_a_declared_encoding_that_is_none_changes_nothing(declared: str) -> None:
    decoded = decode(ARABIC.encode("utf-8"), declared)
    assert decoded is not None
    assert decoded.text == ARABIC


def test_damaged_utf8_is_still_utf8_and_says_how_much_is_lost() -> None:
    data = (ARABIC * 20).encode()
    decoded = decode(data[:500] + b"\xff" + data[501:])
    assert decoded is not None
    assert decoded.encoding == "utf-8"
    assert 0 < decoded.replaced < 5


def test_random_bytes_are_in_no_encoding() -> None:
    noise = bytes((index * 197 + index // 7 * 31) % 255 + 1 for index in range(5000))
    decoded = decode(noise)
    assert decoded is None or not is_text(decoded.text)


@given(st.binary(max_size=2000), st.text(max_size=20))
def test_no_bytes_are_too_odd_to_be_answered(data: bytes, declared: str) -> None:
    decoded = decode(data, declared)
    assert decoded is None or not any(0xD800 <= ord(one) < 0xE000 for one in decoded.text)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1))
def test_utf8_always_reads_back(text: str) -> None:
    decoded = decode(text.encode())
    assert decoded is not None
    assert decoded.text == text.removeprefix("\ufeff")
