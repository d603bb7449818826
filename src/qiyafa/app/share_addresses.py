"""Addresses to look out for, given to others: those of incidents, and those of labels that state a risk."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from qiyafa.app.files import written_aside
from qiyafa.app.home import Home
from qiyafa.app.labels import known_actors, write_packs
from qiyafa.app.record import record_book
from qiyafa.app.share import Wanted, collect, symbol_of
from qiyafa.app.share_deliveries import ADDRESSES, check_receiver, given_label, note_given
from qiyafa.chains.formats import FORMATS
from qiyafa.model.errors import InvalidInput
from qiyafa.model.label import Label
from qiyafa.sharing.incident_labels import incident_labels
from qiyafa.sharing.ioc_list import indicators, write_ioc_csv, write_ioc_list
from qiyafa.sharing.release import Channel, Released, release
from qiyafa.sharing.tagpack import PackReading
from qiyafa.stores.labels import LabelStore

PLAIN, TABLE, TAGPACK = "list", "csv", "tagpack"
FORMATS_OUT: Final = (PLAIN, TABLE, TAGPACK)


@dataclass(frozen=True, slots=True)
class AddressExport:
    """What was written, and what was not."""

    labels: int
    addresses: int
    released: Released


def export_addresses(
    home: Home, record: str | None, wanted: Wanted, channel: Channel, out: Path, *, format: str, receiver: str = ""
) -> AddressExport:
    """Write the addresses of what is wanted, as far as it may leave, and note who is given them, if somebody is.

    Raises NotFound as `collect` does, InvalidInput for an unknown format.
    """
    if format not in FORMATS_OUT:
        raise InvalidInput("labels.error.format", format=format, known=", ".join(FORMATS_OUT))
    receiver = check_receiver(receiver)
    released = release(collect(record_book(home, record), home, wanted), channel)
    labels = indicators((*incident_labels(released.leaves, FORMATS), *released.leaves.labels))
    note_given(home, f"{ADDRESSES}:{format}", receiver, map(given_label, labels))
    _write(home, labels, out, format)
    return AddressExport(len(labels), len({one.identity for one in labels}), released)


def _write(home: Home, labels: list[Label], out: Path, format: str) -> None:
    if format == TAGPACK:
        write_packs(labels, PackReading(FORMATS, known_actors(LabelStore.reading(home.labels))), out)
        return
    lines = write_ioc_list(labels) if format == PLAIN else write_ioc_csv(labels, symbol_of)
    with written_aside(out) as file:
        file.writelines(lines)
