"""Clusters of real ledgers: explained down to transactions, built again when what they rest on changes, never a mix."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from qiyafa.app.cluster import ClusterBook
from qiyafa.app.cluster_build import build_clusters
from qiyafa.app.cluster_decisions import allow, decisions, forbid
from qiyafa.app.cluster_use import build_ledger_clusters, explain_cluster, show_cluster
from qiyafa.app.home import Home
from qiyafa.app.ingest_outputs import ingest_bitcoin_blk
from qiyafa.chains.readers.bitcoin_blk.reader import BlockPaths
from qiyafa.cluster.records import Ground
from qiyafa.model.address import Identity
from qiyafa.model.category import Category
from qiyafa.model.errors import InvalidInput, NotFound, QiyafaError
from qiyafa.model.label import Label
from qiyafa.stores.labels import LabelStore
from qiyafa.stores.parquet_duckdb import ParquetLedger

from support.explained_clusters import groups_of, payers_of, unexplained_pairs
from support.output_ledgers import BITCOIN, CHAIN, OutputRows, Spend, hash_of, write_outputs
from support.whole_blocks import CHAIN as EVM
from support.whole_blocks import ETHER, GENESIS, make_block, raw_blocks

BLOCK_TIME = 1_231_006_505


def moment(block: int) -> datetime:
    return datetime.fromtimestamp(BLOCK_TIME + 600 * block, UTC)


@pytest.fixture
def home(tmp_path) -> Home:
    return Home(tmp_path / "home")


def rows_of(blocks: int) -> OutputRows:
    """Return a chain in which every block but the first joins one more address of alice."""
    rows = OutputRows()
    for block in range(blocks):
        rows.add(f"coinbase {block}", block, 0, [], [(f"alice{block}", 5_000_000)])
        if block:
            spends = [
                Spend(hash_of(f"coinbase {block}")),
                Spend(hash_of(f"pay {block - 1}" if block > 1 else "coinbase 0")),
            ]
            rows.add(f"pay {block}", block, 1, spends, [(f"alice{block}", 5_000_000 * (block + 1))])
    return rows


def ledger_of(folder: Path, rows: OutputRows) -> ParquetLedger:
    ledger = ParquetLedger.open_or_create(folder / "ledger")
    ledger.ingest(write_outputs(folder, rows), native_asset=BITCOIN)
    return ledger


@pytest.fixture
def ledger(tmp_path) -> ParquetLedger:
    return ledger_of(tmp_path, rows_of(4))


def opened(ledger: ParquetLedger, home: Home, chain: str = CHAIN) -> ClusterBook:
    book = ClusterBook.open(ledger, chain, home)
    assert book is not None
    return book


def test_before_a_build_there_is_no_book(ledger, home) -> None:
    assert ClusterBook.open(ledger, CHAIN, home) is None
    assert not (ledger.path / "clusters").exists()


def test_members_are_answered_as_of_a_day(ledger, home) -> None:
    report = build_clusters(ledger, CHAIN, home)
    assert (report.clusters, report.clustered, report.largest) == (1, 4, 4)
    book = opened(ledger, home)
    assert set(book.members("alice3")) == {"alice0", "alice1", "alice2", "alice3"}
    assert set(book.members("alice3", moment(2))) == {"alice3"}
    assert set(book.members("alice1", moment(2))) == {"alice0", "alice1", "alice2"}
    assert book.size("alice1", moment(1)) == 2
    assert (book.members("stranger"), book.size("stranger"), book.members("")) == ((), 0, ())


def test_a_cap_keeps_the_address_that_was_asked_for(ledger, home) -> None:
    build_clusters(ledger, CHAIN, home)
    book = opened(ledger, home)
    for most in range(1, 6):
        members = book.members("alice3", most=most)
        assert len(members) == min(most, 4)
        assert "alice3" in members
    assert book.size("alice3") == 4


def test_what_was_kept_answers_as_what_was_built(ledger, home) -> None:
    build_clusters(ledger, CHAIN, home)
    first, second = opened(ledger, home), opened(ParquetLedger.open(ledger.path), Home(home.path))
    assert isinstance(second.clusters.member, np.ndarray)
    assert first.members("alice0") == second.members("alice0")


def test_clusters_follow_a_ledger_that_grows(tmp_path, home) -> None:
    ledger = ledger_of(tmp_path, rows_of(3))
    build_clusters(ledger, CHAIN, home)
    before = opened(ledger, home)
    ledger_of(tmp_path, rows_of(5))
    grown = opened(ParquetLedger.open(ledger.path), home)
    assert before.size("alice0") == 3
    assert grown.size("alice0") == 5
    assert len(list((ledger.path / "clusters" / f"chain={CHAIN}").glob("*/meta.json"))) == 1


def test_a_damaged_build_is_made_again(ledger, home) -> None:
    build_clusters(ledger, CHAIN, home)
    (root,) = (ledger.path / "clusters").rglob("root.npy")
    root.write_bytes(b"\x00" * 10)
    assert opened(ledger, home).size("alice0") == 4


def test_a_forbidden_merge_splits_the_cluster_until_it_is_allowed(ledger, home) -> None:
    build_clusters(ledger, CHAIN, home)
    wrong = hash_of("pay 2")
    forbid(home, wrong, "co_spend", "two people paid")
    book = opened(ledger, home)
    assert set(book.members("alice0")) == {"alice0", "alice1"}
    way = book.explain("alice0", "alice2")
    assert not way.joined
    assert [(one.transaction, one.standing) for one in way.apart] == []
    assert [one.standing for one in book.show("alice2").hints] == ["forbidden"]
    allow(home, wrong, "", "they were one after all")
    assert opened(ledger, home).size("alice0") == 4
    assert [(one.forbids, one.reason) for one in decisions(home).decisions] == [
        (True, "two people paid"),
        (False, "they were one after all"),
    ]


def test_a_prohibition_that_names_nothing_is_told(ledger, home) -> None:
    forbid(home, hash_of("pay 1"), "", "no")
    forbid(home, hash_of("nowhere"), "", "a typing mistake")
    forbid(home, hash_of("pay 2"), "one_time_change", "another rule")
    report = build_clusters(ledger, CHAIN, home)
    assert set(report.idle) == {(hash_of("nowhere"), ""), (hash_of("pay 2"), "one_time_change")}


@pytest.mark.parametrize(
    ("transaction", "rule", "reason", "key"),
    [
        ("abc", "", "why", "cluster.error.transaction"),
        ("g" * 64, "", "why", "cluster.error.transaction"),
        ("a" * 64, "magic", "why", "cluster.error.rule"),
        ("a" * 64, "", "  ", "cluster.error.reason"),
        ("a" * 64, "", "x" * 5000, "cluster.error.reason"),
    ],
)
def test_a_decision_that_cannot_be_meant_is_refused(home, transaction, rule, reason, key) -> None:
    with pytest.raises(InvalidInput) as refused:
        forbid(home, transaction, rule, reason)
    assert refused.value.key == key
    assert not home.path.exists()


def test_allowing_what_is_not_forbidden_is_refused(home) -> None:
    with pytest.raises(NotFound):
        allow(home, "a" * 64, "", "why")
    forbid(home, "a" * 64, "", "why")
    with pytest.raises(InvalidInput) as refused:
        allow(home, "a" * 64, "co_spend", "why")
    assert refused.value.key == "cluster.error.forbidden_for_all"


def test_a_rule_of_another_kind_of_chain_is_refused(ledger, home) -> None:
    for rule, key in (("deposit_reuse", "cluster.error.rule_of_others"), ("magic", "cluster.error.rule")):
        with pytest.raises(InvalidInput) as refused:
            build_ledger_clusters(ledger.path, None, home, extra=[rule])
        assert refused.value.key == key


def test_a_build_up_to_a_day_stays_so_and_says_so(ledger, home) -> None:
    report = build_clusters(ledger, CHAIN, home, until=moment(2))
    assert report.until == moment(2).strftime("%Y-%m-%dT%H:%M:%SZ")
    book = opened(ledger, home)
    assert book.size("alice3") == 1
    assert book.show("alice3").until == book.explain("alice3", "alice0").until == report.until


@pytest.mark.shared_data
def test_questions_before_a_build_or_of_strangers_are_a_sentence(tmp_path, first_blocks, home) -> None:
    folder, address = first_blocks
    with pytest.raises(NotFound) as unbuilt:
        show_cluster(address, folder, None, home, most=5)
    assert unbuilt.value.key == "cluster.error.not_built"
    build_ledger_clusters(folder, None, home)
    with pytest.raises(NotFound) as stranger:
        show_cluster("1BoatSLRHtKNngkdXEeobR76b53LETtpyT", folder, None, home, most=5)
    assert stranger.value.key == "cluster.error.no_such_address"
    with pytest.raises(InvalidInput):
        explain_cluster(address, "no address", folder, None, home)
    ParquetLedger.open_or_create(tmp_path / "empty")
    with pytest.raises(NotFound) as empty:
        build_ledger_clusters(tmp_path / "empty", None, home)
    assert empty.value.key == "cluster.error.empty_ledger"


@pytest.fixture
def first_blocks(tmp_path, shared_data) -> tuple[Path, str]:
    """The ledger of the first blocks of Bitcoin, and an address of it."""
    folder = tmp_path / "first"
    ingest_bitcoin_blk(BlockPaths((shared_data / "bitcoin" / "blk00000.dat",)), "bitcoin", folder)
    columns = ParquetLedger.open(folder).outputs(CHAIN)
    return folder, columns.addresses.text(1)


@pytest.mark.shared_data
def test_every_merge_on_the_first_blocks_of_bitcoin_is_explained(first_blocks, home) -> None:
    """For each two addresses of each cluster: transactions of the ledger that spend from one to the next."""
    folder, _ = first_blocks
    (report,) = build_ledger_clusters(folder, None, home)
    assert (report.clusters, report.clustered, report.largest, report.mixes) == (26, 213, 44, {})
    ledger = ParquetLedger.open(folder)
    book, outputs = opened(ledger, home), ledger.outputs(CHAIN)
    assert unexplained_pairs(Ground(outputs=outputs), book.clusters) == []
    spending = [payers_of(outputs, one) for one in range(len(outputs))]
    together = {frozenset(one) for one in spending if len(one) > 1}
    groups = [set(group) for group in groups_of(book.clusters)]
    assert all(any(payers <= group for group in groups) for payers in together)
    one, other = (outputs.addresses.text(number) for number in sorted(groups[0])[:2])
    (way,) = explain_cluster(one, other, folder, None, home)
    step = way.steps[0]
    (transaction,) = outputs.hashes.rows(step.merge.transaction).tolist()
    assert {outputs.addresses.number(one), outputs.addresses.number(other)} <= payers_of(outputs, transaction)
    assert (step.merge.rule, step.merge.block is None, step.merge.time is None) == ("co_spend", False, False)


def account(name: str) -> str:
    return "0x" + name.encode().hex().rjust(40, "0")


def label(name: str, category: Category, entity: str = "", **more: object) -> Label:
    """Return a label of an exchange or of another service."""
    address = account(name)
    fields: dict[str, object] = {
        "id": hash_of(name)[:32], "identity": Identity("evm", address), "written": address, "chain": None, "name": name,
        "entity": entity, "category": category, "risk": None, "routing": category, "confidence": "service_data",
        "grade": "B2", "source": "a list", "source_url": "https://example.org", "origin": "a list", **more,
    }  # fmt: skip
    return Label(**fields)  # type: ignore[arg-type]


@pytest.fixture
def accounts(tmp_path) -> ParquetLedger:
    """Two customers and one service that each pay into one address, which passes it all on."""

    def paid(payer: str, payee: str, units: int) -> list[dict[str, object]]:
        return [{"source": account(payer), "target": account(payee), "units_text": str(units)}]

    first = make_block(0, GENESIS, 0, [paid("alice", "dep", 5000), paid("binance", "dep", 4000)])
    second = make_block(1, first.hash, 0, [paid("dep", "hot", 9000), paid("bob", "dep", 3000)])
    third = make_block(2, second.hash, 0, [paid("dep", "hot", 3000), paid("bob", "shop", 10)])
    ledger = ParquetLedger.open_or_create(tmp_path / "accounts")
    ledger.ingest(raw_blocks(tmp_path, [first, second, third]), native_asset=ETHER)
    return ledger


def test_deposits_join_once_labels_name_the_exchange(accounts, home) -> None:
    nothing = build_clusters(accounts, EVM, home)
    assert (nothing.clusters, nothing.labelled) == (0, 0)
    store = LabelStore.open(home.made().labels)
    at = datetime(2024, 1, 1, tzinfo=UTC)
    store.add([label("hot", Category.EXCHANGE, "kraken"), label("binance", Category.EXCHANGE, "binance")], at)
    book = opened(accounts, home, EVM)
    assert set(book.members(account("alice"))) == {account("alice"), account("bob")}
    way = book.explain(account("alice"), account("bob"))
    (step,) = way.steps
    assert (step.merge.rule, step.merge.through) == ("deposit_reuse", account("dep"))
    assert step.merge.transaction != step.merge.other_transaction
    assert build_clusters(accounts, EVM, home).labelled == 2


def test_labels_that_do_not_hold_or_are_disputed_make_no_exchange(accounts, home) -> None:
    store = LabelStore.open(home.made().labels)
    at = datetime(2024, 1, 1, tzinfo=UTC)
    ended = label("hot", Category.EXCHANGE, "kraken", valid_to=at + timedelta(days=1))
    store.add([ended, label("binance", Category.EXCHANGE, "binance")], at)
    assert build_clusters(accounts, EVM, home).clusters == 0


def test_a_mixer_is_no_exchange_and_no_customer(accounts, home) -> None:
    store = LabelStore.open(home.made().labels)
    kraken, pool = label("hot", Category.EXCHANGE, "kraken"), label("bob", Category.MIXER)
    store.add([kraken, pool, label("binance", Category.EXCHANGE, "binance")], datetime(2024, 1, 1, tzinfo=UTC))
    report = build_clusters(accounts, EVM, home)
    assert (report.clusters, report.labelled) == (0, 2)


def test_a_ledger_that_cannot_be_written_is_asked_all_the_same(ledger, home) -> None:
    """The build that is kept does not fit any more, and the new one cannot be kept."""
    build_clusters(ledger, CHAIN, home)
    forbid(home, hash_of("pay 2"), "", "why")
    lock = ledger.path / "clusters" / f"chain={CHAIN}" / ".lock"
    lock.unlink()
    lock.mkdir()
    assert opened(ledger, home).size("alice0") == 2
    with pytest.raises(QiyafaError) as refused:
        build_clusters(ledger, CHAIN, home)
    assert refused.value.key == "cluster.error.cannot_keep"
