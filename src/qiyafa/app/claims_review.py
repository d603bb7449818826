"""Decide about proposed claims: a person accepts, corrects or rejects what rules have read.

A decision is a revision of the claim with its author. A rejected claim stays in the history, so that reading the same
text again does not propose it again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Final, TypeVar

from qiyafa.model.claim import Bound, Claim, ClaimState, Measure, Modality
from qiyafa.model.errors import InvalidInput, NotFound
from qiyafa.model.period import read_period
from qiyafa.model.record import EntryKind
from qiyafa.record.reading.read_claim import limits
from qiyafa.stores.record import Change, RecordStore

_Word = TypeVar("_Word", bound=StrEnum)
_SHORTEST_ID: Final = 6
"""Characters by which a proposed claim may be named, if no other begins so."""


def proposed_claim(store: RecordStore, named: str) -> Claim:
    """Return the proposed claim that an id, or the beginning of one, names.

    Raises NotFound if none is, InvalidInput if several are.
    """
    found = [one for one in store.proposed() if one.id == named]
    if not found and len(named) >= _SHORTEST_ID:
        found = [one for one in store.proposed() if one.id.startswith(named)]
    if not found:
        raise NotFound("read.error.no_proposal", id=named)
    if len(found) > 1:
        raise InvalidInput("read.error.several_proposals", id=named, count=len(found))
    return found[0]


def decide(
    store: RecordStore, claims: Sequence[Claim], state: ClaimState, *, at: datetime, author: str, reason: str = ""
) -> list[Claim]:
    """Accept or reject claims, all in one transaction, and return them as they are now."""
    decided = [replace(claim, state=state) for claim in claims]
    store.apply([Change(claim, reason) for claim in decided], at=at, author=author)
    return decided


def corrected(claim: Claim, field: str, written: str) -> Claim:
    """Return a claim with one field as a person wrote it.

    Raises InvalidInput for an unknown field, and for what the field cannot be.
    """
    if field not in FIELDS:
        raise InvalidInput("read.error.field", field=field, known=", ".join(FIELDS))
    return FIELDS[field](claim, written.strip())


def is_open(store: RecordStore, claim: Claim) -> bool:
    """Tell whether a claim still waits for a person: somebody else may have decided meanwhile."""
    now = store.get(EntryKind.CLAIM, claim.id)
    return isinstance(now, Claim) and now.state is ClaimState.PROPOSED


def _meant(claim: Claim, quantity: Decimal | None, bound: Bound) -> Claim:
    """Return a claim of another quantity or bound, with the limits that follow from them."""
    if quantity is None:
        return replace(claim, quantity=None, bound=bound)
    lower, upper = limits(quantity, bound)
    return replace(claim, quantity=quantity, bound=bound, lower=lower, upper=upper)


def _number(written: str) -> Decimal | None:
    if not written:
        return None
    try:
        number = Decimal(written.replace(",", ""))
    except InvalidOperation:
        raise InvalidInput("read.error.number", written=written) from None
    if not number.is_finite():
        raise InvalidInput("read.error.number", written=written)
    return number


def _word(words: type[_Word], written: str) -> _Word:
    try:
        return words(written.lower())
    except ValueError:
        raise InvalidInput("read.error.word", written=written, known=", ".join(words)) from None


FIELDS: Final[Mapping[str, Callable[[Claim, str], Claim]]] = {
    "claimant": lambda claim, written: replace(claim, claimant=written),
    "subject": lambda claim, written: replace(claim, subject=written),
    "measure": lambda claim, written: replace(claim, measure=_word(Measure, written)),
    "quantity": lambda claim, written: _meant(claim, _number(written), claim.bound),
    "unit": lambda claim, written: replace(claim, unit=written),
    "bound": lambda claim, written: _meant(claim, claim.quantity, _word(Bound, written)),
    "lower": lambda claim, written: replace(claim, lower=_number(written)),
    "upper": lambda claim, written: replace(claim, upper=_number(written)),
    "modality": lambda claim, written: replace(claim, modality=_word(Modality, written)),
    "period": lambda claim, written: replace(claim, period=read_period(written or "..")),
    "note": lambda claim, written: replace(claim, note=written),
}
"""What a person can correct in a claim, and how it is written."""
