"""The built-in history: when OFAC listed addresses and took them off, for lists of addresses that give no days.

Facts of OFAC's own announcements, each with its link, in `ofac_history.toml` beside this file. It is far from complete
and is no list to screen against alone: it dates what a list has, and keeps what a newer list no longer has.
"""

import hashlib
import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from importlib import resources
from typing import Any, Final

from qiyafa.model.designation import Designation, ListVersion
from qiyafa.model.listing import listed_identities
from qiyafa.model.ports import AddressReader
from qiyafa.text import text

HISTORY_ID: Final = "ofac-history"
_AUTHORITY: Final = "ofac"
_FILE: Final = "ofac_history.toml"


def ofac_history(reader: AddressReader) -> tuple[ListVersion, tuple[Designation, ...]]:
    """Return the edition of the history, published on the day it was last checked, and its dated designations."""
    data = resources.files(__package__).joinpath(_FILE).read_bytes()
    table = tomllib.loads(data.decode("utf-8"))
    sha256, checked = hashlib.sha256(data).hexdigest(), table["checked"]
    version = f"{checked}-{sha256[:12]}"
    found = tuple(one for action in table["action"] for one in _designations(action, version, reader))
    edition = ListVersion(
        list_id=HISTORY_ID,
        authority=_AUTHORITY,
        version=version,
        published=checked,
        imported=datetime.combine(checked, time(), UTC),
        sha256=sha256,
        parties=0,
        addresses=len(found),
        problems=0,
        origin=_FILE,
    )
    return edition, found


def _designations(action: dict[str, Any], version: str, reader: AddressReader) -> Iterator[Designation]:
    until: date | None = action.get("listed_to")
    reason = (
        text("lists.reason.announced", source=action["source"])
        if until is None
        else text("lists.reason.announced_both", source=action["source"], end_source=action["end_source"])
    )
    for ticker, addresses in action["addresses"].items():
        for written in addresses:
            yield Designation(
                list_id=HISTORY_ID,
                authority=_AUTHORITY,
                version=version,
                entry=action["entry"],
                party=action["party"],
                identities=listed_identities(reader, written, ticker),
                written=written,
                declared=ticker,
                programmes=tuple(action["programmes"]),
                listed_from=action["listed_from"],
                is_dated=True,
                listed_to=until,
                reason=reason,
            )
