"""The incidents, sources and actors that ship with Qiyafa."""

import csv
import re
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from qiyafa.chains.formats import FORMATS
from qiyafa.model.incident import AmountKind, Basis, DateKind, Incident, IncidentKind, IncidentStatus, RelationKind
from qiyafa.model.record import EntryKind
from qiyafa.record.references import references
from qiyafa.record.registry import by_actor, executed_usd, stands_alone, theft_period, with_children
from qiyafa.stores.casebook import casebook

CASEBOOK = casebook()
SOURCES = {source.id: source for source in CASEBOOK.sources}
ACTORS = {actor.id: actor for actor in CASEBOOK.actors}
INCIDENTS = {incident.id: incident for incident in CASEBOOK.incidents}
TODAY = date.fromisoformat(CASEBOOK.version.partition("+")[0])
"""The day on which the casebook was last looked through."""
DPRK = with_children("dprk", ACTORS)
THEFTS = [one for one in by_actor(CASEBOOK.incidents, DPRK) if one.kind is IncidentKind.THEFT]

METHODS = {
    "social engineering",
    "malware",
    "private key",
    "hot wallet",
    "supply chain",
    "it worker",
    "contract flaw",
    "validator keys",
    "payment system",
    "ransomware",
    "destructive malware",
    "sim swap",
}
CHAIN = re.compile(r"eip155:[1-9][0-9]*|bip122:[0-9a-f]{32}|tron:728126428|solana:[1-9A-HJ-NP-Za-km-z]{32}")

LISTED = {
    "Youbit/Yapizon/Coinbin": "yapizon-2017",
    "Bithumb": "bithumb-second-2017",
    "Coinis": "coinis-2017",
    "NiceHash": "nicehash-2017",
    "Cypherium": "cypherium-2018",
    "Coinsecure": "coinsecure-2018",
    "E7": "e7-2018",
    "Gate.io": "gate-io-2018",
    "Taylor ICO": "taylor-2018",
    "Coinrail": "coinrail-2018",
    "G13 Theft": "g13-2018",
    "Bancor": "bancor-2018",
    "BTC Markets": "btc-markets-2018",
    "Klickl IDCM": "klickl-idcm-2018",
    "Indodax": "indonesian-exchange-2018",
    "Zaif": "zaif-2018",
    "Trade.io": "trade-io-2018",
    "Kryptono": "kryptono-2018",
    "Cryptopia": "cryptopia-2019",
    "Etbox": "etbox-2019",
    "DragonEx": "dragonex-2019",
    "Coinbene": "coinbene-2019",
    "BiKi": "biki-2019",
    "Bitcoin Norway (AlphaPoint)": "alphapoint-2019",
    "CoinTiger": "cointiger-2019",
    "Algo Capital": "algo-capital-2019",
    "Upbit": "upbit-2019",
    "New York Financial Services Company": "new-york-financial-2020",
    "Coinberry": "coinberry-2020",
    "Eterbase": "eterbase-2020",
    "KuCoin": "kucoin-2020",
    "CoinMetro": "coinmetro-2020",
    "Theft from Individual L2": "individual-l2-2020",
    "Nexus Mutual": "nexus-mutual-founder-2020",
    "Paid Network": "paid-network-2021",
    "EasyFi founder": "easyfi-2021",
    "990.1 BTC": "individual-990-btc-2021",
    "FinNexus admin key": "finnexus-2021",
    "NAOs Finance": "naos-2021",
    "Fetch.ai": "fetch-ai-2021",
    "Bondly Finance": "bondly-2021",
    "Liquid Global": "liquid-2021",
    "mngr": "mgnr-2021",
    "YFETH admin key": "yfeth-2021",
    "bZx": "bzx-2021",
    "Jan 15 2022": "january-15-2022",
    "Fantom Allo Receiver": "fantom-allocation-2022",
    "Feb 10 2022": "february-10-2022",
    "Arthur_0x": "defiance-founder-2022",
    "Ronin Bridge": "ronin-2022",
    "Harmony Horizon Bridge": "harmony-2022",
    "Oct 31 2022": "october-31-2022",
    "Deribit": "deribit-2022",
    "ARBI Token": "arbi-token-2023",
    "Terraport": "terraport-2023",
    "Atomic Wallet": "atomic-wallet-2023",
    "Steadefi": "steadefi-2023",
    "Stake.com": "stake-2023",
    "CoinEx": "coinex-2023",
    "Fantom Foundation": "fantom-foundation-2023",
    "M7": "individual-m7-2023",
    "Poloniex": "poloniex-2023",
    "Samudai": "samudai-2023",
    "UnoRe DAO": "uno-re-2023",
    "DegenReborn": "degen-reborn-2023",
    "OKX Dex": "okx-dex-2023",
    "Orbit Bridge": "orbit-bridge-2023",
    "ConcentricFi": "concentric-2024",
    "WazirX": "wazirx-2024",
    "Bybit": "bybit-2025",
}
"""Rows of a compiled list of thefts, and the incident that each is."""
LISTED_TOGETHER = {
    "Alphapo + Coinspaid": ("alphapo-2023", "coinspaid-2023"),
    "Heco": ("htx-2023", "heco-bridge-2023"),
}
"""Rows that are two incidents here: two victims, and the FBI or the analysts name two."""
OTHER_AMOUNT = {
    "Youbit/Yapizon/Coinbin": "the UN panel's figure for April comes first",
    "Bithumb": "40 million stand there without a date; per theft about 7 million are told",
    "NiceHash": "the indictment's 75 million come first",
    "Gate.io": "the sum of the complaint's items comes before its prose",
    "Trade.io": "valued at the price of the next day, after the fall",
    "Algo Capital": "the prosecutors' 2.5 million come first",
    "Coinberry": "ZachXBT counts the ether as well",
    "Nexus Mutual": "ZachXBT's 8.3 million come first",
    "Paid Network": "what the thief realised, not the notional mint",
    "Arthur_0x": "the page of the same list says 1.7 million",
    "Atomic Wallet": "the FBI's figure comes first",
    "Poloniex": "the UN panel's figure comes first",
    "Heco": "the two analysts' counts by victim come first",
}
OTHER_DAY = {
    "Youbit/Yapizon/Coinbin": "the row has the year alone",
    "Bithumb": "the row has the year alone",
    "KuCoin": "the evening before in UTC",
    "Ronin Bridge": "the row has the day of the FBI's attribution",
    "Deribit": "an hour before midnight in UTC",
    "Atomic Wallet": "the FBI has the day of the first thefts, not of the news",
}


def stated(incident: Incident) -> list[str]:
    """Return the source of every single statement of an incident."""
    return [one.id for one in references(incident) if one.kind is EntryKind.SOURCE]


def test_at_least_seventy_thefts_are_linked_to_north_korea():
    years = Counter(theft_period(one).start.year for one in THEFTS)
    assert sum(years[year] for year in range(2017, 2026)) >= 70
    assert all(years[year] for year in range(2017, 2026))


def test_no_theft_stands_twice():
    assert not [one.id for one in CASEBOOK.incidents for link in one.relations if link.kind is RelationKind.SAME_AS]
    named = Counter(
        (victim.name, theft_period(one)) for one in THEFTS for victim in one.victims if victim.kind != "individual"
    )
    named.pop(("not named", theft_period(INCIDENTS["unnamed-project-2024"])))
    assert not [name for name, times in named.items() if times > 1]


def test_each_theft_has_a_victim_and_an_executed_sum_in_dollars():
    assert not [one.id for one in THEFTS if not one.victims or executed_usd(one) is None]


@pytest.mark.parametrize("incident", CASEBOOK.incidents, ids=lambda one: one.id)
def test_every_statement_has_its_source(incident: Incident):
    assert stated(incident)
    assert set(stated(incident)) <= SOURCES.keys()
    assert {link.actor for link in incident.actors} <= ACTORS.keys()
    assert {one.incident for one in incident.relations} <= INCIDENTS.keys()


def test_every_source_can_be_looked_up():
    for source in CASEBOOK.sources:
        parts = urlsplit(source.url)
        assert parts.scheme == "https", source.id
        assert re.fullmatch(r"(?:[a-z0-9-]+\.)+[a-z]{2,}", parts.netloc), source.id
        assert re.fullmatch(r"[!-~]+", source.url), source.id
        assert source.publisher, source.id
        assert source.title, source.id


def test_copies_lead_to_an_origin():
    for source in CASEBOOK.sources:
        passed = {source.id}
        while source.origin:
            assert source.origin not in passed
            passed.add(source.origin)
            source = SOURCES[source.origin]


def test_nothing_is_in_the_future():
    assert not [source.id for source in CASEBOOK.sources if source.published and source.published > TODAY]
    for incident in CASEBOOK.incidents:
        periods = [one.period for one in incident.dates]
        periods += [one.as_of for one in incident.amounts if one.as_of]
        periods += [link.since for link in incident.actors if link.since]
        assert not [period for period in periods if period.start is None or period.start > TODAY], incident.id


def test_nobody_spoke_of_a_theft_before_it_happened():
    for incident in CASEBOOK.incidents:
        happened = theft_period(incident).start
        assert happened is not None, incident.id
        days = [SOURCES[id].published for id in stated(incident)]
        assert not [day for day in days if day is not None and day < happened], incident.id
        told = [one for one in incident.dates if one.kind is not DateKind.THEFT]
        assert not [one for one in told if one.period.end is not None and one.period.end < happened], incident.id


def test_an_id_ends_with_the_year_of_the_theft():
    assert not [id for id, one in INCIDENTS.items() if not id.endswith(f"-{theft_period(one).start.year}")]


def test_a_confirmation_is_a_court_s_a_government_s_or_the_united_nations():
    for incident in CASEBOOK.incidents:
        official = [link for link in incident.actors if link.status is IncidentStatus.CONFIRMED]
        assert {SOURCES[link.source].grade[0] for link in official} <= {"A", "B"}, incident.id
        dated = any(one.kind is DateKind.CONFIRMATION for one in incident.dates)
        assert dated == bool(official), incident.id


def test_what_one_list_alone_says_is_a_suspicion():
    alone = [one for one in THEFTS if all(id.startswith("tayvano-") for id in stated(one))]
    assert len(alone) >= 20
    for incident in alone:
        assert {link.status for link in incident.actors} == {IncidentStatus.SUSPECTED}, incident.id
        assert {SOURCES[id].grade for id in stated(incident)} == {"D4"}, incident.id


def test_a_notional_mint_is_the_registry_s_own_sum_only_with_a_reason():
    counted = {one.id: executed_usd(one) for one in CASEBOOK.incidents if executed_usd(one)}
    notional = {id: amount for id, amount in counted.items() if amount and amount.basis is Basis.NOTIONAL_MINT}
    assert set(notional) == {"finnexus-2021"}
    assert all(amount.note for amount in notional.values())


def test_methods_and_chains_are_of_the_known_words():
    assert {one.value for incident in CASEBOOK.incidents for one in incident.methods} <= METHODS
    chains = {one.value for incident in CASEBOOK.incidents for one in incident.chains}
    assert not [chain for chain in chains if not CHAIN.fullmatch(chain)]


def test_thefts_on_a_ledger_can_be_traced():
    thefts = [link.theft for incident in CASEBOOK.incidents for link in incident.thefts]
    assert {"ronin-2022", "bybit-2025", "upbit-2019"} <= {theft.id for theft in thefts}
    for theft in thefts:
        assert theft.address or theft.transfers or theft.outputs, theft.id
        if theft.address:
            (identity,) = FORMATS.read(theft.address, theft.chain).identities
            assert FORMATS.canonical(identity, theft.chain) == theft.address, theft.id
            assert theft.from_block > 0, theft.id


def test_every_actor_belongs_to_north_korea():
    assert frozenset(ACTORS) == DPRK


def test_the_items_of_the_gate_io_theft_add_up():
    incident = INCIDENTS["gate-io-2018"]
    assert sum(asset.value for asset in incident.assets) == Decimal("234337668.89")
    assert len(incident.assets) == 7
    printed = [one.value for one in incident.amounts if one.source == incident.title_source]
    assert printed == [Decimal("234337668.89"), Decimal("234337668.88"), Decimal(250_000_000)]


def test_what_was_attempted_at_bangladesh_bank_is_what_was_blocked_and_what_was_executed():
    amounts = INCIDENTS["bangladesh-bank-2016"].amounts
    first = {kind: next(one.value for one in amounts if one.kind is kind) for kind in {one.kind for one in amounts}}
    assert first[AmountKind.ATTEMPTED] == first[AmountKind.BLOCKED] + first[AmountKind.EXECUTED]
    recovered = [one.value for one in amounts if one.kind is AmountKind.RECOVERED]
    executed = first[AmountKind.EXECUTED]
    assert executed - recovered[0] - recovered[1] == first[AmountKind.OUTSTANDING] == Decimal(65_750_000)
    assert executed - recovered[0] - recovered[2] == Decimal(63_000_000)


def test_two_incidents_that_some_count_as_one_are_both_counted():
    for incident in (INCIDENTS[id] for ids in LISTED_TOGETHER.values() for id in ids):
        assert stands_alone(incident), incident.id
    merged = {
        (one.id, link.incident)
        for one in CASEBOOK.incidents
        for link in one.relations
        if link.kind is RelationKind.COUNTED_WITH
    }
    assert {("coinspaid-2023", "alphapo-2023"), ("htx-2023", "heco-bridge-2023")} <= merged


def rows(shared_data: Path) -> list[dict[str, str]]:
    """Return the thefts of the compiled list, each under the last of its names."""
    with (shared_data / "incidents" / "lazarus_incidents.csv").open(encoding="utf-8", newline="") as file:
        listed = [row for row in csv.DictReader(file) if row["loss_usd"]]
    return [{**row, "incident": row["incident"].rpartition(" / ")[2]} for row in listed]


def incidents_of(name: str) -> list[Incident]:
    """Return the incidents that a row of the compiled list is."""
    return [INCIDENTS[id] for id in LISTED_TOGETHER.get(name) or (LISTED[name],)]


@pytest.mark.shared_data
def test_every_theft_of_a_compiled_list_is_in_the_casebook(shared_data: Path):
    assert {row["incident"] for row in rows(shared_data)} == LISTED.keys() | LISTED_TOGETHER.keys()


@pytest.mark.shared_data
def test_sums_agree_with_a_compiled_list_or_differ_for_a_reason(shared_data: Path):
    differ = set()
    for row in rows(shared_data):
        counted = [executed_usd(one) for one in incidents_of(row["incident"])]
        total = sum((one.value for one in counted if one), Decimal(0))
        if abs(total - Decimal(row["loss_usd"])) > Decimal("0.03") * Decimal(row["loss_usd"]):
            differ.add(row["incident"])
    assert differ == OTHER_AMOUNT.keys()


@pytest.mark.shared_data
def test_days_agree_with_a_compiled_list_or_differ_for_a_reason(shared_data: Path):
    differ = set()
    for row in rows(shared_data):
        for incident in incidents_of(row["incident"]):
            period = theft_period(incident)
            if not str(period.start) <= row["date"] <= str(period.end):
                differ.add(row["incident"])
    assert differ == OTHER_DAY.keys()
