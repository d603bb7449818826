"""Random ledgers with random sources, and the exposure of each holder by the plain reference."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from hypothesis import strategies as st

from qiyafa.model.columns import TransferColumns
from qiyafa.model.exposure import Direction, Exposure, ExposureSource
from qiyafa.trace import exposure, exposure_outputs
from qiyafa.trace.engine.exposure_rows import ExposureRows
from qiyafa.trace.exposure_sources import CATEGORIES, SourcePlaces
from qiyafa.trace.lowering import lowered

from support.random_ledgers import Row, columns_of, ledgers
from support.random_output_chains import Drawn, chains

Found = dict[tuple[Direction, int, int], exposure.Sums]
"""By direction, holder and lane; nothing that is nothing."""

_LANES = (0, 3, 8)


@dataclass(frozen=True)
class ExposedLedger:
    """Columns with sources on them."""

    columns: TransferColumns
    sources: tuple[ExposureSource, ...]
    least: int
    turnover: int
    """An upper bound of what moves."""

    @property
    def rows(self) -> ExposureRows:
        """Return all rows."""
        return self.until(len(self.columns))

    def until(self, end_row: int) -> ExposureRows:
        """Return the rows before one."""
        return ExposureRows.of(self.columns, end_row, [self.least] * len(self.columns.places.assets), [])

    @property
    def places(self) -> SourcePlaces:
        """Return the sources on the ledger."""
        return SourcePlaces.of(self.columns, self.sources)

    @property
    def addresses(self) -> list[str]:
        """Return every address."""
        numbers = np.unique(self.columns.places.address[: self.rows.pools])
        return [text for number in numbers.tolist() if (text := self.columns.addresses.text(number))]


def _sources(draw: st.DrawFn, names: list[str], most: int) -> tuple[ExposureSource, ...]:
    chosen = draw(st.lists(st.sampled_from(names), max_size=most, unique=True)) if names else []
    entities = st.sampled_from(("", "Lazarus", "Tornado"))
    return tuple(
        ExposureSource(name, CATEGORIES[draw(st.sampled_from(_LANES))], draw(entities), f"label of {name}")
        for name in chosen
    )


@dataclass(frozen=True)
class ExposedAccounts(ExposedLedger):
    """On a chain of accounts."""

    plain_rows: tuple[Row, ...] = ()

    def reference(self) -> Found:
        """Return the exposure of each place."""
        rows = self.rows
        lanes = self.places.lanes()
        opening = {place: self._opening(place) for place in range(len(self.columns.places))}
        sources = {place: int(lanes[place]) - 1 for place in np.flatnonzero(lanes).tolist()}
        dead = frozenset(np.flatnonzero(rows.dead).tolist())
        ledger = exposure.Ledger(self.plain_rows, sources, opening, self.least, dead)
        return _found(exposure.funded_by(ledger), exposure.sent_to(ledger))

    def _opening(self, place: int) -> int:
        return int(self.columns.places.opening_hi[place]) << 64 | int(self.columns.places.opening_lo[place])


@dataclass(frozen=True)
class ExposedOutputs(ExposedLedger):
    """On a chain of outputs."""

    drawn: Drawn | None = None

    def reference(self) -> Found:
        """Return the exposure of each owner."""
        assert self.drawn is not None
        outputs = self.drawn.outputs
        sources = {outputs.addresses.number(one.address): CATEGORIES.index(one.category) for one in self.sources}
        ledger = exposure_outputs.OutputLedger(
            outputs, {number: lane for number, lane in sources.items() if number is not None}, self.least
        )
        return _found(exposure_outputs.funded_by(ledger), exposure_outputs.sent_to(ledger))


def _found(funded: exposure.Exposures, sent: exposure.Exposures) -> Found:
    both = ((Direction.IN, funded), (Direction.OUT, sent))
    return {
        (direction, holder, lane): sums
        for direction, exposures in both
        for (holder, lane), sums in exposures.items()
        if sums.direct or sums.indirect
    }


@st.composite
def exposed_accounts(draw: st.DrawFn, *, dust: bool = True, sources: int = 3) -> ExposedAccounts:
    """Draw a ledger of accounts with up to so many sources."""
    rows, places = draw(ledgers())
    columns = columns_of(rows, places)
    names = sorted({columns.address_of(place) for place in range(1, places)})
    least = draw(st.sampled_from((0, 0, 4))) if dust else 0
    return ExposedAccounts(columns, _sources(draw, names, sources), least, sum(row[2] for row in rows), rows)


@st.composite
def exposed_outputs(draw: st.DrawFn, *, dust: bool = False, sources: int = 2) -> ExposedOutputs:
    """Draw a chain of outputs with up to so many sources."""
    drawn = draw(chains())
    columns = lowered(drawn.outputs)
    names = [name for name in drawn.outputs.addresses.spellings if name]  # type: ignore[attr-defined]
    turnover = sum(columns.units(row) for row in range(len(columns)))
    least = draw(st.sampled_from((0, 4))) if dust else 0
    return ExposedOutputs(columns, _sources(draw, names, sources), least, turnover, drawn)


def close(units: Fraction | int | float, expected: Fraction | int | float, turnover: int) -> bool:
    """Tell whether floating-point units agree with exact ones: within a part in 10^9, and half a unit of rounding."""
    return abs(float(units) - float(expected)) <= 0.5000001 + 1e-9 * turnover


Key = tuple[str, Direction, str]


def by_category(exposures: list[Exposure]) -> dict[Key, Exposure]:
    """Return the exposures to whole categories by asset, direction and category."""
    return {(one.asset, one.direction, one.category): one for one in exposures if one.entity is None}
