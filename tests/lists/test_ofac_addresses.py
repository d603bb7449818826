"""OFAC's addresses by ticker: both files of a ticker, what is no such file, and the real folder."""

import json

import pytest

from qiyafa.chains.formats import FORMATS
from qiyafa.lists.ofac_addresses import parse
from qiyafa.model.errors import InvalidInput

FIRST, SECOND = "0xd90e2f925DA726b50C4Ed8D0Fb90Ad053324F31b", "0x098B716B8Aaf21512996dC57EB0615e2383E2f96"


def files(**by_ticker: list[str]) -> dict[str, bytes]:
    found = {}
    for ticker, addresses in by_ticker.items():
        found[f"sanctioned_addresses_{ticker}.txt"] = "\n".join(addresses).encode()
        found[f"sanctioned_addresses_{ticker}.json"] = json.dumps(addresses).encode()
    return found


def test_both_files_of_a_ticker_are_one_list():
    found = parse(
        {"README.md": b"# about", **files(XBT=["1BoatSLRHtKNngkdXEeobR76b53LETtpyT"], ETH=[FIRST, SECOND])}, FORMATS
    )
    assert [(one.declared, one.written) for one in found.drafts] == [
        ("ETH", FIRST), ("ETH", SECOND), ("XBT", "1BoatSLRHtKNngkdXEeobR76b53LETtpyT"),
    ]  # fmt: skip
    assert (found.problems, found.published, found.drafts[0].listed_from) == ((), None, None)


def test_where_two_files_differ_the_addresses_of_both_count_and_it_is_said():
    given = files(ETH=[FIRST])
    given["sanctioned_addresses_ETH.json"] = json.dumps([SECOND, FIRST]).encode()
    found = parse(given, FORMATS)
    assert {one.written for one in found.drafts} == {FIRST, SECOND}
    (problem,) = found.problems
    assert (problem.source, problem.fields) == ("sanctioned_addresses_ETH.txt", {"count": 1, "example": SECOND})


def test_one_file_of_a_ticker_is_enough():
    given = {"sanctioned_addresses_ETH.txt": f"\ufeff{FIRST}\r\n\r\n  {SECOND} ".encode()}
    assert [one.written for one in parse(given, FORMATS).drafts] == [FIRST, SECOND]


def test_what_is_too_long_for_an_identifier_is_left_out_and_reported():
    found = parse(files(ETH=[FIRST, "x" * 1_000_000]), FORMATS)
    assert [one.written for one in found.drafts] == [FIRST]
    assert [one.fields["length"] for one in found.problems] == [1_000_000, 1_000_000]


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ({}, "lists.error.no_address_files"),
        ({"addresses.txt": FIRST.encode()}, "lists.error.no_address_files"),
        ({"sanctioned_addresses_ETH.txt": b""}, "lists.error.empty"),
        ({"sanctioned_addresses_ETH.txt": b"<!DOCTYPE html>"}, "lists.error.html"),
        ({"sanctioned_addresses_ETH.txt": b"\xff\xfe0x"}, "lists.error.not_text"),
        ({"sanctioned_addresses_ETH.json": b'["0x12'}, "lists.error.json"),
        ({"sanctioned_addresses_ETH.json": b'{"0x12": 1}'}, "lists.error.json"),
        ({"sanctioned_addresses_ETH.json": b"[1]"}, "lists.error.json"),
        ({"sanctioned_addresses_ETH.json": b"[" * 200_000}, "lists.error.json"),
    ],
)
def test_what_is_no_such_list_is_refused(given, key):
    with pytest.raises(InvalidInput) as refused:
        parse(given, FORMATS)
    assert refused.value.key == key


@pytest.mark.shared_data
def test_the_real_folder_has_654_entries_of_641_addresses(shared_data):
    found = parse({path.name: path.read_bytes() for path in (shared_data / "sanctions").iterdir()}, FORMATS)
    assert (len(found.drafts), len({one.written.lower() for one in found.drafts}), found.problems) == (654, 641, ())
    unknown = [one for one in found.drafts if not FORMATS.read(one.written).is_known_format]
    assert [(one.declared, len(one.written)) for one in unknown] == [("XMR", 64)]
