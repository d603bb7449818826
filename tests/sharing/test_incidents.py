"""Addresses of incidents: what a part in an incident says of risk and routing, and what it does not say."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from qiyafa.chains.formats import FORMATS
from qiyafa.model.category import Category
from qiyafa.model.label import Label, Tlp
from qiyafa.sharing.incident_csv import read_incident_csv
from qiyafa.sharing.label_draft import LabelsRead

from support.labels import ROUTER

HEADER = "chain,address,incident,role,source,source_url\n"


def read(role: str, incident: str = "a_theft_2022", source: str = "tayvano notes") -> LabelsRead:
    content = f"{HEADER}ETH,{ROUTER},{incident},{role},{source},https://example.org\n"
    return read_incident_csv(content.encode(), "t.csv", FORMATS, Tlp.CLEAR)


def only(role: str, incident: str = "a_theft_2022", source: str = "tayvano notes") -> Label:
    (label,) = read(role, incident, source).labels
    return label


@pytest.mark.parametrize("role", ["victim_eth_bridge", "victim_safe", "victim_cold_wallet"])
def test_a_victim_has_no_risk(role: str) -> None:
    label = only(role)
    assert (label.category, label.risk, label.routing) == (Category.OTHER, None, None)


@pytest.mark.parametrize(
    ("role", "entity"),
    [
        ("deposit_Huobi", "Huobi"),
        ("laundering2_deposit_Kraken", "Kraken"),
        ("deposit_Cryptocom", "Crypto.com"),
        ("deposit_Huobi_cointiger_2019", "Huobi"),
        ("trace_terminal_SERVICE_NOT_ILLICIT", ""),
    ],
)
def test_where_a_thief_paid_in_is_a_stop_and_no_risk(role: str, entity: str) -> None:
    label = only(role)
    assert (label.category, label.risk, label.routing) == (Category.EXCHANGE, None, Category.EXCHANGE)
    assert label.entity == entity


@pytest.mark.parametrize(
    "role", ["exploiter_2", "theft_primary_lookalike", "laundering", "cex_intermediary", "laundering2_cex_withdrawal",
             "tornado_depositor_04", "tornado_own_relayer", "dormant_2022-04-07", "fbi_psa_2025-02-26"]
)  # fmt: skip
def test_what_a_thief_held_is_a_risk_and_no_stop(role: str) -> None:
    label = only(role)
    assert (label.category, label.risk, label.routing) == (Category.STOLEN, Category.STOLEN, None)


def test_a_mixer_stays_a_mixer_after_its_listing_ended() -> None:
    mixer, listing = read("OFAC_SDN_2022-08-08_DELISTED_2025-03-21", "mixer_tornado", "OFAC 2022-08-08").labels
    assert (mixer.category, mixer.risk, mixer.routing) == (Category.MIXER,) * 3
    assert (mixer.entity, mixer.valid_from, mixer.valid_to) == ("Tornado Cash", None, None)
    assert (listing.category, listing.risk, listing.routing) == (Category.SANCTIONED, Category.SANCTIONED, None)
    assert listing.valid_from == datetime(2022, 8, 8, tzinfo=UTC)
    assert listing.valid_to == datetime(2025, 3, 21, tzinfo=UTC)


def test_a_listed_person_is_named() -> None:
    label = only("OFAC_SDN_Tian_Yinyin(order-inferred)", "ofac_2020", "OFAC 2020-03-02 via packs")
    assert (label.entity, label.category) == ("Tian Yinyin", Category.SANCTIONED)
    assert (label.grade, label.confidence) == ("A3", "heuristic"), "which of two people it is was inferred"
    assert label.valid_from == datetime(2020, 3, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("source", "grade", "confidence"),
    [
        ("OFAC SDN (X 2022-04-14)", "A1", "authority_data"),
        ("FBI PSA I-022625", "A2", "authority_data"),
        ("coinex.md (theft addresses announced by CoinEx)", "B2", "service_data"),
        ("tayvano bybit.md", "B3", "forensic"),
        ("rekt.news", "C3", "web_crawl"),
    ],
)
def test_a_source_is_graded_by_what_it_says_of_itself(source: str, grade: str, confidence: str) -> None:
    label = only("theft", source=source)
    assert (label.grade, label.confidence) == (grade, confidence)


def test_an_unknown_role_says_nothing_and_is_counted() -> None:
    result = read("played_the_flute")
    assert [problem.key for problem in result.problems] == ["labels.problem.role"]
    assert (result.labels[0].risk, result.labels[0].routing) == (None, None)


@pytest.mark.shared_data
def test_every_role_of_the_published_addresses_has_a_rule(shared_data: Path) -> None:
    content = (shared_data / "labels" / "dprk_addresses.csv").read_bytes()
    result = read_incident_csv(content, "dprk_addresses.csv", FORMATS, Tlp.CLEAR)
    assert result.problems == []
    assert len({label.identity for label in result.labels}) == 990
    routed = Counter(label.entity for label in result.labels if label.routing is Category.EXCHANGE)
    assert routed["Huobi"] == 17
    assert not any(label.risk and label.routing is Category.EXCHANGE for label in result.labels)
