"""Small editions of a list for tests of the store: the addresses are numbers, so that a mix of two is seen at once."""

from datetime import UTC, date, datetime

from qiyafa.chains.formats import FORMATS
from qiyafa.model.designation import Designation, ListVersion, Party
from qiyafa.model.errors import Problem
from qiyafa.stores.lists_records import Edition


def numbered(number: int) -> str:
    """Return the address of a number."""
    return f"0x{number:040x}"


def made_edition(
    published: date, numbers: range, *, list_id: str = "plain", parties: int = 0, whole: bool = True
) -> Edition:
    """Return an edition with the addresses of some numbers, and so many parties."""
    name = f"{published}-{numbers.start}-{numbers.stop}-{parties}"
    version = ListVersion(
        list_id, "ofac", name, published, datetime(2026, 1, 1, tzinfo=UTC), "00" * 32, parties, len(numbers), 1, "made"
    )  # fmt: skip
    designations = tuple(
        Designation(
            list_id=list_id,
            authority="ofac",
            version=name,
            entry="",
            party="",
            identities=FORMATS.read(numbered(number)).identities,
            written=numbered(number),
            declared="ETH",
            programmes=(),
            listed_from=published,
            is_dated=False,
            listed_to=None,
        )
        for number in numbers
    )
    people = tuple(
        Party(list_id, "ofac", str(one), f"PARTY {one}", ("ALIAS",), "person", (), None, None) for one in range(parties)
    )
    return Edition(
        version, designations, people, (Problem("made", "row 1", "lists.problem.no_date", {"party": "x"}),), whole
    )
