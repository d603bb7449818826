"""Labels: read from files of any known format, kept, shown, contradicted, given to others."""

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from qiyafa.app.files import written_aside
from qiyafa.app.home import Home
from qiyafa.app.share_deliveries import LABELS, TAGPACK, check_receiver, given_label, note_given
from qiyafa.chains import find_chain
from qiyafa.chains.formats import FORMATS
from qiyafa.documents.ordinary import refuse_special
from qiyafa.model.errors import InvalidInput, NotFound, Problem, QiyafaError, Unavailable
from qiyafa.model.label import Label, Tlp
from qiyafa.model.ports import Progress, silent
from qiyafa.sharing.actorpack import Actor, Actors, is_actorpack, read_actorpack, write_actorpack
from qiyafa.sharing.incident_csv import is_incident_table, read_incident_csv
from qiyafa.sharing.label_csv import is_label_table, read_label_csv, require_label_table, write_label_csv
from qiyafa.sharing.label_draft import LabelsRead
from qiyafa.sharing.release import Channel, LabelGate
from qiyafa.sharing.strict_yaml import MOST_BYTES, Table, read_yaml
from qiyafa.sharing.table_text import MOST_TABLE_BYTES, column_names
from qiyafa.sharing.tagpack import PackReading, is_tagpack, read_tagpack
from qiyafa.sharing.tagpack_writer import packs_of, write_tagpack
from qiyafa.stores.deliveries import GivenObject
from qiyafa.stores.labels import LabelStore
from qiyafa.stores.labels_writing import LabelCounts, LabelUse

FORMATS_IN: Final = ("tagpack", "actorpack", "csv", "incidents")
FORMATS_OUT: Final = ("tagpack", "actorpack", "csv")
_SUFFIXES: Final = frozenset({".yaml", ".yml", ".csv"})
_STAGE: Final = "labels.stage.read"
_CREATOR: Final = "Qiyafa"


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How files are taken in."""

    format: str | None = None
    """One of `FORMATS_IN`; None: by content."""
    tlp: Tlp = Tlp.CLEAR
    """For labels whose file says nothing of it."""
    source_url: str = ""
    """Where packs were published, for tags that name no source."""


@dataclass(slots=True)
class LabelImport:
    """What became of an import."""

    version: str = ""
    """Of the store, afterwards."""
    files: int = 0
    labels: int = 0
    """That were read, new or not."""
    left_out: int = 0
    """Single entries."""
    actors: int = 0
    """New or changed."""
    counts: LabelCounts = field(default_factory=LabelCounts)
    refused: list[Problem] = field(default_factory=list)
    """Files that could not be taken in at all."""
    problems: list[Problem] = field(default_factory=list)


def import_labels(
    home: Home, paths: Sequence[Path], options: ImportOptions, *, progress: Progress = silent
) -> LabelImport:
    """Take in files, or every YAML and CSV file of folders: all of them, or (if this is stopped) none.

    A broken file is refused whole and named, and the others go on. Raises NotFound for a path that is not there,
    InvalidInput if nothing could be taken in.
    """
    files = [file for path in paths for file in _files(path)]
    if not files:
        raise InvalidInput("labels.error.no_files", path=str(paths[0]))
    store = LabelStore.open(home.made().labels)
    at = datetime.now(UTC)
    result = LabelImport(files=len(files))
    packs = _Files(files, options, result, progress)
    with _no_search_for_cycles():
        result.actors = store.add_actors((_body(actor, options.tlp) for actor in packs.actors()), at)
        reading = PackReading(FORMATS, known_actors(store), options.tlp, options.source_url)
        result.counts = store.add(packs.labels(reading), at)
    result.version = store.version()
    if len(result.refused) == len(files):
        first = result.refused[0]
        raise InvalidInput(first.key, **first.fields)
    return result


@contextmanager
def _no_search_for_cycles() -> Iterator[None]:
    """Do without the collector of cycles: millions of records have none, and looking costs a fifth."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(file for file in path.rglob("*") if file.suffix.lower() in _SUFFIXES and file.is_file())
    if not path.exists():
        raise NotFound("labels.error.no_file", path=str(path))
    return [path]


def known_actors(store: LabelStore) -> Actors:
    """Return the actors of a store."""
    return Actors.of(_actor(body) for body in store.actors())


def _body(actor: Actor, tlp: Tlp) -> dict[str, object]:
    """Return what is stored of an actor; that it is open goes without saying."""
    body = asdict(actor)
    del body["tlp"]
    return body if tlp is Tlp.CLEAR else {**body, "tlp": tlp.value}


def _actor(body: dict[str, object]) -> Actor:
    fields: dict[str, Any] = {name: tuple(one) if isinstance(one, list) else one for name, one in body.items()}
    return Actor(**{**fields, "tlp": Tlp(fields.get("tlp", Tlp.CLEAR))})


@dataclass(slots=True)
class _Files:
    """The files of an import: actors first, since tags name them."""

    files: Sequence[Path]
    options: ImportOptions
    result: LabelImport
    progress: Progress
    _is_actors: set[Path] = field(default_factory=set)

    def actors(self) -> Iterator[Actor]:
        """Yield the actors of every ActorPack."""
        for file in self.files:
            if self.options.format not in (None, "actorpack") or not _may_hold_actors(file):
                continue
            self._is_actors.add(file)
            try:
                read = read_actorpack(self._document(file, "actors"), str(file))
            except QiyafaError as error:
                self._refuse(file, error)
                continue
            self.result.problems += read.problems
            self.result.left_out += read.left_out
            yield from read.actors

    def labels(self, reading: PackReading) -> Iterator[Label]:
        """Yield the labels of every other file."""
        for number, file in enumerate(self.files):
            self.progress(_STAGE, number, len(self.files))
            if file in self._is_actors:
                continue
            try:
                read = self._read(file, reading)
            except QiyafaError as error:
                self._refuse(file, error)
                continue
            self.result.problems += read.problems
            self.result.left_out += read.left_out
            self.result.labels += len(read.labels)
            yield from read.labels
        self.progress(_STAGE, len(self.files), len(self.files))

    def _read(self, file: Path, reading: PackReading) -> LabelsRead:
        source = str(file)
        if self.options.format == "tagpack" or (self.options.format is None and file.suffix.lower() != ".csv"):
            return read_tagpack(self._document(file, "tags"), source, reading)
        content = _content(file, MOST_TABLE_BYTES)
        names = column_names(content)
        # A table of labels may have every column of one of incidents, and names its labels besides.
        is_incidents = is_incident_table(names) and not is_label_table(names)
        if self.options.format == "incidents" or (self.options.format is None and is_incidents):
            if not is_incident_table(names):
                raise InvalidInput("labels.csv.columns", file=source, missing="role, incident")
            return read_incident_csv(content, source, FORMATS, self.options.tlp)
        require_label_table(names, source)
        return read_label_csv(content, source, FORMATS, self.options.tlp)

    def _document(self, file: Path, key: str) -> Table:
        top = read_yaml(_content(file), str(file))
        if not (is_tagpack(top) if key == "tags" else is_actorpack(top)):
            raise InvalidInput("labels.error.no_pack", file=str(file))
        return top

    def _refuse(self, file: Path, error: QiyafaError) -> None:
        self.result.refused.append(Problem(str(file), "", error.key, error.fields))


def _may_hold_actors(file: Path) -> bool:
    """Tell whether a file is an ActorPack, by a line that every one has, without reading it as YAML."""
    if file.suffix.lower() == ".csv":
        return False
    content = _content(file)
    return content.startswith(b"actors:") or b"\nactors:" in content


def _content(file: Path, most: int = MOST_BYTES) -> bytes:
    try:
        refuse_special(file)
        if file.stat().st_size > most:
            raise InvalidInput("labels.yaml.too_long", file=str(file), most=most >> 20)
        return file.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise Unavailable("chains.error.file_unreadable", file=str(file), reason=reason) from error


def export_labels(home: Home, format: str, out: Path, gate: LabelGate | None = None, receiver: str = "") -> int:
    """Write every label that holds now and may leave (or, for ActorPacks, every actor), and return how many there were.

    Without a gate only what is TLP:CLEAR leaves; a gate notes what it keeps. A receiver is noted with what is given.

    TagPacks go to one file if all labels are of one pack, else to a folder with a file for each. Raises NotFound
    without a store, InvalidInput if `out` is in the way.
    """
    store = existing_store(home)
    receiver = check_receiver(receiver)
    gate = gate or LabelGate(Channel(str(out), Tlp.CLEAR))
    now = datetime.now(UTC)
    if format == "actorpack":
        actors = list(gate.passing_actors(_actor(body) for body in store.actors()))
        day = now.date().isoformat()
        with written_aside(out) as file:
            file.writelines(write_actorpack(actors, title=_CREATOR, creator=_CREATOR, day=day))
        return len(actors)
    given: list[GivenObject] = []
    leaving = _noted(gate.passing(store.each(now)), given if receiver else None)
    if format == "csv":
        counted = _Counted(leaving)
        with written_aside(out) as file:
            file.writelines(write_label_csv(counted))
        note_given(home, LABELS, receiver, given)
        return counted.count
    count = write_packs(leaving, PackReading(FORMATS, known_actors(store)), out)
    note_given(home, TAGPACK, receiver, given)
    return count


def _noted(labels: Iterable[Label], given: list[GivenObject] | None) -> Iterator[Label]:
    """Yield labels, and note each in a list if there is one."""
    for label in labels:
        if given is not None:
            given.append(given_label(label))
        yield label


def write_packs(labels: Iterable[Label], reading: PackReading, out: Path) -> int:
    """Write labels as TagPacks, and return how many there were. They must have passed the gate.

    They go to one file if all are of one pack, else to a folder. Raises InvalidInput if `out` is in the way.
    """
    packs = packs_of(labels, _CREATOR)
    if len(packs) > 1:
        if out.exists() and not out.is_dir():
            raise InvalidInput("labels.error.out_is_file", path=str(out))
        out.mkdir(parents=True, exist_ok=True)
    for number, (header, labels) in enumerate(packs.items(), start=1):
        path = out / f"{number:04}.yaml" if len(packs) > 1 else out
        with written_aside(path) as file:
            file.writelines(write_tagpack(header, labels, reading, _ticker))
    return sum(map(len, packs.values()))


class _Counted(Iterator[Label]):
    """Labels that are counted while they pass."""

    def __init__(self, labels: Iterator[Label]) -> None:
        self._labels = labels
        self.count = 0

    def __next__(self) -> Label:
        label = next(self._labels)
        self.count += 1
        return label


def _ticker(chain: str) -> str:
    """Return the ticker of a chain's own asset where it means this chain alone, else its CAIP-2."""
    try:
        symbol = find_chain(chain).native_symbol
        return symbol if FORMATS.chains(symbol) == (chain,) else chain
    except InvalidInput:
        return chain


@dataclass(frozen=True, slots=True)
class AddressLabels:
    """What is said of one address."""

    address: str
    as_of: datetime
    version: str
    labels: list[Label]
    """The one that is named first is the first."""


def labels_of(home: Home, address: str, chain: str | None, as_of: datetime | None) -> AddressLabels:
    """Return every label of an address in any spelling, on one chain or on all. Raises InvalidInput for no chain."""
    store = existing_store(home)
    at = as_of or datetime.now(UTC)
    identities = FORMATS.read(address, chain).identities
    return AddressLabels(address, at, store.version(), store.of(identities, at))


def existing_store(home: Home) -> LabelStore:
    """Return the label store of a home. Raises NotFound if nothing was ever imported."""
    store = LabelStore.reading(home.labels)
    if not store.exists:
        raise NotFound("labels.error.no_store", path=store.location)
    return store


def contradict(home: Home, label: str, reason: str, by: str, *, withdraw: bool) -> Label:
    """Dispute a label, or withdraw it, and return it as it is then. Raises as `LabelStore.dispute` does."""
    if not reason.strip():
        raise InvalidInput("labels.error.no_reason")
    store = existing_store(home)
    act = store.withdraw if withdraw else store.dispute
    return act(label, reason, by, datetime.now(UTC))


def find_labels(home: Home, wanted: str, most: int) -> tuple[list[Label], int]:
    """Return the labels whose name or entity contains a text: the first ones, and how many there are."""
    return existing_store(home).find(wanted, datetime.now(UTC), most)


def uses_of(home: Home, label: str) -> list[LabelUse]:
    """Return what rested on a label. Raises NotFound without a store or label, InvalidInput for what is no id."""
    return existing_store(home).uses(label)
