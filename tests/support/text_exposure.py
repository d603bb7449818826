"""Exposure written as text: ledgers as in `text_ledger` and `text_output_ledger`, with sources and answers.

    # The title: what this case shows.
    source thief: stolen_funds Lazarus       an address, its category and, if it is known, who it is
    dust 5                                   transfers of fewer units count for nothing
    1  thief -> bob 6
    ---
    in bob stolen_funds: direct 6, indirect 5/2, of 10, hops 1
    out carol mixer usd: ...                 in another asset than the native one

Units over other addresses are exact fractions. What no line names must be nothing.
"""

import re
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from qiyafa.model.category import Category
from qiyafa.model.columns import TransferColumns
from qiyafa.model.exposure import Direction, Exposure, ExposureSource
from qiyafa.model.outputs import OutputColumns
from qiyafa.stores.memory import columns_from_transfers
from qiyafa.trace.engine.exposure_rows import ExposureRows
from qiyafa.trace.exposure_sources import SourcePlaces
from qiyafa.trace.lowering import lowered

from support import text_ledger, text_output_ledger

Key = tuple[Direction, str, Category, str]
"""Direction, address, category, asset."""


@dataclass(frozen=True)
class Answer:
    """The exposure that a line states."""

    direct: int
    indirect: Fraction
    total: int
    hops: int


@dataclass
class ExposureCase:
    """A ledger, the sources on it, and the answers."""

    title: str
    columns: TransferColumns
    sources: list[ExposureSource]
    dust: int
    answers: dict[Key, Answer]
    outputs: OutputColumns | None = None

    @property
    def rows(self) -> ExposureRows:
        """Return all rows."""
        return ExposureRows.of(self.columns, len(self.columns), [self.dust] * len(self.columns.places.assets), [])

    @property
    def places(self) -> SourcePlaces:
        """Return the sources on the ledger."""
        return SourcePlaces.of(self.columns, self.sources)


@dataclass
class _Head:
    sources: list[ExposureSource] = field(default_factory=list)
    dust: int = 0

    def takes(self, line: str) -> bool:
        """Read a line that says no transfer; False for any other."""
        if match := re.fullmatch(r"source (\w+): (\w+)(?: (\w+))?", line):
            entity = match[3] or ""
            self.sources.append(ExposureSource(match[1], Category(match[2]), entity, f"label of {match[1]}"))
        elif match := re.fullmatch(r"dust (\d+)", line):
            self.dust = int(match[1])
        else:
            return False
        return True


def read_exposure_case(path: Path) -> ExposureCase:
    """Read a case on a chain of accounts."""
    ledger, _, answers = path.read_text(encoding="utf-8").partition("\n---")
    head, reading = _Head(), text_ledger._Reading()
    for line in ledger.splitlines():
        if not head.takes(line.strip()):
            text_ledger._read_line(reading, line)
    columns = columns_from_transfers(reading.transfers, text_ledger.CHAIN)
    return ExposureCase(reading.title, columns, head.sources, head.dust, _answers(answers))


def read_output_exposure_case(path: Path) -> ExposureCase:
    """Read a case on a chain of outputs."""
    ledger, _, answers = path.read_text(encoding="utf-8").partition("\n---")
    head, reading = _Head(), text_output_ledger._Reading()
    for line in ledger.splitlines():
        if not head.takes(line.strip()):
            text_output_ledger._read_line(reading, line)
    outputs = text_output_ledger._columns(reading)
    return ExposureCase(reading.title, lowered(outputs), head.sources, head.dust, _answers(answers), outputs)


def _answers(lines: str) -> dict[Key, Answer]:
    answers: dict[Key, Answer] = {}
    for line in lines.splitlines():
        line = line.split("#")[0].strip()
        if not line:
            continue
        match = re.fullmatch(r"(in|out) (\w+) (\w+)(?: (\w+))?: (.*)", line)
        if match is None:
            raise ValueError(f"not an exposure: {line!r}")
        said = dict(part.strip().split(" ") for part in match[5].split(","))
        key = Direction(match[1]), match[2], Category(match[3]), text_ledger.asset_of(match[4])
        answers[key] = Answer(
            int(said.get("direct", 0)), Fraction(said.get("indirect", 0)), int(said["of"]), int(said["hops"])
        )
    return answers


def stated(address: str, one: Exposure) -> tuple[Key, Answer]:
    """Return an exposure in the words of a case's answer."""
    key = one.direction, address, one.category, one.asset
    assert one.hops is not None
    return key, Answer(one.direct_units, Fraction(one.indirect_units), one.total_units, one.hops)
