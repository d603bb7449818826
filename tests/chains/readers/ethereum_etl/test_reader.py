"""A whole run over all tables."""

from pathlib import Path

import pytest
from tests.chains.files import Desk, receipts, token_transfers, traces, transaction, transactions

from qiyafa.chains import find_chain
from qiyafa.chains.readers.ethereum_etl.reader import EthereumEtlFiles, read_ethereum_etl
from qiyafa.model.errors import InvalidInput, NotFound, QiyafaError, Unavailable


def test_all_tables_together_provide_all_knowledge(desk: Desk) -> None:
    read = desk.read(
        transactions=transactions({}), receipts=receipts({}), traces=traces({}), token_transfers=token_transfers({})
    )
    assert [row["kind"] for row in read.rows if row["transaction_hash"] == transaction(1)]
    assert {row["kind"] for row in read.rows} == {"fee", "native", "internal", "token"}
    assert read.raw.provides == {"native", "fees", "internal", "tokens"}
    assert read.raw.chain == "eip155:1"


def test_the_same_files_give_the_same_rows_and_hashes(desk: Desk) -> None:
    one = desk.read(transactions=transactions({}), receipts=receipts({}))
    other = desk.read(transactions=transactions({}), receipts=receipts({}))
    assert (one.rows, one.raw.sources) == (other.rows, other.raw.sources)
    assert one.raw.sources[0].reader == "ethereum-etl/1"


def test_progress_ends_at_the_whole(desk: Desk) -> None:
    seen: list[tuple[str, int, int]] = []
    files = EthereumEtlFiles(
        transactions=(desk.file("t.csv", transactions({})),), receipts=(desk.file("r.csv", receipts({})),)
    )
    read_ethereum_etl(files, find_chain("eip155:1"), desk.scratch(), lambda *step: seen.append(step))
    assert {stage for stage, _, _ in seen} == {"chains.stage.receipts", "chains.stage.transactions"}
    done = [done for _, done, _ in seen]
    assert done == sorted(done)
    assert seen[-1][1] == seen[-1][2] == sum(path.stat().st_size for path in files.all())


def test_nothing_to_read_is_refused(desk: Desk) -> None:
    with pytest.raises(InvalidInput, match="no_files"):
        desk.read()


def test_receipts_alone_are_refused(desk: Desk) -> None:
    with pytest.raises(InvalidInput, match="receipts_alone"):
        desk.read(receipts=receipts({}))


def test_a_missing_file_and_a_folder_are_named(desk: Desk) -> None:
    with pytest.raises(NotFound) as missing:
        desk.read(transactions=desk.folder / "nothing.csv")
    assert missing.value.fields["file"] == str(desk.folder / "nothing.csv")
    with pytest.raises(InvalidInput, match="file_is_folder"):
        desk.read(transactions=desk.folder)


def test_a_scratch_folder_that_cannot_be_written_is_said(desk: Desk) -> None:
    files = EthereumEtlFiles(transactions=(desk.file("t.csv", transactions({})),))
    with pytest.raises(QiyafaError) as failed:
        read_ethereum_etl(files, find_chain("eip155:1"), Path("/proc/nowhere"))
    assert isinstance(failed.value, Unavailable)


def test_fees_are_written_in_the_asset_of_their_chain(desk: Desk) -> None:
    files = EthereumEtlFiles(transactions=(desk.file("t.csv", transactions({})),))
    reading = read_ethereum_etl(files, find_chain("eip155:56"), desk.scratch())
    assert reading.raw.chain == "eip155:56"
