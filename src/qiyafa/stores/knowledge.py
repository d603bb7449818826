"""What the sources of a chain offered, and how many transfers an answer must speak of: all from the manifest."""

from dataclasses import dataclass

from qiyafa.stores.manifest import BY_TIME, ChainRecord


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What a chain's transfers rest on. Counts are transfers."""

    provides: frozenset[str]
    """Of `native`, `fees` (with failures), `internal`, `tokens`."""
    rows: int
    status_unknown: int
    """No receipt was seen: the value may have failed."""
    lossy: int
    """Units that came through a floating-point number and are not zero."""
    order_assumed: int
    above_38_digits: int
    ordered_by_time: bool
    """A transfer without its block puts the whole chain in order of time."""


def knowledge_of(record: ChainRecord) -> Knowledge:
    """Return what the manifest knows of a chain's transfers."""
    return Knowledge(
        provides=frozenset(record.provides),
        rows=record.rows(),
        status_unknown=record.count("status_unknown"),
        lossy=record.count("lossy"),
        order_assumed=record.count("order_assumed"),
        above_38_digits=record.count("above_38_digits"),
        ordered_by_time=record.ordered_by == BY_TIME,
    )
