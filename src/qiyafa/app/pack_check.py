"""Whose packs are trusted, whether a pack is whole, and what it says of itself."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from qiyafa.app.home import Home
from qiyafa.model.errors import Conflict, Field, InvalidInput, NotFound
from qiyafa.model.ports import Progress, silent
from qiyafa.stores.pack import Pack, signer_of
from qiyafa.stores.pack_header import PackHeader
from qiyafa.stores.pack_signing import public_bytes, read_public_key, signing_key, written_key

_STAGE: Final = "pack.stage.checking"
_NO_DAMAGE: Final = frozenset({"pack.error.version", "pack.error.other_key"})
"""Refusals of a pack that may well be whole."""
_SHOWN_PAGES: Final = 20


@dataclass(frozen=True, slots=True)
class Damage:
    """Why a pack is not what was signed, as a sentence of the catalogue."""

    key: str
    fields: dict[str, Field]


@dataclass(frozen=True, slots=True)
class PackInfo:
    """What a pack says of itself. Its signature was checked with the key that it names, trusted or not."""

    path: Path
    bytes: int
    header: PackHeader
    signer: str
    """Its public key, as people copy it."""
    is_own: bool
    """Whether that is the key of this home."""


def trusted_key(home: Home, written: str | None) -> str:
    """Return the public key that may sign packs: the one given, else that of the home. Raises InvalidInput if none."""
    if written is not None:
        return written_key(read_public_key(written))
    own = _own_key(home)
    if own is None:
        raise InvalidInput("pack.error.no_trusted_key", home=str(home.path))
    return own


def check_pack(path: Path, trusted: str, progress: Progress = silent) -> list[Damage]:
    """Read every page of a pack and return what is damaged. Raises as `open_pack` does for what is no damage."""
    try:
        with Pack.open(path, read_public_key(trusted)) as pack:
            pages = pack.damaged_pages(lambda done, total: progress(_STAGE, done, total))
    except Conflict as error:
        if error.key in _NO_DAMAGE:
            raise
        return [Damage(error.key, error.fields)]
    found = [Damage("pack.error.damaged", {"path": str(path), "page": page}) for page in pages[:_SHOWN_PAGES]]
    more = len(pages) - len(found)
    return [*found, Damage("pack.error.more_damaged", {"path": str(path), "count": more})] if more else found


def pack_info(path: Path, home: Home) -> PackInfo:
    """Return what a pack says of itself. Raises NotFound or Conflict if it is none, or not as its key signed it."""
    signer = signer_of(path)
    with Pack.open(path, signer) as pack:
        header = pack.header
    return PackInfo(path, header.layout.file_bytes, header, written_key(signer), written_key(signer) == _own_key(home))


def _own_key(home: Home) -> str | None:
    try:
        return written_key(public_bytes(signing_key(home.signing_key)))
    except NotFound:
        return None
