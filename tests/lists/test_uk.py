"""The UK Sanctions List in both its formats, and OFSI's list before it."""

from datetime import date
from pathlib import Path

import pytest

from qiyafa.chains.formats import FORMATS
from qiyafa.lists import LISTS
from qiyafa.lists.source import ParsedList
from qiyafa.model.errors import InvalidInput

SAMPLES = Path(__file__).parent / "samples"
XML, CSV = SAMPLES / "uk_sanctions_list_sample.xml", SAMPLES / "uk_sanctions_list_sample.csv"
OFSI = SAMPLES / "uk_ofsi_conlist_sample.csv"
ADDRESS = "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"


def parsed(list_id: str, data: bytes) -> ParsedList:
    return LISTS[list_id].parse({"list": data}, FORMATS)


@pytest.mark.parametrize("sample", [XML, CSV])
def test_one_party_has_all_its_names_the_primary_one_first(sample: Path) -> None:
    read = parsed("uk", sample.read_bytes())
    expo, akhund = read.parties
    assert (expo.entry, expo.name, expo.kind) == ("SMP0001", "CHOSUN EXPO", "organization")
    assert set(expo.aliases) == {"Korea Export Joint Venture", "조선 엑스포"}
    assert expo.programmes == ("The Cyber (Sanctions) (EU Exit) Regulations 2020",)
    assert (akhund.name, akhund.kind, akhund.listed_from) == ("MOHAMMAD HASSAN AKHUND", "person", date(2001, 1, 25))
    assert read.published == date(2025, 2, 13)
    assert read.problems == ()


def test_ofsis_list_has_the_same_parties_under_its_own_numbers() -> None:
    read = parsed("uk-ofsi", OFSI.read_bytes())
    assert read.published == date(2026, 1, 27)
    assert [(party.entry, party.name, party.listed_from) for party in read.parties] == [
        ("90001", "CHOSUN EXPO", date(2020, 7, 31)),
        ("7172", "MOHAMMAD HASSAN AKHUND", date(2001, 2, 23)),
    ]


def test_an_address_among_other_information_is_listed_once() -> None:
    drafts = parsed("uk", CSV.read_bytes().replace(b"Associated with", f"Wallet XBT {ADDRESS}".encode())).drafts
    assert [(draft.written, draft.declared, draft.entry) for draft in drafts] == [(ADDRESS, "XBT", "SMP0001")]
    (draft,) = parsed("uk-ofsi", OFSI.read_bytes().replace(b"Associated with", ADDRESS.encode())).drafts
    assert (draft.written, draft.reason) == (ADDRESS, "UK Sanctions List SMP0001")


def test_a_row_without_a_number_is_left_out_and_reported() -> None:
    read = parsed("uk-ofsi", OFSI.read_bytes().replace(b",7172\r\n", b",\r\n"))
    assert [party.entry for party in read.parties] == ["90001"]
    assert [problem.place for problem in read.problems] == ["row 5"]


def test_one_british_list_is_not_taken_for_the_other() -> None:
    with pytest.raises(InvalidInput):
        parsed("uk", OFSI.read_bytes())
    with pytest.raises(InvalidInput):
        parsed("uk-ofsi", CSV.read_bytes())
