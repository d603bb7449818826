"""Merges that the user forbids, and allows again. Nothing is erased; clusters follow at the next question."""

import re
from typing import Final

from qiyafa.app.clock import utc_now
from qiyafa.app.cluster_answers import DecisionsView
from qiyafa.app.home import Home
from qiyafa.cluster.build import EVERY_RULE
from qiyafa.cluster.heuristics import HEURISTICS
from qiyafa.model.errors import InvalidInput, NotFound
from qiyafa.stores.clusters import Decision, DecisionStore

_HASH: Final = re.compile(r"(0x)?[0-9a-f]{64}")
LONGEST_REASON: Final = 2_000


def forbid(home: Home, transaction: str, rule: str, reason: str) -> Decision:
    """Let a transaction join nothing, by one rule or (empty) by every rule. Raises InvalidInput for what cannot be."""
    decision = _decision(transaction, rule, reason, forbids=True)
    DecisionStore(home.made().clusters).add(decision)
    return decision


def allow(home: Home, transaction: str, rule: str, reason: str) -> Decision:
    """Let a transaction join again. Raises NotFound if it is not forbidden, InvalidInput if it is for every rule."""
    decision = _decision(transaction, rule, reason, forbids=False)
    store = DecisionStore(home.clusters)
    standing = {one for forbidden, one in store.forbidden() if forbidden == decision.transaction_hash}
    if rule != EVERY_RULE and EVERY_RULE in standing:
        raise InvalidInput("cluster.error.forbidden_for_all", transaction=transaction)
    if not standing or (rule != EVERY_RULE and rule not in standing):
        raise NotFound("cluster.error.not_forbidden", transaction=transaction)
    store.add(decision)
    return decision


def decisions(home: Home) -> DecisionsView:
    """Return every decision, oldest first, and what is forbidden now."""
    store = DecisionStore(home.clusters)
    return DecisionsView(tuple(store.all()), tuple(sorted(store.forbidden())))


def _decision(transaction: str, rule: str, reason: str, *, forbids: bool) -> Decision:
    written = transaction.strip().lower()
    if not _HASH.fullmatch(written):
        raise InvalidInput("cluster.error.transaction", transaction=transaction)
    if rule != EVERY_RULE and rule not in HEURISTICS:
        raise InvalidInput("cluster.error.rule", rule=rule, known=", ".join(HEURISTICS))
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise InvalidInput("cluster.error.reason", most=LONGEST_REASON)
    return Decision(written, rule, forbids, reason.strip(), utc_now())
