"""The columns of a chain of accounts in memory, extended by new blocks without reading the ledger again.

What `dense_build` makes of all rows of a ledger, this makes of the new ones: the same rows and the same balances, so
a trace answers the same. Only the numbers of addresses may differ. Columns that were given out are valid until the
next change.
"""

from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from qiyafa.model.columns import ASSUMED_ORDER, LOSSY_UNITS, NOBODY_PLACE, UNKNOWN_TIME, Kind, Places, TransferColumns
from qiyafa.model.errors import Conflict
from qiyafa.stores.dense_build import MAX_ASSETS
from qiyafa.stores.live_names import LiveAddresses, LiveHashes, LivePlaces
from qiyafa.stores.live_rows import GrowingColumns, GrowingOpenings

_ROWS: Final = ("source", "target", "units_lo", "units_hi", "block", "time", "kind", "position", "marks")
_KINDS: Final = {kind.name.lower(): int(kind) for kind in Kind}
_ORDERS: Final = {"exact": 0, "assumed": ASSUMED_ORDER}
_PRECISIONS: Final = {"exact": 0, "lossy": LOSSY_UNITS}


class LiveColumns:
    """One chain of accounts that is ordered by block."""

    def __init__(self, columns: TransferColumns) -> None:
        self._chain = columns.chain
        self._rows = GrowingColumns({name: getattr(columns, name) for name in _ROWS})
        self._addresses = LiveAddresses(columns.addresses)
        self._hashes = LiveHashes(columns.hashes, len(columns))
        self._assets = {asset: number for number, asset in enumerate(columns.places.assets)}
        self._too_large = dict(columns.places.too_large)
        self._number_places(columns.places.address, columns.places.asset)
        self._openings = GrowingOpenings()
        self._openings.carry(self._rows.views(), len(self._places))

    def columns(self) -> TransferColumns:
        """Return the columns of all rows."""
        count = len(self._places)
        opening_lo, opening_hi, untraceable = self._openings.of(count)
        places = self._place_names.views()
        return TransferColumns(
            chain=self._chain,
            places=Places(
                address=places["address"],
                asset=places["asset"],
                assets=tuple(self._assets),
                opening_lo=opening_lo,
                opening_hi=opening_hi,
                untraceable=untraceable,
                too_large=tuple(sorted(self._too_large.items())),
            ),
            addresses=self._addresses,
            hashes=self._hashes,
            **self._rows.views(),  # type: ignore[arg-type]
        )

    def extend(self, transfers: pa.Table) -> None:
        """Add transfers that follow all others, in ledger order, columns `tables.TRANSFERS`."""
        transfers = transfers.combine_chunks()
        is_oversized = transfers["units"].is_null().to_numpy(zero_copy_only=False)
        moves = pc.not_equal(transfers["units_text"], "0").to_numpy(zero_copy_only=False)
        if not moves.any():
            return
        moving, is_oversized = transfers.filter(pa.array(moves)), is_oversized[moves]
        source, target = self._numbered(moving)
        blocks = moving["block_number"].to_numpy()
        self._note_too_large(source, target, blocks, is_oversized)
        kept = moving.filter(pa.array(~is_oversized))
        begin = self._rows.rows
        self._rows.add(_values(kept, source[~is_oversized], target[~is_oversized]))
        self._hashes.add(kept["transaction_hash"].to_pylist())
        self._openings.carry(self._rows.views(begin), len(self._places))

    def roll_back(self, last_block: int) -> None:
        """Forget every row above a block."""
        self._rows.cut(int(np.searchsorted(self._rows.views()["block"], last_block, side="right")))
        self._hashes.cut(self._rows.rows)
        self._too_large = {place: block for place, block in self._too_large.items() if block <= last_block}
        # Places are numbered as they first appear, so those that no row has left come last.
        rows, names = self._rows.views(), self._place_names.views()
        used = [rows["source"].max(initial=0), rows["target"].max(initial=0), *self._too_large]
        count = int(max(used)) + 1
        self._number_places(names["address"][:count], names["asset"][:count])
        self._openings = GrowingOpenings()
        self._openings.carry(rows, count)

    def _number_places(self, address: NDArray[np.uint32], asset: NDArray[np.uint16]) -> None:
        self._places = LivePlaces(address, asset)
        self._place_names = GrowingColumns({"address": address, "asset": asset})

    def _numbered(self, rows: pa.Table) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
        """Return the places of the rows' sources and targets."""
        known = len(self._places)
        names: list[tuple[int, int]] = []
        numbers: list[int] = []
        for source, target, asset in zip(
            *(rows[name].to_pylist() for name in ("source", "target", "asset")), strict=True
        ):
            asset_number = self._assets.setdefault(asset, len(self._assets))
            for address in (source, target):
                address_number = self._addresses.numbered(address) if address else 0
                place = self._places.numbered(address_number, asset_number)
                if place == known + len(names):
                    names.append((address_number, asset_number))
                numbers.append(place)
        if len(self._assets) > MAX_ASSETS:
            raise Conflict("ledger.too_many_assets", chain=self._chain, most=MAX_ASSETS)
        table = np.array(names, np.int64).reshape(-1, 2)
        self._place_names.add({"address": table[:, 0], "asset": table[:, 1]})
        pairs = np.array(numbers, np.uint32).reshape(-1, 2)
        return pairs[:, 0], pairs[:, 1]

    def _note_too_large(
        self,
        source: NDArray[np.uint32],
        target: NDArray[np.uint32],
        blocks: NDArray[np.int64],
        is_oversized: NDArray[np.bool_],
    ) -> None:
        for row in np.flatnonzero(is_oversized).tolist():
            for place in {int(source[row]), int(target[row])} - {NOBODY_PLACE}:
                self._too_large.setdefault(place, int(blocks[row]))


def _values(rows: pa.Table, source: NDArray[np.uint32], target: NDArray[np.uint32]) -> dict[str, NDArray[Any]]:
    units = rows["units"].combine_chunks()
    halves = np.frombuffer(units.buffers()[1], np.uint64).reshape(-1, 2)[units.offset : units.offset + len(units)]
    return {
        "source": source,
        "target": target,
        "units_lo": halves[:, 0],
        "units_hi": halves[:, 1],
        "block": rows["block_number"].to_numpy(),
        "time": pc.fill_null(rows["time"], UNKNOWN_TIME).to_numpy(),
        "kind": _looked_up(rows["kind"], _KINDS),
        "position": rows["position"].to_numpy(),
        "marks": _looked_up(rows["order"], _ORDERS) | _looked_up(rows["precision"], _PRECISIONS),
    }


def _looked_up(texts: pa.ChunkedArray, numbers: dict[str, int]) -> NDArray[np.uint8]:
    return np.array([numbers[text] for text in texts.to_pylist()], np.uint8)
