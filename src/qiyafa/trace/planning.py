"""From a case to a plan: addresses, blocks and transactions become the ledger's own numbers."""

from dataclasses import dataclass

import numpy as np

from qiyafa.model.case import Case, Limits, OutputRef, Theft, TransferRef
from qiyafa.model.columns import UNKNOWN_BLOCK, Kind, TransferColumns
from qiyafa.model.errors import InvalidInput, NotFound
from qiyafa.trace.plan import Plan, Seizure, StolenRow


@dataclass(frozen=True, slots=True)
class PlannedCase:
    """A case on one chain."""

    plan: Plan
    thefts: tuple[Theft, ...]
    """Colour 1 is the first of them."""
    stop_reasons: dict[int, str]
    """By place."""
    partly_seen: tuple[str, ...] = ()
    """Transactions whose outputs a theft names all, but of which the ledger knows only those that it saw spent."""


def plan_case(columns: TransferColumns, case: Case, limits: Limits, head_block: int | None) -> PlannedCase:
    """Return the plan of the case's thefts on the columns' chain.

    Raises InvalidInput for a block beyond the head or a transfer that cannot be a theft, NotFound for what the
    ledger lacks.
    """
    thefts = tuple(theft for theft in case.thefts if theft.chain == columns.chain)
    stop_reasons = _stop_reasons(columns, case)
    end_row = _end_row(columns, limits, head_block)
    seizures: list[Seizure] = []
    stolen_rows: list[StolenRow] = []
    partly_seen: list[str] = []
    for colour, theft in enumerate(thefts, start=1):
        if theft.address is not None:
            seizures += _seizures(columns, theft, colour, head_block, limits)
        stolen_rows += [StolenRow(_row_of(columns, ref, theft.asset), colour) for ref in theft.transfers]
        for output in theft.outputs:
            found = _rows_of_output(columns, output)
            stolen_rows += [StolenRow(row, colour) for row in found]
            if not found:
                seizures += [Seizure(0, colour, place) for place in _foreign_places(columns, output)]
                partly_seen += [output.transaction_hash] if output.index is None else []
    plan = Plan(
        colours=len(thefts),
        seizures=tuple(sorted({seizure for seizure in seizures if seizure.place not in stop_reasons})),
        stolen_rows=tuple(sorted(set(stolen_rows))),
        stops=frozenset(stop_reasons),
        end_row=end_row,
        too_large=_too_large(columns, limits),
        max_hops=limits.max_hops,
        min_units=limits.min_units,
    )
    return PlannedCase(plan, thefts, stop_reasons, tuple(dict.fromkeys(partly_seen)))


def _stop_reasons(columns: TransferColumns, case: Case) -> dict[int, str]:
    """Return why the trace ends at each place of a stop; of two stops at one address the first counts."""
    reasons: dict[int, str] = {}
    for stop in case.stops:
        number = columns.addresses.number(stop.address) if stop.chain == columns.chain else None
        if number:
            reasons.setdefault(number, stop.reason)
    places = np.flatnonzero(np.isin(columns.places.address, list(reasons)))
    numbers = columns.places.address[places]
    return {place: reasons[number] for place, number in zip(places.tolist(), numbers.tolist(), strict=True)}


def _end_row(columns: TransferColumns, limits: Limits, head_block: int | None) -> int:
    """Return the first row that comes after the moment of the answer."""
    if limits.until_block is not None:
        _check_block(columns, limits.until_block, head_block, "--until")
        return int(np.searchsorted(columns.block, limits.until_block, side="right"))
    if limits.until_time is not None:
        later = np.flatnonzero(columns.time > limits.until_time)
        return int(later[0]) if len(later) else len(columns)
    return len(columns)


def _seizures(
    columns: TransferColumns, theft: Theft, colour: int, head_block: int | None, limits: Limits
) -> list[Seizure]:
    assert theft.address is not None
    places = columns.places_of(theft.address)
    if not places:
        raise NotFound("case.address_not_in_ledger", address=theft.address, chain=columns.chain)
    if theft.asset is not None:
        places = [place for place in places if columns.asset_of(place) == theft.asset]
        if not places:
            raise NotFound("case.asset_not_at_address", address=theft.address, asset=theft.asset)
    row = 0
    if theft.from_block:
        _check_block(columns, theft.from_block, head_block, "from_block")
        row = int(np.searchsorted(columns.block, theft.from_block, side="left"))
    if limits.until_block is not None and theft.from_block > limits.until_block:
        return []
    if row < len(columns) and limits.until_time is not None and columns.time[row] > limits.until_time:
        return []
    return [Seizure(row, colour, place) for place in places]


def _check_block(columns: TransferColumns, block: int, head_block: int | None, what: str) -> None:
    if head_block is None or (len(columns) and int(columns.block[0]) == UNKNOWN_BLOCK):
        raise InvalidInput("case.chain_without_blocks", what=what, chain=columns.chain)
    if block > head_block:
        raise InvalidInput("case.block_beyond_head", what=what, block=block, head=head_block, chain=columns.chain)


def _row_of(columns: TransferColumns, ref: TransferRef, asset: str | None) -> int:
    rows = [int(row) for row in columns.hashes.rows(ref.transaction_hash)]
    if not rows:
        raise NotFound("case.transaction_not_in_ledger", transaction=ref.transaction_hash, chain=columns.chain)
    for row in rows:
        if int(columns.position[row]) == ref.position:
            if columns.target[row] == 0:
                raise InvalidInput("case.fee_is_no_theft", transaction=ref.transaction_hash)
            if asset is not None and columns.asset_of(int(columns.target[row])) != asset:
                raise InvalidInput(
                    "case.transfer_of_other_asset",
                    transaction=ref.transaction_hash,
                    position=ref.position,
                    asset=columns.asset_of(int(columns.target[row])),
                )
            return row
    present = ", ".join(str(int(columns.position[row])) for row in rows)
    raise NotFound(
        "case.position_not_in_transaction", transaction=ref.transaction_hash, position=ref.position, present=present
    )


def _rows_of_output(columns: TransferColumns, ref: OutputRef) -> list[int]:
    """Return the rows that pay an output, or every output of a transaction; empty if the ledger lacks the transaction.

    Raises NotFound for an output that has no value or is not there.
    """
    rows = columns.hashes.rows(ref.transaction_hash)
    paying = rows[np.isin(columns.kind[rows], (Kind.OUTPUT, Kind.REWARD))]
    chosen = paying if ref.index is None else paying[columns.position[paying] == ref.index]
    if len(rows) and not len(chosen):
        present = ", ".join(str(index) for index in columns.position[paying].tolist()) or "-"
        raise NotFound(
            "case.output_not_in_transaction", transaction=ref.transaction_hash, index=_index(ref), present=present
        )
    return [int(row) for row in chosen]


def _foreign_places(columns: TransferColumns, ref: OutputRef) -> list[int]:
    """Return the places of outputs from before the ledger. Raises NotFound if it never saw one of them spent."""
    assert columns.outputs is not None, "only a chain of outputs has outputs"
    found = columns.outputs.foreign_hashes.rows(ref.transaction_hash)
    if ref.index is not None:
        found = found[columns.outputs.foreign_index[found] == ref.index]
    if not len(found):
        raise NotFound(
            "case.output_not_in_ledger", transaction=ref.transaction_hash, index=_index(ref), chain=columns.chain
        )
    return [int(output) + 1 for output in found]


def _index(ref: OutputRef) -> str:
    return "-" if ref.index is None else str(ref.index)


def _too_large(columns: TransferColumns, limits: Limits) -> frozenset[int]:
    """Return the places that a value above 38 digits touched by the moment of the answer."""
    latest = limits.until_block if limits.until_block is not None else limits.until_time
    return frozenset(place for place, block in columns.places.too_large if latest is None or block <= latest)
