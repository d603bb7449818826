"""Exposure on a ledger: put rows, sources and rules together, and answer for one set of addresses or for all.

`ExposureGround.open` reads the ledger once; every question after that is a pass or two over its columns.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import numpy as np

from qiyafa.app.columns import traceable_columns
from qiyafa.chains import find_chain
from qiyafa.model.columns import UNKNOWN_BLOCK, UNKNOWN_TIME, Kind, TransferColumns
from qiyafa.model.errors import InvalidInput
from qiyafa.model.exposure import Exposure, ExposureRules, ExposureSource, Level, Poisoning
from qiyafa.model.ledger import CoverageStatus, LedgerModel, TransferKind
from qiyafa.model.ports import Progress, silent
from qiyafa.stores.parquet_duckdb import ParquetLedger
from qiyafa.stores.zero_transfers import ZeroTransfers
from qiyafa.trace.engine.exposure_rows import ExposureRows
from qiyafa.trace.exposure_explain import explain_set
from qiyafa.trace.exposure_parts import ExposureSetting
from qiyafa.trace.exposure_sources import SourcePlaces
from qiyafa.trace.exposure_table import ExposureTable
from qiyafa.trace.poisoning import SmallTransfer, find_poisonings

_DUST_DIGITS = 6
"""Dust is less than a millionth of an asset's whole unit, where the rules do not say otherwise."""
_POISONINGS_PER_EVIDENCE = 10


@dataclass(frozen=True, slots=True)
class ExposureFindings:
    """What is known of a set of addresses, and what could not be seen."""

    exposures: tuple[Exposure, ...]
    """By asset and direction: each category (entity None), then each entity."""
    poisonings: tuple[Poisoning, ...]
    """Look-alikes first; no more than ten times the evidence limit."""
    poisonings_found: int
    """All of them."""
    coverage: tuple[tuple[str, CoverageStatus], ...]
    """How complete the history of each queried address is."""
    incomplete_sources: tuple[str, ...]
    """Sources in these exposures whose own history was cut off or is not in the ledger."""
    untraceable: tuple[str, ...]
    """Assets of which the set moved more than 38 digits: nothing passes through it there."""


class ExposureGround:
    """One chain of a ledger with its sources, up to a moment."""

    def __init__(
        self,
        ledger: ParquetLedger,
        setting: ExposureSetting,
        rules: ExposureRules,
        until: int | None,
        progress: Progress,
    ) -> None:
        self._ledger, self._setting, self._rules, self._until = ledger, setting, rules, until
        self._progress = progress

    @classmethod
    def open(
        cls,
        ledger: ParquetLedger,
        chain: str,
        sources: Iterable[ExposureSource],
        *,
        as_of: datetime | None = None,
        rules: ExposureRules | None = None,
        progress: Progress = silent,
    ) -> "ExposureGround":
        """Read a chain up to a moment (None: all of it). Sources are given by their canonical addresses.

        Raises NotFound for a chain that the ledger lacks, InvalidInput for a moment on a ledger without times.
        """
        rules = rules or ExposureRules()
        progress("exposure.progress.rows", 0, 1)
        columns = traceable_columns(ledger, chain, progress)
        until = None if as_of is None else int(as_of.timestamp())
        end_row = _end_row(columns, as_of)
        rows = ExposureRows.of(columns, end_row, _dust(ledger, columns, rules), _too_large(columns, end_row))
        progress("exposure.progress.rows", 1, 1)
        return cls(ledger, ExposureSetting(rows, SourcePlaces.of(columns, sources)), rules, until, progress)

    @property
    def sources(self) -> tuple[ExposureSource, ...]:
        """The sources that the ledger knows, one for each address."""
        return self._setting.sources.sources

    def explain(self, addresses: Sequence[str], level: Level) -> ExposureFindings:
        """Return the exposures of canonical addresses as one set, with evidence. An address that the ledger does not
        know has none.
        """
        columns = self._setting.rows.columns
        numbers = [number for address in addresses if (number := columns.addresses.number(address))]
        exposures = tuple(explain_set(self._setting, numbers, level, self._rules)) if numbers else ()
        poisonings = [one for address in sorted(set(addresses)) for one in self._poisonings(address)]
        status = self._ledger.coverage_status(columns.chain)
        used = {evidence for one in exposures for evidence in one.sources}
        return ExposureFindings(
            exposures=exposures,
            poisonings=tuple(poisonings[: _POISONINGS_PER_EVIDENCE * self._rules.evidence_limit]),
            poisonings_found=len(poisonings),
            coverage=tuple((address, status(address)) for address in addresses),
            incomplete_sources=tuple(
                one.address
                for one in self.sources
                if one.evidence in used and status(one.address) in {CoverageStatus.CAPPED, CoverageStatus.ABSENT}
            ),
            untraceable=self._untraceable(numbers),
        )

    def table(self) -> ExposureTable:
        """Return the exposure of every address by category, without evidence."""
        self._progress("exposure.progress.table", 0, 1)
        found = ExposureTable(self._setting.rows, self._setting.sources)
        self._progress("exposure.progress.table", 1, 1)
        return found

    @cached_property
    def _zero_transfers(self) -> ZeroTransfers | None:
        columns = self._setting.rows.columns
        if columns.model == LedgerModel.OUTPUTS:
            return None
        self._ledger.check(columns.chain)
        return ZeroTransfers(self._ledger.path, self._ledger.record(columns.chain))

    def _poisonings(self, address: str) -> list[Poisoning]:
        rows = self._setting.rows
        number = rows.columns.addresses.number(address)
        inside = rows.party == np.uint32(number or 0)
        inside[0] = False
        pays, gets = inside[rows.source], inside[rows.columns.target[: len(rows)]]
        small = self._zero_transfers.of(address, self._until) if self._zero_transfers is not None else []
        small += [self._small(int(row)) for row in np.flatnonzero(gets & (rows.target == 0))]
        if not small:
            return []
        others = np.concatenate([rows.target[pays & (rows.target != 0)], rows.source[gets & (rows.target != 0)]])
        texts = rows.columns.addresses.texts(np.unique(rows.party[others])) if len(others) else []
        is_payer = bool((rows.columns.kind[: len(rows)][pays] == Kind.FEE).any())
        return find_poisonings(address, small, {*texts}, self._rules, is_payer=is_payer)

    def _small(self, row: int) -> SmallTransfer:
        columns = self._setting.rows.columns
        target = int(columns.target[row])
        payer = int(columns.source[self._setting.rows.paying_row(row)])
        return SmallTransfer(
            columns.hashes.text(row),
            int(columns.position[row]),
            TransferKind[Kind(int(columns.kind[row])).name],
            columns.address_of(payer),
            columns.address_of(target),
            columns.asset_of(target),
            columns.units(row),
        )

    def _untraceable(self, numbers: Sequence[int]) -> tuple[str, ...]:
        rows = self._setting.rows
        dead = np.flatnonzero(np.isin(rows.party, np.array(numbers, dtype=np.uint32)) & (rows.dead != 0))
        return tuple(sorted({rows.columns.asset_of(place) for place in dead.tolist() if place}))


def _end_row(columns: TransferColumns, as_of: datetime | None) -> int:
    """Return the first row after a moment."""
    if as_of is None or not len(columns):
        return len(columns)
    if not (np.asarray(columns.time) != UNKNOWN_TIME).any():
        raise InvalidInput("exposure.error.no_times", chain=columns.chain, moment=as_of.isoformat())
    later = np.flatnonzero(np.asarray(columns.time) > int(as_of.timestamp()))
    return int(later[0]) if len(later) else len(columns)


def _too_large(columns: TransferColumns, end_row: int) -> list[int]:
    """Return the places that a value above 38 digits touched by a row."""
    if end_row == len(columns):
        return [place for place, _ in columns.places.too_large]
    has_blocks = len(columns) > 0 and int(columns.block[0]) != UNKNOWN_BLOCK
    last = int((columns.block if has_blocks else columns.time)[end_row - 1]) if end_row else -1
    return [place for place, moment in columns.places.too_large if moment <= last]


def _dust(ledger: ParquetLedger, columns: TransferColumns, rules: ExposureRules) -> list[int]:
    """Return by asset number the least units that count."""
    chain = find_chain(columns.chain)
    decimals = {
        one.asset: one.decimals for one in ledger.tokens(columns.chain).values() if one.decimals is not None
    } | {chain.native_asset: chain.native_decimals}
    return [
        rules.dust_units.get(asset, 10 ** max(0, decimals[asset] - _DUST_DIGITS) if asset in decimals else 0)
        for asset in columns.places.assets
    ]
