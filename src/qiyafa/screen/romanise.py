"""How a name in Arabic or Korean script may be written in Latin letters: candidates, not one answer.

One person of a list is `Pak`, `Park` or `Bak`; one Arabic spelling leaves vowels open. So every token gives a set of
readings, and a comparison takes the one nearest to the name it is compared with. For matching only, never for
storage: what is shown is the name as it was written.

Sources: Revised Romanization of Korean (Ministry of Culture and Tourism, 2000-8), McCune-Reischauer (1939), and the
customary spellings of family names in English-language passports; for Arabic the letters' usual values in names
(ALA-LC, without diacritics), with the letters that Arabic lacks (p, g, v) read into the ones that stand for them.
"""

import itertools
import unicodedata
from collections.abc import Iterable, Sequence

MOST_READINGS = 256
"""Readings of one token that are made; a longer token gives the first ones, most usual letters first."""

_FIRST_SYLLABLE, _LAST_SYLLABLE = 0xAC00, 0xD7A3
_VOWELS, _FINALS = 21, 28
_LONGEST_PERSON = 4
"""Syllables of a Korean person's name: a family name of one or two and a given name of one or two."""
_MOST_SYLLABLES = 12


def _sounds(written: str) -> tuple[str, ...]:
    """Read `g/k` as the sounds g and k; `-` is silence."""
    return tuple("" if sound == "-" else sound for sound in written.split("/"))


def _by_letter(written: str) -> dict[str, tuple[str, ...]]:
    """Read `박=pak/park` and others, between spaces."""
    return {letter: _sounds(sounds) for letter, _, sounds in (one.partition("=") for one in written.split())}


def _in_order(written: str) -> list[tuple[str, ...]]:
    """Read sounds between spaces, for the numbers 0, 1, 2 …"""
    return [_sounds(one) for one in written.split()]


_INITIAL_SOUNDS = _in_order("g/k kk n d/t tt r/l m b/p pp s ss - j/ch/z jj ch k t p/f h")
_VOWEL_SOUNDS = _in_order("a ae/e ya yae eo/o/u e yeo/yo/yu ye o wa wae oe/oi yo u/oo wo we wi yu eu/u/- ui/i i")
_FINAL_SOUNDS = _in_order("- k/g k k n n n t l k m l l l l l m p/b p t/s t ng t t k t p t")
"""The 19 initials, 21 vowels and 28 finals of Hangul in Unicode's order."""

_FAMILY_NAMES = _by_letter(
    "김=kim/gim 이=ri/lee/yi/rhee 리=ri/lee/rhee 박=pak/park/bak 최=choe/choi 정=jong/jung/jeong/chung "
    "강=kang/gang 조=jo/cho 장=jang/chang 림=rim/lim 임=im/rim/lim 한=han 오=o/oh 류=ryu/yu 유=yu/yoo/ryu "
    "심=sim/shim 전=jon/jun/jeon 백=paek/baek 노=no/ro 로=ro/no 안=an/ahn 변=pyon/byun/byeon "
)

_ARABIC_SOUNDS = _by_letter(
    "ا=a/e/i/u ب=b/p پ=p ت=t ث=th/s ج=j/g چ=ch ح=h خ=kh د=d ذ=dh/z ر=r ز=z ژ=zh س=s ش=sh ص=s ض=d ط=t ظ=z "
    "ع=a/- غ=gh/g ف=f/v ڤ=v ق=q/k/g ك=k/c ک=k/c گ=g ل=l م=m ن=n ه=h ة=a/ah ى=a ء=- "
)
"""Letters as `folded` leaves them: hamza and madda on a carrier are gone."""
_WAW, _YEHS = "و", frozenset("يی")
_ARABIC_ARTICLE = "ال"


def readings(token: str) -> tuple[str, ...]:
    """Return how one token may read in lower-case Latin letters, the most usual first; itself folded if it is Latin."""
    plain = folded(token)
    if any(_is_hangul(character) for character in plain):
        return _joined([_syllable(character) for character in plain[:_MOST_SYLLABLES]])
    if any(character in _ARABIC_SOUNDS or character == _WAW or character in _YEHS for character in plain):
        return _arabic(plain)
    return (plain,) if plain else ()


def token_readings(name: str) -> list[list[tuple[str, ...]]]:
    """Return the ways to read a whole name: each way a list of tokens, each token its readings.

    A run of Hangul that may be a person's name is read a second time, syllable by syllable, family name first.
    """
    tokens = folded(name).split()
    ways = [[readings(token) for token in tokens]]
    run = "".join(tokens)
    if 1 < len(run) <= _LONGEST_PERSON and all(_is_hangul(character) for character in run):
        family = _FAMILY_NAMES.get(run[0], _syllable(run[0]))
        ways.append([family, *(_syllable(character) for character in run[1:])])
    return [[token for token in way if token] for way in ways]


def folded(name: str) -> str:
    """Return a name for comparison: lower case, without accents, vowel signs, punctuation and invisible characters."""
    letters = []
    for character in unicodedata.normalize("NFKD", name.casefold()):
        category = unicodedata.category(character)
        if category[0] == "L" or category[0] == "N":
            letters.append(character)
        elif category[0] in "ZP":
            letters.append(" ")
    return " ".join(unicodedata.normalize("NFC", "".join(letters)).split())


def skeleton(latin: str) -> str:
    """Return the consonants of a Latin token, those that scripts confuse made one: a key to find candidates by."""
    merged = latin.translate(_MERGED)
    kept = [letter for letter in merged if letter.isalnum() and letter not in "aeiouwy"]
    return "".join(letter for letter, before in zip(kept, ["", *kept], strict=False) if letter != before)


_MERGED = str.maketrans("pgcqvzl", "bkkkfsr")
"""p/b, g/k/c/q, v/f, z/s and l/r are one letter in one script or the other."""


def keys(name: str) -> frozenset[str]:
    """Return the skeletons of a name's tokens in every reading; two names that may be one share a key."""
    found = {skeleton(reading) for way in token_readings(name) for token in way for reading in token}
    return frozenset(found - {""})


def _is_hangul(character: str) -> bool:
    return _FIRST_SYLLABLE <= ord(character) <= _LAST_SYLLABLE


def _syllable(character: str) -> tuple[str, ...]:
    """Read one Hangul syllable: an initial, a vowel and a final, as Unicode composes it (its section 3.12)."""
    if not _is_hangul(character):
        return (character,)
    number = ord(character) - _FIRST_SYLLABLE
    initial, rest = divmod(number, _VOWELS * _FINALS)
    vowel, final = divmod(rest, _FINALS)
    return _joined([_INITIAL_SOUNDS[initial], _VOWEL_SOUNDS[vowel], _FINAL_SOUNDS[final]])


def _arabic(token: str) -> tuple[str, ...]:
    without_article = token.removeprefix(_ARABIC_ARTICLE) if len(token) > len(_ARABIC_ARTICLE) + 1 else token
    sounds: list[tuple[str, ...]] = []
    for place, letter in enumerate(without_article):
        first = place == 0
        if letter == _WAW:
            sounds.append(("w", "o", "u") if first else ("u", "o", "w"))
        elif letter in _YEHS:
            followed_by_vowel = without_article[place + 1 : place + 2] in {_WAW, "ا"}
            sounds.append(("y",) if first or followed_by_vowel else ("i", "y", "e"))
        else:
            sounds.append(_ARABIC_SOUNDS.get(letter, (letter,)))
    return _joined(sounds)


def _joined(parts: Sequence[Iterable[str]]) -> tuple[str, ...]:
    products = itertools.islice(itertools.product(*parts), MOST_READINGS)
    return tuple(dict.fromkeys("".join(one) for one in products))
