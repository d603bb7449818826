"""Transfers that were sent to be mistaken are told from those that merely are small."""

from qiyafa.model.exposure import ExposureRules, PoisonKind
from qiyafa.model.ledger import TransferKind
from qiyafa.trace.poisoning import LookAlikes, SmallTransfer, find_poisonings

ALICE = "0x" + "a" * 40
FRIEND = "0x1234" + "f" * 32 + "9876"
IMITATOR = "0x1234" + "0" * 32 + "9876"
STRANGER = "0x" + "5" * 40
RULES = ExposureRules()


def small(source: str, target: str, units: int = 0, kind: TransferKind = TransferKind.NATIVE) -> SmallTransfer:
    return SmallTransfer("0xabc", 1, kind, source, target, "eip155:1/slip44:60", units)


def kinds(*transfers: SmallTransfer, is_payer: bool = True) -> list[tuple[PoisonKind, str]]:
    found = find_poisonings(ALICE, transfers, {FRIEND}, RULES, is_payer=is_payer)
    return [(one.kind, one.imitated) for one in found]


def test_a_stranger_with_the_ends_of_a_counterparty_imitates_it() -> None:
    assert kinds(small(IMITATOR, ALICE, 1)) == [(PoisonKind.LOOK_ALIKE, FRIEND)]
    assert kinds(small(ALICE, IMITATOR, kind=TransferKind.TOKEN)) == [(PoisonKind.LOOK_ALIKE, FRIEND)]


def test_a_counterparty_imitates_nobody_even_if_it_looks_like_another() -> None:
    looks = LookAlikes({FRIEND, IMITATOR}, RULES)
    assert looks.imitated(IMITATOR) == ""
    assert looks.imitated(FRIEND) == ""
    assert looks.imitated(STRANGER) == ""


def test_one_differing_character_at_the_ends_is_no_likeness() -> None:
    looks = LookAlikes({FRIEND}, RULES)
    assert looks.imitated("0x1235" + "0" * 32 + "9876") == ""
    assert looks.imitated("0x1234" + "0" * 32 + "9877") == ""
    assert looks.imitated("0x1234" + "0" * 30 + "9876") == ""


def test_dust_to_an_address_is_poisoning_and_dust_from_it_is_its_own() -> None:
    assert kinds(small(STRANGER, ALICE, 3)) == [(PoisonKind.DUST, "")]
    assert kinds(small(ALICE, STRANGER, 3)) == []


def test_a_token_logs_nothing_in_anybodys_name() -> None:
    for transfer in (small(STRANGER, ALICE, kind=TransferKind.TOKEN), small(ALICE, STRANGER, kind=TransferKind.TOKEN)):
        assert kinds(transfer) == [(PoisonKind.ZERO, "")]


def test_a_call_of_a_contract_is_no_poisoning_of_it() -> None:
    assert kinds(small(STRANGER, ALICE), is_payer=True) == [(PoisonKind.ZERO, "")]
    assert kinds(small(STRANGER, ALICE), is_payer=False) == []
    assert kinds(small(ALICE, STRANGER)) == []


def test_look_alikes_come_first_and_nobody_poisons_himself() -> None:
    found = kinds(small(ALICE, ALICE), small(STRANGER, ALICE, 2), small(STRANGER, ALICE), small(IMITATOR, ALICE, 1))
    assert [kind for kind, _ in found] == [PoisonKind.LOOK_ALIKE, PoisonKind.ZERO, PoisonKind.DUST]
