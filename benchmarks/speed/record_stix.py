"""How long a STIX bundle of 100,000 objects takes: through the gate, out to a file, and in again.

Everything must come back equal, and every 500th object must be STIX for OASIS's own library. Beside each figure stands
the most memory that the process has used so far, in MiB.
"""

import json
import mmap
import resource
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import stix2

from benchmarks.speed.record_store import actors, claim, incident, sources
from qiyafa.app.share import places
from qiyafa.chains.formats import FORMATS
from qiyafa.model.category import Category
from qiyafa.model.label import Label, Tlp, label_id
from qiyafa.model.parcel import Parcel
from qiyafa.sharing.release import Channel, release
from qiyafa.sharing.stix.reading import Terms, read_bundle
from qiyafa.sharing.stix.writing import stix_objects, write_bundle

AT = datetime(2026, 1, 1, tzinfo=UTC)
OBJECTS_OF_AN_INCIDENT = 5
OBJECTS_OF_A_LABEL = 3
SAMPLE_EVERY = 500
MIB = 1024
"""Memory is measured in KiB."""


def label(number: int) -> Label:
    """Return a label of an address of its own."""
    written = f"0x{number:040x}"
    identity = FORMATS.read(written).identities[0]
    words = (f"Wallet {number}", "", "")
    return Label(
        id=label_id(identity, "eip155:1", "A list", "https://example.org/list", words),
        identity=identity,
        written=written,
        chain="eip155:1",
        name=words[0],
        entity="",
        category=Category.STOLEN,
        risk=Category.STOLEN,
        routing=None,
        confidence="forensic",
        grade="B3",
        source="A list",
        source_url="https://example.org/list",
        origin="A list",
        tlp=Tlp.RED if number % 10 == 0 else Tlp.CLEAR,
        known_from=AT,
    )


def parcel_of(objects: int) -> Parcel:
    """Return a parcel that is written as so many objects, about: a third each incidents, claims and labels."""
    third = objects // 3
    return Parcel(
        as_of=AT,
        sources=tuple(sources()),
        actors=tuple(actors()),
        incidents=tuple(
            replace(incident(number), known_from=AT, relations=()) for number in range(third // OBJECTS_OF_AN_INCIDENT)
        ),
        claims=tuple(replace(claim(number), quantity=Decimal(number), known_from=AT) for number in range(third)),
        labels=tuple(label(number) for number in range(third // OBJECTS_OF_A_LABEL)),
    )


def row(what: str, started: float, objects: int) -> dict[str, Any]:
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {"name": f"STIX, {what}", "seconds": seconds, "objects": objects, "peak_mib": peak}


def check_sample(path: Path) -> int:
    """Let OASIS's library read every 500th object; return how many those are."""
    sample = json.loads(path.read_bytes())["objects"][::SAMPLE_EVERY]
    for one in sample:
        stix2.parse(one, allow_custom=True)
    return len(sample)


def stix_rows(objects: int = 100_000) -> Iterator[dict[str, Any]]:
    """Measure the gate, the way out and the way in."""
    parcel = parcel_of(objects)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bundle.json"
        started = time.perf_counter()
        released = release(parcel, Channel("everybody", Tlp.CLEAR))
        yield row("gate", started, len(released.kept))
        started, count = time.perf_counter(), 0
        with path.open("wb") as file:
            for part in write_bundle(stix_objects(released.leaves, places())):
                file.write(part)
                count += 1
        yield row("out", started, count - 2)
        started = time.perf_counter()
        with path.open("rb") as file:
            content = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
            read = read_bundle(content, str(path), Terms(FORMATS, AT))
        yield row("in", started, read.objects)
        assert (read.problems, read.apart) == ((), ())
        assert list(read.parcel.items()) == list(released.leaves.items())
        started = time.perf_counter()
        yield row("sample checked by stix2", started, check_sample(path))
