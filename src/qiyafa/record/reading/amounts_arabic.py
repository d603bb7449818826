"""What Arabic words around a quantity say of it: whether people or firms were harmed, whether a clause goes on."""

from decimal import Decimal
from typing import Final

from qiyafa.record.reading.fold import folded_words
from qiyafa.record.reading.lexicon import Mark
from qiyafa.record.reading.number_at import number_at
from qiyafa.record.reading.sentence import Sentence
from qiyafa.record.reading.units import Quantity

_HARMED: Final = folded_words("متضرر ضحي ضحايا مجني")
_HARMED_WITHIN: Final = 7
_THAT_IS: Final = "اي"
_TIMES_WITHIN: Final = 4


def are_harmed(sentence: Sentence, quantity: Quantity) -> bool:
    """Whether they are called victims: `سبع شركات متضررة`, `المتضررين، وعددهم 3412 مستخدما`."""
    near = (*range(quantity.first - _HARMED_WITHIN, quantity.first), quantity.after)
    return any(harmed in sentence.word(place) for place in near for harmed in _HARMED)


def is_apart(sentence: Sentence, first: int, after: int) -> bool:
    """Whether a clause ends between two tokens; `أي` behind a comma says the same again: `، أي بنسبة 20%`."""
    return any(first <= comma < after and sentence.word(comma + 1) != _THAT_IS for comma in sentence.commas)


def times(sentence: Sentence, mark: Mark) -> Decimal:
    """Return the change that a word of doubling says; Arabic adds how many times: `تضاعفت القضايا ثلاث مرات`."""
    assert isinstance(mark.value, Decimal)
    for place in range(mark.after, mark.after + _TIMES_WITHIN):
        number = number_at(sentence.tokens, place) if sentence.word(place + 1) == "مرات" else None
        if number is not None and number.value is not None:
            return number.value - 1
    return mark.value
