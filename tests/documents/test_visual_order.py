"""Arabic as programs draw it, put back into the order in which it is read."""

import re
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from qiyafa.documents.visual_order import in_reading_order, is_out_of_order

PAGE = """قالت لجنة خبراء الأمم المتحدة إن كوريا الشمالية سرقت 400 مليون دولار في سبع هجمات.
وبلغت قيمة العملات الرقمية المسروقة من منصة Gate.io نحو 230 مليون دولار عام 2018.
ولم تسترد الشركة سوى 63 مليون دولار."""
ENGLISH = "Thieves took $5 million. Nothing was recovered."


def letters_turned(page: str) -> str:
    return re.sub(r"[\u0600-\u06ff]+", lambda word: word[0][::-1], page)


def words_turned(page: str) -> str:
    """Words from left to right as they stand on paper, a full stop before the line; Latin words keep their letters."""
    return "\n".join(
        ("." if line.endswith(".") else "") + " ".join(reversed(line.rstrip(".").split())) for line in page.splitlines()
    )


def shapes(page: str) -> str:
    """The forms that some letters have at the end of words."""
    return page.replace("ة", "\ufe93").replace("لا", "\ufefb").replace("ن", "\ufee5")


def test_text_in_reading_order_stays_as_it_is() -> None:
    assert in_reading_order([PAGE]) == [PAGE]
    assert in_reading_order([ENGLISH, "한국어 문장"]) == [ENGLISH, "한국어 문장"]


def test_turned_letters_are_turned_back() -> None:
    assert in_reading_order([letters_turned(PAGE)]) == [PAGE]


def test_turned_words_are_turned_back() -> None:
    assert in_reading_order([words_turned(PAGE)]) == [PAGE]


def test_turned_words_of_turned_letters_are_turned_back() -> None:
    assert in_reading_order([words_turned(letters_turned(PAGE))]) == [PAGE]


def test_shapes_of_letters_become_letters() -> None:
    assert in_reading_order([shapes(PAGE)]) == [PAGE]
    assert in_reading_order([words_turned(shapes(PAGE))]) == [PAGE]


def test_pieces_between_numbers_are_put_in_order() -> None:
    pieces = "\n".join(
        [
            ". مليون دولار في سبع هجمات400 سرقت كوريا الشمالية",
            ". مليون دولار من البنك63 ثم خسرت المنصة",
        ]
    )
    assert in_reading_order([pieces]) == [
        "سرقت كوريا الشمالية 400 مليون دولار في سبع هجمات.\nثم خسرت المنصة 63 مليون دولار من البنك."
    ]


def test_a_pages_own_direction_is_judged_over_the_whole_document() -> None:
    first, second = words_turned(PAGE), words_turned("حدث ذلك أمس")
    assert in_reading_order([first, second]) == [PAGE, "حدث ذلك أمس"]


def test_numbers_that_stick_to_words_are_noticed() -> None:
    assert is_out_of_order("سرقت400 كوريا")
    assert not is_out_of_order("سرقت 400 مليون و300 ألف")


@given(st.lists(st.text(max_size=60), max_size=4))
def test_no_letters_are_lost(pages: list[str]) -> None:
    def letters(text: str) -> list[str]:
        return sorted(one for one in unicodedata.normalize("NFKC", text) if one.isalnum())

    ordered = in_reading_order(pages)
    assert len(ordered) == len(pages)
    assert letters("".join(ordered)) == letters("".join(pages))
