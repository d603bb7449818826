"""The transfers that carried stolen units, and where the stolen units come from, in words."""

from collections.abc import Iterator, Sequence

from qiyafa.model.columns import UNKNOWN_BLOCK, Kind, iso_time
from qiyafa.model.finding import Flow, Taking
from qiyafa.trace.answer import fate_of
from qiyafa.trace.chain_outcome import ChainOutcome
from qiyafa.trace.outcome import BEFORE_ROWS


def flow_records(chains: Sequence[ChainOutcome]) -> Iterator[Flow]:
    """Yield every transfer that carried stolen units, in ledger order within a theft."""
    for chain in chains:
        columns, flows = chain.columns, chain.outcome.flows
        for index, row in enumerate(flows.row.tolist()):
            source, target = int(columns.source[row]), int(columns.target[row])
            block = int(columns.block[row])
            yield Flow(
                chain=columns.chain,
                transaction_hash=columns.hashes.text(row),
                position=int(columns.position[row]),
                block_number=None if block == UNKNOWN_BLOCK else block,
                time=iso_time(int(columns.time[row])),
                kind=Kind(int(columns.kind[row])).name.lower(),
                source=columns.address_of(source),
                target=columns.address_of(target),
                asset=columns.asset_of(source or target),
                theft=chain.theft_id(int(flows.colour[index])),
                stolen_units=flows.units(index),
                units=columns.units(row),
                fate=fate_of(int(flows.ending[index])),
            )


def claim_records(chains: Sequence[ChainOutcome]) -> Iterator[Taking]:
    """Yield every amount that took a theft's colour: together they are what was stolen."""
    for chain in chains:
        columns, claims = chain.columns, chain.outcome.claims
        for index, row in enumerate(claims.row.tolist()):
            place = int(claims.place[index])
            seen = row != BEFORE_ROWS
            yield Taking(
                chain=columns.chain,
                address=columns.address_of(place),
                asset=columns.asset_of(place),
                theft=chain.theft_id(int(claims.colour[index])),
                units=claims.units(index),
                transaction_hash=columns.hashes.text(row) if seen else "",
                time=iso_time(int(columns.time[row])) if seen else None,
            )
