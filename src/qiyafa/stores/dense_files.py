"""Dense columns on the disk: one `.npy` file for each array and a sealed `meta.json` with their hashes.

They only save time. Every file is hashed before it is used; if one is missing or differs, the whole set counts as
not there and is built again from Parquet. So nothing here is synced, and the folder may be deleted at any time.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final, cast

import numpy as np
from numpy.typing import NDArray

from qiyafa.model.columns import Places, TransferColumns
from qiyafa.stores.dense_lookup import PackedAddresses, PackedHashes
from qiyafa.stores.disk import changed_files, sha256_of
from qiyafa.stores.sealed import BrokenSealError, sealed, unsealed

META: Final = "meta.json"

_ROWS: Final = ("source", "target", "units_lo", "units_hi", "block", "time", "kind", "position", "marks")
_PLACES: Final = ("address", "asset", "opening_lo", "opening_hi", "untraceable")
_ADDRESSES: Final = ("slots", "data", "ends")
_HASHES: Final = ("first_rows", "keys", "order", "text_runs", "text_data", "text_ends")
_GROUPS: Final = {"": _ROWS, "place_": _PLACES, "address_": _ADDRESSES, "hash_": _HASHES}

_Arrays = dict[str, NDArray[np.generic]]


def save_columns(folder: Path, columns: TransferColumns) -> None:
    """Write columns that were built from Parquet into an empty folder."""
    owners = {"": columns, "place_": columns.places, "address_": columns.addresses, "hash_": columns.hashes}
    hashes = {}
    for prefix, names in _GROUPS.items():
        for name in names:
            path = folder / f"{prefix}{name}.npy"
            np.save(path, getattr(owners[prefix], name), allow_pickle=False)
            hashes[path.name] = sha256_of(path)
    meta = {
        "chain": columns.chain,
        "assets": columns.places.assets,
        "too_large": columns.places.too_large,
        "files": hashes,
    }
    (folder / META).write_bytes(sealed(meta))


def damaged_columns(folder: Path) -> list[str]:
    """Return the files of a folder of columns that are missing or changed, by name."""
    meta = _meta(folder)
    return [META] if meta is None else changed_files(folder, _hashes(meta))


def load_columns(folder: Path) -> TransferColumns | None:
    """Return the columns in a folder, memory-mapped; None if they are not there or not whole."""
    meta = _meta(folder)
    if meta is None or changed_files(folder, _hashes(meta)):
        return None
    groups = {prefix: _mapped(folder, prefix, names) for prefix, names in _GROUPS.items()}
    assets = tuple(cast("list[str]", meta["assets"]))
    too_large = tuple((place, when) for place, when in cast("list[tuple[int, int]]", meta["too_large"]))
    rows = groups[""]
    return TransferColumns(
        chain=str(meta["chain"]),
        places=Places(assets=assets, too_large=too_large, **groups["place_"]),  # type: ignore[arg-type]
        addresses=PackedAddresses(**groups["address_"]),  # type: ignore[arg-type]
        hashes=PackedHashes(rows_total=len(rows["source"]), **groups["hash_"]),  # type: ignore[arg-type]
        **rows,  # type: ignore[arg-type]
    )


def _meta(folder: Path) -> dict[str, object] | None:
    try:
        return unsealed((folder / META).read_bytes())
    except (OSError, BrokenSealError):
        return None


def _hashes(meta: Mapping[str, object]) -> dict[str, str]:
    return cast("dict[str, str]", meta["files"])


def _mapped(folder: Path, prefix: str, names: tuple[str, ...]) -> _Arrays:
    # Copy-on-write, so that compiled code meets the same kind of array as after building: a read-only one
    # would be compiled for once more.
    return {name: np.asarray(np.load(folder / f"{prefix}{name}.npy", mmap_mode="c")) for name in names}
