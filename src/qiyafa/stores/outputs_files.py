"""The columns of a chain of outputs on the disk, kept as `dense_files` keeps those of an account chain."""

from pathlib import Path
from typing import Any, Final

import numpy as np

from qiyafa.model.outputs import OutputColumns
from qiyafa.stores.dense_files import META, damaged_columns
from qiyafa.stores.dense_lookup import PackedAddresses
from qiyafa.stores.disk import sha256_of
from qiyafa.stores.outputs_lookup import PackedTransactions
from qiyafa.stores.sealed import BrokenSealError, sealed, unsealed

_TRANSACTIONS: Final = ("first_input", "first_output", "block", "time", "coinbase", "marks")
_OUTPUTS: Final = ("spent_output", "value", "owner", "output_index")
_ADDRESSES: Final = ("slots", "data", "ends")
_HASHES: Final = ("keys", "order")


def save_outputs(folder: Path, columns: OutputColumns) -> None:
    """Write columns that were built from Parquet into an empty folder."""
    hashes = {}
    for prefix, owner, names in (
        ("", columns, (*_TRANSACTIONS, *_OUTPUTS)),
        ("address_", columns.addresses, _ADDRESSES),
        ("hash_", columns.hashes, _HASHES),
        ("foreign_", columns.foreign_hashes, _HASHES),
    ):
        for name in names:
            path = folder / f"{prefix}{name}.npy"
            np.save(path, getattr(owner, name), allow_pickle=False)
            hashes[path.name] = sha256_of(path)
    meta = {"chain": columns.chain, "asset": columns.asset, "files": hashes}
    (folder / META).write_bytes(sealed(meta))


def load_outputs(folder: Path) -> OutputColumns | None:
    """Return the columns in a folder, memory-mapped; None if they are not there or not whole."""
    try:
        meta = unsealed((folder / META).read_bytes())
    except (OSError, BrokenSealError):
        return None
    if damaged_columns(folder):
        return None
    return OutputColumns(
        chain=str(meta["chain"]),
        asset=str(meta["asset"]),
        addresses=PackedAddresses(**_mapped(folder, "address_", _ADDRESSES)),
        hashes=PackedTransactions(**_mapped(folder, "hash_", _HASHES)),
        foreign_hashes=PackedTransactions(**_mapped(folder, "foreign_", _HASHES)),
        **_mapped(folder, "", (*_TRANSACTIONS, *_OUTPUTS)),
    )


def _mapped(folder: Path, prefix: str, names: tuple[str, ...]) -> dict[str, Any]:
    # Copy-on-write, so that compiled code meets the same kind of array as after building.
    return {name: np.asarray(np.load(folder / f"{prefix}{name}.npy", mmap_mode="c")) for name in names}
