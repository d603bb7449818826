"""Arabic numbers: `3 مليارات`, `ملياري` (a dual), `سبعة عشر`, `مليون ونصف`, `خمس إجمالي`, `مئات الملايين`.

One word may be two numbers: `خمس` is five before a counted noun (`خمس هجمات`) and a fifth before a
whole (`خمس الخسائر`). A whole is definite: it has the article, or is a word like `إجمالي`.
"""

from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from typing import Final

from qiyafa.record.reading.fold import fold_word, folded_words
from qiyafa.record.reading.lexicon import arabic_variants
from qiyafa.record.reading.number import Kind, Number, Piece, digits, fraction
from qiyafa.record.reading.tokens import Script, Token


def _words(written: str) -> dict[str, Decimal]:
    """Read `3=ثلاث/ثلاثة 4=…`."""
    found: dict[str, Decimal] = {}
    for entry in written.split():
        value, _, names = entry.partition("=")
        found.update(dict.fromkeys(fold_word(names).split("/"), Decimal(value)))
    return found


_SMALL: Final = _words(
    "1=واحد/واحدا/واحدة/إحدى/أحد 2=اثنان/اثنين/اثنتان/اثنتين/اثنا/اثني/اثنتا/اثنتي 3=ثلاث/ثلاثة 4=أربع/أربعة "
    "5=خمس/خمسة 6=ست/ستة 7=سبع/سبعة 8=ثماني/ثمانية/ثمان 9=تسع/تسعة 10=عشرة/عشر"
)
_TEEN: Final = frozenset({"عشر", "عشره"})
_TENS: Final = _words(
    "20=عشرون/عشرين 30=ثلاثون/ثلاثين 40=أربعون/أربعين 50=خمسون/خمسين 60=ستون/ستين 70=سبعون/سبعين 80=ثمانون/ثمانين "
    "90=تسعون/تسعين"
)
_HUNDREDS: Final = _words(
    "100=مئة/مائة 200=مئتي/مئتان/مئتين/مائتي/مائتان/مائتين 300=ثلاثمئة/ثلاثمائة 400=أربعمئة/أربعمائة "
    "500=خمسمئة/خمسمائة 600=ستمئة/ستمائة 700=سبعمئة/سبعمائة 800=ثمانمئة/ثمانمائة/ثمانيمئة 900=تسعمئة/تسعمائة"
)
_SCALES: Final = _words(
    "1000=ألف/ألفا/آلاف 1000000=مليون/مليونا/ملايين 1000000000=مليار/مليارا/مليارات/بليون/بلايين "
    "1000000000000=تريليون/تريليونا/تريليونات/ترليون"
)
_DUALS: Final = _words(
    "2000=ألفي/ألفين/ألفان 2000000=مليوني/مليونين/مليونان 2000000000=ملياري/مليارين/ملياران "
    "2000000000000=تريليوني/تريليونين"
)
_PLURAL_SCALES: Final = _words("1000=آلاف 1000000=ملايين 1000000000=مليارات/بلايين 1000000000000=تريليونات")
_MANY: Final = _words("10=عشرات 100=مئات/مائات")
_FEW: Final = frozenset(fold_word(word) for word in ("بضعة", "عدة", "بضع"))
_FEW_FROM, _FEW_TO = Decimal(3), Decimal(10)
_THOUSAND: Final = Decimal(1000)
_PARTS: Final = {
    fold_word(word): fraction(parts, of)
    for word, parts, of in (
        ("نصف", 1, 2),
        ("ثلث", 1, 3),
        ("ثلثي", 2, 3),
        ("ثلثا", 2, 3),
        ("ثلثين", 2, 3),
        ("ثلثان", 2, 3),
        ("ربع", 1, 4),
        ("خمس", 1, 5),
        ("خمسي", 2, 5),
        ("سدس", 1, 6),
        ("سبع", 1, 7),
        ("ثمن", 1, 8),
        ("تسع", 1, 9),
        ("عشر", 1, 10),
    )
}
_TABLES: Final = (_SMALL, _TENS, _HUNDREDS, _SCALES, _DUALS, _MANY, _PARTS)
_OF_EVERY: Final = ["من", "كل"]
_PREPOSITIONS: Final = "بلكوف"
"""Letters before a scale that begin another number: `عام 2024 بمليار دولار`."""
_PLURAL_PARTS: Final = {
    fold_word(word): of
    for word, of in (("أرباع", 4), ("أخماس", 5), ("أسداس", 6), ("أسباع", 7), ("أثمان", 8), ("أتساع", 9), ("أعشار", 10))
}
_OF_IT: Final = tuple(fold_word(word) for word in ("ها", "هم", "ه"))
"""What is fastened to a part to say of what: `نصفها`, `أربعة أخماسه`."""
_WHOLES: Final = frozenset(
    fold_word(word)
    for word in folded_words("إجمالي مجموع جميع كل قيمة حجم ما هذه هذا عدد تلك ذلك خسائر أموال عائدات إيرادات")
)


def scaled(tokens: list[Token], first: int, value: Decimal, after: int) -> Number:
    """Return a number in digits with the scale words behind it: `1.5 مليار`, `3 ملايين و500 ألف`, `مليون ونصف`."""
    word = tokens[after].word
    is_apart = word not in _SCALES and word[0] in _PREPOSITIONS
    piece = Piece(value, after) if is_apart else _with_scale(tokens, Piece(value, after))
    return Number(Kind.NUMBER, first, piece.after, piece.value)


def spelled(tokens: list[Token], first: int) -> Number | None:
    """Return the number in letters that begins at a token, or None."""
    if not may_begin(tokens[first].word):
        return None
    return _order(tokens, first) or _of_every(tokens, first) or _fraction(tokens, first) or _cardinal(tokens, first)


def _of_every(tokens: list[Token], first: int) -> Number | None:
    """Read `واحد من كل خمسة`, `ثلاثة من كل خمسة`."""
    if [token.word for token in tokens[first + 1 : first + 3]] != _OF_EVERY:
        return None
    parts, of = _value(tokens, first, _SMALL), _value(tokens, first + 3, _SMALL)
    if parts is None or of is None or not parts < of:
        return None
    return Number(Kind.FRACTION, first, first + 4, fraction(int(parts), int(of)), is_spelled=True)


@lru_cache(maxsize=50_000)
def may_begin(word: str) -> bool:
    """Whether a number may begin with a word."""
    return (
        word in _FEW
        or word[1:] in _FEW
        or without_owner(word) != word
        or any(form in table for form in arabic_variants(word) for table in _TABLES)
    )


def _value(tokens: list[Token], place: int, table: dict[str, Decimal]) -> Decimal | None:
    if place >= len(tokens) or tokens[place].script is not Script.ARABIC:
        return None
    return next((table[form] for form in arabic_variants(tokens[place].word) if form in table), None)


def _order(tokens: list[Token], first: int) -> Number | None:
    """Read `مئات الملايين`, `عشرات الآلاف`, `ملايين الدولارات`, `بضعة ملايين`."""
    low = _value(tokens, first, _MANY)
    if low is not None:
        scale = _value(tokens, first + 1, _PLURAL_SCALES)
        factor, after = (scale, first + 2) if scale else (Decimal(1), first + 1)
        return Number(Kind.ORDER, first, after, None, low * factor, 10 * low * factor, is_spelled=True)
    if tokens[first].word in _FEW or tokens[first].word[1:] in _FEW:
        scale = _value(tokens, first + 1, _PLURAL_SCALES)
        if scale is None:
            return None
        return Number(Kind.ORDER, first, first + 2, None, _FEW_FROM * scale, _FEW_TO * scale, is_spelled=True)
    scale = _value(tokens, first, _PLURAL_SCALES)
    if scale is None:
        return None
    return Number(Kind.ORDER, first, first + 1, None, scale, _THOUSAND * scale, is_spelled=True)


def _fraction(tokens: list[Token], first: int) -> Number | None:
    """Read `نصف`, `ثلثي`, `ثلاثة أرباع`, `خمس الخسائر`, and of a scale `نصف مليار`."""
    parts, after = _value(tokens, first, _SMALL), first + 1
    of = _PLURAL_PARTS.get(without_owner(tokens[after].word)) if parts is not None and after < len(tokens) else None
    if parts is not None and of is not None and parts < of:
        value: Decimal | None = fraction(int(parts), of)
        after += 1
    else:
        value = _value(tokens, first, _PARTS)
        if value is None:
            value = _PARTS.get(without_owner(tokens[first].word))
    if value is None:
        return None
    scale = _value(tokens, after, _SCALES)
    if scale is not None and _value(tokens, first, _SMALL) is None:
        return Number(Kind.NUMBER, first, after + 1, value * scale, is_spelled=True)
    if parts is not None and after == first + 1 and not _is_whole(tokens, after):
        return None
    return Number(Kind.FRACTION, first, after, value, is_spelled=True)


def without_owner(word: str) -> str:
    """Return a part without the pronoun that says of what: `أخماس` of `أخماسه`; any other word as it is."""
    if word in _SMALL:
        return word
    bare = next((word.removesuffix(end) for end in _OF_IT if word.endswith(end)), word)
    return bare if bare in _PARTS or bare in _PLURAL_PARTS else word


def _is_whole(tokens: list[Token], place: int) -> bool:
    if place >= len(tokens):
        return False
    word = tokens[place].word
    return word in _WHOLES or word.startswith(("ال", "لل", "اجمالي"))


def _cardinal(tokens: list[Token], first: int) -> Number | None:
    """Read `سبع`, `سبعة عشر`, `خمسة وعشرين مليون`, `ثلاثمئة وخمسين مليونا`, `مليار`, `ملياري`."""
    dual = _value(tokens, first, _DUALS)
    if dual is not None:
        piece = _and_more(tokens, Piece(dual, first + 1), dual / 2)
        return Number(Kind.NUMBER, first, piece.after, piece.value, is_spelled=True)
    below = _below_thousand(tokens, first)
    if below is None:
        scale = _value(tokens, first, _SCALES)
        if scale is None:
            return None
        below = Piece(Decimal(1), first)
    piece = _with_scale(tokens, below)
    return Number(Kind.NUMBER, first, piece.after, piece.value, is_spelled=True)


def with_part(tokens: list[Token], number: Number, place: int) -> Number:
    """Add a part of the scale that stands behind the unit: `مليوني يورو ونصف المليون`, `مليار دولار ونصف`."""
    last = tokens[number.after - 1].word
    scale = _SCALES.get(last) or next((_DUALS[one] / 2 for one in arabic_variants(last) if one in _DUALS), None)
    if scale is None or number.value is None or not _is_joined(tokens, place):
        return number
    part = _value(tokens, place, _PARTS)
    if part is None or _value(tokens, place, _SMALL) is not None:
        return number
    again = _value(tokens, place + 1, _SCALES)
    if again != scale and (again is not None or _is_whole(tokens, place + 1)):
        return number
    return replace(number, value=number.value + part * scale, after=place + (2 if again == scale else 1))


def _below_thousand(tokens: list[Token], first: int) -> Piece | None:
    total, place, seen = Decimal(0), first, False
    for table in (_HUNDREDS, _SMALL, _TENS):
        if seen and not _is_joined(tokens, place):
            break
        value = _value(tokens, place, table)
        if value is None:
            continue
        total, place, seen = total + value, place + 1, True
        if table is _SMALL and value < 10 and place < len(tokens) and tokens[place].word in _TEEN:
            return Piece(total + 10, place + 1)
        if table is _SMALL and value < 10 and (hundred := _value(tokens, place, _HUNDREDS)) == 100:
            total, place = (total - value) + value * hundred, place + 1
    return Piece(total, place) if seen else None


def _is_joined(tokens: list[Token], place: int) -> bool:
    return place < len(tokens) and tokens[place].word.startswith("و")


def _with_scale(tokens: list[Token], piece: Piece) -> Piece:
    scale = _value(tokens, piece.after, _SCALES)
    if scale is None:
        return piece
    return _and_more(tokens, Piece(piece.value * scale, piece.after + 1), scale)


def _and_more(tokens: list[Token], piece: Piece, scale: Decimal) -> Piece:
    """Add `ونصف` of the scale just read, or a lesser number that `و` joins to it: `و500 مليون`."""
    place = piece.after
    if not _is_joined(tokens, place):
        return piece
    part = _value(tokens, place, _PARTS)
    if part is not None and _value(tokens, place, _SMALL) is None:
        again = _value(tokens, place + 1, _SCALES)
        return Piece(piece.value + part * scale, place + (2 if again == scale else 1))
    if tokens[place].word == "و" and place + 1 < len(tokens) and tokens[place + 1].script is Script.NUMBER:
        value = digits(tokens[place + 1].word)
        more = Piece(value, place + 2) if value is not None else None
    else:
        more = _below_thousand(tokens, place)
    if more is None:
        return piece
    lesser = _value(tokens, more.after, _SCALES)
    if lesser is None or lesser >= scale:
        is_rest = scale == _THOUSAND and more.value < _THOUSAND and lesser is None
        return Piece(piece.value + more.value, more.after) if is_rest else piece
    return Piece(piece.value + more.value * lesser, more.after + 1)
