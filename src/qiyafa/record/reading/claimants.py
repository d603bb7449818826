"""Who says it: the subject of a verb of saying, or whoever `according to` names, as the text has the name."""

from collections.abc import Iterator
from typing import Final

from qiyafa.record.reading.fold import folded_words
from qiyafa.record.reading.found_date import FoundDate
from qiyafa.record.reading.lexicon import Mark, Role
from qiyafa.record.reading.sentence import Sentence
from qiyafa.record.reading.tokens import Script

LONGEST: Final = 12
"""Words of a claimant's name that are looked for."""
_MOST_MARKS: Final = 8
_PRONOUNS: Final = frozenset(folded_words("it he she they we which who that this there i you also and but the"))
_ENDS: Final = frozenset({",", ";", ":", "(", ")", '"', "'", ".", "-"})
_ARABIC_LEADS: Final = frozenset(
    folded_words("ما لما ل ذكرته ذكره نقلته اعلنته اعلنه افادت به كشفته اوردته الي عن اوضحته")
)
_ENDS_LOOSELY: Final = frozenset(folded_words("ما الي عن في خلال on in a the"))
_ARABIC_NOT_A_NAME: Final = frozenset(folded_words("قيمتها قيمته عددها الي بنحو بحوالي قيمه في من علي ل"))
_ISSUED_BY: Final = ("صادر", "صادره", "الصادره", "الصادر")
_TOPIC_ENDS: Final = ("은", "는", "이", "가", "측은", "도")


def claimant(sentence: Sentence, dates: list[FoundDate], first: int) -> tuple[int, int] | None:
    """Return the tokens that name who says what stands at a token, or None."""
    names = [name for mark in _sayings(sentence, first) if (name := _name(sentence, dates, mark)) is not None]
    return names[0] if names else None


def _sayings(sentence: Sentence, first: int) -> Iterator[Mark]:
    """Yield the words that name a source: of `according to` first, then verbs before the claim, nearest first."""
    for role in (Role.FOLLOWED_BY_SOURCE, Role.ACCORDING):
        yield from sentence.roles.get(role, [])[:_MOST_MARKS]
    says = sentence.roles.get(Role.SAYS, [])
    before = [mark for mark in says if mark.first < first]
    yield from reversed(before[-_MOST_MARKS:])
    yield from [mark for mark in says if mark.first >= first][:_MOST_MARKS]


def _name(sentence: Sentence, dates: list[FoundDate], mark: Mark) -> tuple[int, int] | None:
    script = sentence.tokens[mark.first].script
    if mark.role is Role.ACCORDING:
        return _behind(sentence, dates, mark.after)
    if script is Script.ARABIC:
        return _arabic(sentence, dates, mark)
    if script is Script.HANGUL:
        return _korean(sentence, mark)
    return _before(sentence, dates, mark.first)


def _behind(sentence: Sentence, dates: list[FoundDate], place: int) -> tuple[int, int] | None:
    while sentence.word(place) in _ARABIC_LEADS or sentence.word(place) in ("the", "a", "to"):
        place += 1
    dated = {one.first for one in dates}
    is_quoted = sentence.word(place) == '"'
    first = place + 1 if is_quoted else place
    after = first
    while after < min(len(sentence.tokens), first + LONGEST) and after not in dated and not _ends_name(sentence, after):
        after += 1
    while after > first and sentence.word(after - 1) in _ENDS_LOOSELY:
        after -= 1
    return (first, after) if after > first else None


def _ends_name(sentence: Sentence, place: int) -> bool:
    word = sentence.word(place)
    if word == '"':
        return False
    return word in _ENDS or sentence.at(place, Role.THAT) is not None or sentence.at(place, Role.SAYS) is not None


def _before(sentence: Sentence, dates: list[FoundDate], place: int) -> tuple[int, int] | None:
    """Return the words before a verb, back to the beginning of the clause or to a date."""
    after = place - 1 if sentence.word(place - 1) in (",", "has", "have", "also", "had", "was") else place
    dated = {inner for one in dates for inner in range(one.first, one.after)}
    first = after
    while first > max(0, after - LONGEST) and first - 1 not in dated and not _ends_name(sentence, first - 1):
        first -= 1
    while first < after and sentence.at(first, Role.THAT) is not None:
        first += 1
    while first < after and sentence.word(first) in ("the", "and", "but", "a", "in", "on", "meanwhile", '"'):
        first += 1
    if first >= after or sentence.word(first) in _PRONOUNS:
        return None
    is_title = any(
        token.written[0].isupper() or not token.written[0].isascii() for token in sentence.tokens[first:after]
    )
    return (first, after) if is_title or after - first <= 3 else None


def _arabic(sentence: Sentence, dates: list[FoundDate], mark: Mark) -> tuple[int, int] | None:
    """Read `قالت لجنة الخبراء إن`, and with the subject first `صحيفة …، قالت`."""
    dated = any(one.first <= mark.after < one.after for one in dates)
    is_number = sentence.at(mark.after, Role.BEFORE) is not None
    if is_number or sentence.word(mark.after) in _ARABIC_NOT_A_NAME:
        return None
    found = None if dated else _behind(sentence, dates, mark.after)
    if found is None:
        return _before(sentence, dates, mark.first)
    first, after = found
    for place in range(first, after - 1):
        if sentence.word(place) in _ISSUED_BY and sentence.word(place + 1) == "عن":
            first = place + 2
    return (first, after) if first < after else None


def _korean(sentence: Sentence, mark: Mark) -> tuple[int, int] | None:
    """Read `X에 따르면`, and the topic of the sentence, `X는 … 밝혔다`."""
    if mark.role is Role.FOLLOWED_BY_SOURCE:
        first = mark.first
        while first > max(0, mark.first - LONGEST // 2) and sentence.word(first - 1) not in _ENDS:
            first -= 1
        return (first, mark.first) if first < mark.first else None
    for place in range(min(mark.first, LONGEST)):
        token = sentence.tokens[place]
        if token.word in _ENDS:
            return None
        if token.script is Script.HANGUL and token.word.endswith(_TOPIC_ENDS) and len(token.word) > 1:
            return 0, place + 1
    return None


def without_particle(name: str) -> str:
    """Return a Korean name without the particle at its end: `경찰청은`, `유엔에`."""
    if not name or not "가" <= name[-1] <= "힣":
        return name
    for end in ("측은", "에", "은", "는", "이", "가", "도"):
        if name.endswith(end) and len(name) > len(end) + 1:
            return name.removesuffix(end)
    return name
