"""How listed addresses, parties and problems are written in the store: canonical JSON, and digests over it.

An address's identities are not stored: they are read from its text whenever the store is opened, so that a format that
Qiyafa learns later also finds entries that were imported before.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Final

from qiyafa.model.address import Identity
from qiyafa.model.designation import Designation, ListVersion, Party
from qiyafa.model.errors import Problem

ADDRESS: Final = "address"
PARTY: Final = "party"


@dataclass(frozen=True, slots=True)
class Edition:
    """Everything of one edition of a list, ready to be stored."""

    version: ListVersion
    designations: tuple[Designation, ...]
    """Of an undated one, `listed_from` is the edition's day."""
    parties: tuple[Party, ...]
    problems: tuple[Problem, ...]
    whole: bool
    """Whether it has every entry in force, so that what it lacks has been taken off."""


def address_content(one: Designation) -> str:
    """Return what is stored of a designation; what its edition says of all of them is left out."""
    return canonical(
        {
            "entry": one.entry,
            "party": one.party,
            "written": one.written,
            "declared": one.declared,
            "programmes": one.programmes,
            "from": one.listed_from.isoformat() if one.is_dated else None,
            "to": _iso(one.listed_to),
            "reason": one.reason,
        }
    )


def read_address(content: str, version: ListVersion, identities: tuple[Identity, ...]) -> Designation:
    """Return a designation as an edition has it."""
    told = json.loads(content)
    since = _day(told["from"])
    return Designation(
        list_id=version.list_id,
        authority=version.authority,
        version=version.version,
        entry=told["entry"],
        party=told["party"],
        identities=identities,
        written=told["written"],
        declared=told["declared"],
        programmes=tuple(told["programmes"]),
        listed_from=since or version.published,
        is_dated=since is not None,
        listed_to=_day(told["to"]),
        reason=told["reason"],
    )


def written_address(content: str) -> tuple[str, str]:
    """Return the address as the list spells it, and the ticker or chain that the list declares."""
    told = json.loads(content)
    return str(told["written"]), str(told["declared"])


def party_content(one: Party) -> str:
    """Return what is stored of a party."""
    return canonical(
        {
            "entry": one.entry,
            "name": one.name,
            "aliases": one.aliases,
            "kind": one.kind,
            "programmes": one.programmes,
            "from": _iso(one.listed_from),
            "to": _iso(one.listed_to),
            "owners": [(owner, str(share)) for owner, share in one.owners],
        }
    )


def read_party(content: str, version: ListVersion) -> Party:
    """Return a party as an edition has it."""
    told = json.loads(content)
    return Party(
        list_id=version.list_id,
        authority=version.authority,
        entry=told["entry"],
        name=told["name"],
        aliases=tuple(told["aliases"]),
        kind=told["kind"],
        programmes=tuple(told["programmes"]),
        listed_from=_day(told["from"]),
        listed_to=_day(told["to"]),
        owners=tuple((owner, Fraction(share)) for owner, share in told["owners"]),
    )


def problem_content(one: Problem) -> str:
    """Return what is stored of a problem."""
    return canonical({"source": one.source, "place": one.place, "key": one.key, "fields": one.fields})


def read_problem(content: str) -> Problem:
    """Return a problem."""
    return Problem(**json.loads(content))


def digest_of(content: str) -> bytes:
    """Return the SHA-256 of one record."""
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).digest()


def digest_of_all(digests: Iterable[bytes]) -> bytes:
    """Return the SHA-256 over the digests of a set of records."""
    return hashlib.sha256(b"".join(sorted(digests))).digest()


def canonical(value: Any) -> str:
    """Return JSON that is the same text for the same value."""
    return json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"))


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _day(written: str | None) -> date | None:
    return None if written is None else date.fromisoformat(written)
