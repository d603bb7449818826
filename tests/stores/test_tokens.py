"""What is known of tokens: merged in any order, and carried along by whatever else happens to a ledger."""

import itertools
import tempfile
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiyafa.model.errors import Conflict
from qiyafa.model.raw import RawTransfers
from qiyafa.model.token import TokenFacts
from qiyafa.stores.append import Append, append
from qiyafa.stores.layout import TOKENS
from qiyafa.stores.parquet_duckdb import ParquetLedger
from qiyafa.stores.rollback import Rollback, roll_back
from qiyafa.stores.tokens import merged_tokens, token_rows

from support.whole_blocks import CHAIN as TEST_CHAIN
from support.whole_blocks import ETHER, chain_of, raw_blocks

CHAIN = "eip155:1"
ASSETS = [f"{CHAIN}/erc20:0x{number:040x}" for number in (1, 2)]
COIN = TokenFacts(ASSETS[0], "COIN", "Coin", 18, False, 9)
LIAR = TokenFacts(ASSETS[0], "COIN", "Coin", 18, True, 5, "differs")
UNCHECKED = TokenFacts(ASSETS[0], "COIN", "Coin", 18, detail="not checked")

facts = st.builds(
    TokenFacts,
    asset=st.sampled_from(ASSETS),
    symbol=st.text(max_size=2),
    name=st.text(max_size=1),
    decimals=st.none() | st.integers(0, 255),
    unreconciled=st.none() | st.booleans(),
    checked_block=st.none() | st.integers(0, 3),
    detail=st.text(max_size=1),
)


@pytest.fixture
def tokens_into(tmp_path, ingest_into):
    """Ingest statements on tokens, and nothing else, into the ledger."""
    numbers = itertools.count()

    def into(*tokens: TokenFacts) -> None:
        path = tmp_path / f"raw-{next(numbers)}.parquet"
        pq.write_table(token_rows(tokens), path)
        raw = RawTransfers(CHAIN, (), (), frozenset(), token_files=(str(path),))
        ingest_into(tmp_path / "ledger", raw)

    return into


@pytest.mark.parametrize("order", list(itertools.permutations([COIN, LIAR, UNCHECKED])))
def test_a_token_that_once_did_not_add_up_stays_marked_in_any_order(order):
    assert merged_tokens(order) == (LIAR,)


def test_a_later_check_wins_over_an_earlier_one_and_any_over_none():
    later = TokenFacts(ASSETS[0], "NEW", "", 6, False, 12)
    assert merged_tokens([later, COIN, UNCHECKED]) == (later,)
    assert merged_tokens([UNCHECKED, COIN]) == (COIN,)


@given(st.lists(facts), st.randoms(use_true_random=False))
def test_statements_merge_the_same_in_any_order_pieces_and_number(statements, random):
    mixed = [*statements, *statements]
    random.shuffle(mixed)
    cut = len(mixed) // 2
    assert merged_tokens([*merged_tokens(mixed[:cut]), *mixed[cut:]]) == merged_tokens(statements)
    assert [one.asset for one in merged_tokens(statements)] == sorted({one.asset for one in statements})


def test_what_is_stored_is_read_back_to_the_last_character(tmp_path, tokens_into):
    hostile = TokenFacts(ASSETS[1], "\u202e\x00\u200b", "Old\\xff\ufdd0", None, None, None, "not checked")
    tokens_into(COIN, hostile)
    assert ParquetLedger.open(tmp_path / "ledger").tokens(CHAIN) == {ASSETS[0]: COIN, ASSETS[1]: hostile}


def test_an_ingest_of_transfers_carries_the_table_along(tmp_path, tokens_into, raw_of, ingest_into, row):
    tokens_into(LIAR)
    before = ParquetLedger.open(tmp_path / "ledger").record(CHAIN).table(TOKENS)
    ingest_into(tmp_path / "ledger", raw_of([row()]))
    tokens_into(COIN)
    ledger = ParquetLedger.open(tmp_path / "ledger")
    assert ledger.record(CHAIN).table(TOKENS) == before
    assert ledger.tokens(CHAIN) == {ASSETS[0]: LIAR}
    assert ledger.verify() == ()


def test_a_changed_table_gives_no_answer(tmp_path, tokens_into):
    tokens_into(COIN)
    ledger = ParquetLedger.open(tmp_path / "ledger")
    [file] = ledger.record(CHAIN).table(TOKENS)
    (tmp_path / "ledger" / file.path).write_bytes(b"PAR1")
    with pytest.raises(Conflict):
        ledger.tokens(CHAIN)
    assert [damage.path for damage in ledger.verify()] == [file.path]


def test_appended_and_dropped_blocks_leave_the_table_alone(tmp_path):
    with tempfile.TemporaryDirectory() as scratch:
        ledger, blocks = ParquetLedger.open_or_create(tmp_path / "ledger").path, chain_of(6)
        pq.write_table(token_rows([LIAR]), tmp_path / "raw.parquet")
        raw = raw_blocks(Path(scratch), blocks[:3])
        # What only an ingest can take is not lost by an append.
        asked = replace(raw, token_files=(str(tmp_path / "raw.parquet"),))
        assert append(Append(ledger, asked, ETHER)) is None
        ParquetLedger.open(ledger).ingest(asked, native_asset=ETHER)
        assert append(Append(ledger, raw_blocks(Path(scratch), blocks[3:]), ETHER)) is not None
    assert ParquetLedger.open(ledger).tokens(TEST_CHAIN) == {ASSETS[0]: LIAR}
    roll_back(Rollback(ledger, TEST_CHAIN, -1))
    assert ParquetLedger.open(ledger).tokens(TEST_CHAIN) == {ASSETS[0]: LIAR}
    assert ParquetLedger.open(ledger).verify() == ()
