"""What is not a list, or not the whole of one, is refused with a sentence and leaves nothing behind."""

from pathlib import Path

import pytest

from qiyafa.chains.formats import FORMATS
from qiyafa.lists import LISTS
from qiyafa.lists.source import ParsedList
from qiyafa.model.errors import InvalidInput
from qiyafa.text import text

SAMPLES = Path(__file__).parent / "samples"
FILES = {
    "un": "un_consolidated_sample.xml",
    "eu": "eu_fsf_sample.xml",
    "uk": "uk_sanctions_list_sample.csv",
    "uk-ofsi": "uk_ofsi_conlist_sample.csv",
    "rok": "rok_mofa_sample.csv",
    "usdt-freezes": "usdt_freezes_sample.csv",
    "usdc-freezes": "usdc_freezes_sample.jsonl",
}
ROOTS = {"un": "CONSOLIDATED_LIST", "eu": "export", "uk": "Designations"}
BOMB = '<!DOCTYPE {root} [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><{root}>&b;</{root}>'
OUTSIDE = '<!DOCTYPE {root} [<!ENTITY a SYSTEM "file:///etc/hostname">]><{root}>&a;</{root}>'
FETCHED = '<!DOCTYPE {root} SYSTEM "http://127.0.0.1:1/evil.dtd"><{root}/>'


def parsed(list_id: str, data: bytes) -> ParsedList:
    return LISTS[list_id].parse({FILES[list_id]: data}, FORMATS)


def refusal(list_id: str, data: bytes) -> str:
    with pytest.raises(InvalidInput) as refused:
        parsed(list_id, data)
    return text(refused.value.key, **refused.value.fields)


@pytest.mark.parametrize("list_id", FILES)
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" \n",
        b"<!DOCTYPE html><html><body>Access denied</body></html>",
        b"\xff\xfe\x00binary\x00",
        b"PK\x03\x04zip",
        b'"a quote that never ends',
        b'{"error": "try later"}',
        b"[" * 100_000,
        b"<" * 100_000,
    ],
)
def test_what_is_no_list_is_refused(list_id: str, data: bytes) -> None:
    assert refusal(list_id, data).endswith(".")


@pytest.mark.parametrize("list_id", FILES)
def test_a_file_that_was_cut_off_gives_a_refusal_or_whole_rows(list_id: str) -> None:
    data = (SAMPLES / FILES[list_id]).read_bytes()
    whole = parsed(list_id, data)
    for end in range(0, len(data.rstrip()) - 1, 7):
        try:
            read = parsed(list_id, data[:end])
        except InvalidInput:
            continue
        assert list_id not in ROOTS or FILES[list_id].endswith(".csv")
        assert {party.entry for party in read.parties} <= {party.entry for party in whole.parties}
        assert {draft.written for draft in read.drafts} <= {draft.written for draft in whole.drafts}


@pytest.mark.parametrize("list_id", ROOTS)
@pytest.mark.parametrize("document", [BOMB, OUTSIDE, FETCHED])
def test_entities_and_document_types_are_refused_and_never_fetched(list_id: str, document: str) -> None:
    data = document.format(root=ROOTS[list_id]).encode()
    assert "entities" in refusal(list_id, data)


@pytest.mark.parametrize("list_id", FILES)
def test_every_list_says_where_it_comes_from(list_id: str) -> None:
    source = LISTS[list_id]
    assert source.id == list_id
    assert all((source.authority, source.title, source.publisher, source.format, source.licence))
    assert all(url.startswith("https://") for url in source.urls)
