"""OFAC's advanced XML, from the sample: what is read by text, not by number, and what is refused."""

import re
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from qiyafa.chains.formats import FORMATS
from qiyafa.lists.ofac_sdn import parse
from qiyafa.lists.source import ParsedList
from qiyafa.model.errors import InvalidInput

SAMPLE = (Path(__file__).parent / "samples" / "sdn_advanced_sample.xml").read_bytes()
RONIN = "0x098B716B8Aaf21512996dC57EB0615e2383E2f96"


def read(data: bytes) -> ParsedList:
    return parse({"SDN_ADVANCED.XML": data}, FORMATS)


def test_addresses_come_with_their_party_programmes_day_and_ground():
    found = read(SAMPLE)
    assert found.published == date(2024, 9, 27)
    ronin = next(one for one in found.drafts if one.written == RONIN)
    assert (ronin.entry, ronin.party, ronin.declared) == ("27307", "LAZARUS GROUP", "ETH")
    assert (ronin.programmes, ronin.listed_from, ronin.listed_to) == (("DPRK3",), date(2019, 9, 13), None)
    assert ronin.reason == "Executive Order 13722 (North Korea)"


def test_names_have_the_family_name_last_in_latin_and_first_in_other_scripts():
    parties = {one.entry: one for one in read(SAMPLE).parties}
    assert (parties["90001"].name, parties["90001"].aliases) == ("Yinyin TIAN", ("田 寅寅",))
    assert (parties["42498"].name, parties["42498"].aliases) == ("Hyon Sop SIM", ("심 현섭",))
    assert (parties["27307"].name, parties["27307"].aliases) == ("LAZARUS GROUP", ("HIDDEN COBRA",))
    assert [parties[one].kind for one in ("90001", "27307")] == ["person", "organization"]


def test_one_address_under_three_tickers_is_three_entries():
    declared = [one.declared for one in read(SAMPLE).drafts if one.entry == "42498"]
    assert declared == ["ETH", "ARB", "BSC"]


def test_nothing_but_names_is_kept_of_a_person():
    assert "not kept" not in repr(read(SAMPLE))


def test_a_removal_ends_a_listing_and_a_month_begins_on_its_first_day():
    (one,) = (one for one in read(SAMPLE).drafts if one.party == "SAMPLE DELISTED LTD")
    assert (one.listed_from, one.listed_to) == (date(2021, 1, 1), date(2023, 6, 30))


def test_who_is_listed_again_has_two_listings():
    day = b"<Date><Year>2024</Year><Month>2</Month><Day>1</Day></Date>"
    again = b'<EntryEvent ID="7" EntryEventTypeID="1">' + day + b"</EntryEvent>"
    found = read(SAMPLE.replace(b'<SanctionsMeasure ID="7"', again + b'<SanctionsMeasure ID="7"'))
    days = [(one.listed_from, one.listed_to) for one in found.drafts if one.party == "SAMPLE DELISTED LTD"]
    assert days == [(date(2021, 1, 1), date(2023, 6, 30)), (date(2024, 2, 1), None)]


def test_what_listed_parties_own_to_half_is_listed_from_the_day_it_was_half():
    found = read(SAMPLE)
    (one,) = (one for one in found.drafts if one.party == "SAMPLE OWNED TRADING")
    assert one.listed_from == date(2020, 3, 2)
    assert one.reason == "Owned to 50 percent by LAZARUS GROUP; Yinyin TIAN (50 percent rule)."
    (party,) = (one for one in found.parties if one.entry == "90002")
    assert party.owners == (("27307", Fraction(3, 10)), ("90001", Fraction(1, 5)))


def test_less_than_half_and_former_owners_block_nobody():
    found = read(SAMPLE.replace(b"<Comment>20%</Comment>", b"<Comment>19.9%</Comment>"))
    assert {"SAMPLE OWNED TRADING", "SAMPLE UNLISTED VESSEL"}.isdisjoint(one.party for one in found.drafts)
    assert [one.place for one in found.problems if one.key == "lists.problem.not_listed"] == ["90002", "90004"]


def test_a_feature_of_an_undefined_type_is_reported():
    (problem,) = (one for one in read(SAMPLE).problems if one.key == "lists.problem.feature_type")
    assert (problem.place, problem.fields) == ("90003", {"type": "999"})


def test_numbers_of_types_and_the_namespace_do_not_matter():
    renumbered = SAMPLE.replace(b'"345"', b'"7777"').replace(b'"15004"', b'"31"').replace(b'"1525"', b'"4"')
    older = re.sub(rb'xmlns="[^"]+"', b'xmlns="http://www.un.org/sanctions/1.0"', renumbered)
    assert read(older) == read(SAMPLE)


def test_a_party_without_a_day_is_kept_and_reported():
    undated = SAMPLE.replace(b"<Year>2023</Year><Month>4</Month><Day>24</Day>", b"<Year>?</Year>")
    found = read(undated)
    assert {one.listed_from for one in found.drafts if one.entry == "42498"} == {None}
    assert "lists.problem.no_date" in {one.key for one in found.problems}


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"", "lists.error.empty"),
        (b" \n\t", "lists.error.empty"),
        (b"\xef\xbb\xbf<!DOCTYPE html><html><body>Access denied</body></html>", "lists.error.html"),
        (b"<?xml version='1.0'?><html xmlns='x'/>", "lists.error.html"),
        (SAMPLE[: len(SAMPLE) // 2], "lists.error.xml"),
        (SAMPLE[:-12], "lists.error.xml"),
        (b"\x00\x01\x02", "lists.error.xml"),
        (b"<sdnList/>", "lists.error.xml_root"),
        (
            b'<!DOCTYPE S [<!ENTITY a "b"><!ENTITY c "&a;&a;&a;">]><Sanctions>&c;</Sanctions>',
            "lists.error.xml_entities",
        ),
        (
            b'<!DOCTYPE S [<!ENTITY a SYSTEM "file:///etc/passwd">]><Sanctions>&a;</Sanctions>',
            "lists.error.xml_entities",
        ),
        (b'<!DOCTYPE S SYSTEM "http://127.0.0.1:9/x.dtd"><Sanctions/>', "lists.error.xml_entities"),
        (b"<Sanctions>" + b"<a>" * 100_000, "lists.error.xml_root"),
    ],
)
def test_what_is_no_such_list_is_refused(data, key):
    with pytest.raises(InvalidInput) as refused:
        read(data)
    assert refused.value.key == key


def test_a_list_of_several_files_is_refused():
    with pytest.raises(InvalidInput) as refused:
        parse({"a.xml": SAMPLE, "b.xml": SAMPLE}, FORMATS)
    assert refused.value.key == "lists.error.one_file"
