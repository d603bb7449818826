"""What a pack takes from a ledger: every address with exposure that the rules do not call dust."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from qiyafa.app.columns import traceable_columns
from qiyafa.app.exposure import ExposureGround
from qiyafa.app.exposure_sources import Books, SourceDay, SourceFinder
from qiyafa.app.home import Home
from qiyafa.app.screen_ground import LedgerGround
from qiyafa.model.address import Identity
from qiyafa.model.category import Category
from qiyafa.model.errors import Conflict, InvalidInput
from qiyafa.model.exposure import Direction, Exposure, ExposureRules, ExposureSource
from qiyafa.model.ports import Progress
from qiyafa.screen.evidence import LedgerFacts
from qiyafa.screen.rules import DIVERGED, NO_LEDGER, Rules, is_dust
from qiyafa.stores.pack_header import PackLedger, PackNote
from qiyafa.stores.pack_record import PackExposure
from qiyafa.stores.parquet_duckdb import ParquetLedger
from qiyafa.trace.exposure_table import ExposureTable

Weighed = dict[frozenset[Category], tuple[Exposure, ...]]

_ANSWERED_WITHOUT_ADDRESS: Final = frozenset({DIVERGED, NO_LEDGER})
_STAGE: Final = "pack.stage.exposures"
_TOLD_EVERY: Final = 1000


@dataclass(frozen=True, slots=True)
class ExposedAddress:
    """An address of a ledger with its exposure."""

    identity: Identity
    chain: str
    weighed: Weighed
    """As rules weigh it: for each set of categories that they name."""
    exposures: tuple[PackExposure, ...]
    """Over all assets, of the largest set of categories."""


class PackGround:
    """A ledger that a pack is built from."""

    def __init__(self, path: Path, home: Home, books: Books, rules: Rules, progress: Progress) -> None:
        """Open it. Raises InvalidInput for rules that ask for each address's history, Conflict if it diverged."""
        asked = rules.coverage.ledger - _ANSWERED_WITHOUT_ADDRESS
        if asked:
            raise InvalidInput("pack.error.rules_need_history", states=", ".join(sorted(asked)))
        self._ledger = ParquetLedger.open(path)
        self._books = books
        self._rules = rules
        self._progress = progress
        self.facts: tuple[LedgerFacts, ...] = LedgerGround(path, home, books, rules, progress).heads()
        for one in self.facts:
            if one.coverage.diverged:
                raise Conflict("pack.error.diverged", chain=one.coverage.chain, path=str(path))

    @property
    def chains(self) -> tuple[str, ...]:
        """The chains of the ledger."""
        return self._ledger.chains()

    def heads(self) -> tuple[PackLedger, ...]:
        """Return where the ledger stood, for the header."""
        coverages = (one.coverage for one in self.facts)
        return tuple(PackLedger(one.chain, one.manifest_sha256, one.head_block, one.head_hash) for one in coverages)

    def notes(self) -> tuple[PackNote, ...]:
        """Return what is to be said of an address that the pack does not hold."""
        return (
            *(
                PackNote("pack.note.exposure", (("chain", one.chain), ("block", one.head_block or "?")))
                for one in self.heads()
            ),
            PackNote("pack.note.clusters"),
        )

    def exposed(self, as_of: datetime) -> Iterator[ExposedAddress]:
        """Yield every address with exposure that counts, chain by chain, by its number in the ledger."""
        day = SourceDay(as_of.date(), None)
        for chain in self.chains if self._rules.exposure_sets else ():
            columns = traceable_columns(self._ledger, chain, self._progress)
            sources = SourceFinder(self._books, self._rules, chain, columns.addresses).sources(day)
            tables = {
                categories: self._table(chain, [one for one in sources if one.category in categories], as_of)
                for categories in self._rules.exposure_sets
            }
            for number, address in enumerate(_exposed_in(tables.values())):
                if number % _TOLD_EVERY == 0:
                    self._progress(_STAGE, number, 0)
                weighed = {categories: tuple(table.of(address)) for categories, table in tables.items()}
                if any(not is_dust(one, self._rules) for exposures in weighed.values() for one in exposures):
                    identity = self._books.reader.read(address, chain).identities[0]
                    yield ExposedAddress(identity, chain, weighed, _summed(weighed[self._rules.exposure_sets[0]]))

    def _table(self, chain: str, sources: Iterable[ExposureSource], as_of: datetime) -> ExposureTable:
        head = self._ledger.record(chain).head.time
        is_before = head is not None and datetime.fromtimestamp(head, UTC) <= as_of
        ground = ExposureGround.open(
            self._ledger,
            chain,
            sources,
            as_of=None if is_before else as_of,
            rules=ExposureRules(dust_units=self._rules.dust.by_asset),
            progress=self._progress,
        )
        return ground.table()


def _summed(exposures: Iterable[Exposure]) -> tuple[PackExposure, ...]:
    """Return exposures over all assets, by direction and category."""
    found: dict[tuple[Direction, Category], list[Exposure]] = {}
    for one in exposures:
        found.setdefault((one.direction, one.category), []).append(one)
    return tuple(
        PackExposure(
            direction,
            category,
            is_direct=any(one.direct_units for one in group),
            is_indirect=any(one.indirect_units for one in group),
            share=max(float(one.share) for one in group),
            hops=min((one.hops for one in group if one.hops is not None), default=None),
        )
        for (direction, category), group in found.items()
    )


def _exposed_in(tables: Iterable[ExposureTable]) -> Iterator[str]:
    """Yield the addresses that some table knows, each once."""
    seen: set[str] = set()
    for table in tables:
        for address, _ in table.each():
            if address not in seen:
                seen.add(address)
                yield address
