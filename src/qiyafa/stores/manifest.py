"""The manifest: which files make up a ledger, with their hashes, and what is known of each chain.

A file that the manifest does not name is not part of the ledger. It holds no clock times and nothing that depends
on the order of ingests, so the same sources give the same bytes.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Final, cast

from qiyafa.model.columns import iso_time
from qiyafa.model.errors import Conflict, NotFound
from qiyafa.model.ledger import LedgerModel
from qiyafa.model.raw import SourceFile
from qiyafa.stores.disk import storage_errors
from qiyafa.stores.layout import MANIFEST, TRANSACTIONS, TRANSFERS
from qiyafa.stores.sealed import BrokenSealError, parsed, sealed, unsealed

FORMAT: Final = "qiyafa-ledger/1"

BY_BLOCK: Final = "block"
BY_TIME: Final = "time"


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One Parquet file of a ledger."""

    path: str
    """Inside the ledger's folder."""
    table: str
    sha256: str
    bytes: int
    rows: int
    first_block: int | None = None
    last_block: int | None = None
    first_time: int | None = None
    """Seconds since 1970 UTC."""
    last_time: int | None = None
    counts: dict[str, int] = field(default_factory=dict)
    """Rows by kind, and rows that an answer must mention; see `parts.COUNTED`."""


@dataclass(frozen=True, slots=True)
class Head:
    """The last block of a chain in the ledger; None where it is unknown."""

    block_number: int | None = None
    time: int | None = None
    hash: str | None = None


@dataclass(frozen=True, slots=True)
class ChainRecord:
    """What the manifest says of one chain."""

    chain: str
    native_asset: str
    ordered_by: str
    """`block`, or `time` where a row without its block forces it."""
    head: Head
    provides: tuple[str, ...]
    sources: tuple[SourceFile, ...]
    files: tuple[StoredFile, ...]
    """Transfers first and in ledger order, then coverage."""
    model: str = LedgerModel.ACCOUNTS.value
    """A `LedgerModel`: which tables the chain has."""
    diverged: str = ""
    """Why the chain cannot be trusted: its node has another history deeper than what is final. Empty if it can."""

    def transfers(self) -> tuple[StoredFile, ...]:
        """Return the parts of the chain's transfers, in ledger order."""
        return self.table(TRANSFERS)

    def table(self, table: str) -> tuple[StoredFile, ...]:
        """Return the files of one table."""
        return tuple(file for file in self.files if file.table == table)

    def in_order(self) -> tuple[StoredFile, ...]:
        """Return the parts of the table that orders the chain: its transfers, or the transactions of its outputs."""
        return self.table(TRANSACTIONS if self.model == LedgerModel.OUTPUTS else TRANSFERS)

    def count(self, name: str) -> int:
        """Return how many transfers, or transactions of outputs, are counted under a name."""
        return sum(part.counts.get(name, 0) for part in self.in_order())

    def rows(self) -> int:
        """Return how many transfers the chain has, or transactions of outputs."""
        return sum(part.rows for part in self.in_order())


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a ledger consists of."""

    chains: dict[str, ChainRecord]
    sha256: str
    """Of the bytes of the manifest's file."""
    data: bytes = field(default=b"", compare=False, repr=False)
    """The bytes, where they are at hand."""

    def files(self) -> dict[str, StoredFile]:
        """Return every file of the ledger by its path."""
        return {file.path: file for record in self.chains.values() for file in record.files}

    def with_chain(self, record: ChainRecord) -> "Manifest":
        """Return the manifest with one chain's record replaced or added."""
        return manifest_of({**self.chains, record.chain: record})


def manifest_of(chains: Mapping[str, ChainRecord]) -> Manifest:
    """Return the manifest of these chains."""
    ordered = {name: chains[name] for name in sorted(chains)}
    data = _bytes(ordered)
    return Manifest(ordered, hashlib.sha256(data).hexdigest(), data)


def manifest_bytes(manifest: Manifest) -> bytes:
    """Return the bytes of the manifest's file."""
    return manifest.data or _bytes(manifest.chains)


def read_manifest(ledger: Path) -> Manifest:
    """Return the manifest of a ledger. Raises NotFound if the folder holds none, Conflict if it was changed."""
    data = manifest_data(ledger)
    try:
        return from_content(unsealed(data), data)
    except BrokenSealError as error:
        raise Conflict("ledger.manifest.changed", path=str(ledger / MANIFEST), ledger=str(ledger)) from error


def manifest_data(ledger: Path) -> bytes:
    """Return the bytes of a ledger's manifest. Raises NotFound if the folder holds none."""
    with storage_errors(ledger):
        if not ledger.is_dir():
            raise NotFound("ledger.missing", path=str(ledger))
        if not (ledger / MANIFEST).is_file():
            raise NotFound("ledger.no_manifest", path=str(ledger))
        return (ledger / MANIFEST).read_bytes()


def despite_damage(data: bytes) -> Manifest | None:
    """Return what a manifest says whose seal is broken, to check the rest by it; None if it cannot be read."""
    try:
        return from_content(parsed(data), data)
    except (BrokenSealError, Conflict):
        return None


def merged_sources(known: Iterable[SourceFile], new: Iterable[SourceFile]) -> tuple[SourceFile, ...]:
    """Return sources as a set: one for each content and use, whatever its name and however often it was read."""
    chosen: dict[tuple[str, str], SourceFile] = {}
    for source in sorted((*known, *new), key=lambda one: (one.sha256, one.table, one.name, one.reader, -one.rows)):
        chosen.setdefault((source.sha256, source.table), source)
    return tuple(sorted(chosen.values(), key=lambda one: (one.name, one.sha256, one.table)))


def from_content(content: Mapping[str, object], data: bytes) -> Manifest:
    """Return the manifest in a parsed document. Raises Conflict for another format, BrokenSealError if misshapen."""
    if content.get("format") != FORMAT:
        raise Conflict("ledger.manifest.format", found=str(content.get("format")), known=FORMAT)
    try:
        chains = cast("dict[str, dict[str, object]]", content["chains"])
        records = {name: _record(name, fields) for name, fields in chains.items()}
    except (KeyError, TypeError, AttributeError) as error:
        raise BrokenSealError("another shape") from error
    return Manifest(records, hashlib.sha256(data).hexdigest())


def _bytes(chains: Mapping[str, ChainRecord]) -> bytes:
    return sealed({"format": FORMAT, "chains": {name: _fields(record) for name, record in chains.items()}})


def _fields(record: ChainRecord) -> dict[str, object]:
    fields = asdict(record)
    del fields["chain"]
    # For people who open the file: the same moment in words.
    fields["head"]["time_utc"] = None if record.head.time is None else iso_time(record.head.time)
    return fields


def _record(chain: str, fields: Mapping[str, object]) -> ChainRecord:
    content = cast("dict[str, list[dict[str, object]]]", fields)
    head = {name: value for name, value in cast("dict[str, object]", fields["head"]).items() if name != "time_utc"}
    return ChainRecord(
        chain=chain,
        native_asset=str(fields["native_asset"]),
        ordered_by=str(fields["ordered_by"]),
        head=replace(Head(), **head),  # type: ignore[arg-type]
        provides=tuple(str(one) for one in content["provides"]),
        sources=tuple(SourceFile(**one) for one in content["sources"]),  # type: ignore[arg-type]
        files=tuple(StoredFile(**one) for one in content["files"]),  # type: ignore[arg-type]
        model=str(fields.get("model", LedgerModel.ACCOUNTS)),
        diverged=str(fields.get("diverged", "")),
    )
