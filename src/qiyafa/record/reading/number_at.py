"""The number that begins at a token of a sentence, in digits or in letters, in any of the three languages."""

from decimal import Decimal
from functools import lru_cache

from qiyafa.record.reading import numbers_arabic, numbers_english, numbers_korean
from qiyafa.record.reading.number import Number, digits
from qiyafa.record.reading.tokens import Script, Token


def number_at(tokens: list[Token], first: int) -> Number | None:
    """Return the number that begins at a token, or None."""
    token = tokens[first]
    if token.script is Script.NUMBER:
        value = digits(token.word)
        return None if value is None else numbers_english.one_in(tokens, first) or _scaled(tokens, first, value)
    if token.script is Script.LATIN:
        return numbers_english.spelled(tokens, first)
    if token.script is Script.ARABIC:
        return numbers_arabic.spelled(tokens, first)
    if token.script is Script.HANGUL:
        return numbers_korean.spelled(tokens, first)
    return None


@lru_cache(maxsize=50_000)
def may_begin(word: str) -> bool:
    """Whether a number may begin with a word: what the tables of no language know is passed over at once."""
    return (
        word[0].isdigit()
        or word in numbers_english.BEGINNINGS
        or numbers_korean.may_begin(word)
        or numbers_arabic.may_begin(word)
    )


def _scaled(tokens: list[Token], first: int, value: Decimal) -> Number:
    """Let the language of the word behind the digits say how many they are."""
    after = first + 1
    behind = tokens[after].script if after < len(tokens) else Script.MARK
    if behind is Script.ARABIC:
        return numbers_arabic.scaled(tokens, first, value, after)
    if behind is Script.HANGUL:
        return numbers_korean.scaled(tokens, first, value, after)
    return numbers_english.with_scale(tokens, first, value, after)
