"""OFAC's listed digital-currency addresses as plain lists, one file a ticker, as 0xB10C extracts them from the SDN.

A folder has `sanctioned_addresses_<TICKER>.txt` (one address a line) and the same as `.json` (an array of texts).
It states neither dates nor names. The ticker is what OFAC declared; some addresses stand under several, some under a
wrong one, so it is kept and never believed.
Format: https://github.com/0xB10C/ofac-sanctioned-digital-currency-addresses
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Final

from qiyafa.lists.source import DraftDesignation, ListSource, ParsedList
from qiyafa.lists.xml_records import refuse_other_content
from qiyafa.model.errors import InvalidInput, Problem
from qiyafa.model.ports import AddressReader

_FILE: Final = re.compile(r"sanctioned_addresses_([A-Z0-9]{2,10})\.(txt|json)")
_LONGEST: Final = 256
"""OFAC's own limit for an identifier (FAQ 563)."""
_URL: Final = "https://raw.githubusercontent.com/0xB10C/ofac-sanctioned-digital-currency-addresses/lists/"
_TICKERS: Final = (
    *("ARB", "BCH", "BSC", "BSV", "BTG", "DASH", "ETC", "ETH", "LTC"),
    *("TRX", "USDC", "USDT", "XBT", "XMR", "XRP", "XVG", "ZEC"),
)


def parse(files: Mapping[str, bytes], reader: AddressReader) -> ParsedList:
    """Return the addresses of every ticker; where its two files differ, the addresses of both and a problem.

    Files of other names are left alone. Raises InvalidInput if no file has the right name, or one is not what its
    name says.
    """
    texts: dict[str, dict[str, list[str]]] = {}
    problems: list[Problem] = []
    for name in sorted(files):
        if found := _FILE.fullmatch(name):
            ticker, kind = found.groups()
            read = list(_lines(name, files[name]) if kind == "txt" else _array(name, files[name]))
            problems += [_too_long(name, one) for one in read if len(one) > _LONGEST]
            texts.setdefault(ticker, {})[name] = [one for one in read if len(one) <= _LONGEST]
    if not texts:
        raise InvalidInput("lists.error.no_address_files")
    drafts: list[DraftDesignation] = []
    for ticker, by_file in sorted(texts.items()):
        problems += _differences(by_file)
        written = dict.fromkeys(one for read in by_file.values() for one in read)
        drafts += [DraftDesignation(entry="", party="", written=one, declared=ticker) for one in written]
    return ParsedList(None, tuple(drafts), (), tuple(problems))


def _lines(name: str, data: bytes) -> Iterator[str]:
    refuse_other_content(name, data)
    for line in _decoded(name, data).splitlines():
        if line.strip():
            yield line.strip()


def _array(name: str, data: bytes) -> list[str]:
    refuse_other_content(name, data)
    try:
        read = json.loads(_decoded(name, data))
    except (ValueError, RecursionError) as error:
        raise InvalidInput("lists.error.json", file=name) from error
    if not isinstance(read, list) or not all(isinstance(one, str) for one in read):
        raise InvalidInput("lists.error.json", file=name)
    return [one.strip() for one in read if one.strip()]


def _decoded(name: str, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput("lists.error.not_text", file=name) from error


def _differences(by_file: Mapping[str, list[str]]) -> list[Problem]:
    """Return, for each file of a ticker, what it lacks of the others: one of the two was changed or cut off."""
    every = {one for read in by_file.values() for one in read}
    return [
        Problem(name, "", "lists.problem.files_differ", {"count": len(missing), "example": min(missing)})
        for name, read in sorted(by_file.items())
        if (missing := every - set(read))
    ]


def _too_long(name: str, written: str) -> Problem:
    return Problem(name, "", "lists.problem.too_long", {"length": len(written), "beginning": written[:40]})


SOURCE: Final = ListSource(
    id="ofac-addresses",
    authority="ofac",
    title="OFAC's sanctioned digital-currency addresses, by ticker",
    publisher="0xB10C, from OFAC's SDN list",
    format="sanctioned_addresses_<TICKER>.txt and .json",
    licence="MIT; the facts are a work of the United States government",
    parse=parse,
    urls=tuple(f"{_URL}sanctioned_addresses_{ticker}.txt" for ticker in _TICKERS),
    least_addresses=500,
)
