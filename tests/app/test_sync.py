"""A ledger that follows a node is the one that a fresh sync of the node's chain gives, whatever happened before."""

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from qiyafa.app.sync import Appended, Follower, Following, Look, RolledBack, require_fit
from qiyafa.chains import find_chain
from qiyafa.chains.finality import Finality
from qiyafa.model.errors import Conflict, InvalidInput, Unavailable
from qiyafa.stores import append as append_module
from qiyafa.stores import publish as publish_module
from qiyafa.stores import rollback as rollback_module
from qiyafa.stores.append import Append, append
from qiyafa.stores.layout import WRITING
from qiyafa.stores.parquet_duckdb import ParquetLedger
from qiyafa.stores.rollback import mark_diverged

from support.scripted_node import ScriptedNode, extended
from support.whole_blocks import CHAIN, ETHER, WholeBlock, chain_of, raw_blocks

DEEP = Finality(1000)


class Session:
    """One run of the sync after another on one ledger."""

    def __init__(self, folder: Path, node: ScriptedNode, finality: Finality = DEEP) -> None:
        self.ledger = folder / "ledger"
        self.scratch = folder / "scratch"
        self.scratch.mkdir()
        self.node = node
        self.finality = finality
        self.events: list[Any] = []
        ParquetLedger.open_or_create(self.ledger)

    def following(self, **options: Any) -> Following:
        return Following(self.ledger, find_chain(CHAIN), self.finality, **{"begin": 0, **options})

    def follower(self, **options: Any) -> Follower:
        follower = Follower(self.following(**options), self.node, self.scratch, self.events.append)
        follower.start()
        return follower

    def sync(self, **options: Any) -> None:
        follower = self.follower(**options)
        while follower.step() is not Look.SETTLED:
            pass

    def dump(self) -> list[str]:
        opened = ParquetLedger.open(self.ledger)
        assert opened.verify() == ()
        return list(opened.dump(CHAIN))


def fresh(blocks: list[WholeBlock]) -> list[str]:
    """Return the dump of a ledger that took a chain at once."""
    with tempfile.TemporaryDirectory() as folder:
        ledger = ParquetLedger.open_or_create(Path(folder) / "ledger")
        assert append(Append(ledger.path, raw_blocks(Path(folder), blocks), ETHER)) is not None
        return list(ParquetLedger.open(ledger.path).dump(CHAIN))


@pytest.fixture
def session(tmp_path) -> Session:
    return Session(tmp_path, ScriptedNode(chain_of(20)))


def test_a_sync_takes_the_whole_chain(session):
    session.sync()
    assert session.dump() == fresh(session.node.blocks)
    assert [type(event) for event in session.events] == [Appended]


def test_a_sync_goes_on_where_it_ended(session):
    session.sync(until_block=7)
    assert session.follower(until_block=7).is_done()
    session.node.mine(5)
    session.sync(begin=None)
    assert session.dump() == fresh(session.node.blocks)
    assert [(event.first, event.head.number) for event in session.events] == [(0, 7), (8, 24)]


@pytest.mark.parametrize("depth", [1, 2, 3, 10, 19])
@pytest.mark.parametrize("growth", [-1, 0, 1, 5])
def test_a_reorganization_leaves_what_a_fresh_sync_gives(session, depth, growth):
    """The new chain may be shorter, as long, or longer."""
    session.sync()
    session.node.reorganize(depth, depth + growth, salt=3)
    session.sync()
    assert session.dump() == fresh(session.node.blocks)
    assert session.events[1] == RolledBack(ancestor=19 - depth, old_head=19)


def test_a_reorganization_without_a_new_block_is_seen(session):
    session.sync()
    session.node.reorganize(10, 0, salt=3)
    session.sync()
    assert session.dump() == fresh(session.node.blocks)


def test_a_chain_that_shares_nothing_is_taken_anew(session):
    session.sync()
    session.node.blocks = chain_of(5, 9)
    session.sync(begin=None)
    assert session.dump() == fresh(session.node.blocks)


def test_sparse_blocks_are_walked_back_too(session):
    """Only every fourth block is stored; the parting lies between two of them."""
    for begin in range(0, 20, 4):
        session.sync(begin=begin, until_block=begin)
    session.node.reorganize(9, 30, salt=2)
    session.sync(begin=20)
    kept = [block for block in session.node.blocks if block.number in {0, 4, 8} or block.number >= 20]
    assert session.dump() == fresh(kept)


def test_a_node_that_changes_its_mind_between_two_answers_is_asked_again(session):
    session.sync(until_block=15)
    session.node.before_read = [extended(session.node.blocks[:10], 12, 5)]
    session.sync()
    assert session.dump() == fresh(session.node.blocks)


def test_a_node_that_never_fits_stops_the_sync(session):
    session.sync(until_block=15)
    follower = session.follower()
    stray = chain_of(20, 8)
    session.node.read = lambda span, chain, scratch: raw_blocks(scratch, stray[span.first : span.last + 1])
    with pytest.raises(Conflict) as refused:
        all(follower.step() is Look.AGAIN for _ in range(20))
    assert refused.value.key == "sync.error.contradicts_itself"
    assert session.dump() == fresh(session.node.blocks[:16])


def test_other_chains_of_the_ledger_stay_as_they_are(session, tmp_path):
    other = tmp_path / "raw"
    other.mkdir()
    from dataclasses import replace

    raw = replace(raw_blocks(other, chain_of(4, 6)), chain="eip155:5")
    ledger = ParquetLedger.open(session.ledger)
    ledger.ingest(raw, native_asset="eip155:5/slip44:60")
    before = list(ledger.dump("eip155:5"))
    record = ledger.record("eip155:5")
    session.sync()
    session.node.reorganize(10, 12, salt=3)
    session.sync()
    assert ParquetLedger.open(session.ledger).record("eip155:5") == record
    assert list(ParquetLedger.open(session.ledger).dump("eip155:5")) == before


class TestFinality:
    def test_a_reorganization_deeper_than_what_is_final_changes_nothing(self, tmp_path):
        session = Session(tmp_path, ScriptedNode(chain_of(20)), Finality(5))
        session.sync()
        before = session.dump()
        session.node.reorganize(6, 8, salt=3)
        with pytest.raises(Conflict) as refused:
            session.sync()
        assert refused.value.key == "sync.error.diverged"
        assert (refused.value.fields["depth"], refused.value.fields["resync"]) == (6, 14)
        assert session.dump() == before
        assert ParquetLedger.open(session.ledger).record(CHAIN).diverged != ""

    def test_one_as_deep_as_allowed_is_followed(self, tmp_path):
        session = Session(tmp_path, ScriptedNode(chain_of(20)), Finality(6))
        session.sync()
        session.node.reorganize(6, 8, salt=3)
        session.sync()
        assert session.dump() == fresh(session.node.blocks)

    def test_what_the_node_called_final_stays(self, tmp_path):
        session = Session(tmp_path, ScriptedNode(chain_of(20), finalized=15), Finality(1000, is_told=True))
        follower = session.follower()
        assert follower.step() is Look.CHANGED
        session.node.reorganize(5, 6, salt=3)
        with pytest.raises(Conflict) as refused:
            follower.step()
        assert refused.value.key == "sync.error.diverged"

    def test_a_diverged_chain_is_not_followed_until_a_person_decides(self, tmp_path):
        session = Session(tmp_path, ScriptedNode(chain_of(20)), Finality(5))
        session.sync()
        session.node.reorganize(10, 12, salt=3)
        for key in ("sync.error.diverged", "sync.error.still_diverged", "sync.error.still_diverged"):
            with pytest.raises(Conflict) as refused:
                session.sync()
            assert refused.value.key == key
        with pytest.raises(Conflict) as too_high:
            session.sync(resync_from=15)
        assert (too_high.value.key, too_high.value.fields["resync"]) == ("sync.error.resync_too_high", 10)
        session.sync(resync_from=10)
        assert session.dump() == fresh(session.node.blocks)
        assert ParquetLedger.open(session.ledger).record(CHAIN).diverged == ""
        session.sync()

    def test_a_resync_may_begin_anywhere_below(self, session):
        session.sync()
        mark_diverged(session.ledger, CHAIN, "a test")
        session.sync(resync_from=0)
        assert session.dump() == fresh(session.node.blocks)


def test_a_node_that_serves_another_chain_is_refused_at_the_start(session):
    session.node.served = "eip155:1"
    with pytest.raises(Conflict) as refused:
        require_fit(session.following(), session.node)
    assert refused.value.key == "sync.error.other_chain"


def test_a_node_that_changes_its_chain_later_takes_nothing_out(session):
    session.sync()
    before = session.dump()
    follower = session.follower()
    session.node.served, session.node.blocks = "eip155:1", chain_of(9, 4)
    with pytest.raises(Conflict) as refused:
        follower.step()
    assert refused.value.key == "sync.error.chain_changed"
    assert session.dump() == before


def test_an_empty_ledger_asks_where_to_begin(session, tmp_path):
    for ledger in (session.ledger, tmp_path / "missing"):
        with pytest.raises(InvalidInput) as refused:
            require_fit(Following(ledger, find_chain(CHAIN), DEEP), session.node)
        assert refused.value.key == "sync.error.where_to_begin"
    assert not (tmp_path / "missing").exists()


def test_a_changed_file_is_found_when_the_sync_begins(session):
    session.sync()
    part = session.ledger / ParquetLedger.open(session.ledger).record(CHAIN).files[0].path
    part.write_bytes(part.read_bytes() + b"x")
    with pytest.raises(Conflict) as refused:
        session.follower()
    assert refused.value.key == "ledger.file.changed"


def test_what_a_killed_writer_left_is_cleared_at_the_start(session):
    session.sync()
    (session.ledger / WRITING).mkdir()
    (session.ledger / WRITING / "part-0.parquet").write_bytes(b"half")
    session.sync()
    assert not (session.ledger / WRITING).exists()


def test_the_sources_stay_few_however_long_the_chain(session):
    for until in range(20):
        session.sync(until_block=until)
    (source,) = ParquetLedger.open(session.ledger).record(CHAIN).sources
    assert (source.name, source.reader) == ("http://node", "test/1")


def test_nothing_is_left_in_the_scratch_folder(session):
    session.sync()
    session.node.before_read = [session.node.blocks]
    session.node.mine(3)
    with pytest.raises(Unavailable):
        session.sync()
    assert list(session.scratch.iterdir()) == []


class CrashError(BaseException):
    """The process died here."""


class AnyOrderOfEvents(RuleBasedStateMachine):
    """Deliver, redeliver, swap, drop, reorganize and crash in any order: the ledger is that of a fresh sync."""

    @initialize(length=st.integers(1, 6))
    def begin(self, length: int) -> None:
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.session = Session(Path(self.folder.name), ScriptedNode(chain_of(length)))
        self.salt = 0
        self.synced = False

    @rule(count=st.integers(1, 4))
    def deliver(self, count: int) -> None:
        self.session.node.mine(count, self.salt)
        self.synced = False

    @rule(depth=st.integers(1, 6), count=st.integers(0, 8))
    def reorganize(self, depth: int, count: int) -> None:
        self.salt += 1
        blocks = self.session.node.blocks
        self.session.node.reorganize(min(depth, len(blocks) - 1), count, self.salt)
        self.synced = False

    @rule()
    def drop(self) -> None:
        if len(self.session.node.blocks) > 1:
            self.session.node.reorganize(1, 0, self.salt)
            self.synced = False

    @rule()
    def sync(self) -> None:
        self.session.sync()
        self.synced = True

    @precondition(lambda self: self.synced)
    @rule(data=st.data())
    def redeliver(self, data: st.DataObject) -> None:
        blocks = self.session.node.blocks
        begin = data.draw(st.integers(0, len(blocks) - 1))
        self._ingest(blocks[begin:])

    @precondition(lambda self: self.synced)
    @rule()
    def swap(self) -> None:
        """A later block comes before an earlier one."""
        before = len(self.session.node.blocks)
        self.session.node.mine(2, self.salt)
        self._ingest(self.session.node.blocks[before + 1 :])
        self._ingest(self.session.node.blocks[before : before + 1])

    @rule(steps=st.integers(0, 12))
    def crash(self, steps: int) -> None:
        """Die at a step of publishing and leave everything as it lies."""
        left = iter(range(steps))

        def dying(function):
            def call(*arguments):
                if next(left, None) is None:
                    raise CrashError
                return function(*arguments)

            return call

        def gone(*arguments: object) -> None:
            raise CrashError

        with pytest.MonkeyPatch.context() as patch:
            for name in ("sync_folders", "write_synced", "make_folder"):
                patch.setattr(publish_module, name, dying(getattr(publish_module, name)))
            clear = publish_module.clear
            for module in (append_module, rollback_module):
                # What a killed process would not do: only a run that came to its end clears up.
                patch.setattr(
                    module, "clear", lambda *arguments: clear(*arguments) if next(left, None) is not None else gone()
                )
            try:
                self.session.sync()
                self.synced = True
            except CrashError:
                self.synced = False

    @invariant()
    def the_ledger_is_that_of_a_fresh_sync(self) -> None:
        if self.synced:
            assert self.session.dump() == fresh(self.session.node.blocks)

    def _ingest(self, blocks: list[WholeBlock]) -> None:
        ledger = ParquetLedger.open(self.session.ledger)
        with tempfile.TemporaryDirectory() as scratch:
            ledger.ingest(raw_blocks(Path(scratch), blocks), native_asset=ETHER)

    def teardown(self) -> None:
        self.folder.cleanup()


AnyOrderOfEvents.TestCase.settings = settings(
    max_examples=8, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
)
TestAnyOrderOfEvents = AnyOrderOfEvents.TestCase
