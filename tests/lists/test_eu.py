"""The European Union's consolidated list."""

from datetime import date
from pathlib import Path

from qiyafa.chains.formats import FORMATS
from qiyafa.lists import LISTS
from qiyafa.lists.source import ParsedList

SAMPLE = Path(__file__).parent / "samples" / "eu_fsf_sample.xml"
ADDRESS = "0x098B716B8Aaf21512996dC57EB0615e2383E2f96"


def parsed(data: bytes) -> ParsedList:
    return LISTS["eu"].parse({"full.xml": data}, FORMATS)


def test_the_main_name_is_a_strong_one_of_the_act_itself() -> None:
    expo, garantex, person = parsed(SAMPLE.read_bytes()).parties
    assert (expo.name, expo.aliases) == ("Chosun Expo", ("Чосон Экспо", "Korea Export Joint Venture"))
    assert (garantex.name, garantex.kind, garantex.programmes) == ("Garantex Europe OU", "organization", ("UKR",))
    assert (person.name, person.kind, person.entry) == ("Given Family", "person", "3")


def test_a_party_counts_from_the_stated_day_or_the_earliest_act_cited() -> None:
    read = parsed(SAMPLE.read_bytes())
    assert [party.listed_from for party in read.parties] == [date(2020, 7, 30), date(2025, 2, 24), None]
    assert [problem.place for problem in read.problems] == ["3"]
    assert read.published == date(2025, 3, 1)


def test_addresses_stand_in_remarks_and_among_documents() -> None:
    remark = b"<remark>Crypto-currency exchange.</remark>"
    other = "TMStbg5fgb4uTV7fK1gEYF9hKAzP3siPsG"
    added = f'<remark>Wallet: {ADDRESS}</remark><identification number="{other}" identificationTypeCode="other"/>'
    drafts = parsed(SAMPLE.read_bytes().replace(remark, added.encode())).drafts
    assert [draft.written for draft in drafts] == [ADDRESS, other]
    assert {draft.reason for draft in drafts} == {"2025/389 (OJ L)"}
