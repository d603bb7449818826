"""South Korea's own designations."""

from datetime import date
from pathlib import Path

from qiyafa.chains.formats import FORMATS
from qiyafa.lists import LISTS
from qiyafa.lists.source import ParsedList

SAMPLE = Path(__file__).parent / "samples" / "rok_mofa_sample.csv"


def parsed(data: bytes) -> ParsedList:
    return LISTS["rok"].parse({"rok.csv": data}, FORMATS)


def test_a_table_with_korean_columns_is_read() -> None:
    read = parsed(SAMPLE.read_bytes())
    assert read.published is None
    assert read.problems == ()
    assert [(party.entry, party.name, party.kind, party.aliases[0]) for party in read.parties] == [
        ("1", "Park Jin Hyok", "person", "박진혁"),
        ("5", "Chosun Expo", "organization", "조선엑스포합영회사"),
        ("6", "Lazarus Group", "organization", "라자루스 그룹"),
    ]
    (draft,) = read.drafts
    assert (draft.written, draft.declared) == ("0x098B716B8Aaf21512996dC57EB0615e2383E2f96", "ETH")
    assert (draft.party, draft.listed_from, draft.reason) == ("Lazarus Group", date(2023, 2, 10), "사이버 활동")


def test_the_columns_may_be_english_and_in_any_order() -> None:
    table = "designated_on,delisted_on,name,number\n2023.2.10,2024-01-02,Andariel,7\n"
    (party,) = parsed(table.encode()).parties
    assert (party.name, party.listed_from, party.listed_to) == ("Andariel", date(2023, 2, 10), date(2024, 1, 2))
    assert (party.kind, party.aliases) == ("unknown", ())


def test_rows_without_a_name_or_a_day_are_kept_and_reported() -> None:
    read = parsed(b"number,name,designated_on\n1,,2023-02-10\n2,Bluenoroff,soon\n")
    assert [(problem.place, problem.key.rpartition(".")[2]) for problem in read.problems] == [
        ("row 2", "no_name"),
        ("row 3", "no_day"),
    ]
    assert len(read.parties) == 2
