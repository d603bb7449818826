"""STIX bundles: the record and its labels as a file for others, and others' files into the record and the labels."""

import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from qiyafa.app.clock import utc_now
from qiyafa.app.files import written_aside
from qiyafa.app.home import Home
from qiyafa.app.record import record_book
from qiyafa.app.record_entries import Offer
from qiyafa.app.share import Wanted, collect, places
from qiyafa.app.share_deliveries import STIX, check_receiver, note_given
from qiyafa.app.share_intake import Intake, take_parcel
from qiyafa.chains.formats import FORMATS
from qiyafa.model.errors import InvalidInput, NotFound, Problem, Unavailable
from qiyafa.model.parcel import Parcel
from qiyafa.model.ports import Progress, silent
from qiyafa.sharing.release import Channel, Released, release
from qiyafa.sharing.stix.reading import StixRead, Terms, read_bundle
from qiyafa.sharing.stix.writing import stix_objects, write_bundle
from qiyafa.stores.deliveries import GivenObject
from qiyafa.stores.labels_writing import LabelCounts

_STAGE: Final = "stix.stage.write"
_REPORT_EVERY: Final = 1000
_MOST_BYTES: Final = 4 << 30


@dataclass(frozen=True, slots=True)
class StixExport:
    """What was written, and what was not."""

    objects: int
    released: Released


def export_stix(
    home: Home,
    record: str | None,
    wanted: Wanted,
    channel: Channel,
    out: Path,
    *,
    receiver: str = "",
    progress: Progress = silent,
) -> StixExport:
    """Write what is wanted, as far as it may leave by a channel, as a bundle; note who is given it, if somebody is.

    Raises NotFound as `collect` does.
    """
    receiver = check_receiver(receiver)
    released = release(collect(record_book(home, record), home, wanted), channel)
    written = _Counted(released.leaves, progress)
    with written_aside(out) as file:
        for part in write_bundle(written.objects()):
            file.write(part.decode())
        note_given(home, STIX, receiver, written.given)
    return StixExport(written.count, released)


@dataclass(slots=True)
class _Counted:
    """Objects that are counted while they are written."""

    parcel: Parcel
    progress: Progress
    count: int = 0
    given: list[GivenObject] = field(default_factory=list)

    def objects(self) -> Iterator[dict[str, object]]:
        """Yield the objects of the parcel."""
        for one in stix_objects(self.parcel, places()):
            self.count += 1
            if self.count % _REPORT_EVERY == 0:
                self.progress(_STAGE, self.count, 0)
            if "modified" in one:
                self.given.append(GivenObject(one["id"], one["modified"]))
            yield one


@dataclass(slots=True)
class StixImported:
    """What became of a file."""

    read: StixRead
    offer: Offer
    labels: LabelCounts | None = None
    """None if none was to be stored."""
    withdrawn: int = 0
    """Entries and labels that were withdrawn because the file revokes them, or would be."""
    problems: list[Problem] = field(default_factory=list)


def import_stix(
    home: Home, record: str | None, file: Path, options: Intake, *, progress: Progress = silent
) -> StixImported:
    """Take in a bundle: entries into the record, labels into the label store.

    Entries go in together or not at all, then the labels. Raises NotFound for a file that is not there, InvalidInput
    for one that is no bundle, and QiyafaError as the stores do.
    """
    terms = Terms(FORMATS, utc_now(), options.unmarked)
    with _mapped(file) as content:
        read = read_bundle(content, str(file), terms, progress)
    taken = take_parcel(home, record, read.parcel, options, str(file), progress=progress)
    return StixImported(read, taken.offer, taken.labels, taken.withdrawn, [*read.problems, *taken.problems])


@contextmanager
def _mapped(path: Path) -> Iterator[bytes | memoryview]:
    """Give the bytes of a file without holding them in memory."""
    if not path.is_file():
        raise NotFound("stix.error.no_file", file=str(path))
    try:
        with path.open("rb") as file:
            size = path.stat().st_size
            if size > _MOST_BYTES:
                raise InvalidInput("stix.error.too_long", file=str(path), most=_MOST_BYTES >> 30)
            if size == 0:
                yield b""
                return
            # Objects that are still unread point into the mapping; it is closed when the last of them goes.
            yield memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except OSError as error:
        raise Unavailable("stix.error.unreadable", file=str(path), reason=error.strerror or str(error)) from error
