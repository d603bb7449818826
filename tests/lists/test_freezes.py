"""Freezes by the issuers of USDT and USDC."""

import json
from datetime import date
from pathlib import Path

import pytest
from eth_hash.auto import keccak

from qiyafa.chains.formats import FORMATS
from qiyafa.lists import LISTS
from qiyafa.lists.freezes import CIRCLE, TETHER
from qiyafa.lists.source import ParsedList
from qiyafa.model.errors import InvalidInput

SAMPLES = Path(__file__).parent / "samples"
ONE, THREE, FOUR = ("0x" + digit * 40 for digit in "134")
TRON_CONTRACT = "0xa614f803b6fd780986a42c78ec9c7f77e6ded13c"


def tether(*logs: dict[str, object]) -> ParsedList:
    return LISTS["usdt-freezes"].parse({"logs.jsonl": "\n".join(map(json.dumps, logs)).encode()}, FORMATS)


def log(topic: str, block: int, frozen: str = ONE, **others: object) -> dict[str, object]:
    return {
        "address": TETHER.contracts["eip155:1"],
        "topics": [topic],
        "data": "0x" + frozen[2:].rjust(64, "0"),
        "block_number": block,
        "log_index": 0,
        "block_timestamp": 1577836800 + 86400 * block,
        **others,
    }


@pytest.mark.parametrize(
    ("topic", "signature"),
    [
        (TETHER.freeze, "AddedBlackList(address)"),
        (TETHER.release, "RemovedBlackList(address)"),
        (TETHER.destruction, "DestroyedBlackFunds(address,uint256)"),
        (CIRCLE.freeze, "Blacklisted(address)"),
        (CIRCLE.release, "UnBlacklisted(address)"),
    ],
)
def test_topics_are_the_hashes_of_the_events(topic: str, signature: str) -> None:
    assert topic == "0x" + keccak(signature.encode()).hex()


def test_contracts_are_addresses_of_their_chains() -> None:
    for issuer in (TETHER, CIRCLE):
        for chain, contract in issuer.contracts.items():
            assert FORMATS.read(contract, chain).identities[0].key == contract


def test_freezes_and_releases_of_a_csv_of_logs_are_periods() -> None:
    data = (SAMPLES / "usdt_freezes_sample.csv").read_bytes()
    read = LISTS["usdt-freezes"].parse({"logs.csv": data}, FORMATS)
    assert [(one.written, one.declared, one.listed_from, one.listed_to) for one in read.drafts] == [
        (ONE, "eip155:1", date(2020, 1, 1), date(2020, 1, 2)),
        (THREE, "eip155:1", date(2020, 2, 1), None),
    ]
    assert "destroyed on 2020-02-03" in read.drafts[1].reason
    assert (read.parties, read.problems, read.published) == ((), (), None)


def test_logs_of_several_chains_are_read_from_json_lines() -> None:
    data = (SAMPLES / "usdc_freezes_sample.jsonl").read_bytes()
    read = LISTS["usdc-freezes"].parse({"logs.jsonl": data}, FORMATS)
    assert [(one.written, one.declared, one.listed_from) for one in read.drafts] == [
        (FOUR, "eip155:1", date(2022, 8, 8)),
        (FOUR, "eip155:8453", date(2023, 11, 14)),
    ]


def test_trons_freezes_are_given_in_trons_spelling() -> None:
    on_tron = log(TETHER.freeze, 1, "0x" + TRON_CONTRACT[2:], address=TRON_CONTRACT)
    (draft,) = tether(on_tron).drafts
    assert (draft.written, draft.declared) == ("TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t", "tron:728126428")


def test_an_address_frozen_twice_has_two_periods() -> None:
    events = [log(TETHER.freeze, 1), log(TETHER.release, 5), log(TETHER.freeze, 9), log(TETHER.freeze, 10)]
    periods = [(one.listed_from, one.listed_to) for one in tether(*reversed(events)).drafts]
    assert periods == [(date(2020, 1, 2), date(2020, 1, 6)), (date(2020, 1, 10), None)]


def test_what_is_odd_is_reported_and_never_sets_anyone_free() -> None:
    read = tether(
        log(TETHER.release, 1, THREE),
        log(TETHER.freeze, 2, block_timestamp=""),
        log(TETHER.release, 3, block_timestamp="yesterday"),
        log(TETHER.freeze, 4, data="0x12"),
    )
    assert [problem.key.rpartition(".")[2] for problem in read.problems] == [
        "log",
        "release_alone",
        "freeze_time",
        "release_time",
    ]
    (draft,) = read.drafts
    assert (draft.written, draft.listed_from, draft.listed_to) == (ONE, None, None)


def test_events_of_other_contracts_are_nobodys_freeze() -> None:
    with pytest.raises(InvalidInput) as refused:
        tether(log(TETHER.freeze, 1, address=FOUR))
    assert refused.value.fields == {"issuer": "tether"}
