"""Evidence and books for tests of screening, made by hand: small, in memory, and answering as their ports say."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from qiyafa.app.rules import read_rules
from qiyafa.chains.formats import FORMATS
from qiyafa.model.address import Identity
from qiyafa.model.category import RISKS, ROUTES, Category
from qiyafa.model.designation import Designation, ListCoverage
from qiyafa.model.exposure import Direction, Exposure, Level
from qiyafa.model.label import Label, rank
from qiyafa.model.raw import RawTransfers, SourceFile
from qiyafa.model.tables import RAW_TRANSFERS
from qiyafa.screen.evidence import Circumstances, Evidence
from qiyafa.screen.rules import Rules
from qiyafa.stores.parquet_duckdb import ParquetLedger
from qiyafa.stores.part_schema import arrow_schema

ADDRESS = "0xd90e2f925da726b50c4ed8d0fb90ad053324f31b"
IDENTITY = FORMATS.read(ADDRESS, "eip155:1").identities[0]
DAY = date(2024, 9, 27)
NOON = datetime(2024, 9, 27, 12, tzinfo=UTC)
ETHER = "eip155:1/slip44:60"
DEFAULT_RULES: Rules = read_rules(None)
FRESH = ListCoverage("ofac-addresses", "ofac", "2024-09-27-abc", DAY, 0)


def designation(**changes: Any) -> Designation:
    """An entry that has been in force since 2020, unless the test says otherwise."""
    plain: dict[str, Any] = {
        "list_id": "ofac-addresses",
        "authority": "ofac",
        "version": "2024-09-27-abc",
        "entry": "",
        "party": "",
        "identities": (IDENTITY,),
        "written": ADDRESS,
        "declared": "ETH",
        "programmes": (),
        "listed_from": date(2020, 1, 1),
        "is_dated": True,
        "listed_to": None,
    }
    return Designation(**(plain | changes))


def label(category: Category, **changes: Any) -> Label:
    """What somebody says of the address: risk and routing as the category has them, unless the test says otherwise."""
    plain: dict[str, Any] = {
        "id": f"{category.value}-1",
        "identity": IDENTITY,
        "written": ADDRESS,
        "chain": "eip155:1",
        "name": category.value,
        "entity": "",
        "category": category,
        "risk": category if category in RISKS else None,
        "routing": category if category in ROUTES else None,
        "confidence": "web_crawl",
        "grade": "",
        "source": "a blog",
        "source_url": "https://example.org",
        "origin": "example.org",
    }
    return Label(**(plain | changes))


def exposure(category: Category, **changes: Any) -> Exposure:
    """Ten ether of a hundred, straight from the category, unless the test says otherwise."""
    plain: dict[str, Any] = {
        "chain": "eip155:1",
        "asset": ETHER,
        "level": Level.ADDRESS,
        "direction": Direction.IN,
        "category": category,
        "entity": None,
        "direct_units": 10 * 10**18,
        "indirect_units": 0,
        "total_units": 100 * 10**18,
        "hops": 1,
    }
    return Exposure(**(plain | changes))


def circumstances(**changes: Any) -> Circumstances:
    """A fresh list, a label store, and no ledger, unless the test says otherwise."""
    plain: dict[str, Any] = {"as_of": NOON, "lists": (FRESH,), "labels_version": "v1", "ledger_chains": None}
    return Circumstances(**(plain | changes))


def evidence(address: str = ADDRESS, *, rules: Rules = DEFAULT_RULES, **changes: Any) -> Evidence:
    """What was found about an address: nothing, unless the test says otherwise. Exposures are weighed as found."""
    reading = FORMATS.read(address)
    plain: dict[str, Any] = {
        "address": address,
        "reading": reading,
        "chain_of": {one: reading.chains[0] for one in reading.identities if reading.chains},
        "circumstances": circumstances(),
    }
    if "exposures" in changes:
        found = changes["exposures"]
        plain["weighed"] = {
            categories: tuple(one for one in found if one.category in categories) for categories in rules.exposure_sets
        }
    return Evidence(**(plain | changes))


@dataclass
class ListsInMemory:
    """A `DesignationBook`."""

    designations: list[Designation] = field(default_factory=list)
    published: date = DAY

    def of(self, identities: Sequence[Identity]) -> list[Designation]:
        """Return the designations of any of these addresses."""
        return [one for one in self.designations if set(one.identities) & set(identities)]

    def each(self) -> Iterator[Designation]:
        """Yield all."""
        yield from self.designations

    def coverage(self, day: date) -> list[ListCoverage]:
        """Return that of one list."""
        return [ListCoverage("ofac-addresses", "ofac", "v", self.published, (day - self.published).days)]

    def version(self) -> str:
        """Return what changes with every change."""
        return f"{self.published} {self.designations}"


@dataclass
class LabelsInMemory:
    """A `LabelBook`."""

    labels: list[Label] = field(default_factory=list)

    def of(self, identities: Sequence[Identity], at: datetime, known_at: datetime | None = None) -> list[Label]:
        """Return the labels of any of these addresses that hold at a moment."""
        return sorted((one for one in self.each(at, known_at) if one.identity in identities), key=rank)

    def each(self, at: datetime, known_at: datetime | None = None) -> Iterator[Label]:
        """Yield those that hold at a moment."""
        return (one for one in self.labels if one.holds(at, known_at))

    def risk_keys(self) -> Iterator[str]:
        """Yield the keys of the addresses of which some label says a risk."""
        yield from {one.identity.key: None for one in self.labels if one.risk is not None}

    def with_keys(self, keys: Sequence[str], at: datetime) -> Iterator[Label]:
        """Yield the labels of addresses with these keys that hold at a moment."""
        return (one for one in self.each(at) if one.identity.key in keys)

    def version(self) -> str:
        """Return what changes with every change."""
        return f"{self.labels}" if self.labels else ""


def made_ledger(path: Path, transfers: Sequence[tuple[str, str, int]], *, first_time: int = 1_700_000_000) -> Path:
    """Make an Ethereum ledger of payments (from, to, wei), one a block and a minute, with a file for its history."""
    names = ("block_number", "transaction_index", "time", "transaction_hash", "kind", "source", "target", "asset")
    rest = {"status": "ok", "trace_address": None, "log_index": None, "precision": "exact"}
    rows = [
        dict(zip(names, (n, 0, first_time + 60 * n, f"0x{n:064x}", "native", payer, payee, ETHER), strict=True))
        | {"units_text": str(units)}
        | rest
        for n, (payer, payee, units) in enumerate(transfers, start=1)
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    raw_file = path.with_suffix(".parquet")
    pq.write_table(pa.Table.from_pylist(rows, arrow_schema(RAW_TRANSFERS)), raw_file)
    source = SourceFile("rows.csv", f"{hash(tuple(transfers)):x}", len(rows), 0, "test/1", "transactions")
    raw = RawTransfers("eip155:1", (str(raw_file),), (source,), frozenset({"native"}))
    ParquetLedger.open_or_create(path).ingest(raw, native_asset=ETHER)
    return path


def address(number: int) -> str:
    """Return a made-up address."""
    return f"0x{number:040x}"
