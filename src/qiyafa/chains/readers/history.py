"""What a source says of one address, and how the answers on many addresses become one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from qiyafa.chains.readers.reading import OutputsReading, Reading


@dataclass(frozen=True, slots=True)
class AddressHistory:
    """The history of one address, as far as its source gave it."""

    reading: Reading | OutputsReading
    is_busy: bool
    """There is more than was read: a service, as a rule."""


def joined_readings(readings: Sequence[Reading | OutputsReading]) -> Reading | OutputsReading:
    """Return several readings of one chain, all of one kind, as one. There is at least one."""
    problems = tuple(problem for one in readings for problem in one.problems)
    problem_count = sum(one.problem_count for one in readings)
    sources = tuple(source for one in readings for source in one.raw.sources)
    coverage = tuple(stated for one in readings for stated in one.raw.address_coverage)
    first = readings[0]
    if isinstance(first, OutputsReading):
        of_outputs = [one.raw for one in readings if isinstance(one, OutputsReading)]
        outputs = replace(
            first.raw,
            transaction_files=tuple(file for one in of_outputs for file in one.transaction_files),
            input_files=tuple(file for one in of_outputs for file in one.input_files),
            output_files=tuple(file for one in of_outputs for file in one.output_files),
            sources=sources,
            address_coverage=coverage,
        )
        return OutputsReading(outputs, problems, problem_count)
    of_transfers = [one.raw for one in readings if isinstance(one, Reading)]
    transfers = replace(
        first.raw,
        parquet_files=tuple(file for one in of_transfers for file in one.parquet_files),
        sources=sources,
        provides=frozenset().union(*(one.provides for one in of_transfers)),
        address_coverage=coverage,
    )
    return Reading(transfers, problems, problem_count)
