"""Which addresses labels name as a service's: what deposit-address reuse rests on, and whom it leaves out."""

from datetime import datetime

from qiyafa.app.label_stops import LEAST_LEVEL
from qiyafa.chains.formats import FORMATS
from qiyafa.model.category import Category
from qiyafa.model.columns import AddressBook
from qiyafa.model.label import Label, LabelState, Tlp
from qiyafa.model.parcel import is_above
from qiyafa.stores.labels import LabelStore
from qiyafa.stores.opening import Location


def services(labels: Location, chain: str, addresses: AddressBook, at: datetime) -> dict[str, str]:
    """Return the labelled services among the addresses of a ledger: canonical address to the exchange that labels name
    there, the empty text for any other service.

    Labels that hold at a moment count, on this chain or on no named one. A disputed or weak one makes no exchange; of
    several exchanges the one of the highest confidence stands. Raises Conflict for a damaged store.
    """
    store = LabelStore.reading(labels)
    keys = [key for named in store.routing_formats() for key in store.routing_keys(named, 0) if addresses.number(key)]
    found: dict[str, str] = {}
    ranks: dict[str, tuple[int, str]] = {}
    for label in store.with_keys(sorted(set(keys)), at):
        # Clusters are kept, and the service answers from them: a label for single persons names nothing there.
        is_open = not is_above(label.tlp, Tlp.AMBER_STRICT)
        is_here = is_open and label.routing is not None and label.chain in (None, chain)
        address = FORMATS.canonical(label.identity, chain) if is_here else None
        if address is None:
            continue
        exchange, rank = _exchange(label), (label.level, label.id)
        found.setdefault(address, "")
        if exchange and rank > ranks.get(address, (-1, "")):
            found[address], ranks[address] = exchange, rank
    return found


def _exchange(label: Label) -> str:
    """Return the exchange that a label names, or the empty text."""
    if label.routing is not Category.EXCHANGE or label.state is LabelState.DISPUTED or label.level < LEAST_LEVEL:
        return ""
    return label.entity or label.name
