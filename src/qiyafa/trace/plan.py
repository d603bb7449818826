"""A case in the ledger's own numbers: what the reference and the engine walk alike."""

from dataclasses import dataclass, replace

from qiyafa.model.columns import NOBODY_PLACE


@dataclass(frozen=True, slots=True, order=True)
class Seizure:
    """From one row on, a place is a theft's: all it holds then and all it receives later."""

    row: int
    """The first row of the theft's first block; the seizure comes before it."""
    colour: int
    place: int


@dataclass(frozen=True, slots=True, order=True)
class StolenRow:
    """A transfer that is itself the theft."""

    row: int
    colour: int


@dataclass(frozen=True, slots=True)
class Plan:
    """Thefts, stops and limits over the columns of one chain."""

    colours: int
    """The thefts are colours 1 to this."""
    seizures: tuple[Seizure, ...]
    """Ascending. None of a stop: a stop wins over a theft of the same address."""
    stolen_rows: tuple[StolenRow, ...]
    """Ascending."""
    stops: frozenset[int]
    """Places where the trace ends; nobody is not one of them."""
    end_row: int
    """The walk ends before this row."""
    too_large: frozenset[int] = frozenset()
    """Places where a value above 38 digits came or went before `end_row`: they cannot be traced."""
    max_hops: int | None = None
    min_units: int | None = None

    def __post_init__(self) -> None:
        """Check what both walks rely on."""
        assert NOBODY_PLACE not in self.stops
        assert list(self.seizures) == sorted(self.seizures)
        assert list(self.stolen_rows) == sorted(self.stolen_rows)
        assert all(seizure.place not in self.stops for seizure in self.seizures)

    def of_colour(self, colour: int) -> "Plan":
        """Return the plan with one theft alone."""
        return replace(
            self,
            seizures=tuple(seizure for seizure in self.seizures if seizure.colour == colour),
            stolen_rows=tuple(stolen for stolen in self.stolen_rows if stolen.colour == colour),
        )
