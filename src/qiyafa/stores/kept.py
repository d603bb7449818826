"""Dense columns beside the ledger: in which folder, and how they get there."""

import hashlib
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from qiyafa.model.errors import Conflict
from qiyafa.stores.layout import COLUMNS
from qiyafa.stores.locking import writer_lock

ASIDE: Final = "writing"
"""The folder that columns are written in before they get their own name; a killed run may leave it."""


def kept_folder(ledger: Path, chain: str, state: Iterable[str]) -> Path:
    """Return where the columns of a chain are kept; `state` is all that they depend on, in order."""
    digest = hashlib.sha256("".join(state).encode()).hexdigest()
    return ledger / COLUMNS / f"chain={chain}" / digest[:32]


def keep(folder: Path, save: Callable[[Path], None]) -> None:
    """Keep columns in place of older ones, if the folder can be written and nobody else is writing there.

    `save` writes them into an empty folder.
    """
    aside = folder.parent / ASIDE
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with writer_lock(folder.parent):
            for other in folder.parent.iterdir():
                if other.is_dir():
                    shutil.rmtree(other)
            try:
                aside.mkdir()
                save(aside)
                aside.rename(folder)
            except OSError:
                shutil.rmtree(aside, ignore_errors=True)
                raise
    except (OSError, Conflict):
        # Keeping columns only saves time: evidence on a read-only or full disk is traced all the same.
        return
