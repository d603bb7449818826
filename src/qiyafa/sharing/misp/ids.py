"""Identifiers and times of MISP: the same thing has the same identifier on every machine and in every run."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Final

from qiyafa.model.parcel import ItemKey
from qiyafa.sharing.stix.ids import NAMESPACE

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
GENERAL: Final = ""
"""Stands for the incident of the event that holds what belongs to no single incident."""


def misp_id(*parts: str) -> str:
    """Return the identifier (UUID version 5) of what some words name."""
    counted = "".join(f"{len(part)}:{part}" for part in ("misp", *parts))
    return str(uuid.uuid5(NAMESPACE, counted))


def event_id(incident: str) -> str:
    """Return the identifier of the event of an incident."""
    return misp_id("event", incident)


def carrier_id(event: str, key: ItemKey) -> str:
    """Return the identifier of the object that carries an item in an event: MISP knows an object in one event only."""
    return misp_id("item", event, *key)


ORGANISATION: Final = {"name": "Qiyafa", "uuid": misp_id("organisation", "Qiyafa")}
"""Who made the events."""


def seconds_of(moment: datetime) -> str:
    """Return a moment as MISP writes it: whole seconds since 1970, as a text; never before that."""
    return str(max(0, (moment - _EPOCH) // timedelta(seconds=1)))
