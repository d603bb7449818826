"""Addresses that the issuers of USDT and USDC froze, from the events of their token contracts.

Input: logs as ethereum-etl writes them, CSV or JSON lines, with at least `address`, `topics` (a list, or joined by
commas) and `data`, and for the days `block_timestamp` (seconds since 1970, or a date); `block_number` and `log_index`
order them. Logs of other contracts and other events are passed over, since anyone may emit events of the same name.
The logs must begin with the contract's creation: what is frozen is the sum of all events.

| token | freeze | release | destruction of the frozen units |
|---|---|---|---|
| USDT | `AddedBlackList(address)` | `RemovedBlackList(address)` | `DestroyedBlackFunds(address,uint256)` |
| USDC | `Blacklisted(address)` | `UnBlacklisted(address)` | |

Sources: the verified contracts' source code at the addresses below. A topic is the Keccak-256 of the event's signature;
the address is the first indexed argument or, as in USDT's contract on Ethereum, the first word of the data.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from typing import Final

from qiyafa.lists.csv_records import csv_records, csv_rows
from qiyafa.lists.days import day_of
from qiyafa.lists.source import DraftDesignation, ListSource, ParsedList
from qiyafa.lists.xml_records import refuse_other_content
from qiyafa.model.errors import InvalidInput, Problem
from qiyafa.model.ports import AddressReader
from qiyafa.text import text

_NEEDED: Final = ("address", "topics", "data")
_TOPIC: Final = re.compile(r"0x[0-9a-f]{64}", re.ASCII)
_FIRST_WORD: Final = 2 + 64
_ADDRESS_DIGITS: Final = 40
_SECONDS: Final = re.compile(r"\d{1,11}", re.ASCII)
_EPOCH: Final = date(1970, 1, 1)
_LATEST_SECOND: Final = 253_402_300_799
"""The end of the year 9999."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who freezes, where, and by which events."""

    authority: str
    token: str
    contracts: Mapping[str, str]
    """Chain (CAIP-2) to the token's contract there."""
    freeze: str
    release: str
    destruction: str = ""


TETHER: Final = Issuer(
    authority="tether",
    token="USDT",  # noqa: S106 - a ticker
    contracts={
        "eip155:1": "0xdac17f958d2ee523a2206206994597c13d831ec7",
        "tron:728126428": "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t",
    },
    freeze="0x42e160154868087d6bfdc0ca23d96a1c1cfa32f1b72ba9ba27b69b98a0d819dc",
    release="0xd7e9ec6e6ecd65492dce6bf513cd6867560d49544421d0783ddf06e76c24470c",
    destruction="0x61e6e66b0d6339b2980aecc6ccc0039736791f0ccde9ed512e789a7fbdd698c6",
)
CIRCLE: Final = Issuer(
    authority="circle",
    token="USDC",  # noqa: S106 - a ticker
    contracts={
        "eip155:1": "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48",
        "eip155:10": "0x0b2c639c533813f4aa9d7837caf62653d097ff85",
        "eip155:137": "0x3c499c542cef5e3811e1192ce70d8cc03d5c3359",
        "eip155:8453": "0x833589fcd6edb6e08f4c7c32d4f71b54bda02913",
        "eip155:42161": "0xaf88d065e77c8cc2239327c5edb3a432268e5831",
        "eip155:43114": "0xb97ef9ef8734c71904d8002f8b6bc66dd9c48a6e",
    },
    freeze="0xffa4e6181777692565cf28528fc88fd1516ea86b56da075235fa575af6a4b855",
    release="0x117e3210bb9aa7d9baff172026820255c6f6c30ba8999d1c2fd88e2848137c4e",
)


@dataclass(frozen=True, slots=True)
class _Event:
    """One event of one of an issuer's contracts."""

    place: tuple[str, int, int]
    """(chain, block, log): the order of events."""
    topic: str
    address: str
    day: date | None
    file: str
    row: str


@dataclass(slots=True)
class _Frozen:
    """What the events of one address come to, as they are taken in order."""

    is_frozen: bool = False
    since: date | None = None
    destroyed: list[date] = field(default_factory=list)
    periods: list[tuple[date | None, date | None]] = field(default_factory=list)


def parse(files: Mapping[str, bytes], reader: AddressReader, *, issuer: Issuer) -> ParsedList:
    """Return every address with the days from which and to which it was frozen; they have no party.

    Raises InvalidInput for what is no file of logs, or not the whole of it, and if no freeze is in any of the files.
    """
    problems: list[Problem] = []
    events: list[_Event] = []
    for file, data in sorted(files.items()):
        events += _events(file, data, issuer, reader, problems)
    by_address: dict[tuple[str, str], _Frozen] = {}
    for event in sorted(events, key=lambda one: one.place):
        frozen = by_address.setdefault((event.place[0], event.address), _Frozen())
        problems += _take(frozen, event, issuer)
    drafts = tuple(_drafts(by_address, issuer))
    if not drafts:
        raise InvalidInput("lists_formats.error.no_freezes", issuer=issuer.authority)
    return ParsedList(None, drafts, (), tuple(problems))


def _events(file: str, data: bytes, issuer: Issuer, reader: AddressReader, problems: list[Problem]) -> Iterator[_Event]:
    chains = {
        identity: chain for chain, at in issuer.contracts.items() for identity in reader.read(at, chain).identities
    }
    emitters: dict[str, str | None] = {}
    for row, log in _logs(file, data):
        at = log.get("address", "")
        if at not in emitters:
            emitters[at] = next((chains[one] for one in reader.read(at).identities if one in chains), None)
        chain, topics = emitters[at], _topics(log.get("topics", ""))
        if chain is None or not topics or topics[0] not in {issuer.freeze, issuer.release, issuer.destruction}:
            continue
        word = topics[1] if len(topics) > 1 else log.get("data", "").lower()[:_FIRST_WORD]
        if not _TOPIC.fullmatch(word):
            problems.append(Problem(file, row, "lists_formats.problem.log", {"data": word[:_FIRST_WORD]}))
            continue
        frozen = reader.read(f"0x{word[-_ADDRESS_DIGITS:]}", chain).identities[0].key
        place = (chain, _number(log.get("block_number", "")), _number(log.get("log_index", "")))
        yield _Event(place, topics[0], frozen, _day(log.get("block_timestamp", "")), file, row)


def _logs(file: str, data: bytes) -> Iterator[tuple[str, dict[str, str]]]:
    refuse_other_content(file, data)
    if not data.lstrip().startswith(b"{"):
        for number, record in csv_records(file, csv_rows(file, data), _NEEDED):
            yield f"row {number}", record
        return
    for number, line in enumerate(data.splitlines(), start=1):
        if line.strip():
            yield f"line {number}", _object(file, number, line)


def _object(file: str, number: int, line: bytes) -> dict[str, str]:
    try:
        read = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InvalidInput("lists_formats.error.log_line", file=file, line=number) from error
    if not isinstance(read, dict):
        raise InvalidInput("lists_formats.error.log_line", file=file, line=number)
    return {name: ",".join(map(str, value)) if isinstance(value, list) else str(value) for name, value in read.items()}


def _topics(written: str) -> list[str]:
    return [found for one in re.split(r"[\s,\[\]'\"]+", written.lower()) if (found := one)]


def _number(written: str) -> int:
    try:
        return int(written[:_FIRST_WORD], 0)
    except ValueError:
        return 0


def _day(written: str) -> date | None:
    if not _SECONDS.fullmatch(written):
        return day_of(written)
    seconds = int(written)
    return _EPOCH + timedelta(seconds=seconds) if 0 < seconds <= _LATEST_SECOND else None


def _take(frozen: _Frozen, event: _Event, issuer: Issuer) -> Iterable[Problem]:
    """Apply an event; return what is odd about it."""
    found = ""
    if event.topic == issuer.freeze and not frozen.is_frozen:
        frozen.is_frozen, frozen.since = True, event.day
        found = "" if event.day else "lists_formats.problem.freeze_time"
    elif event.topic == issuer.release and not frozen.is_frozen:
        found = "lists_formats.problem.release_alone"
    elif event.topic == issuer.release and event.day is None:
        found = "lists_formats.problem.release_time"
    elif event.topic == issuer.release:
        frozen.periods.append((frozen.since, event.day))
        frozen.is_frozen = False
    elif event.topic == issuer.destruction and event.day:
        frozen.destroyed.append(event.day)
    return [Problem(event.file, event.row, found, {"address": event.address})] if found else []


def _drafts(by_address: Mapping[tuple[str, str], _Frozen], issuer: Issuer) -> Iterator[DraftDesignation]:
    for (chain, address), frozen in sorted(by_address.items()):
        sentences = [text("lists_formats.reason.frozen", issuer=issuer.authority, contract=issuer.contracts[chain])]
        sentences += [text("lists_formats.reason.destroyed", day=day.isoformat()) for day in frozen.destroyed]
        open_periods = [(frozen.since, None)] if frozen.is_frozen else []
        for since, until in (*frozen.periods, *open_periods):
            yield DraftDesignation(
                entry="",
                party="",
                written=address,
                declared=chain,
                listed_from=since,
                listed_to=until,
                reason=" ".join(sentences),
            )


def _source(issuer: Issuer, publisher: str) -> ListSource:
    return ListSource(
        id=f"{issuer.token.lower()}-freezes",
        authority=issuer.authority,
        title=f"Addresses frozen by the issuer of {issuer.token}",
        publisher=publisher,
        format="event logs of the token contracts (ethereum-etl CSV or JSON lines)",
        licence="public ledger data",
        parse=partial(parse, issuer=issuer),
        least_addresses=1,
    )


USDT: Final = _source(TETHER, "Tether, on the ledgers of Ethereum and TRON")
USDC: Final = _source(CIRCLE, "Circle, on the ledgers of Ethereum and chains like it")
