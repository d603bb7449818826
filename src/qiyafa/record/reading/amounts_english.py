"""What English leaves out or says between the lines: fragments that go on with a theft, whose loss it is, prices."""

from typing import Final

from qiyafa.model.claim import Measure
from qiyafa.record.reading.fold import folded_words
from qiyafa.record.reading.lexicon import Role
from qiyafa.record.reading.sentence import Sentence
from qiyafa.record.reading.tokens import Script
from qiyafa.record.reading.units import Quantity

_LONGEST: Final = 16
"""Tokens of a sentence that may do without a verb."""
_VERBS: Final = frozenset(
    folded_words(
        "is are was were be been being has have had do does did will would can could may might must should shall "
        "i we you he she they it let get gets got take takes make makes made give gives gave go goes"
    )
)
"""Words of a whole sentence; what has none of them and is short is taken as a fragment."""
_PRICED: Final = frozenset(
    folded_words(
        "hit hits reached at to topped traded trades above below near around cost costs fell rose climbed slid past "
        "changed is was - + %"
    )
)
"""Words between the name of an asset and its price."""
_TOWARDS: Final = frozenset({"to", "through", "via", "by", "with"})
_LOST_WITHIN: Final = 5
"""Tokens between people and what they lost."""
_PRICE_WITHIN: Final = 5


def goes_on(sentence: Sentence, quantity: Quantity) -> bool:
    """Whether an amount is of the theft told of before: a fragment's, or the object of `says`, `puts it at`."""
    if sentence.language != "en" or sentence.has(Role.UNRELATED) or sentence.word(len(sentence.tokens) - 1) == "?":
        return False
    if sentence.before(quantity.first, Role.SAYS) is not None:
        return True
    is_short = len(sentence.tokens) <= _LONGEST and not sentence.has(Role.STOP, Role.PERCENT, Role.CHANGE)
    return is_short and not any(token.word in _VERBS for token in sentence.tokens)


def were_sent(sentence: Sentence, quantity: Quantity) -> bool:
    """Whether firms were only sent something, or did something: `went to three exchanges`."""
    return sentence.word(quantity.first - 1) in _TOWARDS


def have_lost(sentence: Sentence, quantity: Quantity) -> bool:
    """Whether people are told to have lost something: `290 people lost`, `40 people in nine countries fell victim`."""
    if sentence.language != "en":
        return False
    behind = range(quantity.after, quantity.after + _LOST_WITHIN + 1)
    lost = next((mark for place in behind if (mark := sentence.at(place, Role.MEASURE))), None)
    is_loss = lost is not None and lost.value == Measure.LOSSES
    return lost is not None and is_loss and not sentence.has_comma(quantity.after, lost.first)


def are_robbed_of(sentence: Sentence, quantity: Quantity) -> bool:
    """Whether something was taken from people: `$100M from over 5,500 users`."""
    is_from = sentence.language == "en" and sentence.word(quantity.first - 1) == "from"
    return is_from and quantity.unit == "victims" and sentence.has(Role.CURRENCY, Role.ASSET)


def is_price(sentence: Sentence, quantity: Quantity) -> bool:
    """Whether money is what an asset named before it without a number costs: `ETH hit $3,900`, `bitcoin at $64,870`."""
    if quantity.role is not Role.CURRENCY:
        return False
    for place in range(quantity.first, max(0, quantity.first - _PRICE_WITHIN), -1):
        asset = sentence.before(place, Role.ASSET)
        if asset is not None:
            return place < quantity.first and not sentence.word(asset.first - 1)[:1].isdigit()
        if sentence.word(place - 1) not in _PRICED and sentence.tokens[place - 1].script is not Script.NUMBER:
            return False
    return False
