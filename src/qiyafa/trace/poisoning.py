"""Transfers that were sent to be mistaken: worth nothing or next to nothing, or with an address that looks known.

Whoever copies an address from a history takes one that looks right. So somebody sends dust, or lets a token log a
transfer of zero units, between the victim and an address with the first and last characters of a true counterparty.
Such transfers are shown, and count for nothing: the rows that exposure is computed over do not have them.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass

from qiyafa.model.exposure import ExposureRules, Poisoning, PoisonKind
from qiyafa.model.ledger import TransferKind

_KIND_ORDER = (PoisonKind.LOOK_ALIKE, PoisonKind.ZERO, PoisonKind.DUST)


@dataclass(frozen=True, slots=True)
class SmallTransfer:
    """A transfer of nothing, or of less than counts."""

    transaction_hash: str
    position: int
    kind: TransferKind
    source: str
    target: str
    asset: str
    units: int


class LookAlikes:
    """The counterparties of an address, by how they look in a shortened form."""

    def __init__(self, counterparties: Iterable[str], rules: ExposureRules) -> None:
        self._head, self._tail = rules.look_alike_head, rules.look_alike_tail
        self._known: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._all = set(counterparties)
        for one in sorted(self._all):
            self._known[self._look(one)].append(one)

    def imitated(self, address: str) -> str:
        """Return the counterparty that a stranger looks like, else nothing. A counterparty imitates nobody."""
        if address in self._all:
            return ""
        alike = self._known.get(self._look(address), ())
        return next((one for one in alike if len(one) == len(address)), "")

    def _look(self, address: str) -> tuple[str, str]:
        shown = address.removeprefix("0x")
        return shown[: self._head], shown[len(shown) - self._tail :]


def find_poisonings(
    address: str, small: Sequence[SmallTransfer], counterparties: Set[str], rules: ExposureRules, *, is_payer: bool
) -> list[Poisoning]:
    """Return which small transfers of an address were sent to be mistaken: look-alikes first, then in ledger order.

    `counterparties`: whom it really dealt with. `is_payer`: it pays fees, so nobody calls it as a contract, and a
    native transfer of nothing to it has no other use. A token logs transfers of nothing in anybody's name, so those
    count in both directions.
    """
    looks = LookAlikes(counterparties - {address}, rules)
    found = []
    for one in small:
        if one.source == one.target:
            continue
        is_to = one.target == address
        imitated = looks.imitated(one.source if is_to else one.target)
        kind = PoisonKind.LOOK_ALIKE if imitated else _plain_kind(one, is_to=is_to, is_payer=is_payer)
        if kind is not None:
            found.append(
                Poisoning(
                    kind, one.transaction_hash, one.position, one.source, one.target, one.asset, one.units, imitated
                )
            )
    return sorted(found, key=lambda one: _KIND_ORDER.index(one.kind))


def _plain_kind(one: SmallTransfer, *, is_to: bool, is_payer: bool) -> PoisonKind | None:
    if one.units:
        return PoisonKind.DUST if is_to else None
    if one.kind is TransferKind.TOKEN or (is_to and is_payer):
        return PoisonKind.ZERO
    return None
