"""What Korean words around an amount say of it, where word order differs: whether it is a claim at all, and of whom."""

import re
from typing import Final

from qiyafa.model.claim import Bound
from qiyafa.record.reading.lexicon import Role
from qiyafa.record.reading.sentence import Sentence
from qiyafa.record.reading.units import Quantity

_COUNTED_YEARS: Final = frozenset({"해는", "해가", "해도", "해만"})
_EVENTS: Final = ("공격", "사건", "사고", "해킹")
_ONLY: Final = "만"
_RECURRING: Final = ("잦", "빈번", "드물", "많", "늘", "줄", "증가", "감소", "흔")
_RECURRING_WITHIN: Final = 3
"""Tokens behind a kind of attack, among which it is said how often there are some."""
_COPULA: Final = re.compile(
    "(달러|원|엔|유로|어치|개|정도|가량|안팎|이상|수준|규모|남짓|^)(다|이다|였.*|이었.*|입니다|예요|이에요|죠|이죠|이고|이며|라고|이라고)$"
)
_EXCEEDS: Final = re.compile("(넘|웃돌|웃돈|육박|근접|상회|미치|미친|미쳤|밑돌|밑돈).*(다|고|며|요|지만|는데)$")
"""A verb that ends a clause and sets a bound: `6억 달러가 넘었고`."""
_COPULA_WITHIN: Final = 2
_COMPENSATED: Final = ("보상", "배상", "변제", "환불", "영향")
_COMPENSATED_WITHIN: Final = 4
_HELP: Final = ("협조", "협력", "공조", "도움", "통해", "통하", "거쳐", "경유")


def is_threshold(sentence: Sentence, quantity: Quantity) -> bool:
    """Whether it only says which attacks or years are meant: `1억 달러가 넘는 공격이 잦아졌다`, `10억을 넘긴 해는`."""
    if quantity.bound not in (Bound.MORE_THAN, Bound.AT_LEAST):
        return False
    if sentence.word(quantity.after) in _COUNTED_YEARS:
        return True
    behind = range(quantity.after + 1, quantity.after + _RECURRING_WITHIN)
    noun = sentence.word(quantity.after)
    is_event = noun.startswith(_EVENTS)
    return is_event and (noun.endswith(_ONLY) or any(sentence.word(place).startswith(_RECURRING) for place in behind))


def is_predicate(sentence: Sentence, quantity: Quantity) -> bool:
    """Whether a sentence says no more than that it was so much: `지난해에는 6억 달러였다`, `올해는 10억 달러다`."""
    places = range(quantity.after - 1, quantity.after + _COPULA_WITHIN)
    bound = sentence.word(quantity.after - 1) if quantity.bound_words else ""
    if _EXCEEDS.match(bound):
        return not sentence.has(Role.ASSET)  # What a coin exceeds is a price.
    return any(_COPULA.search(sentence.word(place)) for place in places)


def are_compensated(sentence: Sentence, quantity: Quantity) -> bool:
    """Whether people were affected or are paid back: `고객 26만 명에게 보상`."""
    before = range(quantity.first - _COMPENSATED_WITHIN, quantity.first)
    near = (*before, *range(quantity.after, quantity.after + _COMPENSATED_WITHIN))
    return quantity.unit != "organisations" and any(sentence.word(place).startswith(_COMPENSATED) for place in near)


def are_helpers(sentence: Sentence, quantity: Quantity) -> bool:
    """Whether firms helped, or the money only passed through them: `거래소 4곳의 협조를 받아`, `4곳을 통해`."""
    return any(sentence.word(place).startswith(_HELP) for place in (quantity.after, quantity.after + 1))
