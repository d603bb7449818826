"""Who was given what by a file: noted when it is written, since nobody can ask a file later."""

from collections.abc import Iterable
from typing import Final

from qiyafa.app.clock import utc_now
from qiyafa.app.home import Home
from qiyafa.model.errors import InvalidInput
from qiyafa.model.label import Label
from qiyafa.sharing.stix.ids import stamp
from qiyafa.stores.deliveries import DeliveryLog, GivenObject, open_deliveries

STIX, MISP, TAGPACK, LABELS, ADDRESSES = "stix", "misp", "tagpack", "labels", "addresses"
"""Names of the ways out by files, as the log of deliveries has them."""
_LONGEST: Final = 200


def delivery_log(home: Home) -> DeliveryLog:
    """Return the log of a home."""
    return open_deliveries(home.deliveries)


def check_receiver(written: str) -> str:
    """Return the name of a receiver; empty for nobody. Raises InvalidInput for one that is too long or invisible."""
    name = written.strip()
    if (written and not name) or len(name) > _LONGEST or not name.isprintable():
        raise InvalidInput("recalls.error.receiver", most=_LONGEST)
    return name


def note_given(home: Home, channel: str, receiver: str, given: Iterable[GivenObject]) -> None:
    """Note that a receiver is given objects; nothing is noted for nobody. Raises Conflict and Unavailable."""
    if receiver:
        home.made()
        delivery_log(home).note(channel, receiver, given, utc_now())


def given_label(label: Label) -> GivenObject:
    """Return a label as the formats that know labels name it."""
    return GivenObject(label.id, "" if label.known_from is None else stamp(label.known_from))
