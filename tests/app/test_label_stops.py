"""Labels in a trace: services stop it, weak and contradicted labels do not, and a thief cannot hide behind one."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.chains.files import transactions

from qiyafa.app.explain import explain
from qiyafa.app.ingest import ingest_ethereum_etl
from qiyafa.app.trace import TracedCase, trace_case
from qiyafa.chains.readers.ethereum_etl.reader import EthereumEtlFiles
from qiyafa.cli.answer_json import answer_json
from qiyafa.model.case import NO_LIMITS, Limits
from qiyafa.model.category import Category
from qiyafa.model.finding import Holding, Status
from qiyafa.model.label import Label
from qiyafa.stores.labels import LabelStore

from support.labels import AT, made_label

THIEF, MULE, SERVICE, BEYOND = (f"0x{digit * 40}" for digit in "1234")
CASE = f"""[case]
id = "small"
[[theft]]
chain = "eip155:1"
address = "{THIEF}"
"""
STOP = f"""[[stop]]
chain = "eip155:1"
address = "{SERVICE}"
reason = "the case says so"
"""
ROWS = transactions(
    *(
        {
            "hash": f"0x{block:064x}",
            "block_number": str(block),
            "from_address": source,
            "to_address": target,
            "value": "100",
            "gas_price": "0",
        }
        for block, (source, target) in enumerate([(THIEF, MULE), (MULE, SERVICE), (SERVICE, BEYOND)], start=1)
    )
)
BLOCK_3 = 1_648_000_000
EXCHANGE = made_label(
    SERVICE, "ETH", "Deposit 7", Category.EXCHANGE, entity="Huobi", routing=Category.EXCHANGE, confidence="forensic"
)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stops")
    rows = folder / "transactions.csv"
    rows.write_text(ROWS, encoding="utf-8")
    ingest_ethereum_etl(EthereumEtlFiles(transactions=(rows,)), "eip155:1", folder / "ledger")
    return folder / "ledger"


@pytest.fixture
def home(tmp_path: Path) -> LabelStore:
    return LabelStore.open(tmp_path / "labels.sqlite")


def traced(ledger: Path, store: LabelStore, case: str = CASE, limits: Limits = NO_LIMITS) -> TracedCase:
    path = Path(store.location).with_name("case.toml")
    path.write_text(case, encoding="utf-8")
    return trace_case(path, ledger, methods=["fifo"], limits=limits, labels=Path(store.location))


def rest(answer: TracedCase) -> Holding:
    (holding,) = answer.answer.methods["fifo"].holdings
    return holding


def test_a_labelled_service_stops_the_trace_by_itself(ledger: Path, home: LabelStore) -> None:
    home.add([EXCHANGE], AT)
    holding = rest(traced(ledger, home))
    assert (holding.address, holding.status) == (SERVICE, Status.STOPPED)
    assert holding.reason == f"exchange: Huobi (label {EXCHANGE.id[:12]})"


def test_the_answer_names_holders_and_the_labels_it_rests_on(ledger: Path, home: LabelStore) -> None:
    home.add([EXCHANGE], AT)
    answer = traced(ledger, home).answer
    label = answer.labels["eip155:1", SERVICE]
    assert (label.id, label.entity, label.category) == (EXCHANGE.id, "Huobi", Category.EXCHANGE)
    assert answer.versions["labels"] == home.version()
    (use,) = home.uses(EXCHANGE.id)
    assert (use.kind, use.name) == ("trace", "small")


@pytest.mark.parametrize("until", [Limits(until_block=3), Limits(until_time=BLOCK_3)])
def test_labels_hold_where_the_trace_ends_and_the_answer_says_when(
    ledger: Path, home: LabelStore, until: Limits
) -> None:
    end = datetime.fromtimestamp(BLOCK_3, UTC)
    later, earlier, then = (
        replace(EXCHANGE, id=id * 32, valid_from=first, valid_to=last)
        for id, first, last in (
            ("a", end + timedelta(days=1), None),
            ("b", None, end - timedelta(days=1)),
            ("c", end - timedelta(days=1), end + timedelta(days=1)),
        )
    )
    home.add([later, earlier], AT)
    answer = traced(ledger, home, limits=until)
    assert rest(answer).address == BEYOND
    assert answer.answer.versions["labels_as_of"] == f"{end:%Y-%m-%dT%H:%M:%SZ}"
    home.add([then], AT)
    assert rest(traced(ledger, home, limits=until)).address == SERVICE
    whole = traced(ledger, home)
    assert rest(whole).reason.endswith(f"(label {'a' * 12})")
    assert "labels_as_of" not in whole.answer.versions


def test_a_report_that_names_a_holder_is_in_the_blast_radius(ledger: Path, home: LabelStore, tmp_path: Path) -> None:
    home.add([EXCHANGE], AT)
    report = tmp_path / "report.html"
    traced(ledger, home).write_report(report, "qiyafa trace")
    assert "Huobi" in report.read_text(encoding="utf-8")
    assert [(use.kind, use.name) for use in home.uses(EXCHANGE.id)] == [("trace", "small"), ("report", str(report))]


@pytest.mark.parametrize(
    ("labels", "why"),
    [
        ([replace(EXCHANGE, confidence="web_crawl")], "below 50"),
        ([EXCHANGE, made_label(SERVICE, "ETH", "thief", Category.STOLEN, risk=Category.STOLEN)], "stolen"),
        ([EXCHANGE, made_label(SERVICE, "ETH", "fraud", Category.FRAUD, risk=Category.FRAUD)], "stolen"),
    ],
)  # fmt: skip
def test_a_weak_or_contradicted_label_hides_no_thief_and_is_named(
    ledger: Path, home: LabelStore, labels: list[Label], why: str
) -> None:
    home.add(labels, AT)
    answer = traced(ledger, home)
    assert rest(answer).address == BEYOND
    (gap,) = [gap for gap in answer.answer.gaps if gap.kind == "label_ignored"]
    assert gap.address == SERVICE
    assert why in gap.detail
    assert EXCHANGE.id[:12] in gap.detail


def test_a_disputed_label_stops_nothing_and_a_withdrawn_one_is_gone(ledger: Path, home: LabelStore) -> None:
    home.add([EXCHANGE], AT)
    home.dispute(EXCHANGE.id, "it is the thief", "", AT + timedelta(1))
    answer = traced(ledger, home)
    assert rest(answer).address == BEYOND
    assert [gap.kind for gap in answer.answer.gaps].count("label_ignored") == 1
    home.withdraw(EXCHANGE.id, "it is the thief", "", AT + timedelta(2))
    answer = traced(ledger, home)
    assert rest(answer).address == BEYOND
    assert "label_ignored" not in {gap.kind for gap in answer.answer.gaps}


def test_a_weaker_accusation_does_not_undo_a_stop(ledger: Path, home: LabelStore) -> None:
    weak = made_label(SERVICE, "ETH", "x", Category.FRAUD, risk=Category.FRAUD, confidence="web_crawl")
    home.add([EXCHANGE, weak], AT)
    assert rest(traced(ledger, home)).address == SERVICE


def test_a_sanctioned_service_is_still_a_stop(ledger: Path, home: LabelStore) -> None:
    listed = made_label(SERVICE, "ETH", "listed", Category.SANCTIONED, risk=Category.SANCTIONED)
    home.add([EXCHANGE, listed], AT)
    assert rest(traced(ledger, home)).address == SERVICE


def test_what_the_case_calls_a_theft_never_stops_it(ledger: Path, home: LabelStore) -> None:
    slipped_in = made_label(THIEF, "ETH", "an exchange", Category.EXCHANGE, routing=Category.EXCHANGE)
    home.add([slipped_in], AT)
    assert rest(traced(ledger, home)).address == BEYOND


def test_a_stop_of_the_case_comes_before_every_label(ledger: Path, home: LabelStore) -> None:
    home.add([EXCHANGE], AT)
    assert rest(traced(ledger, home, CASE + STOP)).reason == "the case says so"


def test_a_label_of_another_chains_address_stops_nothing(ledger: Path, home: LabelStore) -> None:
    home.add([made_label("1vdXJDiDSzeUAoM7eAcWZPhM9wEKmH8dG", "BTC", routing=Category.EXCHANGE)], AT)
    assert rest(traced(ledger, home)).address == BEYOND


def test_an_explanation_stops_where_the_trace_does(ledger: Path, home: LabelStore) -> None:
    home.add([EXCHANGE], AT)
    traced(ledger, home)
    case = Path(home.location).with_name("case.toml")
    assert explain(case, BEYOND, ledger, labels=Path(home.location)).steps == ()
    assert explain(case, SERVICE, ledger, labels=Path(home.location)).labels == home.version()
    assert explain(case, BEYOND, ledger).steps != ()


def test_a_store_that_cannot_be_written_leaves_the_answer_and_a_gap(
    ledger: Path, home: LabelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.add([EXCHANGE], AT)
    monkeypatch.setattr("qiyafa.stores.sqlite_file.BUSY_SECONDS", 0.05)
    with closing(sqlite3.connect(Path(home.location), isolation_level=None)) as somebody:
        somebody.execute("BEGIN IMMEDIATE")
        answer = traced(ledger, home)
    assert rest(answer).address == SERVICE
    assert [gap.kind for gap in answer.answer.gaps].count("labels_not_recorded") == 1
    assert home.uses(EXCHANGE.id) == []


def test_the_same_trace_twice_gives_the_same_answer_and_one_use(ledger: Path, home: LabelStore) -> None:
    home.add([EXCHANGE], AT)
    first, second = ("".join(answer_json(traced(ledger, home).answer)) for _ in range(2))
    assert first == second
    assert json.loads(first)["methods"]["fifo"]["holdings"][0]["label"]["entity"] == "Huobi"
    assert len(home.uses(EXCHANGE.id)) == 1
