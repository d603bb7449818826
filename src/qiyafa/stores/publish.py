"""Switches a ledger from its old to its new files, so that a kill at any moment leaves one of the two whole.

1. New files are written and synced in `.writing/`.
2. A journal names every file that is about to come or go, and is synced.
3. New files are renamed into place; their folders are synced.
4. The new manifest replaces the old one by a rename. This is the switch.
5. Files that only the old manifest named are deleted, then `.writing/` with the journal.

The next ingest finishes what a killed one left: of the files in the journal, those that the manifest does not name
are deleted. Nothing else is ever deleted, so a file that a person put there stays, and `verify` names it.
"""

import os
import shutil
from pathlib import Path

from qiyafa.stores.disk import make_folder, sync_folders, write_synced
from qiyafa.stores.layout import JOURNAL, MANIFEST, WRITING
from qiyafa.stores.manifest import Manifest, manifest_bytes
from qiyafa.stores.sealed import BrokenSealError, sealed, unsealed


def begin(ledger: Path, current: Manifest) -> Path:
    """Clear what a killed run left, and return an empty folder to write aside in."""
    clear(ledger, current)
    aside = ledger / WRITING
    aside.mkdir()
    return aside


def publish(ledger: Path, old: Manifest, new: Manifest) -> None:
    """Make the new manifest the ledger's; its new files lie in the folder aside under their final names."""
    if new.sha256 == old.sha256 and (ledger / MANIFEST).exists():
        return
    coming = {path for path in new.files() if path not in old.files()}
    going = {path for path in old.files() if path not in new.files()}
    aside = ledger / WRITING
    write_synced(ledger / JOURNAL, sealed({"coming": sorted(coming), "going": sorted(going)}))
    sync_folders([aside])
    folders = {(ledger / path).parent for path in coming}
    for folder in sorted(folders):
        make_folder(folder)
    for path in sorted(coming):
        (aside / Path(path).name).replace(ledger / path)
    sync_folders(folders)
    write_synced(aside / MANIFEST, manifest_bytes(new))
    (aside / MANIFEST).replace(ledger / MANIFEST)
    sync_folders([ledger])


def clear(ledger: Path, current: Manifest) -> None:
    """Delete files of the journal that the current manifest does not name, then all that was written aside."""
    if not (ledger / WRITING).is_dir():
        return
    for path in journaled(ledger) - set(current.files()):
        (ledger / path).unlink(missing_ok=True)
        _remove_empty(ledger, (ledger / path).parent)
    shutil.rmtree(ledger / WRITING)


def journaled(ledger: Path) -> set[str]:
    """Return the files that a running or killed ingest names; a journal that was not finished names none."""
    try:
        content = unsealed((ledger / JOURNAL).read_bytes())
    except (FileNotFoundError, BrokenSealError):
        return set()
    paths = [*_paths(content["coming"]), *_paths(content["going"])]
    return {path for path in paths if path.startswith("chain=") and ".." not in path.split("/")}


def _paths(value: object) -> list[str]:
    assert isinstance(value, list)
    return [str(one) for one in value]


def _remove_empty(ledger: Path, folder: Path) -> None:
    while folder != ledger and folder.is_dir() and not os.listdir(folder):  # noqa: PTH208 - emptiness only
        folder.rmdir()
        folder = folder.parent
