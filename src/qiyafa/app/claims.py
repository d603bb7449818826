"""The claims of the record: which there are, and which contradict each other, alone or with files beside them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from qiyafa.app.clock import utc_now
from qiyafa.documents.ordinary import refuse_special
from qiyafa.model.claim import Claim, Measure
from qiyafa.model.errors import InvalidInput, NotFound, Problem, Unavailable
from qiyafa.model.incident import Incident
from qiyafa.model.ports import Progress, silent
from qiyafa.model.record import EntryKind, RecordBook
from qiyafa.model.source import Source
from qiyafa.record.contradictions.check import find_contradictions
from qiyafa.record.contradictions.finding import Finding
from qiyafa.record.contradictions.rows import LossList, LossRow, rows_against_totals
from qiyafa.record.withdrawn import unsupported
from qiyafa.sharing.loss_csv import is_loss_table, read_losses

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_TABLE: Final = ".csv"
_BESIDE: Final = "beside the record"
"""Why an entry of a file may say something else than the record: it is compared with the rest, and not stored."""
_MOST_MIB: Final = 256


@dataclass(frozen=True, slots=True)
class Beside:
    """Files that are checked with the record."""

    files: Sequence[Path] = ()
    """Tables of incidents, or claims in the casebook's form."""
    incidents: Sequence[Path] = ()
    """Tables of incidents."""
    actor: str = "dprk"
    """Whose thefts the tables list."""
    of: str = ""
    """Id of the source whose parts their rows are; empty if that is not known."""


@dataclass(slots=True)
class Checked:
    """What a check found."""

    claims: int
    """How many were compared."""
    findings: list[Finding]
    sources: "Mapping[str, Source]"
    problems: list[Problem] = field(default_factory=list)
    """Rows of files that could not be read."""
    unsupported: list[Claim] = field(default_factory=list)
    """Claims, and amounts of incidents as claims, that rest on withdrawn sources alone."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which claims to list; an empty field does not narrow."""

    actor: str = ""
    claimant: str = ""
    source: str = ""
    measure: str = ""
    year: int | None = None
    proposed: bool = False
    """Those that wait for a person, instead of those that count."""


def check_claims(
    book: RecordBook, beside: Beside, *, known_at: datetime | None = None, progress: Progress = silent
) -> Checked:
    """Return what does not go together in the record and files beside it.

    Raises NotFound, Unavailable or InvalidInput for a file that cannot be read, and NotFound for an unknown source.
    """
    progress("claims.stage.reading", 0, 0)
    sources = dict(book.sources(known_at))
    if beside.of and beside.of not in sources:
        raise NotFound("claims.error.no_source", id=beside.of)
    claims = list(book.claims(known_at))
    incidents = list(book.incidents(known_at))
    checked = Checked(0, [], sources)
    lists = _read(book, beside, (claims, incidents), checked)
    checked.claims = len(claims)
    progress("claims.stage.checking", 0, 0)
    checked.findings += find_contradictions(claims, incidents, checked.sources)
    for listed in lists:
        checked.findings += rows_against_totals(listed, claims, incidents, checked.sources)
    checked.unsupported += unsupported(claims, incidents, checked.sources)
    return checked


def listed_claims(book: RecordBook, wanted: Wanted, known_at: datetime | None = None) -> list[Claim]:
    """Return the claims that are wanted, by period, claimant and id.

    Raises InvalidInput for no measure, and for what was proposed at another moment than now.
    """
    if wanted.proposed and known_at is not None:
        raise InvalidInput("claims.error.proposed_now")
    if wanted.measure and wanted.measure not in set(Measure):
        raise InvalidInput("claims.error.no_measure", measure=wanted.measure, known=", ".join(Measure))
    if wanted.source and wanted.source not in book.sources():
        raise NotFound("claims.error.no_source", id=wanted.source)
    if wanted.actor and wanted.actor not in book.actors():
        raise NotFound("claims.error.no_actor", id=wanted.actor, known=", ".join(sorted(book.actors())))
    claims = book.proposed() if wanted.proposed else book.claims(known_at)
    found = (one for one in claims if _is_wanted(one, wanted))
    return sorted(found, key=lambda one: (str(one.period.end or ""), one.claimant, one.id))


def one_claim(book: RecordBook, id: str, known_at: datetime | None = None) -> Claim:
    """Return a claim. Raises NotFound if there is none of this id."""
    found = book.get(EntryKind.CLAIM, id, known_at)
    if not isinstance(found, Claim):
        raise NotFound("claims.error.no_claim", id=id)
    return found


def findings_about(findings: "Iterable[Finding]", claim: Claim) -> list[Finding]:
    """Return the findings in which a claim stands."""
    return [one for one in findings if any(each.id == claim.id for each in one.claims)]


def _is_wanted(claim: Claim, wanted: Wanted) -> bool:
    return (
        wanted.actor in ("", claim.scope.actor)
        and wanted.claimant.casefold() in claim.claimant.casefold()
        and wanted.source in ("", claim.source)
        and wanted.measure in ("", claim.measure.value)
        and wanted.year in (None, claim.period.year)
    )


def _read(
    book: RecordBook, beside: Beside, compared: tuple[list[Claim], list[Incident]], checked: Checked
) -> list[LossList]:
    """Put what the files hold beside the record, and return the tables of incidents among them."""
    claims, incidents = compared
    lists = [_losses(path, _content(path), beside, checked) for path in beside.incidents]
    for path in beside.files:
        if path.suffix.lower() == _TABLE and is_loss_table(content := _content(path)):
            lists.append(_losses(path, content, beside, checked))
            continue
        from qiyafa.app.incident_files import read_file
        from qiyafa.app.record_entries import weigh

        offer = weigh(book, [(str(path), read_file(path))], _BESIDE, utc_now())
        checked.problems += offer.problems
        claims += [one for one in offer.accepted if isinstance(one, Claim)]
        incidents += [one for one in offer.accepted if isinstance(one, Incident)]
        checked.sources = {**checked.sources, **{one.id: one for one in offer.accepted if isinstance(one, Source)}}
    return lists


def _losses(path: Path, content: bytes, beside: Beside, checked: Checked) -> LossList:
    rows, problems = read_losses(content, str(path))
    checked.problems += problems
    listed = [LossRow(f"line {row.line}: {row.name}", row.period, row.name, row.loss) for row in rows]
    return LossList(path.name, listed, beside.actor, beside.of)


def _content(path: Path) -> bytes:
    try:
        refuse_special(path)
        if path.stat().st_size > _MOST_MIB << 20:
            raise InvalidInput("claims.error.too_long", file=str(path), most=_MOST_MIB)
        return path.read_bytes()
    except FileNotFoundError as error:
        raise NotFound("labels.error.no_file", path=str(path)) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise Unavailable("chains.error.file_unreadable", file=str(path), reason=reason) from error
