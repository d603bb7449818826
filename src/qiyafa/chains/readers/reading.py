"""What a reader answers: raw transfers, and every row it left out."""

from dataclasses import dataclass, field

from qiyafa.model.errors import Field, Problem
from qiyafa.model.raw import RawOutputs, RawTransfers

KEPT_PROBLEMS = 1000
"""So many problems are kept in full for each file; the rest are only counted, so that garbage cannot fill memory."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything one run of a reader found."""

    raw: RawTransfers
    problems: tuple[Problem, ...]
    """At most KEPT_PROBLEMS for each file, in the order of the files and of their rows."""
    problem_count: int
    """All problems, those that were not kept included."""


@dataclass(frozen=True, slots=True)
class OutputsReading:
    """Everything one run of a reader found on a chain whose transactions spend outputs."""

    raw: RawOutputs
    problems: tuple[Problem, ...]
    """As in `Reading`."""
    problem_count: int


@dataclass(slots=True)
class FileProblems:
    """The problems of one file, as they are found."""

    source: str
    """The file as the user named it."""
    rows_left_out: int = 0
    problem_count: int = 0
    kept: list[Problem] = field(default_factory=list)

    def add(self, place: str, key: str, **fields: Field) -> None:
        """Note one row that was left out."""
        self.rows_left_out += 1
        self._keep(place, key, fields)

    def add_uncounted(self, rows: int) -> None:
        """Note rows that were left out beyond those that were added one by one."""
        self.rows_left_out += rows
        self.problem_count += rows

    def summarize(self, key: str, rows: int, *, left_out: bool, **fields: Field) -> None:
        """Note one thing about many rows in one problem; `left_out` says whether they were not taken."""
        if rows:
            self.rows_left_out += rows if left_out else 0
            self._keep("", key, {"rows": rows, **fields})

    def _keep(self, place: str, key: str, fields: dict[str, Field]) -> None:
        self.problem_count += 1
        if len(self.kept) < KEPT_PROBLEMS:
            self.kept.append(Problem(self.source, place, key, fields))


def joined(files: list[FileProblems]) -> tuple[tuple[Problem, ...], int]:
    """Return the kept problems of all files in order, and how many there were in all."""
    return tuple(one for file in files for one in file.kept), sum(file.problem_count for file in files)
