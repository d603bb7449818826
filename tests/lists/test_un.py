"""The UN's Consolidated List."""

from datetime import date
from pathlib import Path

import pytest

from qiyafa.chains.formats import FORMATS
from qiyafa.lists import LISTS
from qiyafa.lists.source import ParsedList
from qiyafa.model.errors import InvalidInput

SAMPLE = Path(__file__).parent / "samples" / "un_consolidated_sample.xml"
ADDRESS = "0x098B716B8Aaf21512996dC57EB0615e2383E2f96"


def parsed(data: bytes) -> ParsedList:
    return LISTS["un"].parse({"consolidated.xml": data}, FORMATS)


def test_parties_have_names_days_and_the_permanent_reference_number() -> None:
    read = parsed(SAMPLE.read_bytes())
    assert read.published == date(2024, 9, 27)
    assert read.problems == read.drafts == ()
    assert [(party.entry, party.name, party.kind, party.listed_from) for party in read.parties] == [
        ("KPi.001", "YUN HO-JIN", "person", date(2009, 7, 16)),
        ("KPe.001", "KOREA MINING DEVELOPMENT TRADING CORPORATION", "organization", date(2009, 4, 24)),
        ("KPe.003", "TANCHON COMMERCIAL BANK", "organization", date(2009, 4, 24)),
    ]
    assert {party.programmes for party in read.parties} == {("DPRK",)}


def test_aliases_stand_by_their_quality_the_name_in_its_own_script_first() -> None:
    yun, komid, _ = parsed(SAMPLE.read_bytes()).parties
    assert yun.aliases == ("윤호진", "Yun Ho-chin", "Yun")
    assert komid.aliases == ("KOMID", "CHANGGWANG SINYONG CORPORATION", "EXTERNAL TECHNOLOGY GENERAL CORPORATION")


def test_an_address_in_a_comment_is_listed() -> None:
    comment = b"Director of Namchongang Trading Corporation."
    data = SAMPLE.read_bytes().replace(comment, f"Uses the wallet ETH: {ADDRESS}.".encode())
    (draft,) = parsed(data).drafts
    assert (draft.written, draft.declared, draft.entry, draft.party) == (ADDRESS, "ETH", "KPi.001", "YUN HO-JIN")
    assert draft.listed_from == date(2009, 7, 16)


def test_a_party_without_a_day_is_kept_and_reported() -> None:
    read = parsed(SAMPLE.read_bytes().replace(b"<LISTED_ON>2009-07-16</LISTED_ON>", b""))
    assert len(read.parties) == 3
    (problem,) = read.problems
    assert (problem.place, problem.fields) == ("KPi.001", {"party": "YUN HO-JIN"})


def test_another_publishers_xml_is_refused() -> None:
    with pytest.raises(InvalidInput) as refused:
        parsed((SAMPLE.parent / "eu_fsf_sample.xml").read_bytes())
    assert refused.value.fields["found"] == "export"
