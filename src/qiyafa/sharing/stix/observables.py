"""Labels and traced transfers as STIX: indicators over wallets, and transactions with what they carried."""

import re
from collections.abc import Iterator
from typing import Final

from qiyafa.model.category import Category
from qiyafa.model.label import Label
from qiyafa.model.parcel import SharedFlow
from qiyafa.sharing.stix.extensions import EXTENSIONS, property_extension
from qiyafa.sharing.stix.ids import object_id, stamp
from qiyafa.sharing.stix.incidents import incident_id
from qiyafa.sharing.stix.pen import Pen, StixObject, reference
from qiyafa.sharing.stix.plain import plain_of

_ANONYMOUS: Final = frozenset({Category.MIXER, Category.COINJOIN})
_UNSEEN: Final = re.compile(r"[\x00-\x1f\x7f]")


def label_object_id(label: str) -> str:
    """Return the identifier of a label."""
    return object_id("indicator", label)


def write_label(pen: Pen, label: Label) -> Iterator[StixObject]:
    """Yield an indicator for an address, and its tie to the wallet.

    What states no risk is an indicator of type unknown: a label may gain or lose a risk, and must stay the same object.
    """
    value = pen.places.spelled(label.identity, label.written)
    wallet = pen.wallet(label, value, label.chain)
    begin = label.valid_from or pen.parcel.span(label).created
    id = label_object_id(label.id)
    ends = label.valid_to is not None and stamp(label.valid_to) > stamp(begin)
    cited = reference(label.source, label.source_url)
    yield pen.object(
        label,
        "indicator",
        id,
        name=label.name or value,
        description=": ".join(part for part in (label.entity, label.role, label.category.value) if part),
        indicator_types=[_indicator_type(label)],
        pattern=wallet_pattern(value),
        pattern_type="stix",
        pattern_version="2.1",
        valid_from=stamp(begin),
        valid_until=stamp(label.valid_to) if label.valid_to is not None and ends else None,
        confidence=label.level,
        external_references=[cited],
        extensions={EXTENSIONS["label"]: property_extension(**plain_of(label))},
    )
    yield from pen.related(label, id, "related-to", wallet)


def wallet_pattern(value: str) -> str:
    """Return the pattern that finds an address; control characters, which no pattern can hold, stand as a space."""
    escaped = _UNSEEN.sub(" ", value).replace("\\", "\\\\").replace("'", "\\'")
    return f"[cryptocurrency-wallet:value = '{escaped}']"


def _indicator_type(label: Label) -> str:
    if label.risk is None:
        return "unknown"
    return "anonymization" if label.risk in _ANONYMOUS else "malicious-activity"


def write_flow(pen: Pen, shared: SharedFlow) -> Iterator[StixObject]:
    """Note the transaction of a flow with the exact units that it carried, and yield its tie to the incident."""
    flow = shared.flow
    id, transaction = pen.transaction(shared, flow.transaction_hash, flow.chain, shared.symbol)
    ends = {}
    for side, address, listed in (("source", flow.source, "input"), ("target", flow.target, "output")):
        if address:
            ends[f"{side}_ref"] = pen.wallet(shared, pen.places.named(flow.chain, address), flow.chain)
            named = transaction.setdefault(listed, [])
            if {"address_ref": ends[f"{side}_ref"]} not in named:
                named.append({"address_ref": ends[f"{side}_ref"]})
    if flow.time is not None:
        transaction["execution_time"] = flow.time
    carried = transaction["extensions"][EXTENSIONS["flow"]].setdefault("flows", [])
    carried.append({**plain_of(shared), **ends})
    if shared.incident:
        yield from pen.related(shared, incident_id(shared.incident), "related-to", id)
