"""One sentence, taken apart: its tokens, and what the tables know of them, found by place or by role."""

from dataclasses import dataclass
from typing import Final

from qiyafa.record.reading.countries import COUNTRIES
from qiyafa.record.reading.fold import folded_words
from qiyafa.record.reading.lexicon import Lexicon, Mark, Role
from qiyafa.record.reading.numbers_korean import taken_apart
from qiyafa.record.reading.times_arabic import TIMES
from qiyafa.record.reading.tokens import Script, Token, tokens
from qiyafa.record.reading.words_arabic import ARABIC
from qiyafa.record.reading.words_english import ENGLISH
from qiyafa.record.reading.words_korean import KOREAN
from qiyafa.record.reading.words_money import MONEY

LEXICON: Final = Lexicon((ENGLISH, MONEY, ARABIC, TIMES, KOREAN, COUNTRIES))
MOST_NUMBERS: Final = 100
"""Numbers in digits of one sentence; what has more is a table of figures, and no statement."""
_SHORTEST: Final = 4
"""Characters of the shortest stretch that may say something."""
_BULLETS: Final = frozenset(folded_words("- * • ▲ △ ■ □ ○ ◆ ▶ ☞ ※"))
_CLAUSE_ENDS: Final = frozenset({",", ";", "(", ")"})
_LANGUAGES: Final = {Script.ARABIC: "ar", Script.HANGUL: "ko", Script.LATIN: "en"}


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the folded text."""

    tokens: list[Token]
    marks: list[Mark]
    beginning: dict[int, list[Mark]]
    """Marks by their first token."""
    ending: dict[int, list[Mark]]
    """Marks by the token after their last."""
    roles: dict[Role, list[Mark]]
    commas: list[int]
    """Tokens that end a clause, and are not inside a number."""
    language: str
    """The language that most of its words are written in."""
    spelled: list[str]
    """The word of each token."""

    def at(self, place: int, role: Role) -> Mark | None:
        """Return the mark of a role that begins at a token."""
        for mark in self.beginning.get(place, ()):
            if mark.role is role:
                return mark
        return None

    def before(self, place: int, role: Role) -> Mark | None:
        """Return the mark of a role that ends right before a token."""
        for mark in self.ending.get(place, ()):
            if mark.role is role:
                return mark
        return None

    def has(self, *roles: Role) -> bool:
        """Whether the sentence has a mark of any of these roles."""
        return any(role in self.roles for role in roles)

    def has_comma(self, first: int, after: int) -> bool:
        """Whether a clause ends between two tokens."""
        return any(first <= comma < after for comma in self.commas)

    def word(self, place: int) -> str:
        """Return the word at a place, or nothing beyond the ends."""
        return self.spelled[place] if 0 <= place < len(self.spelled) else ""

    def words(self, first: int, after: int) -> str:
        """Return the words between two tokens, for a reason."""
        return " ".join(token.written for token in self.tokens[first:after])

    @property
    def is_open(self) -> bool:
        """Whether it begins with a bullet or ends without a full stop, like an entry of a list or a heading."""
        return self.tokens[0].word in _BULLETS or self.tokens[-1].word not in (".", "?", "!", "؟")


def sentence_of(text: str, start: int, stop: int) -> Sentence | None:
    """Take a stretch of folded text apart; None if it says nothing that the tables know, or is a table of figures."""
    if stop - start < _SHORTEST:
        return None
    parts = tokens(text, start, stop)
    scripts = [token.script for token in parts]
    if Script.HANGUL in scripts:
        parts = taken_apart(parts)
        scripts = [token.script for token in parts]
    numbers = scripts.count(Script.NUMBER)
    if numbers > MOST_NUMBERS:
        return None
    marks = LEXICON.marks(parts)
    if not marks and not numbers:
        return None
    beginning: dict[int, list[Mark]] = {}
    ending: dict[int, list[Mark]] = {}
    roles: dict[Role, list[Mark]] = {}
    for mark in marks:
        beginning.setdefault(mark.first, []).append(mark)
        ending.setdefault(mark.after, []).append(mark)
        roles.setdefault(mark.role, []).append(mark)
    spelled = [token.word for token in parts]
    commas = [place for place, word in enumerate(spelled) if word in _CLAUSE_ENDS]
    language = _LANGUAGES[max(_LANGUAGES, key=scripts.count)]
    return Sentence(parts, marks, beginning, ending, roles, commas, language, spelled)
