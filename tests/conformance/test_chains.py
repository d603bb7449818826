"""What every registered chain and every registered reader owes, checked on each of them because it is registered.

For who adds one: the tests here say what breaks elsewhere if a chain is sloppy. Two spellings of one address that are
not made one split a holder's money in two. An address accepted with a wrong checksum loses it. A reader that stores
other bytes for the same source makes evidence that nobody can check. Add the chain's published facts to
`chain_samples.py` and a tiny source of the reader to `reader_samples.py`; the tests then run by themselves.
"""

import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conformance.chain_samples import CHAIN_SAMPLES, ChainSample
from tests.conformance.reader_samples import READER_SAMPLES, Source
from tests.support.proxy import Answer, answering

from qiyafa.app.ingest import Ingested
from qiyafa.chains import CHAINS, find_chain
from qiyafa.chains.chain import Chain
from qiyafa.chains.readers import READERS
from qiyafa.cli.shell import run
from qiyafa.model.errors import InvalidInput, Problem, QiyafaError
from qiyafa.model.ledger import LedgerModel
from qiyafa.stores.parquet_duckdb import ParquetLedger
from qiyafa.text import text

CAIP_2 = re.compile(r"[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}", re.ASCII)
CAIP_19 = re.compile(r"[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}/[-a-z0-9]{3,8}:[-.%a-zA-Z0-9]{1,128}", re.ASCII)
HOSTILE = (
    "", " ", "\n", "0", "0x", "x" * 100_000, "1" * 5000, "\0", "\ud800", "\u202e", "null", "T", "🤑" * 20, "٠" * 42,
    "../../etc/passwd", "<script>alert(1)</script>", "'; DROP TABLE transfers; --", "=HYPERLINK(1)", "{value}", "bc1",
)  # fmt: skip

every_chain = pytest.mark.parametrize("caip2", sorted(CHAIN_SAMPLES))


def of(caip2: str) -> tuple[Chain, ChainSample]:
    return find_chain(caip2), CHAIN_SAMPLES[caip2]


def sentence_of(refused: pytest.ExceptionInfo[InvalidInput]) -> str:
    """Return what a user reads; a missing key or field would raise."""
    return text(refused.value.key, **refused.value.fields)


def assert_refused_or_made_canonical(take: Callable[[str], str], anything: str) -> None:
    try:
        canonical = take(anything)
    except InvalidInput as error:
        canonical, refused = None, error
    if canonical is None:
        assert text(refused.key, **refused.fields)
    else:
        assert take(canonical) == canonical


def test_every_namespace_has_a_sample() -> None:
    missing = set(CHAINS) - {caip2.partition(":")[0] for caip2 in CHAIN_SAMPLES}
    assert not missing, f"add the published facts of {missing} to tests/conformance/chain_samples.py"


@every_chain
def test_a_chain_answers_to_its_own_name(caip2: str) -> None:
    chain, _ = of(caip2)
    assert chain.caip2 == caip2
    assert CAIP_2.fullmatch(caip2)
    assert chain.name.strip()
    assert chain.model in LedgerModel


@every_chain
def test_assets_are_named_as_caip_19_has_it(caip2: str) -> None:
    chain, sample = of(caip2)
    assert re.fullmatch(re.escape(caip2) + r"/slip44:[0-9]+", chain.native_asset)
    assert chain.native_symbol.strip()
    assert 0 <= chain.native_decimals <= 30
    assert bool(sample.token) is bool(chain.token_namespace)
    for canonical, spellings in sample.addresses.items() if sample.token else ():
        assert {chain.token_asset(spelled) for spelled in (canonical, *spellings)} == {sample.token}
        assert CAIP_19.fullmatch(sample.token)


@every_chain
def test_every_spelling_of_an_address_is_one_address(caip2: str) -> None:
    chain, sample = of(caip2)
    for canonical, spellings in sample.addresses.items():
        for spelled in (canonical, *spellings):
            assert chain.formats.canonical(spelled) == canonical


@every_chain
def test_what_is_shown_can_be_given_back(caip2: str) -> None:
    chain, sample = of(caip2)
    for canonical in sample.addresses:
        assert chain.formats.canonical(chain.formats.shown(canonical)) == canonical
        assert chain.formats.shown(chain.formats.shown(canonical)) == chain.formats.shown(canonical)


@every_chain
def test_a_wrong_checksum_is_refused_with_a_sentence_of_its_own(caip2: str) -> None:
    chain, sample = of(caip2)
    assert sample.mistyped
    for mistyped in sample.mistyped:
        with pytest.raises(InvalidInput) as refused:
            chain.formats.canonical(mistyped)
        assert "checksum" in sentence_of(refused)
        assert mistyped in sentence_of(refused)


@every_chain
@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda hostile: ascii(hostile[:20]))
def test_a_hostile_text_is_no_address_and_no_transaction(caip2: str, hostile: str) -> None:
    chain, _ = of(caip2)
    for take in (chain.formats.canonical, chain.transaction_hash):
        with pytest.raises(InvalidInput) as refused:
            take(hostile)
        assert "\u202e" not in sentence_of(refused)
        assert len(sentence_of(refused)) < 1000


@every_chain
@given(st.data())
def test_a_changed_character_is_refused_or_makes_a_canonical_address(caip2: str, data: st.DataObject) -> None:
    chain, sample = of(caip2)
    address = data.draw(
        st.sampled_from([*sample.addresses, *(one for all_ in sample.addresses.values() for one in all_)])
    )
    place = data.draw(st.integers(0, len(address) - 1))
    changed = address[:place] + data.draw(st.characters(max_codepoint=0x17F)) + address[place + 1 :]
    assert_refused_or_made_canonical(chain.formats.canonical, changed)


@every_chain
@given(st.text(max_size=120))
def test_any_text_is_refused_or_made_canonical_once_and_for_all(caip2: str, anything: str) -> None:
    chain, _ = of(caip2)
    for take in (chain.formats.canonical, chain.transaction_hash):
        assert_refused_or_made_canonical(take, anything)


@every_chain
def test_every_spelling_of_a_transaction_is_one_transaction(caip2: str) -> None:
    chain, sample = of(caip2)
    assert sample.transactions
    for canonical, spellings in sample.transactions.items():
        assert {chain.transaction_hash(spelled) for spelled in (canonical, *spellings)} == {canonical}
        for wrong in (canonical[:-1], canonical + "0", canonical[:-1] + "g", canonical + "\n", " " + canonical):
            with pytest.raises(InvalidInput) as refused:
                chain.transaction_hash(wrong)
            assert sentence_of(refused)


@pytest.mark.parametrize("namespace", sorted(CHAINS))
@pytest.mark.parametrize("reference", ["", " ", "x" * 33, "\u202e", "1/2", "1:2", "٣", "-1", "../1"])
def test_a_reference_that_names_no_network_is_refused(namespace: str, reference: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        find_chain(f"{namespace}:{reference}")
    assert "\u202e" not in sentence_of(refused)


# Readers.


@dataclass(frozen=True)
class Reader:
    """A reader with its opened source, and the ledger of all its pieces."""

    name: str
    chain: str
    source: Source
    ledger: Path
    taken: Ingested


@pytest.fixture(scope="module", params=sorted(READERS))
def reader(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    name = request.param
    assert name in READER_SAMPLES, f"add a tiny source of {name} to tests/conformance/reader_samples.py"
    sample, ledger = READER_SAMPLES[name], tmp_path_factory.mktemp(name) / "ledger"
    with sample.opened(tmp_path_factory.mktemp(f"{name}-source")) as source:
        assert len(source.pieces) >= 2
        yield Reader(name, sample.chain, source, ledger, source.take(source.pieces, sample.chain, ledger))


def dump(reader: Reader, ledger: Path) -> list[str]:
    return list(ParquetLedger.open(ledger).dump(reader.chain))


def rows(reader: Reader) -> Iterator[dict[str, object]]:
    """Yield the rows of all tables."""
    columns: dict[str, list[str]] = {}
    for line in dump(reader, reader.ledger):
        table, *values = json.loads(line)
        if table in columns:
            yield dict(zip(columns[table], values, strict=True))
        columns.setdefault(table, values)


def test_every_sample_is_of_a_registered_reader() -> None:
    assert set(READER_SAMPLES) <= set(READERS)


def test_what_was_read_is_named_in_the_ledger(reader: Reader) -> None:
    assert reader.taken.problems == ()
    sources = ParquetLedger.open(reader.ledger).record(reader.chain).sources
    assert sources
    for source in sources:
        assert re.fullmatch(r"[0-9a-f]{64}", source.sha256)
        assert re.fullmatch(r"[a-z-]+/[0-9]+", source.reader)
        assert source.rows > 0


def test_only_canonical_spellings_are_stored(reader: Reader) -> None:
    """Another spelling would be another address, and the money on it would be lost to every trace."""
    chain = find_chain(reader.chain)
    found = 0
    for row in rows(reader):
        for name in ("source", "target", "address"):
            if row.get(name):
                assert chain.formats.canonical(str(row[name])) == row[name]
                found += 1
        for name in ("transaction_hash", "spent_transaction_hash"):
            assert not row.get(name) or chain.transaction_hash(str(row[name])) == row[name]
        assert not row.get("asset") or CAIP_19.fullmatch(str(row["asset"]))
    assert found >= 4


def test_the_same_source_again_changes_nothing(reader: Reader) -> None:
    before = ParquetLedger.open(reader.ledger).manifest.sha256
    again = reader.source.take(reader.source.pieces, reader.chain, reader.ledger)
    assert (again.report.manifest_sha256, again.report.rows_added) == (before, 0)


def test_the_same_source_gives_the_same_bytes(reader: Reader, tmp_path: Path) -> None:
    reader.source.take(reader.source.pieces, reader.chain, tmp_path / "fresh")
    held, fresh = (
        {str(path.relative_to(ledger)): path.read_bytes() for path in ledger.glob("chain=*/table=*/*.parquet")}
        for ledger in (reader.ledger, tmp_path / "fresh")
    )
    assert held
    assert fresh == held


def test_pieces_in_any_order_make_the_same_ledger(reader: Reader, tmp_path: Path) -> None:
    for name, pieces in (("forward", reader.source.pieces), ("backward", reader.source.pieces[::-1])):
        for piece in pieces:
            reader.source.take((piece,), reader.chain, tmp_path / name)
        assert dump(reader, tmp_path / name) == dump(reader, reader.ledger)


def test_a_chain_of_another_family_is_refused_before_anything_is_stored(reader: Reader, tmp_path: Path) -> None:
    """Its spellings would be stored as they come, and never be found again."""
    others = [caip2 for caip2 in CHAIN_SAMPLES if caip2.partition(":")[0] not in READERS[reader.name].namespaces]
    for other in (*others, "nowhere:1"):
        with pytest.raises(InvalidInput) as refused:
            reader.source.take(reader.source.pieces, other, tmp_path / "ledger")
        assert sentence_of(refused)
    assert not (tmp_path / "ledger").exists()


def test_a_damaged_source_gives_problems_or_a_sentence(reader: Reader, tmp_path: Path) -> None:
    for number, take in enumerate(damaged(reader.source, reader.chain)):
        ledger = tmp_path / str(number)
        said: list[QiyafaError] | list[Problem] = []
        try:
            said = list(take(ledger).problems)
        except QiyafaError as error:
            said = [error]
        assert all(text(one.key, **one.fields) for one in said)
        assert not (ledger / "manifest.json").exists() or ParquetLedger.open(ledger).verify() == ()


def damaged(source: Source, chain: str) -> Iterator[Callable[[Path], Ingested]]:
    """Yield what takes a source in after each of several mishaps."""
    for number, path in enumerate(source.files):
        whole = path.read_bytes()
        cut = whole[: len(whole) // 2]
        for content in (cut,) if number else (cut, whole[:-1], *changed_bytes(whole), *GARBAGE):
            path.write_bytes(content)
            yield lambda ledger: source.take(source.pieces, chain, ledger)
        path.write_bytes(whole)
    for body in GARBAGE if source.take_from else ():
        for answer in (Answer(200, body), Answer(500, body), Answer(200, body, len(body) + 9)):
            with answering(answer) as url:
                yield lambda ledger, url=url: source.take_from(url, ledger)  # type: ignore[misc]


def changed_bytes(whole: bytes) -> Iterator[bytes]:
    """Yield the content with one byte changed, at a few places from its middle to its end."""
    for place in range(len(whole) // 2, len(whole), max(1, len(whole) // 8)):
        yield whole[:place] + b"~" + whole[place + 1 :]
    yield whole[:-1] + b"\xff"


GARBAGE = (
    b"", b"\0" * 400, random.Random(7).randbytes(400), b"<!DOCTYPE html><html></html>", b"null", b"[" * 100_000,
    b'{"jsonrpc":"2.0","id":0,"result":null}', b'{"id":0,"result":1e400,"error":null}', b"\xff\xfe",
)  # fmt: skip


def test_the_ledger_is_sound_and_a_trace_over_it_conserves(
    reader: Reader, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["ledger", "verify", "--ledger", str(reader.ledger)]) == 0
    case = tmp_path / "case.toml"
    case.write_text(
        f'[case]\nid = "sample"\ntitle = "A theft"\n[[theft]]\nchain = "{reader.chain}"\n{reader.source.theft}\n'
    )
    capsys.readouterr()
    assert run(["trace", str(case), "--ledger", str(reader.ledger), "--json"]) == 0
    methods = json.loads(capsys.readouterr().out)["methods"]
    traced = [totals for totals in methods.values() if "stolen" in totals]
    assert len(traced) >= 5
    for totals in traced:
        stolen, *rest = (units_by_asset(totals[name]) for name in ("stolen", "held", "stopped", "fees", "untraced"))
        assert stolen
        assert any(stolen.values())
        for asset, units in stolen.items():
            assert units == sum(part.get(asset, 0) for part in rest)


def units_by_asset(total: str | dict[str, str]) -> dict[str, int]:
    """Return a total of the answer: a number of units, or one for each asset."""
    return {"": int(total)} if isinstance(total, str) else {asset: int(units) for asset, units in total.items()}
