"""MISP events: the record and its labels as a file or a feed for others, and others' events for review."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from qiyafa.app.clock import utc_now
from qiyafa.app.files import written_aside
from qiyafa.app.home import Home
from qiyafa.app.record import record_book
from qiyafa.app.share import Wanted, collect, places
from qiyafa.app.share_deliveries import MISP, check_receiver, note_given
from qiyafa.app.share_intake import Intake, TakenIn, take_parcel
from qiyafa.chains.formats import FORMATS
from qiyafa.documents.ordinary import refuse_special
from qiyafa.model.errors import InvalidInput, NotFound, Problem, Unavailable
from qiyafa.model.ports import Progress, silent
from qiyafa.sharing.label_csv import write_label_csv
from qiyafa.sharing.misp.files import events_of, manifest_of
from qiyafa.sharing.misp.reading import MispRead, read_events
from qiyafa.sharing.misp.writing import MispEvent, misp_events, write_event, write_events, write_manifest
from qiyafa.sharing.release import Channel, Released, release
from qiyafa.sharing.stix.reading import Terms
from qiyafa.stores.deliveries import GivenObject

MANIFEST: Final = "manifest.json"
_MOST_BYTES: Final = 256 << 20
_STAGE_WRITE: Final = "misp.stage.write"
_STAGE_READ: Final = "misp.stage.read"


@dataclass(frozen=True, slots=True)
class MispExport:
    """What was written, and what was not."""

    events: int
    objects: int
    released: Released


@dataclass(frozen=True, slots=True)
class MispImport:
    """What became of a file."""

    read: MispRead
    taken: TakenIn
    """Of what Qiyafa itself wrote."""
    proposals: Path | None
    """Where others' addresses were written for review."""


def export_misp(
    home: Home,
    record: str | None,
    wanted: Wanted,
    channel: Channel,
    out: Path,
    *,
    is_feed: bool = False,
    receiver: str = "",
    progress: Progress = silent,
) -> MispExport:
    """Write what is wanted, as far as it may leave by a channel, as events: one file, or the folder of a feed.

    Who is given it is noted, if somebody is. Raises NotFound as `collect` does, InvalidInput for a feed into a file.
    """
    receiver = check_receiver(receiver)
    released = release(collect(record_book(home, record), home, wanted), channel)
    counted = _Counted(misp_events(released.leaves, places()), progress)
    write = write_feed if is_feed else write_file
    write(counted, out)
    note_given(home, MISP, receiver, counted.given)
    return MispExport(counted.events, len(counted.given), released)


def write_file(events: Iterable[MispEvent], out: Path) -> None:
    """Write events as one file."""
    with written_aside(out) as file:
        for part in write_events(events):
            file.write(part.decode())


def write_feed(events: Iterable[MispEvent], out: Path) -> None:
    """Write events as a feed: a file for each, and their list, last. Raises InvalidInput if a file is in the way."""
    if out.exists() and not out.is_dir():
        raise InvalidInput("misp.error.out_is_file", path=str(out))
    _make_folder(out)
    listed = []
    for event in events:
        with written_aside(out / f"{event['uuid']}.json") as file:
            file.write(write_event(event).decode())
        listed.append({**event, "Object": []})
    with written_aside(out / MANIFEST) as file:
        file.write(write_manifest(listed).decode())


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unavailable("case.not_written", path=str(path), reason=error.strerror or str(error)) from error


class _Counted:
    """Events that are counted while they are written."""

    def __init__(self, events: Iterator[MispEvent], progress: Progress) -> None:
        self._events = events
        self._progress = progress
        self.events = 0
        self.given: list[GivenObject] = []

    def __iter__(self) -> Iterator[MispEvent]:
        for event in self._events:
            self.events += 1
            self._progress(_STAGE_WRITE, self.events, 0)
            self.given += [GivenObject(one["uuid"], one["timestamp"]) for one in event["Object"]]
            yield event


def import_misp(
    home: Home,
    record: str | None,
    path: Path,
    intake: Intake,
    *,
    proposals: Path | None = None,
    progress: Progress = silent,
) -> MispImport:
    """Take in what Qiyafa wrote, and write the addresses of others' events to a table of labels, if one is named.

    No address of others goes into the label store: `qiyafa labels import` takes the table once somebody has looked.
    Raises NotFound for a path that is not there, InvalidInput for what holds no events, QiyafaError as the stores do.
    """
    problems: list[Problem] = []
    events = _events(path, problems, progress)
    read = read_events(events, str(path), Terms(FORMATS, utc_now(), intake.unmarked))
    taken = take_parcel(home, record, read.parcel, intake, str(path), progress=progress)
    taken.problems[:0] = [*problems, *read.problems]
    if proposals is not None:
        with written_aside(proposals) as file:
            file.writelines(write_label_csv(read.proposals))
    return MispImport(read, taken, proposals)


def _events(path: Path, problems: list[Problem], progress: Progress) -> Iterator[dict[str, Any]]:
    """Yield the events of a file, or of the folder of a feed."""
    if not path.is_dir():
        yield from events_of(_content(path), str(path))
        return
    listed = manifest_of(_content(path / MANIFEST), str(path / MANIFEST))
    for number, uuid in enumerate(listed):
        progress(_STAGE_READ, number, len(listed))
        file = path / f"{uuid}.json"
        try:
            yield from events_of(_content(file), str(file))
        except (InvalidInput, NotFound, Unavailable):
            problems.append(Problem(str(path), uuid, "misp.problem.missing", {"event": uuid}))


def _content(file: Path) -> bytes:
    try:
        refuse_special(file)
        if file.stat().st_size > _MOST_BYTES:
            raise InvalidInput("misp.error.too_long", file=str(file), most=_MOST_BYTES >> 20)
        return file.read_bytes()
    except FileNotFoundError as error:
        raise NotFound("misp.error.no_file", file=str(file)) from error
    except OSError as error:
        raise Unavailable("misp.error.unreadable", file=str(file), reason=error.strerror or str(error)) from error
